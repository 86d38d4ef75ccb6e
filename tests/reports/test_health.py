"""The health place: each thing that can break, its state, and whether orders can be sent."""

from collections.abc import Callable

import pytest

from data.clock import real_ms
from data.domain.reading import Reading
from data.domain.reason import because
from data.kinds import load_kinds
from data.kinds.register import load_sensors, sync_sensors
from data.office import Office
from data.store import channels
from data.store.history.writer import open_writer
from data.views.models.health import HealthRow
from data.words import Words
from tests.helpers.office import Centre
from tests.reports.conftest import order_out

Sit = Callable[[str], Office]


def rows(seat: Office) -> dict[str, HealthRow]:
    return {row.which or row.name: row for row in seat.status.health().rows}


@pytest.fixture(autouse=True)
def _channels(street: Centre) -> None:
    """What the centre's start writes of its channels."""
    with street.desk.transaction() as tx:
        channels.sync(tx, {"mqtt": "mqtt"}, {})


def beat(street: Centre, **columns: object) -> None:
    """What a running centre writes every two seconds."""
    values = {"renewed_at": real_ms(), "broker": "mqtt://x", "broker_down_since": None, "write_ms": 2.5} | columns
    street.desk.conn.execute(f"UPDATE lease SET {', '.join(f'{name}=?' for name in values)}", tuple(values.values()))


def test_all_is_well(street: Centre, office: Sit) -> None:
    """With a beating centre every row that an order needs is ok, and the conclusion says so."""
    beat(street)
    seat = office("周敏")
    found = rows(seat)
    assert {"ok"} == {found[name].state for name in ("centre", "bus", "store", "mqtt", "outbox", "clock", "sensors", "quarantine", "settings")}
    assert "attention" == found["backup"].state
    assert "health_can" == seat.status.health().conclusion.code


def test_a_centre_that_does_not_beat_cannot_dispatch(street: Centre, office: Sit) -> None:
    """Six seconds of silence: down, and the conclusion names it in words."""
    beat(street, renewed_at=real_ms() - 6_000)
    conclusion = office("周敏").status.health().conclusion
    assert "health_cannot" == conclusion.code
    assert "不能派单：治理中心断" == Words("zh").say(conclusion)


def test_a_broker_that_is_away_is_trouble_with_a_name(street: Centre, office: Sit) -> None:
    """The desk still dispatches by what it has; the bus is named."""
    beat(street, broker_down_since=street.clock.now() - 138_000)
    found = office("周敏").status.health()
    bus = next(row for row in found.rows if row.name == "bus")
    assert ("down", 138) == (bus.state, dict(bus.figures.args)["seconds"])
    assert "health_can" != found.conclusion.code


def test_an_order_that_should_have_left_makes_the_outbox_slow_and_a_failed_one_wants_attention(street: Centre, office: Sit) -> None:
    """More than a minute past its time: slow. Given up: somebody must look."""
    beat(street)
    street.line.is_up = False
    order = order_out(street)
    street.clock.pass_s(70)
    seat = office("周敏")
    assert "slow" == rows(seat)["outbox"].state
    street.desk.conn.execute("UPDATE outbox SET state='failed', next_at=NULL WHERE id=?", (order,))
    assert "attention" == rows(seat)["outbox"].state


def test_a_channel_says_why_it_is_down(street: Centre, office: Sit) -> None:
    """Five failures in a row open its breaker: down, with the far side's fault as the figure."""
    beat(street)
    with street.desk.transaction() as tx:
        for _ in range(channels.FAILURES):
            channels.note_failure(tx, "mqtt", because("line_down"), counts=True)
    seat = office("周敏")
    assert ("down", "line_down") == (rows(seat)["mqtt"].state, rows(seat)["mqtt"].figures.code)
    assert "health_can_but" == seat.status.health().conclusion.code


def test_a_silent_call_button_is_named_first(street: Centre, office: Sit) -> None:
    """Of two silent sensors the one that lives hang on comes before the one silent for longer."""
    home, now = street.settings.home, street.clock.now()
    sensors = load_sensors(home / "sensors.csv", load_kinds(home))
    with street.desk.transaction() as tx:
        sync_sensors(tx, sensors)
    button = next(one.id for one in sensors.values() if one.kind == "call_button")
    noise = next(one.id for one in sensors.values() if one.kind == "noise")
    history = open_writer(home)
    day = 86_400_000
    history.append([Reading(sensor=id, value=0, received_at=now - days * day) for id, days in ((button, 3), (noise, 9))])
    kinds = load_kinds(home)
    history.stale_s = lambda sensor: kinds[sensors[sensor].kind].timing.stale_s
    history.sweep(now)
    history.close()
    beat(street)
    seat = office("周敏")
    found = seat.status.health()
    assert found.silent is not None
    assert (button, True) == (found.silent.sensor, found.silent.life_safety)
    assert "attention" == rows(seat)["sensors"].state
    assert (2, 1) == (dict(rows(seat)["sensors"].figures.args)["lost"], dict(rows(seat)["sensors"].figures.args)["lives"])
    assert [f"device/{button}"] == [one.item for one in seat.shift.sheet().must_say]


def test_a_clock_that_was_set_is_seen(street: Centre, office: Sit) -> None:
    """A step of two seconds since the start wants attention."""
    beat(street, clock_step_ms=-2_000)
    assert "attention" == rows(office("周敏"))["clock"].state


def test_every_row_has_its_words(street: Centre, office: Sit) -> None:
    """Name, state, figures and consequence of each row can be said in both languages."""
    beat(street)
    for words in (Words("zh"), Words("en")):
        for row in office("周敏").status.health(rtt_ms=84.0).rows:
            assert all(words.has(key) for key in (f"health.{row.name}", f"health.state_{row.state}", row.breaks)), row
            assert row.figures.code not in words.say(row.figures)


def test_thinned_readings_are_told_for_an_hour(street: Centre, office: Sit) -> None:
    """The bus says how many were left out; after an hour without more it is well again."""
    seat = office("周敏")
    beat(street, thinned=1200, thinned_at=seat.now() - 60_000, readings_per_s=900.0)
    assert (rows(seat)["bus"].state, rows(seat)["bus"].figures) == ("slow", because("health_bus_thinned", rate=900.0, thinned=1200))
    assert "略去 1200 条" in Words("zh").say(rows(seat)["bus"].figures)
    beat(street, thinned=1200, thinned_at=seat.now() - 3_700_000)
    assert rows(seat)["bus"].state == "ok"


def test_the_line_of_the_calls_is_told_of_when_it_alone_is_down(street: Centre, office: Sit) -> None:
    """Not in its first seconds, and not where the whole bus is down."""
    seat = office("周敏")
    for calls, bus, code in ((60_000, None, "health_bus_calls"), (2_000, None, "health_bus_quiet"), (60_000, 60_000, "health_bus_down")):
        beat(street, calls_down_since=seat.now() - calls, broker_down_since=None if bus is None else seat.now() - bus)
        assert rows(seat)["bus"].figures.code == code
