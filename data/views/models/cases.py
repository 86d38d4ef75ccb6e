"""Cases as lines and as a whole, and what is proposed for them."""

from msgspec import Struct

from data.domain.reason import Reason
from data.domain.vocabulary import Level, State
from data.views.models.sensors import SensorPanel


class CaseRow(Struct, frozen=True, kw_only=True):
    """One line of the queue."""

    id: str
    number: int
    version: int
    level: Level
    state: State
    due: int | None
    """The next deadline in the clock of the current state; None when finished or held with no end."""
    class_name: str
    """Short class name (垃圾), or "" while the class is missing."""
    text: str
    place: str
    """The unit's short name if known, else the grid's, else the address, else ""."""
    waits_on_me: bool
    failed: bool
    """An order of it could not be delivered; the row shows `!!`."""
    upper: str
    """Case number at the centre that ordered it (`牌楼#2041`), or ""."""
    count: int = 1
    """Cases that this row stands for: more than one in a row of an incident."""
    recent: int = 0
    """Of `count`, those of the last five minutes."""


class QueuePage(Struct, frozen=True, kw_only=True):
    """A page of the queue in its order (level, mine before others', time left, arrival)."""

    rows: tuple[CaseRow, ...]
    offset: int
    total: int


class Proposal(Struct, frozen=True, kw_only=True):
    """What the three-line strip shows of one case: the next step and all that will go out, before any key."""

    case_id: str
    number: int
    version: int
    state: State
    level: Level
    step: str | None
    """Name of the act that F2 does now (`dispatch`, `accept`, `close`, `classify`), or None when nothing is to be done here."""
    unit: str = ""
    unit_name: str = ""
    person: str = ""
    assists: tuple[str, ...] = ()
    """Names of the units that the same key sends an order to, beside the lead."""
    channel: str = ""
    """Name of the channel (`mqtt`); the word is `channel.<name>`."""
    accept_min: int = 0
    done_min: int = 0
    """Minutes from the press until acceptance and completion are due."""
    text: str = ""
    result: str = ""
    """For `close`: the result that the unit's `done` proposed."""
    warnings: tuple[Reason, ...] = ()
    """Any of these: the first F2 shows them, the second sends."""
    problem: Reason | None = None
    """Why there is no proposal; F2 opens the picker instead."""
    why: tuple[Reason, ...] = ()
    """Why this unit, channel and deadline; for the detail."""
    awaited: "OrderFacts | None" = None
    """Facts of the newest order, when the case waits on others."""
    roll: str = ""
    """What the units have counted off, in its scenario's words: 「已转移 14/39」; "" where nothing is to be."""
    alike: int = 0
    """How many cases it may be a duplicate of, as it stood when it came."""
    refusals: tuple[tuple[str, Reason | None], ...] = ()
    """Other acts of the third line, each with the reason why it is not possible here, or None if it is."""
    digest: str = ""
    """Names this very proposal; handed back with the act so that nothing else can be sent than was shown."""


class OrderFacts(Struct, frozen=True, kw_only=True):
    """The separate facts of one order; a fact that has not happened is None. None is inferred from another."""

    order_id: str
    case_number: int
    unit_name: str
    not_before: int
    """End of the grace."""
    sent_at: int | None
    delivered_at: int | None
    seen_at: int | None
    accepted_at: int | None
    arrived_at: int | None
    done_at: int | None
    accept_by: int
    done_by: int
    failure: Reason | None = None
    """Why it has not left yet, when it should have."""
    stuck: str = ""
    """With a failure: unknown (it may have arrived), waiting (a clerk must ring) or failed; the word is `outbox.<stuck>`."""
    done: int = 0
    wanted: int = 1
    """How many of the wanted `done` of its case are in: 2 of 4."""


class Grace(Struct, frozen=True, kw_only=True):
    """This operator's newest dispatch that F8 can still take back as if it never was."""

    case_id: str
    number: int
    class_name: str
    unit_name: str
    not_before: int


class Choice(Struct, frozen=True, kw_only=True):
    """One line of a picker: pressed by its digit."""

    value: str
    name: str


class HistoryLine(Struct, frozen=True, kw_only=True):
    """One step of a case's history, from the journal."""

    at: int
    act: str
    operator: str
    what: Reason
    """The step in words: `words.say(what)`."""


class ReportLine(Struct, frozen=True, kw_only=True):
    """One reporter's own words."""

    at: int
    kind: str
    """resident, grid_worker, hotline, unit or sensor; the word is `reporter.<kind>`."""
    name: str
    phone: str
    """Masked."""
    text: str


class CaseDetail(Struct, frozen=True, kw_only=True):
    """Everything about one case that an operator reads."""

    row: CaseRow
    grid_name: str
    address: str
    source: str
    """report, alarm or order; the word is `source.<source>`."""
    opened_at: int
    accept_by: int | None
    done_by: int | None
    triage: Reason | None
    result: str
    orders: tuple[OrderFacts, ...]
    reports: tuple[ReportLine, ...]
    history: tuple[HistoryLine, ...]
    panel: "SensorPanel | None"
    """The sensor that raised it."""
    alike: "tuple[Duplicate, ...]" = ()
    """Cases that it may be a duplicate of, likest first, while nobody has decided."""
    roll: str = ""
    """As in `Proposal`."""
    accepted_at: int | None = None
    """When what `accept_by` waits for came: the lead's answer to its order, else somebody taking the case here."""
    ended_at: int | None = None
    """When the case was closed or ended otherwise."""


class Duplicate(Struct, frozen=True, kw_only=True):
    """A case that another may be a duplicate of, how likely (0 to 1), and why."""

    case_id: str
    number: int
    state: State
    text: str
    score: float
    reasons: tuple[Reason, ...]
