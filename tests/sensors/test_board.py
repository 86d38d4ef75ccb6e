"""The board: worst first, silent values never shown, limits of here and now."""

from data.domain.vocabulary import Freshness, Level
from data.kinds.register import sync_sensors
from data.views.board import board, sensor_counts, sensor_rows, trend
from data.views.models.sensors import Board, SensorPanel
from data.words import Words
from tests.helpers.clock import ZONE, at
from tests.sensors.conftest import Stand


def look(stand: Stand, limit: int = 10, spark: int = 12, language: str = "zh") -> Board:
    stand.sweep()
    return board(stand.desk.conn, stand.history, stand.kinds, stand.clock.now(), limit, spark, ZONE, Words(language))


def panel(stand: Stand, sensor: str) -> SensorPanel:
    return next(one for one in look(stand).panels if one.sensor == sensor)


def test_worst_first(stand: Stand) -> None:
    """Open alarms by level, then the silent, then the rest by kind."""
    stand.send("road", 50)
    stand.clock.pass_s(600)
    stand.send("crack", 0)
    stand.send("rain", 36)
    stand.send("button", 1)
    seen = look(stand)
    assert ["button", "rain", "road", "crack", "plaza"] == [one.sensor for one in seen.panels]
    assert (2, 1) == (seen.abnormal, seen.lost)
    assert ["button", "rain"] == [one.sensor for one in look(stand, limit=2).panels]
    assert (5, 2, 1) == ((c := sensor_counts(stand.desk.conn, stand.history, stand.kinds, stand.clock.now())).total, c.abnormal, c.lost)


def test_a_live_value(stand: Stand) -> None:
    """Value, age, unit, limit and its level, as of this hour."""
    stand.send("plaza", 55.5)
    stand.clock.pass_s(30)
    seen = panel(stand, "plaza")
    assert (55.5, 30.0, Freshness.LIVE, None) == (seen.value, seen.age_s, seen.freshness, seen.level)
    assert ("噪声", "江南广场", "分贝", 1) == (seen.kind_name, seen.place, seen.unit_name, seen.precision)
    assert (60, Level.MEDIUM) == (seen.limit, seen.limit_level)
    stand.clock.time = at("2026-11-24 22:00")
    assert 50 == panel(stand, "plaza").limit


def test_a_silent_value_is_not_shown(stand: Stand) -> None:
    """After the kind's own time the value is gone and its age remains; a button may be silent for two days."""
    stand.send("plaza", 55.5)
    stand.send("button", 0)
    stand.clock.pass_s(301)
    seen = panel(stand, "plaza")
    assert (None, 301.0, Freshness.STALE) == (seen.value, seen.age_s, seen.freshness)
    assert Freshness.LIVE == panel(stand, "button").freshness
    assert 1 == look(stand).lost


def test_never_and_retained(stand: Stand) -> None:
    """A sensor that never reported, and one of which only a replay of unknown age is known."""
    stand.send("rain", 3, retained=True, observed_at=None)
    assert (Freshness.NEVER, None) == ((seen := panel(stand, "plaza")).freshness, seen.age_s)
    assert (Freshness.RETAINED, None, None) == ((seen := panel(stand, "rain")).freshness, seen.age_s, seen.value)


def test_a_replay_that_says_its_time_has_an_age_and_is_no_live_value(stand: Stand) -> None:
    """It is shown as retained, and as lost once it is older than its kind allows; what is sent now is live."""
    stand.send("plaza", 55.5, retained=True, observed_at=stand.clock.now() - 60_000)
    assert (Freshness.RETAINED, 60.0, None) == ((seen := panel(stand, "plaza")).freshness, seen.age_s, seen.value)
    stand.clock.pass_s(241)
    assert (Freshness.STALE, 301.0, None) == ((seen := panel(stand, "plaza")).freshness, seen.age_s, seen.value)
    stand.send("plaza", 56)
    assert (Freshness.LIVE, 56) == ((seen := panel(stand, "plaza")).freshness, seen.value)


def test_spark_has_gaps_and_worst_values(stand: Stand) -> None:
    """Newest last, None where nothing came, the worst value of each column."""
    stand.play("plaza", 1, 50, 58, 51)
    stand.clock.pass_s(3600)
    stand.play("plaza", 0, 55)
    spark = panel(stand, "plaza").spark
    assert 12 == len(spark)
    assert [58, 55] == [value for value in spark if value is not None]
    assert 55 == spark[-1]


def test_buttons_have_words(stand: Stand) -> None:
    """A button is pressed while its alarm is open."""
    assert "value.idle" == panel(stand, "button").state_word
    stand.send("button", 1)
    assert "value.pressed" == panel(stand, "button").state_word


def test_retired_sensors_are_gone_but_for_their_alarms(stand: Stand) -> None:
    """A retired sensor leaves the board; its open alarm does not."""
    stand.send("rain", 36)
    with stand.desk.transaction() as tx:
        sync_sensors(tx, {})
    assert ["rain"] == [one.sensor for one in look(stand).panels]


def test_trend() -> None:
    """Rising, falling, level, unknown; gaps are left out."""
    rise = (0.0, None, 1.0, 5.0, 9.0, 10.0)
    assert [1, -1, 0, 0, 0] == [trend(spark, 0, 10) for spark in (rise, rise[::-1], (5.0,) * 6, (None,) * 6, (1.0,))]


def test_rows_for_the_command_line(stand: Stand) -> None:
    """Every sensor with the keys that `paidan sensors --json` prints, its time in the centre's zone."""
    stand.send("plaza", 55.5)
    rows = sensor_rows(stand.desk.conn, stand.history, stand.kinds, stand.clock.now(), ZONE, Words("zh"))
    assert 5 == len(rows)
    row = next(one for one in rows if one["id"] == "plaza")
    expected = {
        "id": "plaza", "kind": "noise", "name": "噪声", "place": "江南广场", "grid": "JN-01", "value": 55.5, "unit": "dB",
        "observed_at": "2026-11-24T20:30:00.000+08:00", "age_s": 0.0, "freshness": "live", "quality": "ok", "level": None,
    }  # fmt: skip
    assert expected == row


def test_english(stand: Stand) -> None:
    """Names follow the reader's language."""
    assert {"noise", "crack"} <= {one.kind_name for one in look(stand, language="en").panels}
