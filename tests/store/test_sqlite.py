"""The SQLite of the process: one copy of it, and an old one is told."""

import importlib
import logging
from pathlib import Path

import pytest

from data.store import backup, sqlite
from tests.helpers.clock import FakeClock
from tests.helpers.office import open_centre


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 50, 6), False), ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True)],
)
def test_versions_with_the_race_are_known(version: tuple[int, int, int], safe: bool) -> None:
    assert sqlite.is_safe(version) == safe


def test_an_old_one_is_warned_of_with_its_version(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    old = type("Old", (), {"sqlite_version_info": (3, 40, 1), "sqlite_version": "3.40.1"})
    monkeypatch.setattr(sqlite, "sqlite3", old)
    with caplog.at_level(logging.WARNING):
        assert sqlite.warn_if_unsafe()
    assert "3.40.1" in caplog.text


def test_no_file_is_opened_by_another_copy(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two would cancel each other's locks. A library may load Python's own for a name of a type; whatever opens one of our files is ours."""
    own = importlib.import_module("sqlite3")
    if own is sqlite.sqlite3:
        pytest.skip("needs pysqlite3")
    opened: list[object] = []
    for module in (own, own.dbapi2):
        monkeypatch.setattr(module, "connect", lambda *args, **_: opened.append(args))
    desk = open_centre(tmp_path / "dahegou", "community", clock)
    desk.report()
    backup.make(desk.settings.home, clock.now())
    assert opened == []
