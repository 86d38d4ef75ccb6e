"""From a message of the broker to the handler of its topic. One bad message ends in quarantine and stops nothing."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

import msgspec

from data.centre.intake import file_report
from data.centre.orders import take_cancel, take_note, take_order
from data.centre.receipts import take_receipt
from data.domain.case import keep_reason
from data.domain.errors import LeaseLost, PaidanError, PayloadError
from data.domain.messages import CancelMessage, NoteMessage, OrderMessage, ReceiptMessage, decode, decode_report
from data.domain.reason import because
from data.domain.tables import Tables
from data.domain.text import one_line
from data.inlets.sms import SmsMessage, take_sms
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

_LOG = logging.getLogger(__name__)
QUARANTINE_ROWS = 10_000
"""Most rows kept of messages that could not be read; the oldest go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Bytes as they came, with their topic and arrival (UTC ms)."""

    topic: str
    body: bytes
    received_at: int
    mid: int = 0
    qos: int = 1
    retained: bool = False
    duplicate: bool = False
    """The broker may have sent it before; a hint only."""
    generation: int = 0
    """Which connection it came by: message numbers start anew with each."""


def handle(tx: Transaction, frame: Frame, tables: Tables, zone: ZoneInfo) -> bool:
    """Handle one message of an `in/…` topic; False when it went into quarantine.

    Everything it does is undone if it fails. A fault of the store (disk full, lease lost) is passed on: such a message
    must not be acknowledged.
    """
    what = frame.topic.rsplit("/", 1)[-1]
    try:
        with tx.savepoint():
            _HANDLERS[what](tx, frame.body, tables, zone)
    except PayloadError as error:
        quarantine(tx, frame, error)
        return False
    except (LeaseLost, sqlite3.OperationalError, sqlite3.InternalError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 — one message that trips a fault of ours must not stop the rest; it is kept and shown
        _LOG.exception("message on %s", frame.topic)
        quarantine(tx, frame, PayloadError(because("payload_fault", problem=one_line(f"{type(error).__name__}: {error}", 200))))
        return False
    return True


def quarantine(tx: Transaction, frame: Frame, error: PaidanError) -> None:
    """Keep a message that cannot be read, with the reason; bounded."""
    _LOG.warning("quarantined %s: %s", one_line(frame.topic, 200), error)
    tx.conn.execute(
        "INSERT INTO quarantine (at, topic, body, reason) VALUES (?,?,?,?)",
        (tx.now, one_line(frame.topic, 200), frame.body[:65_536], keep_reason(error.reason)),
    )
    tx.conn.execute("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?", (QUARANTINE_ROWS,))


def _reader(read_as: Callable[[bytes], msgspec.Struct], take: Callable[..., object]) -> Callable[..., None]:
    def read(tx: Transaction, body: bytes, tables: Tables, zone: ZoneInfo) -> None:
        take(tx, read_as(body), tables, zone)

    return read


_HANDLERS: dict[str, Callable[..., None]] = {
    "report": _reader(decode_report, file_report),
    "order": _reader(partial(decode, kind=OrderMessage), take_order),
    "receipt": _reader(partial(decode, kind=ReceiptMessage), take_receipt),
    "cancel": _reader(partial(decode, kind=CancelMessage), take_cancel),
    "note": _reader(partial(decode, kind=NoteMessage), take_note),
    "sms": _reader(partial(decode, kind=SmsMessage), take_sms),
}
TOPICS = tuple(_HANDLERS)
"""Last parts of the inbox topics that are read."""
