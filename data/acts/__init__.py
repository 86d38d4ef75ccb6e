"""What may be done to a case: one module an act. Together they are the case table (states × acts × roles).

A module has
    ROW                 from which states, by whom, with which fields
    guard(scene)        → Reason why not, or None      (pure reading)
    effect(scene, entry)→ Reason: the receipt line     (writes; the caller's transaction)
    offers(scene)       → for each field what may be picked by digit (value, word or `@key`); may be left out
and is found by listing this folder. Keys, help, palette and refusals are all read from here.
"""

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

from msgspec import Struct, field
from msgspec.structs import replace

from data.dispatch import Plan, plan
from data.domain.case import Case, case_from
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.domain.text import SYSTEM_NAME, is_person, one_line
from data.domain.vocabulary import Role, State
from data.ids import new_id
from data.moments import moment
from data.store import orders
from data.store.desk import Conflict, Desk, Entry, Transaction, why_unwritten
from data.store.sqlite import sqlite3

WORKERS = frozenset({Role.CLERK, Role.SUPERVISOR})
"""Roles that handle cases."""
SUPERVISORS = frozenset({Role.SUPERVISOR})
SYSTEM, SYSTEM_SEAT = SYSTEM_NAME, "centre"
"""Who acts when no person does, and from where."""
BULK = 10
"""Most marked cases that one key does without asking again; `ux.md` §2.4."""
Offers = Mapping[str, tuple[tuple[str, str], ...]]


class Row(Struct, frozen=True, kw_only=True):
    """One act's line of the case table."""

    states: frozenset[State]
    roles: frozenset[Role] = WORKERS
    fields: tuple[str, ...] = ()
    """What a seat must pick or type for it."""
    optional: tuple[str, ...] = ()
    """What it may be given beside."""
    dangerous: bool = False
    """Whether a seat asks for Enter first: no key takes it back."""
    asks: frozenset[str] = frozenset()
    """Refusals that only say that a field is missing: the seat asks for it."""
    confirms: frozenset[str] = frozenset()
    """Refusals that a person overrules by pressing again."""
    any_version: bool = False
    """Whether it is done to the case as it is, however old the picture: it changes no work."""


class Scene(Struct, frozen=True, kw_only=True):
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
    by_system: bool = False
    """No person acts: a rule of the centre does, which needs no role."""

    @property
    def now(self) -> int:
        """The transaction's moment, UTC ms."""
        return self.tx.now

    @property
    def plan(self) -> Plan:
        """The proposal for the case, now; `assists` given as a field are ordered instead of the class's."""
        named = self.args.get("assists")
        wanted = None if named is None else tuple(unit.strip() for unit in named.split(",") if unit.strip())
        return proposal(self.tx, self.case, self.tables, wanted, joining=len([id for id in (self.args.get("group") or "").split(",") if id]))

    @property
    def me(self) -> str:
        """This centre's id."""
        return self.tables.centre

    @property
    def roles(self) -> frozenset[Role]:
        """What the operator may do; a rule of the centre may do anything that its table says."""
        return frozenset(Role) if self.by_system else self.tables.roles_of(self.operator)

    @property
    def is_life_safety(self) -> bool:
        """Whether the case is of a class where a life may hang on it: never held, merged away, extended or declined by a clerk."""
        known = self.tables.classes.get(self.case.class_code or "")
        return known is not None and known.life_safety

    def text(self, name: str, limit: int = 200) -> str:
        """A field's words, clean and on one line; "" when it is not given."""
        return one_line(self.args.get(name) or "", limit)

    def moment(self, name: str) -> int | None:
        """A field's time (`18:30`, `+90`, `+2h`, ISO 8601), UTC ms; None when it is not given or not a time."""
        return moment(self.args.get(name) or "", self.tables.zone, self.now)

    def working(self) -> list[sqlite3.Row]:
        """Orders that work on the case now, the lead's first."""
        return orders.working(self.tx, self.case)

    def new_id(self) -> str:
        """A fresh id."""
        return new_id(self.now)

    def live_order(self) -> sqlite3.Row | None:
        """The newest order of the case that was not cancelled, or None."""
        return self.tx.one("SELECT * FROM orders WHERE case_id=? AND cancelled_at IS NULL ORDER BY attempt DESC LIMIT 1", self.case.id)

    def expected(self) -> dict[str, object]:
        """What the case row must still be when it is written."""
        return {"state": str(self.case.state), "version": self.case.version}


class Done(Struct, frozen=True):
    """The act is committed. `said` is the line for the operator."""

    case_id: str
    said: Reason


class Refused(Struct, frozen=True):
    """Nothing was changed, and why."""

    reason: Reason


class Act(Struct, frozen=True, kw_only=True):
    """A module of this folder."""

    name: str
    row: Row
    guard: Callable[[Scene], Reason | None]
    effect: Callable[[Scene, Entry], Reason]
    offers: Callable[[Scene], Offers]


def proposal(tx: Transaction, case: Case, tables: Tables, assists: tuple[str, ...] | None = None, *, joining: int = 0) -> Plan:
    """The plan for a case now, with what the desk knows of loads and channels. Assists: as asked, else its scenario's, else its class's.

    `joining`: cases that the press is about to join into this one.
    """
    assists = _known(case.assists, tables) if assists is None else assists
    case_class = tables.classes.get(case.class_code or "")
    units = [case.unit or "", *(assists if assists is not None else case_class.assists if case_class else ())]
    units += [tables.units[unit].deputy for unit in units if unit in tables.units]
    around = orders.around(tx, case, tuple(dict.fromkeys(unit for unit in units if unit)), tables.load_warn)
    if joining:
        around = replace(around, joined=around.joined + joining)
    return plan(case, tables, tx.now, around, assists)


def _known(assists: tuple[str, ...] | None, tables: Tables) -> tuple[str, ...] | None:
    """Of a scenario's assists those that this home has: shipped files name units of a street. `paidan scenario check` tells the others."""
    return None if assists is None else tuple(unit for unit in assists if unit in tables.units)


@cache
def table() -> Mapping[str, Act]:
    """The case table: every act by its name."""
    modules = {found.name: import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")}
    return {name: _act(name, module) for name, module in sorted(modules.items())}


def _act(name: str, module: ModuleType) -> Act:
    return Act(name=name, row=module.ROW, guard=module.guard, effect=module.effect, offers=getattr(module, "offers", _no_offers))


def _no_offers(_scene: Scene) -> Offers:
    return {}


def why_not(act: str, scene: Scene) -> Reason | None:
    """Why `act` cannot be done in this scene, or None when it can. The one place that decides it."""
    known = table().get(act)
    if known is None:
        return because("no_such_act", act=act)
    if not known.row.roles & scene.roles:
        return because("not_allowed", act=f"@act.{act}", name=scene.operator)
    if scene.case.state not in known.row.states:
        return because("wrong_state", act=f"@act.{act}", state=f"@state.{scene.case.state}")
    return known.guard(scene)


def not_a_worker(tables: Tables, operator: str, what: str) -> Reason | None:
    """Why a person may not do what is no act on a case (`what`: key of its word), or None: handling is for clerks and supervisors."""
    if reserved := no_person(operator):
        return reserved
    return None if tables.roles_of(operator) & WORKERS else because("not_allowed", act=f"@{what}", name=operator)


def no_person(operator: str) -> Reason | None:
    """Nobody signs as the centre itself, or as nobody; `@` begins a word of ours."""
    return None if is_person(operator) else because("operator_reserved", name=operator.strip().lstrip("@"))


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
    if reserved := no_person(operator):
        return Refused(reserved)
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
        return Refused(why_unwritten(error))


def perform_in(tx: Transaction, tables: Tables, act: str, case: Case, args: Mapping[str, str] | None = None) -> Done | Refused:
    """Do an act by a rule of the centre, inside its transaction. Raises `Conflict` like any writer."""
    scene = Scene(tx=tx, case=case, tables=tables, operator=SYSTEM, seat=SYSTEM_SEAT, args=args or {}, by_system=True)
    return _perform(scene, act, None)


def _perform(scene: Scene, act: str, version: int | None) -> Done | Refused:
    known = table().get(act)
    if version is not None and version != scene.case.version and not (known and known.row.any_version):
        return Refused(_changed_by(scene))
    if refusal := why_not(act, scene):
        return Refused(refusal)
    with scene.tx.entry(act, subject=scene.case.id, operator=scene.operator, seat=scene.seat) as entry:
        said = table()[act].effect(scene, entry)
    return Done(scene.case.id, said)


def confirmable() -> frozenset[str]:
    """Refusals, of any act, that a second press overrules."""
    return frozenset[str]().union(*(act.row.confirms for act in table().values()))


def asking() -> frozenset[str]:
    """Refusals, of any act, that only say that a field is missing."""
    return frozenset[str]().union(*(act.row.asks for act in table().values()))


def _changed_by(scene: Scene) -> Reason:
    last = scene.tx.one("SELECT act, operator FROM journal WHERE subject=? ORDER BY seq DESC LIMIT 1", scene.case.id)
    if last is None:
        return because("changed_meanwhile", case=scene.case.id)
    return because("changed_by", name=last["operator"], act=f"@act.{last['act']}", number=scene.case.number)
