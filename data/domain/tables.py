"""What the pure parts look things up in: units, grids, classes, rosters, operators. Frozen copies of the settings."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from data.calendar import Calendar
from data.domain.vocabulary import Role


class Unit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who acts: a centre, community, leader, property manager, department or patrol. As units.toml has it."""

    id: str
    name: str
    short: str = ""
    kind: str
    parent: str = ""
    person: str = ""
    """Who answers there when no roster says otherwise."""
    phone: str = ""
    channels: tuple[str, ...] = ("mqtt",)
    deputy: str = ""
    classes: tuple[str, ...] = ()
    """Class codes it may be given; empty means any."""
    auto: bool = False
    """Whether clear plans for it may be sent without a person (自动派单); its class must say so too."""

    @property
    def label(self) -> str:
        """Short name for lists."""
        return self.short or self.name


class Grid(Struct, frozen=True, kw_only=True):
    """The smallest area of management. `centre` looks after it; within that centre `unit`, else `leader`."""

    id: str
    name: str
    centre: str
    unit: str
    leader: str


class CaseClass(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of cases with its deadlines, in minutes. As its file has it."""

    code: str
    """Four digits: group and class, as in CJ/T 315 and GB/T 30428."""
    name: str
    short: str = ""
    english: str = ""
    """Its name at a seat that reads English; where empty it is called as it is here."""
    english_short: str = ""
    """At most eight cells, as the queue has them; `english` where empty."""
    group: str = ""
    level: int
    accept_min: int
    done_min: int
    ask: str = ""
    """What the order asks for."""
    keywords: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    close_when: str = ""
    results: tuple[str, ...] = ()
    """Results offered by digit when a case of this class is closed."""
    life_safety: bool = False
    """Never muted, merged away, declined by a clerk or closed by itself."""
    unit: str = ""
    """The unit that takes this class wherever it happens; usually empty."""
    clock: str = "always"
    """How `done_min` is counted: always, or working (working hours only); `accept_min` always runs."""
    limits: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """Level → minutes to accept and to finish, where they differ from the class's own."""
    file_when: str = ""
    """立案条件: when a report of it becomes a case."""
    assists: tuple[str, ...] = ()
    """Units that are ordered together with the lead; their `done` is wanted too before the case is verified."""
    auto: bool = False
    """Whether a clear plan is sent without a person (自动派单); the unit must say so too."""
    source: str
    confirmed: bool = False

    @property
    def label(self) -> str:
        """Short name for lists."""
        return self.short or self.name

    def minutes(self, level: int) -> tuple[int, int]:
        """Minutes to accept and to finish at a level."""
        return self.limits.get(level, (self.accept_min, self.done_min))


def english_names(classes: Iterable[CaseClass]) -> dict[str, str]:
    """Names and short names of classes → what they are called in English, where their file says it."""
    known = [each for each in classes if each.english]
    return {each.name: each.english for each in known} | {each.label: each.english_short or each.english for each in known}


class Alias(Struct, frozen=True, kw_only=True):
    """A name that people use for a place: a building, an estate, an old name."""

    alias: str
    grid: str
    address: str = ""
    lat: float | None = None
    lon: float | None = None


class Shift(Struct, frozen=True, kw_only=True):
    """One person on duty for a unit, from `start` until `end` (UTC ms)."""

    unit: str
    person: str
    phone: str
    start: int
    end: int


class Operator(Struct, frozen=True, kw_only=True):
    """A person at a seat."""

    name: str
    roles: frozenset[Role]
    language: str


class Contact(Struct, frozen=True, kw_only=True):
    """Whom a scenario tells: of one sensor, of a grid, or (both empty) of the whole centre."""

    kind: str
    """carer, family, duty, …: what a scenario's step names."""
    name: str
    phone: str
    sensor: str = ""
    grid: str = ""


class Device(Struct, frozen=True, kw_only=True):
    """Something on a site that speaks or shows: a message to `paidan/<id>/in/warn` reaches it."""

    id: str
    kind: str
    """speaker, board, siren: what a scenario's step names."""
    sensor: str = ""
    grid: str = ""

    def serves(self, sensor: str, grid: str) -> bool:
        """Whether it stands where this sensor, or this grid, is."""
        return self.sensor == sensor if self.sensor else self.grid == grid


class Reach(Struct, frozen=True, kw_only=True):
    """A grid's place in its valley; `step` counts from the top down."""

    valley: str
    step: int


class WarningRules(Struct, frozen=True, kw_only=True):
    """What is done with warnings from above."""

    call_level: int = 2
    """A warning at least this urgent calls up the roster; judgement."""
    call: tuple[str, ...] = ("duty",)
    """Kinds of contacts that are called."""
    areas: tuple[str, ...] = ()
    """Names or codes of areas that are ours; empty: all."""


class Tables(Struct, frozen=True, kw_only=True):
    """All tables of one centre."""

    centre: str
    centre_name: str
    parent: str = ""
    language: str = "zh"
    units: Mapping[str, Unit] = field(default_factory=dict)
    grids: Mapping[str, Grid] = field(default_factory=dict)
    classes: Mapping[str, CaseClass] = field(default_factory=dict)
    places: tuple[Alias, ...] = ()
    """Longest alias first."""
    calendar: Calendar = field(default_factory=Calendar)
    roster: tuple[Shift, ...] = ()
    operators: Mapping[str, Operator] = field(default_factory=dict)
    contacts: tuple["Contact", ...] = ()
    devices: tuple["Device", ...] = ()
    valleys: Mapping[str, Reach] = field(default_factory=dict)
    """Grid → where it lies in its valley."""
    default_role: Role = Role.CLERK
    grace_s: float = 5.0
    grace_critical_s: float = 3.0
    load_warn: int = 8
    """Open orders of one person from which a plan warns; judgement."""
    max_extensions: int = 1
    """How often a case's deadline may be extended; `domain.md` §6b."""
    zone: str = "Asia/Shanghai"
    warnings: WarningRules = WarningRules()
    replies_by_sms: bool = False
    """Whether SMS that units send come in here."""

    def roles_of(self, operator: str) -> frozenset[Role]:
        """Roles of a name; one that the table does not have gets the default role."""
        known = self.operators.get(operator)
        return known.roles if known else frozenset({self.default_role})

    def on_duty(self, unit: str, now: int) -> Shift | None:
        """Who is on duty for a unit at `now` by the roster, or None."""
        return next((shift for shift in self.roster if shift.unit == unit and shift.start <= now < shift.end), None)

    def has_roster(self, unit: str) -> bool:
        """Whether the roster speaks of this unit at all; one it does not speak of is always on duty."""
        return any(shift.unit == unit for shift in self.roster)
