"""演练 from outside the centre: ask for one, end one, and read the times of one. `paidan exercise` and whoever wants to draw it."""

from dataclasses import dataclass

from data.domain.case import case_from
from data.domain.errors import SettingsError
from data.domain.reason import because
from data.domain.tables import Tables
from data.domain.text import one_line
from data.domain.vocabulary import FINISHED
from data.ids import new_id
from data.scenarios.spec import Scenario
from data.store import orders
from data.store.desk import Desk, Entry, Transaction
from data.store.sqlite import sqlite3
from data.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something of the exercise, and how many seconds after it was asked for; None: it has not happened."""

    what: str
    unit: str = ""
    after_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseReport:
    """The times of one exercise."""

    id: str
    scenario: str
    case_id: str
    asked_by: str
    asked_at: int
    state: str
    moments: tuple[Moment, ...]


def ask(desk: Desk, scenario: Scenario, *, sensor: str, grid: str, address: str, operator: str, seat: str) -> str:
    """Ask the centre to begin; the exercise's id. Without a place it is played where its first sensor stands.

    Raises `SettingsError` when there is no place to play it at.
    """
    if not (sensor or grid):
        kinds = [trigger.kind for trigger in scenario.trigger if trigger.kind]
        marks = ",".join("?" * len(kinds))
        found = desk.conn.execute(f"SELECT id FROM sensors WHERE kind IN ({marks}) AND retired_at IS NULL ORDER BY id LIMIT 1", kinds).fetchone()
        if found is None:
            raise SettingsError(because("exercise_no_place", scenario=scenario.name))
        sensor = found["id"]
    with desk.transaction() as tx:
        row = {
            "id": new_id(tx.now), "scenario": scenario.name, "sensor": sensor or None, "grid": grid or None,
            "address": one_line(address, 80) or None, "asked_by": operator, "asked_at": tx.now,
        }  # fmt: skip
        with tx.entry("exercise_ask", subject=f"exercise:{row['id']}", operator=operator, seat=seat) as entry:
            entry.insert("exercises", row)
    return str(row["id"])


_OF_CASE = ("opened_at", "taken_at", "closed_at")
_OF_ORDER = ("issued_at", "sent_at", "delivered_at", "seen_at", "accepted_at", "arrived_at", "done_at")


def report(conn: sqlite3.Connection, tables: Tables, id: str = "") -> ExerciseReport | None:
    """The times of an exercise, else of the newest; None when there is none."""
    row = conn.execute("SELECT * FROM exercises WHERE id=? OR ?='' ORDER BY asked_at DESC LIMIT 1", (id, id)).fetchone()
    if row is None:
        return None
    case = conn.execute("SELECT * FROM cases WHERE id=?", (row["case_id"],)).fetchone()
    given = conn.execute(_ORDERS, (row["case_id"], case["closed_at"] if case else None)).fetchall()
    start = row["asked_at"]
    moments = [Moment(what=name, after_s=_after(case, name, start)) for name in _OF_CASE[:2]]
    for order in given:
        unit = tables.units.get(order["unit"])
        moments += [Moment(what=name, unit=unit.label if unit else order["unit"], after_s=_after(order, name, start)) for name in _OF_ORDER]
    moments.append(Moment(what=_OF_CASE[2], after_s=_after(case, _OF_CASE[2], start)))
    return ExerciseReport(
        id=row["id"], scenario=row["scenario"], case_id=row["case_id"] or "", asked_by=row["asked_by"], asked_at=start,
        state=case["state"] if case else "", moments=tuple(moments),
    )  # fmt: skip


# Orders that ended with the exercise are among its times; one that was withdrawn before is not.
_ORDERS = "SELECT * FROM orders WHERE case_id=? AND (cancelled_at IS NULL OR cancelled_at=?) ORDER BY issued_at, lead DESC"


def stop(desk: Desk, tables: Tables, id: str, *, operator: str, seat: str) -> str | None:
    """End an exercise that was given up, else the newest that goes on; its id, or None where none does.

    Its case is closed, its orders are cancelled at whoever has them, its calls are off the list. One not begun never begins.
    """
    with desk.transaction() as tx:
        row = tx.one(_GOES_ON, *FINISHED, id, id)
        if row is None:
            return None
        case = tx.one("SELECT * FROM cases WHERE id=?", row["case_id"])
        with tx.entry("exercise_stop", subject=row["case_id"] or f"exercise:{row['id']}", operator=operator, seat=seat) as entry:
            if case is None:
                entry.update("exercises", row["id"], {"begun_at": tx.now})
            else:
                _end(tx, entry, tables, case, operator)
    return str(row["id"])


_GOES_ON = f"""
SELECT e.* FROM exercises e LEFT JOIN cases c ON c.id = e.case_id
WHERE (e.begun_at IS NULL OR c.state NOT IN ({",".join("?" * len(FINISHED))})) AND (e.id=? OR ?='') ORDER BY e.asked_at DESC LIMIT 1"""


def _end(tx: Transaction, entry: Entry, tables: Tables, case: sqlite3.Row, operator: str) -> None:
    said = Words(tables.language)("exercise.stopped")
    for order in orders.working(tx, case_from(case)):
        orders.take_back(tx, entry, order, reason=said, me=tables.centre)
    for call in tx.conn.execute("SELECT id FROM callbacks WHERE case_id=? AND done_at IS NULL", (case["id"],)).fetchall():
        entry.update("callbacks", call["id"], {"done_at": tx.now, "done_by": operator})
    entry.update("cases", case["id"], {"state": "closed", "result": said, "closed_at": tx.now, "closed_by": operator, "failed": 0})


def is_over(conn: sqlite3.Connection, id: str) -> bool:
    """Whether its case is finished."""
    row = conn.execute("SELECT c.state FROM exercises e JOIN cases c ON c.id = e.case_id WHERE e.id=?", (id,)).fetchone()
    return row is not None and row["state"] in FINISHED


def _after(row: sqlite3.Row | None, name: str, start: int) -> float | None:
    return None if row is None or row[name] is None else (row[name] - start) / 1000
