"""演练: a scenario played against real desks. Its case and all its orders are marked, and no channel to the outside is used.

Asked for by `paidan exercise`, begun here, in the centre's writer; what follows is the usual work of the desks.
"""

from typing import Any

from data.centre.intake import SEAT, new_case
from data.centre.stories import Stage
from data.domain.text import is_id
from data.domain.vocabulary import Level
from data.scenarios.spec import Scenario
from data.store.desk import Transaction
from data.store.sqlite import sqlite3
from data.words import Words


def open_exercise(stage: Stage, tx: Transaction, scenario: Scenario | None, asked: sqlite3.Row) -> sqlite3.Row | None:
    """Open the case of an exercise; None where its scenario is gone. Either way it is not asked for any more."""
    subject = f"exercise:{asked['id']}"
    if scenario is None:
        with tx.entry("exercise_none", subject=subject, operator=asked["asked_by"], seat=SEAT) as entry:
            entry.update("exercises", asked["id"], {"begun_at": tx.now})
        return None
    row = _case(stage, tx, scenario, asked)
    with tx.entry("exercise_begin", subject=row["id"], operator=asked["asked_by"], seat=SEAT) as entry:
        entry.insert("cases", row)
        entry.update("exercises", asked["id"], {"begun_at": tx.now, "case_id": row["id"]})
    return tx.one("SELECT * FROM cases WHERE id=?", row["id"])


def _case(stage: Stage, tx: Transaction, scenario: Scenario, asked: sqlite3.Row) -> dict[str, Any]:
    sensor = stage.sensors.get(asked["sensor"] or "")
    grid = asked["grid"] or (sensor.grid if sensor and is_id(sensor.grid) else None)
    address = asked["address"] or (sensor.place if sensor else None)
    words, language = Words(stage.tables.language), stage.tables.language
    text = f"{words('order.exercise')}{address or grid or ''} {scenario.label(language)}".strip()
    level = Level(scenario.open.level) if scenario.open.level else None
    row = new_case(tx, stage.tables, class_code=scenario.class_, grid=grid, level=level, text=text, source="report")
    return row | {"address": address, "exercise": 1}
