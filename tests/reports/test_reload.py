"""Settings that are read again: taken whole, kept old on a mistake, named and journalled once, and stale nowhere."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.centre.reload import Watcher
from data.office import Office
from tests.helpers.brokers import AnyBroker
from tests.helpers.mqtt import Client
from tests.helpers.office import Centre
from tests.helpers.town import found as found_town
from tests.helpers.waiting import wait_until

Sit = Callable[[str], Office]
GHOST = "dahegou,甲,1,2026-11-24 08:00,whenever\n"


def settle(watcher: Watcher) -> bool:
    """Two looks: the second finds the files standing still."""
    return [watcher.look(), watcher.look()][-1]


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


@pytest.fixture
def watcher(street: Centre) -> Watcher:
    made = Watcher(street.settings)
    assert not settle(made)
    return made


def test_a_changed_table_is_taken_when_it_stands_still(street: Centre, watcher: Watcher) -> None:
    """The first look after a change waits; the second takes the whole folder as a new value."""
    old = watcher.settings
    append(street.settings.home / "operators.csv", "新人,clerk,zh,\n")
    assert not watcher.look()
    assert watcher.look()
    assert "新人" in watcher.settings.tables.operators
    assert "新人" not in old.tables.operators
    assert not settle(watcher)


def test_a_bad_file_keeps_all_the_old_tables_and_is_named(street: Centre, watcher: Watcher) -> None:
    """Though another file is good: nothing is taken until the mistake is mended, then all is."""
    home = street.settings.home
    append(home / "roster.csv", GHOST)
    append(home / "operators.csv", "新人,clerk,zh,\n")
    assert settle(watcher)
    assert watcher.fault is not None
    assert "roster.csv" in str(dict(watcher.fault.args)["file"])
    assert "新人" not in watcher.settings.tables.operators
    text = (home / "roster.csv").read_text(encoding="utf-8")
    (home / "roster.csv").write_text(text.replace("whenever", "2026-11-24 20:00"), encoding="utf-8")
    assert settle(watcher)
    assert (None, True) == (watcher.fault, "新人" in watcher.settings.tables.operators)


def test_a_bad_file_is_journalled_once(street: Centre, watcher: Watcher) -> None:
    """However often it is looked at; the mending is a row too."""
    home = street.settings.home

    def record() -> list[tuple[str, str]]:
        with street.desk.transaction() as tx:
            watcher.record(tx)
        rows = [row for row in street.all("journal") if row["subject"] == "settings"]
        return [(row["act"], json.loads(row["after"])[""][""]["text"].split()[0]) for row in rows]

    append(home / "roster.csv", GHOST)
    for _ in range(3):
        settle(watcher)
        record()
    (home / "roster.csv").touch()
    settle(watcher)
    assert [("settings", "roster.csv")] == record()
    (home / "roster.csv").write_text("unit,person,phone,from,to\n", encoding="utf-8")
    settle(watcher)
    assert [("settings", "roster.csv"), ("settings_taken", "roster.csv")] == record()


def test_a_change_between_the_first_reading_and_the_watch_is_found(street: Centre) -> None:
    """The settings were read before the watcher began: what changed between is no secret."""
    append(street.settings.home / "operators.csv", "新人,clerk,zh,\n")
    late = Watcher(street.settings)
    assert settle(late)
    assert "新人" in late.settings.tables.operators


def test_a_seat_works_by_the_new_tables(street: Centre, office: Sit) -> None:
    """A name that becomes a viewer may not dispatch any more; the health place names a file that is wrong."""
    street.report(id="rep-1")
    seat = office("周敏")
    seat._held.watcher._poll_s = seat._held.watcher._next_at = 0.0
    operators = street.settings.home / "operators.csv"
    text = operators.read_text(encoding="utf-8")
    operators.write_text(text.replace("周敏,clerk", "周敏,viewer"), encoding="utf-8")
    seat.changed()
    assert seat.changed()
    refusal = seat.acts.why_not("dispatch", "pailou-1")
    assert refusal is not None
    assert "not_allowed" == refusal.code
    operators.write_text(text.replace("周敏,clerk", "周敏,king"), encoding="utf-8")
    seat.changed()
    seat.changed()
    row = next(row for row in seat.status.health().rows if row.name == "settings")
    assert ("attention", "settings_bad") == (row.state, row.figures.code)


def test_a_running_centre_takes_a_new_class_without_a_restart(tmp_path: Path, nats_broker: AnyBroker) -> None:
    """A class file that appears is what the next report is filed by; a bad one stands in the lease and in the journal."""
    town = found_town(tmp_path, nats_broker)
    try:
        town.street.serve()
        home = town.street.home
        (home / "classes" / "bees.toml").write_text(
            'code = "0999"\nname = "蜂群"\nlevel = 3\naccept_min = 5\ndone_min = 60\nkeywords = ["马蜂窝"]\nsource = "测试"\n', encoding="utf-8"
        )
        wait_until(lambda: _settings_acts(home), 20, "new class taken")
        client: Client = town.client()
        client.publish("paidan/pailou/in/report", {"id": "bees-1", "text": "树上有马蜂窝", "grid": "DHG-01"})
        wait_until(town.street.cases, 20, "case")
        assert "0999" == town.street.case(1)["class"]
        (home / "classes" / "bees.toml").write_text("code = 9\n", encoding="utf-8")
        wait_until(lambda: _settings_acts(home)[-1:] == ["settings"], 20, "bad class named")
        assert {"settings_taken", "settings"} == set(_settings_acts(home))
    finally:
        town.stop()


def _settings_acts(home: Path) -> list[str]:
    from data.store.schema import open_desk

    conn = open_desk(home / "desk.db")
    try:
        return [row["act"] for row in conn.execute("SELECT act FROM journal WHERE subject='settings' ORDER BY seq")]
    finally:
        conn.close()
