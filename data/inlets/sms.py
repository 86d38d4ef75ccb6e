"""Receipts by SMS: 「1 4821」, 「收到 4821」, 「完成 4821 已清理」. Whatever receives SMS publishes them on `paidan/<centre>/in/sms`.

The receipt code is the one in the order's text (`data.dispatch.receipt_code`); the sender's number must be the unit's or that of
a person on its roster. Anything else goes into quarantine: nothing is guessed.
"""

import re
from zoneinfo import ZoneInfo

import msgspec

from data.centre.receipts import take_receipt
from data.domain.errors import PayloadError
from data.domain.messages import ReceiptMessage
from data.domain.reason import because
from data.domain.tables import Tables
from data.domain.text import mask_phone, one_line
from data.domain.vocabulary import ReceiptKind
from data.store.desk import Transaction


class SmsMessage(msgspec.Struct, frozen=True, kw_only=True, rename={"phone": "from"}):
    """`…/in/sms`: one SMS as it came; `id` is the receiver's own and makes a repeat harmless."""

    id: str
    phone: str
    text: str
    time: str | float


KINDS = {
    ReceiptKind.ACCEPTED: ("1", "收到", "签收", "接单", "已收到", "已签收", "已接单", "ok", "accept"),
    ReceiptKind.DONE: ("2", "完成", "办结", "已完成", "已办结", "done"),
    ReceiptKind.ARRIVED: ("3", "到场", "到达", "已到场", "已到达", "arrived"),
    ReceiptKind.REFUSED: ("0", "退单", "退回", "拒收", "已退单", "refuse"),
}
"""The word at the front, or behind the code; digits for keypads."""
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
_WORD = "|".join(sorted(map(re.escape, _KIND_OF), key=len, reverse=True))
_GAP = r"[\s,.:;!()\[\]【】、。]"
_CODE = r"(?:(?:工单|案件|单号|编号|案号)[\s:.]*)?#?(?P<code>\d{1,9}(?:-\d{1,3})?)(?![\d-])号?"
_FORMS = (
    re.compile(rf"(?:回复)?(?P<word>{_WORD})(?:(?<=\d){_GAP}+|(?<!\d){_GAP}*){_CODE}{_GAP}*(?P<note>.*)", re.IGNORECASE | re.DOTALL),
    re.compile(rf"{_CODE}{_GAP}*(?P<word>{_WORD})(?!\d){_GAP}*(?P<note>.*)", re.IGNORECASE | re.DOTALL),
)
_WIDE = str.maketrans("０１２３４５６７８９＃，。：；－　！（）", "0123456789#,.:;- !()")


def take_sms(tx: Transaction, sms: SmsMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Turn one SMS into a receipt. Raises `PayloadError` for words, a number or a code that say nothing here."""
    kind, code, note = read(sms.text)
    units = units_of(sms.phone, tables)
    if not units:
        raise PayloadError(because("sms_unknown_phone"))
    number, _, attempt = code.partition("-")
    marks = ",".join("?" * len(units))
    order = tx.one(
        "SELECT orders.id, orders.unit FROM orders JOIN cases ON cases.id=orders.case_id"
        f" WHERE cases.number=? AND orders.attempt=? AND orders.unit IN ({marks}) ORDER BY orders.id DESC",
        int(number), int(attempt or 1), *units,
    )  # fmt: skip
    if order is None:
        raise PayloadError(because("sms_unknown_code", value=code))
    receipt = ReceiptMessage(
        id=f"sms-{sms.id}", order=order["id"], kind=kind, time=sms.time, by=units[order["unit"]], from_=order["unit"], note=note or None
    )
    take_receipt(tx, receipt, tables, zone)


def read(text: str) -> tuple[ReceiptKind, str, str]:
    """Kind, receipt code and note of a reply. Raises `PayloadError` when it is none."""
    plain = one_line(text.lstrip("\ufeff"), 500).translate(_WIDE).strip()
    found = next((match for form in _FORMS if (match := form.match(plain))), None)
    if found is None:
        raise PayloadError(because("sms_unreadable", text=one_line(text, 40)))
    return _KIND_OF[found["word"].lower()], found["code"], found["note"].strip()


def units_of(phone: str, tables: Tables) -> dict[str, str]:
    """Units that a number belongs to, with who answers there: the unit's own number, or one of its roster."""
    number = plain_number(phone)
    if len(number) < 5:
        return {}
    own = {unit.id: unit.person or mask_phone(number) for unit in tables.units.values() if plain_number(unit.phone) == number}
    return own | {shift.unit: shift.person for shift in tables.roster if plain_number(shift.phone) == number}


def plain_number(phone: str) -> str:
    """Digits alone, without the country's +86."""
    digits = re.sub(r"\D", "", phone.translate(_WIDE))
    return re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)
