"""From a message to the register: which sensor, in which unit; strangers, copies, losses, quarantine; over a real desk."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.centre import quarantine
from data.centre.frame import Frame
from data.centre.handover import Handover
from data.centre.mqtt import Mqtt
from data.centre.sources import Sources
from data.domain.errors import PaidanError, SettingsError
from data.domain.reading import Quality
from data.kinds import load_kinds
from data.settings import load
from tests.helpers.homes import paidan, paidan_json
from tests.helpers.source_bench import SENSORS, Bench

SETTINGS = """
[[source]]
name = "zigbee"
url = "mqtt://127.0.0.1:1"
topics = ["zigbee2mqtt/#"]
codec = "zigbee2mqtt"
[[source.map]]
device = "大河沟/铃"
field = "action"
sensor = "bell-action"
[[source.map]]
device = "hall"
field = "noise_level"
sensor = "hall-noise"
unit = "dB"

[[source]]
name = "radio"
url = "mqtt://127.0.0.1:1"
topics = ["application/#"]
codec = "chirpstack"
[[source.map]]
device = "0102030405060708"
field = "rain_mm"
sensor = "rain-07-mm"
"""
EUI = "application/1/device/0102030405060708/event/up"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "home", SETTINGS)
    yield made
    made.desk.conn.close()


def test_a_value_finds_its_sensor_by_map_or_by_name_and_the_rest_is_counted(bench: Bench) -> None:
    """`<device>-<field>` of the register; a Chinese device by the map; other values make no sensor."""
    (one,) = bench.take("zigbee", "zigbee2mqtt/hall", '{"noise_level":"71.5","battery":90}')
    assert ("hall-noise", 71.5, "", "") == (one.sensor, one.value, one.field, one.unit)
    (press,) = bench.take("zigbee", "zigbee2mqtt/大河沟/铃", '{"action":"double"}')
    assert ("bell-action", 1.0) == (press.sensor, press.value)
    assert {("sensor", "hall.battery"): 1} == bench.strangers()


def test_an_unfit_unit_is_one_row_and_the_other_values_are_kept(bench: Bench) -> None:
    """Kinds have units; what cannot be converted is not guessed."""
    found = bench.take("zigbee", "zigbee2mqtt/w7", '{"tilt":"3 kWh","noise":51}')
    assert [("w7-noise", 51.0)] == [(one.sensor, one.value) for one in found]
    assert ["payload_unit"] == [row["reason"].split('"')[1] for row in bench.rows("quarantine")]


def test_our_own_topics_convert_or_refuse_a_unit_and_know_a_press_by_its_word(bench: Bench) -> None:
    """Half a centimetre is five millimetres; kilograms of noise are one row and no reading; a press is a call."""
    (crack,) = bench.take("", "paidan/pailou/sensor/w7-tilt", '{"value":0.5,"unit":"cm"}')
    assert ("w7-tilt", 5.0, "") == (crack.sensor, crack.value, crack.unit)
    (press,) = bench.take("", "paidan/pailou/sensor/bell-action", '{"value":"pressed"}')
    (idle,) = bench.take("", "paidan/pailou/sensor/bell-action", '"idle"')
    assert (1.0, 0.0) == (press.value, idle.value)
    assert [] == bench.take("", "paidan/pailou/sensor/plaza", '{"value":60,"unit":"kg"}')
    assert ["payload_unit"] == [row["reason"].split('"')[1] for row in bench.rows("quarantine")]


def test_orders_are_left_alone_and_unknown_topics_counted(bench: Bench) -> None:
    """Neither is in quarantine."""
    assert [] == bench.take("zigbee", "zigbee2mqtt/hall/set", '{"state":"ON"}')
    assert [] == bench.take("radio", "application/x", "1")
    assert [] == bench.rows("quarantine")
    assert {("topic", "application/x"): 1} == bench.strangers()
    assert (1, 1) == (bench.sources.all["zigbee"].counts.orders, bench.sources.all["radio"].counts.unknown)


def test_a_hundred_thousand_random_topics_add_no_sensor(bench: Bench) -> None:
    """A thousand names are kept, the rest is a number; nothing grows in the register or the caches."""
    with bench.desk.transaction() as tx:
        for n in range(50_000):
            for source, topic in (("", f"paidan/pailou/sensor/x{n}"), ("radio", f"a/{n}")):
                assert [] == bench.sources.read(tx, Frame(topic=topic, body=b"1", received_at=1, source=source))
        bench.sources.write(tx, bench.sources.lines["radio"])
    assert 1000 == len(bench.rows("strangers"))
    assert 99_000 == bench.sources.strangers.others
    assert ([], []) == (bench.rows("sensors"), bench.rows("quarantine"))


@pytest.mark.parametrize("apart_ms", [1, 7, 20])
@pytest.mark.parametrize("seen", [None, 0, 13])
def test_zigbee_sends_a_press_twice_within_twenty_milliseconds(bench: Bench, apart_ms: int, seen: int | None) -> None:
    """The second is no second call, whatever its `last_seen` says of those milliseconds; a press a moment later is one."""
    bell, at = "zigbee2mqtt/大河沟/铃", bench.clock.now()

    def press(topic: str = bell, more: int | None = None, action: str = "single", **other: Any) -> int:
        last_seen = "" if more is None else f',"last_seen":{at + more}'
        return len(bench.take("zigbee", topic, f'{{"action":"{action}"{last_seen}}}', **other))

    assert 1 == press(more=None if seen is None else 0)
    bench.clock.pass_s(apart_ms / 1000)
    assert (0, 1) == (press(more=seen), bench.sources.all["zigbee"].counts.repeated)
    assert 1 == len(bench.take("zigbee", "zigbee2mqtt/hall", '{"noise_level":50}'))
    assert 1 == press(action="double", more=seen)
    bench.clock.pass_s(0.3)
    assert 1 == press(more=None if seen is None else 320)
    assert 0 == press(more=None if seen is None else 320)
    bench.clock.pass_s(0.021)
    assert 1 == press(more=None if seen is None else 345)


def test_two_presses_of_different_times_from_a_queue_are_two(bench: Bench) -> None:
    """They arrive in one millisecond; their own times tell them apart."""
    at = bench.clock.now()
    for minutes in (9, 5):
        assert 1 == len(bench.take("zigbee", "zigbee2mqtt/大河沟/铃", f'{{"action":"single","last_seen":{at - minutes * 60_000}}}'))


def test_an_echo_of_what_was_undone_counts(bench: Bench) -> None:
    """The transaction failed and both come again."""
    assert 1 == len(bench.take("zigbee", "zigbee2mqtt/大河沟/铃", '{"action":"single"}', commit=False))
    assert [1, 0] == [len(bench.take("zigbee", "zigbee2mqtt/大河沟/铃", '{"action":"single"}')) for _ in range(2)]


def test_a_copy_counts_once_but_not_before_the_commit(bench: Bench) -> None:
    """`deduplicationId`; what was rolled back comes again and must count."""
    body = '{"deduplicationId":"d1","deviceInfo":{},"object":{"rain_mm":0.4}}'
    assert 1 == len(bench.take("radio", EUI, body, commit=False))
    assert 1 == len(bench.take("radio", EUI, body))
    assert 0 == len(bench.take("radio", EUI, body))
    assert 1 == bench.sources.all["radio"].counts.repeated


def test_gaps_in_frame_numbers_are_losses(bench: Bench) -> None:
    """7, 9 lose one; 8 comes late after all; a redelivered 9 changes nothing; from 900 to 1 is a restart."""
    for n, number in enumerate((7, 9, 9, 8, 900, 1)):
        bench.take("radio", EUI, f'{{"deduplicationId":"n{n}","deviceInfo":{{}},"fCnt":{number}}}')
    link = bench.sources.links.known["radio", "0102030405060708"]
    assert (1, 5, 890, 1) == (link.number, link.received, link.lost, link.restarts)


def test_what_every_radio_says_is_no_stranger(bench: Bench) -> None:
    """Frame numbers, reception and link quality are listed for nobody; a device that says nothing else is, once, until it has a sensor."""
    radio = '"fCnt":%d,"rxInfo":[{"rssi":-80,"snr":7}]'
    mute, value = f'{{"deviceInfo":{{}},{radio}}}', f'{{"deviceInfo":{{}},{radio},"object":{{"rain_mm":1,"extra":2}}}}'
    bench.take("zigbee", "zigbee2mqtt/hall", '{"noise_level":"71.5","linkquality":90}')
    bench.take("radio", EUI, value % 1)
    bench.take("radio", EUI, mute % 2)
    bench.take("radio", EUI.replace("01020304", "ffffffff"), mute % 3)
    assert {("sensor", "0102030405060708.extra"): 1, ("sensor", "ffffffff05060708"): 1} == bench.strangers()


@pytest.mark.parametrize("retained", [False, True])
def test_a_retained_message_is_marked(bench: Bench, retained: bool) -> None:
    """So that it raises and clears nothing; the codec lets the mark through."""
    (one,) = bench.take("zigbee", "zigbee2mqtt/hall", '{"noise_level":99}', retained=retained)
    assert (retained, None, Quality.OK) == (one.retained, one.observed_at, one.quality)


def test_a_codec_that_raises_stops_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message is kept with the fault; the next one is read."""

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    whole = bench.sources.all["zigbee"].decode
    bench.sources.all["zigbee"].decode = broken
    assert [] == bench.take("zigbee", "zigbee2mqtt/hall", "{}")
    bench.sources.all["zigbee"].decode = whole
    assert 1 == len(bench.take("zigbee", "zigbee2mqtt/hall", '{"noise_level":50}'))
    assert ["payload_fault"] == [row["reason"].split('"')[1] for row in bench.rows("quarantine")]


def test_quarantine_keeps_lists_replays_and_is_bounded(bench: Bench) -> None:
    """Bytes, source and reason; a replay takes the row out, and what still cannot be read comes back with its tries."""
    body = b"\xff{broken"
    bench.take("zigbee", "zigbee2mqtt/hall", body)
    (row,) = quarantine.listing(bench.desk.conn)
    assert (body, "zigbee", "payload_json") == (row["body"], row["source"], row["reason"].code)
    (shown,) = paidan_json("quarantine", home=bench.home)
    assert ("zigbee2mqtt/hall", len(body)) == (shown["topic"], shown["bytes"])
    assert "1" in paidan("quarantine", "replay", home=bench.home).stdout
    with bench.desk.transaction() as tx:
        (again,) = quarantine.take_asked(tx)
        assert [] == bench.sources.read(tx, again)
    assert (1, 0) == (bench.rows("quarantine")[0]["tries"], len(bench.rows("sensors")))
    assert not quarantine.is_asked(bench.desk.conn)


def test_what_was_not_kept_whole_cannot_be_replayed(bench: Bench) -> None:
    """A body of 100 kB is cut; the command says so."""
    bench.take("zigbee", "zigbee2mqtt/hall", b"[" * 100_000)
    (row,) = quarantine.listing(bench.desk.conn)
    assert (100_000, 65_536) == (row["bytes"], len(row["body"]))
    with pytest.raises(PaidanError):
        quarantine.ask_replay(bench.desk, row["id"])


def test_what_is_known_survives_a_restart(bench: Bench) -> None:
    """Counts, strangers and links are taken up by the next centre."""
    bench.take("radio", EUI, '{"deviceInfo":{},"fCnt":5}')
    bench.take("radio", "application/x", "1")
    with bench.desk.transaction() as tx:
        bench.sources.write(tx, bench.sources.lines["radio"])
    bench.sources.written()
    assert {"", "zigbee", "radio"} == {row["name"] for row in bench.rows("sources")}
    next_one = Sources(load(bench.home), SENSORS, load_kinds(), Handover(10), bench.clock)
    next_one.prepare(bench.desk.conn)
    assert (2, bench.sources.strangers.known, bench.sources.links.known) == (
        next_one.all["radio"].counts.messages, next_one.strangers.known, next_one.links.known
    )  # fmt: skip


GOOD = {"name": "a", "url": "mqtt://h:1", "topics": ["x/#"], "codec": "plain"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"codec": "morse"}, "settings_want_codec"),
        ({"url": "http://h"}, "settings_want_source_url"),
        ({"url": "mqtt://u:secret@h"}, "settings_want_source_url"),
        ({"topics": []}, "settings_want_topics"),
        ({"topics": ["a/#/b"]}, "settings_want_topics"),
        ({"topics": ["a+"]}, "settings_want_topics"),
        ({"qos": 3}, "settings_want_qos"),
        ({"zone": "Mars/X"}, "settings_want_zone"),
        ({"name": "a b"}, "settings_want_id"),
        ({"options": {"wrong": 1}}, "settings_want_mapping"),
        ({"codec": "json", "map": [{"topic": "a/#/b", "value": "v"}]}, "settings_want_mapping"),
    ],
)
def test_a_mistake_in_a_source_names_file_and_key(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    """At the start, before anything connects."""
    rows = {**GOOD, **wrong}
    maps = rows.pop("map", [])
    text = "\n[[source]]\n" + "".join(
        f"{key} = {json.dumps(value) if not isinstance(value, dict) else '{ wrong = 1 }'}\n" for key, value in rows.items()
    )
    text += "".join("[[source.map]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in row.items()) for row in maps)
    with pytest.raises(SettingsError) as caught:
        Bench(tmp_path / "home", text)
    assert f"@{said}" == dict(caught.value.reason.args)["remedy"]


def test_a_source_without_its_secret_waits_for_it_alone(tmp_path: Path) -> None:
    """It is down and says which file is missing, or open to others; with a good one it is connected at the next heartbeat, without a new start."""
    rows = GOOD | {"password_file": "p"}
    bench = Bench(tmp_path / "home", "\n[[source]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in rows.items()))
    own = Mqtt("mqtt://127.0.0.1:1", client_id="own", topics=(), clock=bench.clock)
    with bench.desk.transaction() as tx:
        bench.sources.write(tx, own)
    listed = {row["name"]: row for row in bench.desk.conn.execute("SELECT * FROM sources")}
    assert (listed["a"]["is_up"], "password_file" in listed["a"]["fault"], bench.sources.lines) == (0, True, {})
    (bench.home / "p").write_text("secret", encoding="utf-8")
    (bench.home / "p").chmod(0o644)
    with bench.desk.transaction() as tx:
        bench.sources.write(tx, own)
    assert ["a"] == [name for name, fault in bench.sources.faults.items() if "chmod 600" in fault]
    (bench.home / "p").chmod(0o600)
    with bench.desk.transaction() as tx:
        bench.sources.write(tx, own)
    assert (list(bench.sources.lines), bench.sources.faults) == (["a"], {})
    bench.sources.close()


def test_sources_are_listed_with_what_nobody_knows(bench: Bench) -> None:
    """State, since when, counts; strangers and losses by flags."""
    bench.take("radio", EUI, '{"deviceInfo":{},"fCnt":5}')
    bench.take("radio", EUI, '{"deviceInfo":{},"fCnt":7}')
    bench.take("radio", "application/x", "1")
    with bench.desk.transaction() as tx:
        bench.sources.write(tx, bench.sources.lines["radio"])
    radio = next(row for row in paidan_json("sources", home=bench.home) if row["name"] == "radio")
    assert (0, 3, "mqtt://127.0.0.1:1", "断") == (radio["is_up"], radio["messages"], radio["url"], radio["state"])
    assert "application/x" in [row["name"] for row in paidan_json("sources", "--unknown", home=bench.home)]
    assert [(2, 1)] == [(row["received"], row["lost"]) for row in paidan_json("sources", "--losses", home=bench.home)]


DISCOVERY = """
[[source]]
name = "ha"
url = "mqtt://127.0.0.1:1"
topics = ["homeassistant/#", "plaza/#"]
codec = "homeassistant"
"""


def test_what_discovery_said_is_written_survives_a_restart_and_is_retired(tmp_path: Path) -> None:
    """The next centre reads the state without hearing the config again; an empty config retires it, and its row keeps what was said."""
    bench = Bench(tmp_path / "home", DISCOVERY)
    topic = "homeassistant/sensor/plaza1/db/config"
    bench.take("ha", topic, '{"name":"n","stat_t":"plaza/1","unit_of_meas":"dB","val_tpl":"{{ value_json.leq }}","uniq_id":"plaza","exp_aft":300}')
    bench.take("ha", topic.replace("/db/", "/odd/"), '{"stat_t":"plaza/1","val_tpl":"{{ value_json.leq * 2 }}","uniq_id":"odd"}')
    with bench.desk.transaction() as tx:
        bench.sources.write(tx, bench.sources.lines["ha"])
    bench.sources.written()
    bench.sources = Sources(load(bench.home), SENSORS, load_kinds(), Handover(10), bench.clock)
    bench.sources.prepare(bench.desk.conn)
    (one,) = bench.take("ha", "plaza/1", '{"leq":"61.5"}')
    assert ("plaza", 61.5) == (one.sensor, one.value)
    bench.take("ha", topic, "")
    assert [] == bench.take("ha", "plaza/1", '{"leq":"61.5"}')
    with bench.desk.transaction() as tx:
        bench.sources.write(tx, bench.sources.lines["ha"])
    shown = {row["id"]: row for row in paidan_json("sources", "--described", home=bench.home)}
    assert ("dB", 300.0, True) == (shown["plaza"]["unit"], shown["plaza"]["expire_after_s"], shown["plaza"]["retired_at"] is not None)
    assert (1, None, "待映射") == (shown["odd"]["is_pending"], shown["odd"]["retired_at"], shown["odd"]["state"])
    listed = paidan("sources", "--described", home=bench.home).stdout.splitlines()
    assert [("odd", "待映射"), ("plaza", "已停用")] == sorted(
        (line.split()[1], *(word for word in line.split() if word[0] in "待已")) for line in listed
    )
    assert ["断", "报文 5", "读数 1"] == [
        part for part in paidan("sources", home=bench.home).stdout.splitlines()[-1].split("  ") if part[0] in "断报读"
    ]
    bench.desk.conn.close()


def test_a_device_clock_is_kept_but_not_believed_too_far_ahead(bench: Bench) -> None:
    """Late data stands in its place; more than five minutes ahead it stands at its arrival; both times are kept."""
    now = bench.clock.now()
    placed = {}
    for ahead in (-3_600_000, 240_000, 360_000, 315_000_000_000):
        (one,) = bench.take("zigbee", "zigbee2mqtt/hall", f'{{"noise_level":50,"last_seen":{now + ahead}}}')
        assert (now + ahead, now) == (one.observed_at, one.received_at)
        placed[ahead] = one.at - now
    assert {-3_600_000: -3_600_000, 240_000: 240_000, 360_000: 0, 315_000_000_000: 0} == placed
