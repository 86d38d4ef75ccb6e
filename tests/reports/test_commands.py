"""`paidan report`, `orders`, `alarms`, `units`: what a script or spreadsheet gets."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from console.command_line import group as main
from data.clock import real_ms
from data.views.spreadsheet import csv_text
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre
from tests.reports.conftest import order_out, receipt


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Centre]:
    """A desk whose acts happened just now by the wall clock, which the commands go by."""
    centre = open_centre(tmp_path / "pailou", "street", FakeClock(real_ms() - 20_000))
    order = order_out(centre, 0, level=1)
    centre.clock.pass_s(1)
    receipt(centre, order, "accepted")
    centre.report(id="rep-2", text="=HYPERLINK(1) 垃圾", grid="JN-01")
    yield centre
    centre.desk.conn.close()


def run(town: Centre, *words: str) -> Result:
    done = CliRunner().invoke(main, [*words, "--home", str(town.settings.home)], env={"PAIDAN_LANG": "zh"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize("name", ["supervision", "shift", "alarms", "handover"])
def test_every_report_is_text_csv_and_json(town: Centre, name: str) -> None:
    """The three forms of one report have the same rows; CSV begins with a BOM."""
    text = run(town, "report", name).stdout
    raw = run(town, "report", name, "--csv").stdout_bytes
    data = json.loads(run(town, "report", name, "--json").stdout)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) <= len(text.splitlines()) <= len(rows) + 3
    assert isinstance(data, dict)
    assert all(row[0] in text for row in rows)


def test_the_supervision_says_who_has_what(town: Centre) -> None:
    """大河沟 has one case in hand and answered it; the numbers open to lists."""
    data = json.loads(run(town, "report", "supervision", "--json", "--since", "2026-01-01").stdout)
    rows = {row["unit"]: row for row in data["rows"]}
    assert (1, 7.0) == (rows["dahegou"]["in_hand"], rows["dahegou"]["median_s"])
    assert (1, 1, 0) == (data["to_accept"], data["accepted_in_time"], data["accepted_late"])
    behind = json.loads(run(town, "report", "supervision", "--behind", "in_hand", "--unit", "dahegou", "--json").stdout)
    assert ["pailou-1"] == [row["id"] for row in behind]


def test_a_figure_that_there_is_none_of_names_those_that_are(town: Centre) -> None:
    """The refusal is one sentence with the choices, exit 1."""
    done = run(town, "report", "supervision", "--behind", "nonsense")
    assert 1 == done.exit_code
    assert "accept_late" in done.stderr


def test_handover_report_names_the_critical_case_as_unsaid(town: Centre) -> None:
    """A level-1 case stands among what must be said, not said yet."""
    raw = run(town, "report", "handover", "--csv").stdout_bytes.decode("utf-8-sig")
    said = [row for row in csv.reader(io.StringIO(raw)) if row[0] == "必须口头交代"]
    assert ["否"] == [row[2] for row in said if "#1 " in row[1]]


def test_no_text_of_a_stranger_becomes_a_formula() -> None:
    """Texts that begin like a formula are made plain; numbers, negative too, stay numbers."""
    written = csv_text(["a", "b"], [["=1+1", -3], [" @SUM(A1)", 0.5], ["＝cmd|' /C calc'", None], ["好-了", 2]])
    rows = list(csv.reader(io.StringIO(written.removeprefix("\ufeff"))))
    assert [["a", "b"], ["'=1+1", "-3"], ["' @SUM(A1)", "0.5"], ["'＝cmd|' /C calc'", ""], ["好-了", "2"]] == rows


def test_orders_by_unit_case_and_state(town: Centre) -> None:
    """Filters narrow; times are ISO with the desk's zone."""
    rows = json.loads(run(town, "orders", "--json", "--unit", "dahegou", "--state", "open", "--case", "#1").stdout)
    assert [("pailou-1", "dahegou", "mqtt")] == [(row["case_id"], row["unit"], row["channel"]) for row in rows]
    assert rows[0]["accepted_at"].endswith("+08:00")
    assert [] == json.loads(run(town, "orders", "--json", "--state", "done").stdout)
    assert [] == json.loads(run(town, "orders", "--json", "--unit", "jiangnan").stdout)


def test_units_say_who_is_there_and_what_they_have(town: Centre) -> None:
    """In hand by unit; telephone numbers are masked."""
    rows = {row["id"]: row for row in json.loads(run(town, "units", "--json").stdout)}
    assert (1, "138****0011", True) == (rows["dahegou"]["in_hand"], rows["dahegou"]["phone"], rows["dahegou"]["on_duty"])
    departments = json.loads(run(town, "units", "--json", "--kind", "department").stdout)
    assert {"department"} == {row["kind"] for row in departments}


def test_alarms_that_stand_and_all(town: Centre) -> None:
    """Cleared alarms are shown with --all only."""
    with town.desk.transaction() as tx, tx.entry("raise", subject="alarm:a", operator="system", seat="centre") as entry:
        for id, cleared in (("a", None), ("b", tx.now)):
            row = {"id": id, "rule": f"limit-{id}", "sensor": "jn-plaza-noise", "level": 2, "value": 80}
            entry.insert("alarms", row | {"raised_at": tx.now - 5000, "cleared_at": cleared})
    assert ["a"] == [row["id"] for row in json.loads(run(town, "alarms", "--json").stdout)]
    assert {"a", "b"} == {row["id"] for row in json.loads(run(town, "alarms", "--json", "--all", "--sensor", "jn-plaza-noise").stdout)}
    assert [] == json.loads(run(town, "alarms", "--json", "--level", "1").stdout)
