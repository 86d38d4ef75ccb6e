"""The short ways of the hot loop do what the long ones do."""

import json
import random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.centre.memory import said
from data.centre.resolve import Resolver, Strangers
from data.codecs import senml
from data.domain.errors import PayloadError
from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.kinds import load_kinds
from tests.sensors.conftest import Stand

NOW = 1_795_000_000_000
KINDS = load_kinds()
SENSORS = {
    "gw:noise": Sensor(id="gw-noise", kind="noise"),
    **{one: Sensor(id=one, kind=kind) for one, kind in (("gw-noise", "noise"), ("gw-air", "temperature"), ("gw-rh", "humidity"), ("gw-mm", "crack"))},
}
_NAMES = st.sampled_from(["noise", "air", "rh", "mm"])
_VALUES = st.one_of(st.integers(-5, 200), st.floats(-100, 100, allow_nan=False), st.booleans(), st.sampled_from(["loud", None, 10**400]))
_BASES = {
    "bn": st.sampled_from(["gw-", ""]), "bt": st.sampled_from([NOW / 1000, 0, -60, 1e20]), "bu": st.sampled_from(["dB", "%RH", "Cel", "m"]),
    "bv": st.integers(0, 3), "x": st.just(1), "must_": st.just(1),
}  # fmt: skip
_UNITS, _TIMES = st.sampled_from(["dB", "%RH", "mm", "m", 5]), st.sampled_from([0, -3, 2.5, "x", 1e20])
_RECORDS = st.lists(st.fixed_dictionaries({}, optional={"n": _NAMES, "v": _VALUES, "u": _UNITS, "t": _TIMES}), min_size=1, max_size=4)
_SIGNS = st.sampled_from([(",", ":"), (", ", ": "), (",", " :")])


def long_way(body: bytes) -> list[Reading] | str:
    """What decoder and resolver make of a message."""
    resolve = Resolver("s", (), SENSORS, KINDS, Strangers())
    try:
        read = senml.decode("t", body, received_at=NOW, zone=ZoneInfo("UTC"))
        return [found for one in read if (found := resolve(one)) is not None]
    except PayloadError as error:
        return error.reason.code


@given(st.fixed_dictionaries({}, optional=_BASES), _RECORDS, _SIGNS)
def test_a_quick_pack_is_read_as_any_other(base: dict[str, object], records: list[dict[str, object]], signs: tuple[str, str]) -> None:
    """Whatever the quick way reads, the long way reads the same; everything else it leaves to it."""
    body = json.dumps([base | records[0], *records[1:]], separators=signs).encode()
    quick = senml.quick(body, received_at=NOW, plain=Resolver("s", (), SENSORS, KINDS, Strangers()).plain)
    assert quick is None or quick == long_way(body)


@pytest.mark.parametrize("body", [b'[{"n":"gw-noise","v":1,"v":2}]', b"[]", b"{}", b"[[]]", b'[{"n":"gw-noise","v":NaN}]', b"[" * 10_000, b"\xff"])
def test_the_quick_way_refuses_nothing_itself(body: bytes) -> None:
    """What is doubtful goes the long way, which says why."""
    assert senml.quick(body, received_at=NOW, plain=lambda name: (name, "dB")) is None


def test_the_usual_pack_goes_quickly() -> None:
    """A gateway's pack: base values, then names and numbers."""
    body = json.dumps([{"bn": "gw-", "bt": NOW / 1000, "bu": "dB", "n": "noise", "v": 44.4}, {"n": "rh", "u": "%RH", "v": 50, "t": -1}]).encode()
    found = senml.quick(body, received_at=NOW + 50, plain=Resolver("s", (), SENSORS, KINDS, Strangers()).plain)
    assert found is not None and [("gw-noise", 44.4, NOW), ("gw-rh", 50.0, NOW - 1000)] == [(one.sensor, one.value, one.observed_at) for one in found]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_remembered_shortly_ends_as_what_is_remembered_at_length(stand: Stand, seed: int) -> None:
    """The same noise in both ways: the same alarms at the same times, means of ten minutes included."""
    rng, found = random.Random(seed), []
    values = [round(rng.choice((44, 49, 54, 58, 59.5)) + rng.uniform(-3, 3), 1) for _ in range(60)]
    for step in range(20, 40):
        values[step] += rng.choice((0, 0, 6, 12))
    steps = [rng.choice((7, 20, 60)) for _ in values]
    for remembers in (True, False):
        name = "a" if remembers else "b"
        stand.sensors[name] = Sensor(id=name, kind="noise", area_class="2")
    for value, step in zip(values, steps, strict=True):
        stand.clock.pass_s(step)
        for name in ("a", "b"):
            if name == "b":
                # As if no short way existed: its states are loaded at length each time.
                heard = stand.memory.heard.pop("b", None)
                if heard is not None:
                    stand.memory.states |= said("b", KINDS["noise"].rules, heard)
            stand.take(stand.reading(name, value))
    for name in ("a", "b"):
        rows = [row for row in stand.rows("alarms") if row["sensor"] == name]
        found.append(sorted((row["rule"], row["raised_at"], row["cleared_at"] or 0, row["level"], row["occurrences"]) for row in rows))
    assert found[0] == found[1]
