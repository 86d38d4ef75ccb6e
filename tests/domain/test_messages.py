"""Messages from outside: read, or refused with a reason; nothing else, whatever the bytes."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.errors import PayloadError
from data.domain.messages import OrderMessage, ReceiptMessage, ReportMessage, decode, decode_report

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """No other exception leaves the reader."""
    for read in (decode_report, lambda raw: decode(raw, OrderMessage), lambda raw: decode(raw, ReceiptMessage)):
        with contextlib.suppress(PayloadError):
            read(body)


FIELDS = ("time", "class", "level", "grid", "address", "lat", "lon", "reporter", "media")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_optional_field_can_lose_a_report(fields: dict[str, Any]) -> None:
    """Whatever stands in them, id and words are read."""
    report = decode_report(json.dumps({"id": "a", "text": "垃圾堵门"} | fields).encode())
    assert (report.id, report.text) == ("a", "垃圾堵门")


@pytest.mark.parametrize(
    ("sent", "field", "read"),
    [
        ({"id": 17}, "id", "17"),
        ({"level": "2"}, "level", 2),
        ({"level": "urgent"}, "level", None),
        ({"class": 102}, "class_", "102"),
        ({"grid": 3}, "grid", "3"),
        ({"lat": "30.8"}, "lat", 30.8),
        ({"lat": "north"}, "lat", None),
        ({"media": "http://x"}, "media", []),
        ({"more": 1}, "text", "垃圾堵门"),
    ],
)
def test_a_sloppy_sender_is_understood(sent: dict[str, Any], field: str, read: object) -> None:
    """Numbers as text, text as numbers, and fields that are none of ours."""
    report = decode_report(json.dumps({"id": "a", "text": "垃圾堵门"} | sent).encode())
    assert getattr(report, field) == read


def test_a_reporter_keeps_what_is_readable_of_him() -> None:
    """One bad part of an inner object costs that part alone."""
    report = decode_report(json.dumps({"id": "a", "text": "x", "reporter": {"kind": 5, "name": "吴卫东", "phone": 13800000117}}).encode())
    assert isinstance(report, ReportMessage)
    assert report.reporter is not None
    assert (report.reporter.name, report.reporter.phone) == ("吴卫东", "13800000117")


@pytest.mark.parametrize("body", [b"{}", b'{"id":"a"}', b'{"text":"x"}', b'{"id":null,"text":"x"}', b'{"id":"a","text":["x"]}', b"null", b"[]"])
def test_without_id_or_words_there_is_no_report(body: bytes) -> None:
    """Such a message is refused."""
    with pytest.raises(PayloadError):
        decode_report(body)


@pytest.mark.parametrize("read", [decode_report, lambda raw: decode(raw, OrderMessage), lambda raw: decode(raw, ReceiptMessage)])
def test_of_two_equal_keys_nobody_knows_which_was_meant(read: Any) -> None:
    """Refused with the key's name, however deep and whatever the field; what only looks like a key is none."""
    fields = {
        "id": "a", "text": 'er sagt: "id": 2', "order": "o", "kind": "done", "time": "2026-11-25T14:30:00+08:00", "from": "wan-a", "case": "c",
        "level": 3, "number": 7, "accept_by": "x", "done_by": "x", "issued_at": "x", "issued_by": "x",
    }  # fmt: skip
    whole = json.dumps(fields)
    assert "a" == read(whole.encode()).id
    for more, key in (('"id":"b"', "id"), ('"x":{"y":[{"z":1,"z":1}]}', "z"), ('"kind":"refused"', "kind")):
        with pytest.raises(PayloadError) as refused:
            read(f"{whole[:-1]},{more}}}".encode())
        assert ("payload_double_key", key) == (refused.value.reason.code, dict(refused.value.reason.args)["key"])
    with pytest.raises(PayloadError):
        read(f'{whole[:-1]},"x":{"9" * 5000}}}'.encode())
