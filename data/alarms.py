"""What a person may do to an alarm itself: shelve it, and take it off the shelf. Acknowledging is an act on its case (`data.acts`).

A reading never touches what is written here; an alarm that is shelved is still raised, changed and cleared by its readings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.acts import WORKERS, Done, Refused
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.domain.text import one_line
from data.domain.vocabulary import Role
from data.store.desk import Conflict, Desk, Entry, Transaction
from data.store.sqlite import sqlite3

LONGEST_MS = 8 * 3_600_000
"""No shelf of a clerk is longer, and it is what stands where no end is given; `ux.md` §3. When the alarm clears, it is over anyway."""
LONGEST_SUPERVISED_MS = 72 * 3_600_000
"""A supervisor's: a sensor that waits for its repair over a weekend. Judgement."""
_HOURS, _SUPERVISED_HOURS = (1, 2, 4, 8), (24, 48, 72)
_OFF = {"shelved_until": None, "shelved_by": None, "shelved_why": None}


def shelf_hours(roles: frozenset[Role]) -> tuple[int, ...]:
    """Lengths of a shelf that are offered to who has these roles."""
    return (*_HOURS, *(_SUPERVISED_HOURS if Role.SUPERVISOR in roles else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that may be looked at."""

    tx: Transaction
    alarm: sqlite3.Row
    tables: Tables
    operator: str
    saves_lives: bool
    args: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_shelved(self) -> bool:
        """Whether it is on the shelf now."""
        return self.alarm["shelved_until"] is not None and self.alarm["shelved_until"] > self.tx.now


def _shelve_guard(scene: Scene) -> Reason | None:
    until = scene.args.get("until") or scene.tx.now + LONGEST_MS
    if scene.saves_lives or scene.alarm["level"] == 1:
        return because("shelve_never")
    if not one_line(str(scene.args.get("reason") or ""), 100):
        return because("shelve_why")
    longest = LONGEST_SUPERVISED_MS if Role.SUPERVISOR in scene.tables.roles_of(scene.operator) else LONGEST_MS
    return None if scene.tx.now < until <= scene.tx.now + longest else because("shelve_long", hours=longest // 3_600_000)


def _shelve(scene: Scene, entry: Entry) -> Reason:
    until = scene.args.get("until") or scene.tx.now + LONGEST_MS
    entry.update(
        "alarms",
        scene.alarm["id"],
        {"shelved_until": until, "shelved_by": scene.operator, "shelved_why": one_line(str(scene.args["reason"]), 100)},
    )
    return because("did_shelve", sensor=scene.alarm["sensor"])


def _unshelve_guard(scene: Scene) -> Reason | None:
    return None if scene.is_shelved else because("shelve_not")


def _unshelve(scene: Scene, entry: Entry) -> Reason:
    entry.update("alarms", scene.alarm["id"], _OFF)
    return because("did_unshelve", sensor=scene.alarm["sensor"])


TABLE: Mapping[str, tuple[Callable[[Scene], Reason | None], Callable[[Scene, Entry], Reason]]] = {
    "shelve": (_shelve_guard, _shelve),
    "unshelve": (_unshelve_guard, _unshelve),
}
"""Act → guard and effect. shelve takes `reason` and, if wanted, `until` (UTC ms); it also ends by itself when the alarm clears."""


def perform(
    desk: Desk, tables: Tables, act: str, alarm: str, *, operator: str, seat: str, saves_lives: bool = False, **args: Any
) -> Done | Refused:
    """Do one act in one transaction. `saves_lives`: the class of its kind does."""
    try:
        with desk.transaction() as tx:
            row = tx.one("SELECT * FROM alarms WHERE id=? AND cleared_at IS NULL", alarm)
            if row is None:
                return Refused(because("no_such_alarm", alarm=alarm))
            scene = Scene(tx=tx, alarm=row, tables=tables, operator=operator, saves_lives=saves_lives, args=args)
            return _perform(scene, act, seat)
    except Conflict:
        return Refused(because("changed_meanwhile", case=alarm))


def _perform(scene: Scene, act: str, seat: str) -> Done | Refused:
    guard, effect = TABLE[act]
    if not WORKERS & scene.tables.roles_of(scene.operator):
        return Refused(because("not_allowed", act=f"@act.{act}", name=scene.operator))
    if refusal := guard(scene):
        return Refused(refusal)
    with scene.tx.entry(act, subject=f"alarm:{scene.alarm['id']}", operator=scene.operator, seat=seat) as entry:
        said = effect(scene, entry)
    return Done(scene.alarm["case_id"] or "", said)


_OVER = "SELECT id FROM alarms WHERE shelved_until IS NOT NULL AND cleared_at IS NULL AND (shelved_until <= ? OR level = 1)"


def end_shelves(tx: Transaction) -> list[str]:
    """Shelves whose time is over, or whose alarm has become one of level 1: it counts as unacknowledged again, so that it rings. Their ids."""
    rows = tx.conn.execute(_OVER, (tx.now,)).fetchall()
    for row in rows:
        with tx.entry("unshelve", subject=f"alarm:{row['id']}", operator="system", seat="centre") as entry:
            entry.update("alarms", row["id"], _OFF | {"acknowledged_at": None, "acknowledged_by": None})
    return [row["id"] for row in rows]
