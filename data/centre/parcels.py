"""From a row of the outbox to what a channel carries: words in the centre's language, the receipt code, whom to ring."""

from typing import Any

import msgspec

from data.channels import Parcel
from data.clock import real_ms
from data.dispatch import receipt_code
from data.domain.tables import Tables, Unit
from data.domain.text import clean
from data.store.desk import Transaction
from data.store.sqlite import sqlite3
from data.words import Words

NO_UNIT = Unit(id="", name="", kind="")


def parcel(tx: Transaction, row: sqlite3.Row, tables: Tables, words: Words, *, deduplicates: bool, is_sms: bool = False) -> Parcel:
    """What leaves for this row. Who can tell a repeat by its number gets the very same words again; others see the mark 重发.

    An order by SMS says how to answer by SMS, where such answers come in.
    """
    message: dict[str, Any] = msgspec.json.decode(bytes(row["body"]))
    order = tx.one("SELECT * FROM orders WHERE id=?", row["order_id"] or "")
    case = tx.one("SELECT * FROM cases WHERE id=?", row["case_id"] or "")
    unit = tables.units.get(row["unit"], NO_UNIT)
    shift = tables.on_duty(unit.id, tx.now)
    number = str(case["number"]) if case else ""
    is_again = row["doubts"] > 0 and not deduplicates
    code = receipt_code(case["number"], order["attempt"]) if case and order else ""
    text = _text(row["kind"], message, number, words, tables, is_again=is_again)
    if is_sms and row["kind"] == "order" and code and tables.replies_by_sms:
        text += words("channel_text.reply", code=code)
    return Parcel(
        id=row["id"], kind=row["kind"], text=text, case=row["case_id"] or "",
        number=number, code=code,
        unit=unit.id, unit_name=unit.name, person=shift.person if shift else unit.person,
        phone=message.get("phone") or (shift.phone if shift else "") or unit.phone, level=str(case["level"]) if case else "",
        done_by=str(message.get("done_by") or ""), centre=tables.centre_name, again=is_again, stamp_ms=real_ms(),
    )  # fmt: skip


def _text(kind: str, message: dict[str, Any], number: str, words: Words, tables: Tables, *, is_again: bool) -> str:
    """Words for a person. The mark 重发 with the number lets him tell that it is one order and not two."""
    text = str(message.get("text") or message.get("reason") or "")
    key = f"channel_text.{kind}" if kind != "note" else f"channel_text.note_{message.get('kind')}"
    sentence = words(key, centre=tables.centre_name, number=number, text=text) if words.has(key) else text
    return clean(f"{words('channel_text.again', number=number)}{sentence}" if is_again else sentence, 1000)
