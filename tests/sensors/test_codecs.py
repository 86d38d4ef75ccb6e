"""Payloads of sensors: what is read, and that nothing else than `PayloadError` comes of the rest."""

from contextlib import suppress
from math import isnan
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.clock import parse_time
from data.codecs import codecs
from data.codecs.own import WORDS
from data.domain.errors import PayloadError
from data.domain.reading import Reading
from data.kinds import load_kinds
from data.words import Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOPIC = "paidan/pailou/sensor/plaza-1"
NOW = 1_764_000_000_000
OWN = codecs()["own"]


def read(payload: bytes, topic: str = TOPIC) -> Reading:
    (reading,) = OWN.decode(topic, payload, received_at=NOW, zone=SHANGHAI)
    return reading


def refusal(payload: bytes, topic: str = TOPIC) -> str:
    with pytest.raises(PayloadError) as caught:
        read(payload, topic)
    said = Words("zh").say(caught.value.reason)
    assert not said.startswith(("payload_", "reason."))
    return caught.value.reason.code


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b"72.3", 72.3),
        (b" -4\n", -4.0),
        (b"1e2", 100.0),
        (b"true", 1.0),
        (b"OFF", 0.0),
        (b'"72.3"', 72.3),
        (b'{"value":72.3}', 72.3),
        (b'{"value":"100.00","battery":89}', 100.0),
        (b'{"value":true}', 1.0),
        (b'{"value":"on"}', 1.0),
        (b'{"value":-0.0}', 0.0),
    ],
)
def test_values(payload: bytes, value: float) -> None:
    """Numbers, numbers as text and yes/no are read; other fields are left alone."""
    assert value == read(payload).value


@pytest.mark.parametrize(
    ("payload", "value", "unit"),
    [
        (b'{"value":"30.11 C"}', 30.11, "C"),
        (b'"65 dB(A)"', 65.0, "dB(A)"),
        (b'{"value":0.5,"unit":"cm"}', 0.5, "cm"),
        (b'{"value":"0.5 cm","unit":"mm"}', 0.5, "cm"),
        (b'{"value":0.5,"unit":null}', 0.5, ""),
        (b'{"value":0.5,"unit":" cm "}', 0.5, "cm"),
    ],
)
def test_a_unit_that_is_said_goes_along(payload: bytes, value: float, unit: str) -> None:
    """5 cm is never taken for 5 mm: what the device says of its unit is kept for the register to convert or refuse."""
    reading = read(payload)
    assert (value, unit) == (reading.value, reading.unit)


@pytest.mark.parametrize("payload", [b'"pressed"', b'{"value":"Pressed"}'])
def test_a_word_stays_a_word(payload: bytes) -> None:
    """A press may be sent as a word; its kind makes the number."""
    reading = read(payload)
    assert (True, "pressed") == (isnan(reading.value), reading.text)


def test_all_states_of_kinds_are_words() -> None:
    """A state of a shipped kind can be sent by its name."""
    states = {state.rpartition(".")[2] for kind in load_kinds().values() for state in kind.states}
    assert set() == states - WORDS


@pytest.mark.parametrize(
    ("time", "at"),
    [
        (b'"2026-11-24T20:30:00"', parse_time("2026-11-24T20:30:00", SHANGHAI)),
        (b'"2026-11-24T12:30:00Z"', parse_time("2026-11-24T20:30:00", SHANGHAI)),
        (b"1764000000", 1_764_000_000_000),
        (b"1764000000123", 1_764_000_000_123),
        (b"null", None),
    ],
)
def test_times(time: bytes, at: int | None) -> None:
    """ISO text (local without zone) and epoch seconds or milliseconds."""
    assert at == read(b'{"value":1,"time":' + time + b"}").observed_at


def test_identity_comes_from_the_topic() -> None:
    """A payload cannot say that it is another sensor."""
    reading = read(b'{"value":1,"sensor":"other","id":"m-1"}')
    assert ("plaza-1", "m-1", NOW) == (reading.sensor, reading.message_id, reading.received_at)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "payload_json"),
        (b"NaN", "payload_json"),
        (b"Infinity", "payload_json"),
        (b"1e999", "payload_json"),
        (b"9" * 400, "payload_json"),
        (b'{"value":1e999}', "payload_json"),
        (b'{"value":"nan"}', "payload_value"),
        (b'{"value":"1e999"}', "payload_value"),
        (b'{"value":"1_000"}', "payload_value"),
        (b'{"value":"loud"}', "payload_value"),
        (b'{"value":null}', "payload_json"),
        (b'{"v":1}', "payload_json"),
        (b"[1]", "payload_json"),
        (b"[" * 4000, "payload_json"),
        (b'{"value":1,"x":' + b"[" * 2000 + b"]" * 2000 + b"}", "payload_json"),
        (b" " * 5000 + b"1", "payload_too_large"),
        (b'{"value":1,"value":2}', "payload_double_key"),
        (b'{"value":1,"unit":"mm","unit":"cm"}', "payload_double_key"),
        (b'{"value":1,"unit":7}', "payload_json"),
        (b'{"value":1,"\\u0076alue":2}', "payload_double_key"),
        (b'{"value":1,"time":"yesterday"}', "payload_time"),
        (b'{"value":1,"time":1e300}', "payload_time"),
        (b'{"value":1,"time":"0001-01-01T00:00:00"}', "payload_time"),
        (b'{"value":1,"time":-5}', "payload_time"),
        (b"\xff\xfe", "payload_json"),
    ],
)
def test_unreadable(payload: bytes, code: str) -> None:
    """What cannot be read is refused with a reason that has words."""
    assert code == refusal(payload)


@pytest.mark.parametrize(
    "topic", ["", "paidan/a/sensor/", "paidan/a/sensor/b c", "paidan/a/in/report", "x/a/sensor/b", "paidan/a/sensor/b/c"]
)
def test_other_topics(topic: str) -> None:
    """Only a sensor's own topic names a sensor."""
    assert "payload_topic" == refusal(b"1", topic)


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode), st.text(max_size=40))
def test_random_bytes_decode_or_are_refused(payload: bytes, tail: str) -> None:
    """Whatever the bytes and the topic: readings or `PayloadError`."""
    for codec in codecs().values():
        for topic in (TOPIC, f"paidan/x/sensor/{tail}"):
            try:
                readings = codec.decode(topic, payload, received_at=NOW, zone=SHANGHAI)
            except PayloadError:
                continue
            assert all(isinstance(reading, Reading) for reading in readings)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "time", "id", "x"]), inner, max_size=4),
    max_leaves=8,
)


@given(_JSON)
def test_random_json_decodes_or_is_refused(message: object) -> None:
    """The same for well-formed JSON of any shape."""
    with suppress(PayloadError):
        assert isinstance(read(msgspec.json.encode(message)), Reading)
