"""Reports of one trouble on a real desk: who joins, who does not, and that joining can be undone."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from data.centre.intake import open_from_alarm, split_off
from data.domain.sensor import Sensor
from data.kinds import load_kinds
from data.store.candidates import candidates, trouble_of
from data.store.journal import verify
from data.words import Words
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    centre = open_centre(tmp_path / "pailou", "street", clock)
    yield centre
    assert verify(centre.desk.conn) is None
    centre.desk.conn.close()


AGAIN = "星都会小区6栋车库门口垃圾堵门没人管"


def test_a_second_report_of_one_trouble_joins_and_rings_nothing(street: Centre) -> None:
    """附议 +1: no new case, no new version, both reporters kept."""
    street.report()
    street.report(id="rep-2", text=AGAIN, reporter={"name": "周女士", "phone": "13800000076"})
    assert [row["supports"] for row in street.all("cases")] == [1]
    assert street.case()["version"] == 1
    assert [row["case_id"] for row in street.all("reports")] == ["pailou-1", "pailou-1"]
    assert street.steps() == ["file", "support"]


def test_the_third_and_the_tenth_make_it_more_urgent(street: Centre) -> None:
    """By one level each, never to 1."""
    street.report(level=4)
    levels = []
    for number in range(2, 13):
        street.report(id=f"rep-{number}", level=4)
        levels.append(street.case()["level"])
    assert levels == [4, 4, 3, 3, 3, 3, 3, 3, 3, 2, 2]


def test_the_same_message_is_the_same_report(street: Centre) -> None:
    street.report()
    street.report()
    assert (len(street.all("reports")), street.case()["supports"]) == (1, 0)


def test_a_doubtful_one_is_a_case_that_says_so(street: Centre) -> None:
    """Its own case, with whom it resembles, how much and why; and nothing in triage for it."""
    street.report()
    street.report(id="rep-2", text="星都会小区8号楼车库垃圾堵门")
    [[case_id, score, reasons]] = json.loads(street.case(2)["maybe"])
    assert (case_id, street.case(2)["state"]) == ("pailou-1", "open")
    assert 0.4 <= score < 0.8
    assert all(Words("zh").has(f"reason.{code}") and Words("en").has(f"reason.{code}") for code, _ in reasons)


def test_a_closed_case_takes_nobody_in_but_is_named_for_a_day(street: Centre) -> None:
    street.report()
    close(street, 1)
    street.clock.pass_s(23 * 3600)
    street.report(id="rep-2", text=AGAIN)
    assert json.loads(street.case(2)["maybe"])[0][0] == "pailou-1"
    close(street, 2)
    street.clock.pass_s(25 * 3600)
    street.report(id="rep-3", text=AGAIN)
    assert street.case(3)["maybe"] is None


def close(street: Centre, number: int) -> None:
    with street.desk.transaction() as tx, tx.entry("note", subject=f"pailou-{number}", operator="王梅", seat="t") as entry:
        entry.update("cases", f"pailou-{number}", {"state": "closed", "closed_at": tx.now, "result": "已清理"})


def test_life_safety_is_never_merged_away(street: Centre) -> None:
    """Two calls from one building are two cases, whatever the likeness."""
    for number in (1, 2):
        street.report(id=f"rep-{number}", text="星都会小区6号楼独居老人摔倒")
    assert [(row["class"], row["supports"]) for row in street.all("cases")] == [("0701", 0), ("0701", 0)]
    assert json.loads(street.case(2)["maybe"])[0][:2] == ["pailou-1", 1.0]


def alarm(street: Centre, kind_name: str, grid: str, level: int = 3) -> str:
    kind = load_kinds(None)[kind_name]
    with street.desk.transaction() as tx:
        row = {"id": f"alarm-{kind_name}", "rule": "over", "sensor": "s-1", "level": level, "raised_at": tx.now}
        with tx.entry("raise", subject=str(row["id"]), operator="system", seat="centre") as entry:
            entry.insert("alarms", row)
        sensor = Sensor(id="s-1", kind=kind_name, name="一号", grid=grid)
        return open_from_alarm(street.settings.tables, tx, row, sensor, kind, "一号 噪声 70 分贝", tx.now)


def test_a_neighbours_call_joins_the_alarms_case(street: Centre) -> None:
    assert alarm(street, "noise", "JN-01") == "pailou-1"
    street.report(text="楼下坝坝舞太吵了", grid="JN-01")
    assert [(row["source"], row["supports"]) for row in street.all("cases")] == [("alarm", 1)]


def test_an_alarm_joins_the_case_of_the_neighbours_call(street: Centre) -> None:
    """It keeps who called, gets the alarm and its level."""
    street.report(text="楼下坝坝舞太吵了", grid="JN-01")
    assert alarm(street, "noise", "JN-01", level=2) == "pailou-1"
    assert (street.case()["alarm"], street.case()["level"], street.steps()) == ("alarm-noise", 2, ["file", "fold"])


def test_an_alarm_of_another_grid_is_another_case(street: Centre) -> None:
    street.report(text="楼下坝坝舞太吵了", grid="JN-02")
    assert alarm(street, "noise", "JN-01") == "pailou-2"


def test_a_joined_report_can_be_split_off_again(street: Centre) -> None:
    """It becomes a case with its own words; the other loses its support."""
    street.report()
    street.report(id="rep-2", text=AGAIN)
    second = street.all("reports")[1]
    with street.desk.transaction() as tx, tx.entry("split", subject="pailou-1", operator="王梅", seat="t") as entry:
        assert split_off(tx, entry, second["id"], street.settings.tables) == "pailou-2"
    assert (street.case(1)["supports"], street.case(2)["text"], street.case(2)["unit"]) == (0, AGAIN, "dahegou")
    assert [row["case_id"] for row in street.all("reports")] == ["pailou-1", "pailou-2"]
    with (
        pytest.raises(ValueError, match=second["id"]),
        street.desk.transaction() as tx,
        tx.entry("split", subject="x", operator="a", seat="t") as entry,
    ):
        split_off(tx, entry, second["id"], street.settings.tables)


def test_candidates_are_looked_up_by_place_and_never_by_scanning_cases(street: Centre) -> None:
    street.report()
    seen: list[str] = []
    street.desk.conn.set_trace_callback(seen.append)
    found = candidates(street.desk.conn, trouble_of(row := street.desk.conn.execute("SELECT * FROM cases").fetchone(), street.settings.tables),
                       street.settings.tables, street.clock.now())  # fmt: skip
    street.desk.conn.set_trace_callback(None)
    assert [each["id"] for each, _ in found] == [row["id"]]
    asked = [each for each in seen if "case_places" in each]
    assert len(asked) == 2  # what people said, and what alarms opened
    plan = [step["detail"] for sql in asked for step in street.desk.conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert not [step for step in plan if step.startswith("SCAN") and "SUBQUERY" not in step]


def test_a_storm_of_alarms_does_not_hide_what_people_said(street: Centre) -> None:
    """A resident's word of the same trouble is found behind three hundred newer cases of alarms in its grid; theirs are compared by the newest."""
    street.report()
    told = street.desk.conn.execute("SELECT * FROM cases").fetchone()
    noise = Sensor(id="n", kind="noise", place="江南广场", grid=told["grid"])
    kind = msgspec.structs.replace(load_kinds()["noise"], opens=told["class"])
    for number in range(300):
        street.clock.pass_s(1)
        with street.desk.transaction() as tx:
            alarm = {"id": f"a{number}", "rule": "over", "sensor": f"n{number}", "level": 3, "raised_at": tx.now, "last_at": tx.now, "value": 75.0}
            with tx.entry("raise", subject=f"alarm:a{number}", operator="system", seat="centre") as entry:
                entry.insert("alarms", alarm)
                entry.insert("cases", {
                    "id": f"pailou-{number + 9}", "number": number + 9, "state": "open", "class": told["class"], "level": 3, "text": "噪声72分贝",
                    "grid": told["grid"], "source": "alarm", "opened_at": tx.now, "alarm": f"a{number}",
                })  # fmt: skip
    with street.desk.transaction() as tx:
        late = {"id": "a-last", "rule": "over", "sensor": "n", "level": 3, "raised_at": tx.now, "last_at": tx.now, "value": 75.0}
        with tx.entry("raise", subject="alarm:a-last", operator="system", seat="centre") as entry:
            entry.insert("alarms", late)
        assert told["id"] == open_from_alarm(street.settings.tables, tx, late, noise, kind, "江南广场 噪声75分贝", tx.now)
