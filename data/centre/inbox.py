"""From a message of the broker to the handler of its topic. One bad message ends in quarantine and stops nothing."""

import logging
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from data.centre.frame import Frame
from data.centre.intake import file_report
from data.centre.orders import take_cancel, take_note, take_order
from data.centre.quarantine import keep as quarantine
from data.centre.receipts import take_receipt
from data.centre.warnings import take_alert
from data.domain.errors import LeaseLost, PayloadError
from data.domain.messages import CancelMessage, NoteMessage, OrderMessage, ReceiptMessage, decode, decode_report
from data.domain.reason import because
from data.domain.tables import Tables
from data.domain.text import one_line
from data.inlets.cap import parse_cap
from data.inlets.sms import SmsMessage, take_sms
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

_LOG = logging.getLogger(__name__)


def handle(tx: Transaction, frame: Frame, tables: Tables, zone: ZoneInfo) -> bool:
    """Handle one message of an `in/…` topic; False when it went into quarantine.

    Everything it does is undone if it fails. A fault of the store (disk full, lease lost) is passed on: such a message
    must not be acknowledged.
    """
    what = frame.topic.rsplit("/", 1)[-1]
    try:
        with tx.savepoint():
            _HANDLERS.get(what, partial(_no_handler, frame.topic))(tx, frame.body, tables, zone)
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


def _no_handler(topic: str, *_: object) -> None:
    raise PayloadError(because("payload_topic", topic=one_line(topic, 200)))


def _reader(read_as: Callable[[bytes], object], take: Callable[..., object]) -> Callable[..., None]:
    def read(tx: Transaction, body: bytes, tables: Tables, zone: ZoneInfo) -> None:
        take(tx, read_as(body), tables, zone)

    return read


_HANDLERS: dict[str, Callable[..., None]] = {
    "report": _reader(decode_report, file_report),
    "order": _reader(partial(decode, kind=OrderMessage), take_order),
    "receipt": _reader(partial(decode, kind=ReceiptMessage), take_receipt),
    "cancel": _reader(partial(decode, kind=CancelMessage), take_cancel),
    "note": _reader(partial(decode, kind=NoteMessage), take_note),
    "cap": _reader(parse_cap, take_alert),
    "sms": _reader(partial(decode, kind=SmsMessage), take_sms),
}
TOPICS = tuple(_HANDLERS)
"""Last parts of the inbox topics that are read."""
