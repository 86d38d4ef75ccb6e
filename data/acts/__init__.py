"""What may be done to a case: one module an act. Together they are the case table (states × acts × roles).

A module has
    ROW                 from which states, by whom, with which fields
    guard(scene)        → Reason why not, or None      (pure reading)
    effect(scene, entry)→ Reason: the receipt line     (writes; the caller's transaction)
and is found by listing this folder. Keys, help, palette and refusals are all read from here.
"""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType

from data.dispatch import Plan, plan
from data.domain.case import Case, case_from
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.domain.vocabulary import Role, State
from data.ids import new_id
from data.store.desk import Conflict, Desk, Entry, Transaction
from data.store.sqlite import sqlite3

WORKERS = frozenset({Role.CLERK, Role.SUPERVISOR})
"""Roles that handle cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One act's line of the case table."""

    states: frozenset[State]
    roles: frozenset[Role] = WORKERS
    fields: tuple[str, ...] = ()
    """What a seat must pick or type for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that an act may look at. `tx` is the open transaction; guards only read."""

    tx: Transaction
    case: Case
    tables: Tables
    operator: str
    seat: str
    args: Mapping[str, str] = field(default_factory=dict)
    confirm: bool = False
    """The operator saw the warnings and pressed again."""
    shown: str = ""
    """Digest of the proposal on his strip; empty from a script."""

    @property
    def now(self) -> int:
        """The transaction's moment, UTC ms."""
        return self.tx.now

    @property
    def plan(self) -> Plan:
        """The proposal for the case, now."""
        return plan(self.case, self.tables, self.now)

    def new_id(self) -> str:
        """A fresh id."""
        return new_id(self.now)

    def live_order(self) -> sqlite3.Row | None:
        """The newest order of the case that was not cancelled, or None."""
        return self.tx.one("SELECT * FROM orders WHERE case_id=? AND cancelled_at IS NULL ORDER BY attempt DESC LIMIT 1", self.case.id)

    def expected(self) -> dict[str, object]:
        """What the case row must still be when it is written."""
        return {"state": str(self.case.state), "version": self.case.version}


@dataclass(frozen=True, slots=True)
class Done:
    """The act is committed. `said` is the line for the operator."""

    case_id: str
    said: Reason


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A module of this folder."""

    name: str
    row: Row
    guard: Callable[[Scene], Reason | None]
    effect: Callable[[Scene, Entry], Reason]


@cache
def table() -> Mapping[str, Act]:
    """The case table: every act by its name."""
    modules = {found.name: import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)}
    return {name: _act(name, module) for name, module in sorted(modules.items())}


def _act(name: str, module: ModuleType) -> Act:
    return Act(name=name, row=module.ROW, guard=module.guard, effect=module.effect)


def why_not(act: str, scene: Scene) -> Reason | None:
    """Why `act` cannot be done in this scene, or None when it can. The one place that decides it."""
    known = table().get(act)
    if known is None:
        return because("no_such_act", act=act)
    if not known.row.roles & scene.tables.roles_of(scene.operator):
        return because("not_allowed", act=f"@act.{act}", name=scene.operator)
    if scene.case.state not in known.row.states:
        return because("wrong_state", act=f"@act.{act}", state=f"@state.{scene.case.state}")
    return known.guard(scene)


def perform(
    desk: Desk,
    tables: Tables,
    act: str,
    case_id: str,
    *,
    operator: str,
    seat: str,
    version: int | None = None,
    shown: str = "",
    confirm: bool = False,
    args: Mapping[str, str] | None = None,
) -> Done | Refused:
    """Do one act in one `BEGIN IMMEDIATE`. Of two seats racing for a case exactly one gets `Done`."""
    try:
        with desk.transaction() as tx:
            row = tx.one("SELECT * FROM cases WHERE id=?", case_id)
            if row is None:
                return Refused(because("no_such_case", case=case_id))
            scene = Scene(
                tx=tx, case=case_from(row), tables=tables, operator=operator, seat=seat, args=args or {}, confirm=confirm, shown=shown
            )
            return _perform(scene, act, version)
    except Conflict:
        return Refused(because("changed_meanwhile", case=case_id))
    except sqlite3.OperationalError as error:
        return Refused(because("store_busy", error=str(error)))


def _perform(scene: Scene, act: str, version: int | None) -> Done | Refused:
    if version is not None and version != scene.case.version and act != "note":
        return Refused(_changed_by(scene))
    if refusal := why_not(act, scene):
        return Refused(refusal)
    with scene.tx.entry(act, subject=scene.case.id, operator=scene.operator, seat=scene.seat) as entry:
        said = table()[act].effect(scene, entry)
    return Done(scene.case.id, said)


def _changed_by(scene: Scene) -> Reason:
    last = scene.tx.one("SELECT act, operator FROM journal WHERE subject=? ORDER BY seq DESC LIMIT 1", scene.case.id)
    if last is None:
        return because("changed_meanwhile", case=scene.case.id)
    return because("changed_by", name=last["operator"], act=f"@act.{last['act']}", number=scene.case.number)
