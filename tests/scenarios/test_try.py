"""`paidan try`: a file over stored history, and the home's own desk stays as it was."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from console.commands.try_ import command
from data.domain.reading import Reading
from data.init import init_home
from data.kinds import load_kinds
from data.kinds.register import load_sensors, sync_sensors
from data.scenarios import _FOLDER as SHIPPED
from data.simulate.district import dress
from data.store.desk import Desk
from data.store.history.writer import open_writer
from data.store.schema import migrate
from data.store.sqlite import connect
from data.trial import Trial, attempt, span_ms
from tests.helpers.clock import FakeClock, at

HOUR = 3_600_000
AFTERNOON = at("2026-07-21 14:00")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A street whose square was too loud twice, the second time for long, on one afternoon."""
    home = tmp_path / "pailou"
    init_home(home, "street", broker="mqtt://127.0.0.1:1")
    dress(home)
    migrate(home / "desk.db")
    conn = connect(home / "desk.db", checkpoints=True)
    with Desk(conn, FakeClock(AFTERNOON)).transaction() as tx:
        sync_sensors(tx, load_sensors(home / "sensors.csv", load_kinds(home)))
    conn.close()
    history = open_writer(home)
    # An afternoon: 60 dB is the limit. A minute and a half at 64 dB, then a quarter of an hour.
    levels = [45.0] * 60 + [64.0] * 9 + [45.0] * 120 + [64.0] * 90 + [45.0] * 120
    start = AFTERNOON
    times = [start + number * 10_000 for number in range(len(levels))]
    history.append([Reading(sensor="jn-plaza-noise", value=level, observed_at=at, received_at=at) for at, level in zip(times, levels, strict=True)])
    history.close()
    return home


def tried(home: Path, file: Path) -> Trial:
    return attempt(home, file, AFTERNOON - HOUR, AFTERNOON + 6 * HOUR)


def test_a_scenario_over_the_history(home: Path) -> None:
    """A minute and a half of music was only warned about, a quarter of an hour is a case with its order; the home's own desk has none."""
    found = tried(home, SHIPPED / "square_noise.toml")
    cases = [(case.class_code, case.warned, [unit for unit, _ in case.orders], case.over_at is not None) for case in found.cases]
    assert cases == [("0501", ("jn-plaza-speaker",), ["江南社区"], True)]
    assert (found.readings, found.only_warned) == (399, 1)
    conn = connect(home / "desk.db")
    assert conn.execute("SELECT count(*) FROM cases").fetchone()[0] == 0
    conn.close()


def test_a_changed_number_changes_the_outcome(home: Path, tmp_path: Path) -> None:
    """With half a minute's patience both are cases."""
    file = tmp_path / "square_noise.toml"
    file.write_text((SHIPPED / "square_noise.toml").read_text(encoding="utf-8").replace("after_s = 300", "after_s = 30", 1), encoding="utf-8")
    assert len(tried(home, file).cases) == 2


def test_a_kind_file_over_the_history(home: Path, tmp_path: Path) -> None:
    """A kind whose limits are out of reach raises nothing."""
    text = (SHIPPED.parent / "kinds" / "noise.toml").read_text(encoding="utf-8")
    file = tmp_path / "noise.toml"
    file.write_text(text.replace("day = 60, night = 50", "day = 120, night = 120"), encoding="utf-8")
    found = tried(home, file)
    assert (found.cases, found.readings) == ((), 399)


def test_the_command_prints_the_same_for_a_script(home: Path) -> None:
    """JSON with times in ISO; nothing was measured in the last hour."""
    run = CliRunner().invoke(command, [str(SHIPPED / "square_noise.toml"), "--home", str(home), "--json", "--since", "1h"])
    found = json.loads(run.stdout)
    assert (found["cases"], found["readings"], found["since"][-6:]) == ([], 0, "+08:00")


def test_no_file_of_the_home_changes(home: Path) -> None:
    """A scenario and a kind tried, as JSON and as text: each file of the home is the same to the byte, and none was added."""

    def hashes() -> dict[str, str]:
        files = sorted(path for path in home.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))
        assert any(path.name == "tail.db" for path in files)
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = hashes()
    for file in (SHIPPED / "square_noise.toml", SHIPPED.parent / "kinds" / "noise.toml"):
        for more in ([], ["--json"]):
            assert CliRunner().invoke(command, [str(file), "--home", str(home), "--since", "300d", *more]).exit_code == 0
    assert hashes() == before


def test_what_a_person_ends_is_over_when_the_value_is_back(home: Path) -> None:
    """A cover that is tilted twice is two cases, though nobody is there to finish the first."""
    history = open_writer(home)
    values = [(0, 2.0), (600, 40.0), (1200, 2.0), (3600, 40.0), (4200, 2.0)]
    times = [(AFTERNOON + second * 1000, value) for second, value in values]
    history.append([Reading(sensor="dhg-manhole-1", value=value, observed_at=at, received_at=at) for at, value in times])
    history.close()
    found = tried(home, SHIPPED.parent / "kinds" / "manhole.toml")
    assert [(case.class_code, case.over_at is not None) for case in found.cases] == [("0301", True)] * 2


def test_how_far_it_is_is_told_step_by_step(home: Path) -> None:
    """Every step that has readings, in order; the steps between cost nothing."""
    told: list[int] = []
    attempt(home, SHIPPED / "square_noise.toml", AFTERNOON - HOUR, AFTERNOON + 6 * HOUR, told.append)
    assert (len(told), told) == (399, sorted(told))


def test_a_mistake_is_said(home: Path, tmp_path: Path) -> None:
    """File, key and remedy, exit 1."""
    file = tmp_path / "bad.toml"
    file.write_text((SHIPPED / "square_noise.toml").read_text(encoding="utf-8").replace('kind = "noise"', 'kind = "nois"'), encoding="utf-8")
    run = CliRunner().invoke(command, [str(file), "--home", str(home)])
    assert (run.exit_code, "bad.toml" in run.stderr) == (1, True)


@pytest.mark.parametrize(("text", "ms"), [("30d", 30 * 86_400_000), ("12h", 12 * HOUR), ("90m", 5_400_000)])
def test_spans(text: str, ms: int) -> None:
    """Days, hours, minutes."""
    assert span_ms(text) == ms


@pytest.mark.parametrize("text", ["", "d", "0d", "3w", "-1d"])
def test_what_is_no_span(text: str) -> None:
    """Said as a mistake, never guessed."""
    with pytest.raises(ValueError):  # noqa: PT011 — the text itself is the message
        span_ms(text)
