"""Cases are found by two signs, number, phone, address, unit and pinyin initials; open ones or all; and nothing typed raises."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.store.derived import rebuild
from data.store.search import query, search
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """牌楼's desk with three cases of different places."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    centre.report(reporter={"name": "吴卫东", "phone": "138-0000-0117"})
    centre.report(id="rep-2", text="滨江路污水横流", grid="JN-02", address="滨江路22号")
    centre.report(id="rep-3", text="红星桥下井盖破损", grid="HX-02")
    yield centre
    centre.desk.conn.close()


def numbers(street: Centre, text: str, *, everything: bool = True) -> list[int]:
    rows, total = search(street.desk.conn, street.settings.tables, text, everything=everything, limit=10, offset=0)
    assert total == len(rows)
    return [row["number"] for row in rows]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("污水", [2]), ("井盖", [3]), ("垃圾堵门", [1]), ("6号楼", [1]), ("滨江路22号", [2]), ("3", [3]), ("pailou-2", [2]),
        ("0117", [1]), ("13800000117", [1]), ("1380000", [1]), ("吴卫东", [1]), ("dhg", [1]), ("大河沟", [1]), ("jn-02", [2]),
        ("污水 滨江", [2]), ("污水 井盖", []), ("水", [2]), ("流", [2]), ("门垃圾", []), ("７号楼", []), ("６号楼", [1]),
    ],
)  # fmt: skip
def test_a_case_is_found_by_what_people_ask_for(street: Centre, typed: str, found: list[int]) -> None:
    """Text of two signs, number, id, phone whole or its end, name, unit by name or initials, grid."""
    assert found == numbers(street, typed)


def test_a_finished_case_is_found_only_among_all(street: Centre) -> None:
    """It leaves the open scope with its act and comes back with it."""
    with street.desk.transaction() as tx, tx.entry("note", subject="pailou-2", operator="王梅", seat="t") as entry:
        entry.update("cases", "pailou-2", {"state": "closed", "closed_at": tx.now, "result": "已疏通管道"})
    assert numbers(street, "污水", everything=False) == []
    assert numbers(street, "管道") == [2]
    with street.desk.transaction() as tx, tx.entry("note", subject="pailou-2", operator="王梅", seat="t") as entry:
        entry.update("cases", "pailou-2", {"state": "open", "closed_at": None})
    assert numbers(street, "污水", everything=False) == [2]


def test_a_case_is_found_by_its_new_unit_and_no_longer_by_the_old(street: Centre) -> None:
    """The codes follow the row."""
    with street.desk.transaction() as tx, tx.entry("note", subject="pailou-1", operator="王梅", seat="t") as entry:
        entry.update("cases", "pailou-1", {"unit": "hongxing", "grid": "HX-01"})
    assert numbers(street, "大河沟") == []
    assert numbers(street, "红星") == [3, 1]


def test_what_fails_leaves_no_trace_in_the_index(street: Centre) -> None:
    """Index and case are one transaction."""
    with pytest.raises(RuntimeError), street.desk.transaction() as tx:
        with tx.entry("note", subject="pailou-1", operator="王梅", seat="t") as entry:
            entry.update("cases", "pailou-1", {"text": "路灯不亮"})
        raise RuntimeError
    assert numbers(street, "路灯") == []
    assert numbers(street, "垃圾") == [1]


def test_the_rebuilt_index_is_the_kept_one(street: Centre) -> None:
    """Nothing depends on the order of what happened."""
    read = "SELECT rowid, words, codes, scope FROM cases_fts ORDER BY rowid"
    kept = [tuple(row) for row in street.desk.conn.execute(read)]
    places = [tuple(row) for row in street.desk.conn.execute("SELECT * FROM case_places")]
    with street.desk.transaction() as tx:
        rebuild(tx.conn)
    assert kept == [tuple(row) for row in street.desk.conn.execute(read)]
    assert places == [tuple(row) for row in street.desk.conn.execute("SELECT * FROM case_places")]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.one_of(st.text(max_size=60), st.text(alphabet="\"'()*^:-+{}NOT AND OR NEAR,.垃圾\x00é1", max_size=30)))
def test_no_text_raises(street: Centre, typed: str) -> None:
    """Whatever is typed is text, never a query."""
    rows, total = search(street.desk.conn, street.settings.tables, typed, everything=False, limit=10, offset=0)
    assert len(rows) == min(total, 10)


@pytest.mark.parametrize("everything", [True, False])
def test_a_search_reads_the_index_and_cases_by_number_only(street: Centre, everything: bool) -> None:
    """No scan of cases and no sorting, whatever their number."""
    plan = street.desk.conn.execute(
        "EXPLAIN QUERY PLAN SELECT c.* FROM cases_fts f CROSS JOIN cases c ON c.number = f.rowid"
        " WHERE cases_fts MATCH ? ORDER BY f.rowid DESC LIMIT 10",
        (query("垃圾", street.settings.tables, everything=everything),),
    ).fetchall()
    steps = [row["detail"] for row in plan]
    assert [" ".join(step.split()[:2]) for step in steps] == ["SCAN f", "SEARCH c"]
    assert "VIRTUAL TABLE" in steps[0]
    assert "number=?" in steps[1]
