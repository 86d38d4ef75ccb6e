"""View-models: what a screen shows, as frozen values; nothing here reads or writes.

Times are UTC milliseconds by the desk's clock; durations end in their unit. Texts from outside are already clean.
Words (levels, states, reasons) are chosen by the drawing side from `data.words`.
They are Structs and no dataclasses because a seat makes all of these classes before its first paint: 1 ms instead of 20.
"""

from msgspec import Struct

from data.domain.reason import Reason
from data.domain.vocabulary import Freshness, Level, State


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


class Counts(Struct, frozen=True, kw_only=True):
    """The counts bar: cases by state, late ones, sensors."""

    open: int
    """Waiting for a dispatch: triage, open and returned."""
    sent: int
    """In grace or sent, not yet accepted."""
    working: int
    to_verify: int
    late: int
    sensors: int
    abnormal: int
    lost: int
    critical_waiting: int
    """Level 1 cases that wait on this desk: for the terminal's title."""
    shelved: int = 0
    """Sensors whose alarm a person has shelved."""
    suppressed: int = 0
    """Alarms that the silence of their gateway explains; neither `abnormal` nor `lost` counts them."""
    news: int = 0
    """What this operator has not looked at: new, late, closed by others."""


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


class SensorPanel(Struct, frozen=True, kw_only=True):
    """One live panel of the board."""

    sensor: str
    kind: str
    """Name of the kind's file; its word is `kind_name`."""
    kind_name: str
    place: str
    value: float | None
    """None unless the value is live: a silent sensor's last value is never handed to a screen as a value."""
    unit_name: str
    """分贝, 毫米, 度 …, in the desk's language."""
    precision: int
    """Digits behind the point."""
    observed_at: int | None
    age_s: float | None
    """Seconds since the value was observed; None when unknown or never."""
    freshness: Freshness
    source_down_since: int | None = None
    """Since when the source of its values is down (UTC ms): the value shown is an old one."""
    level: Level | None
    """Level of its open alarm, or None."""
    trend: int
    """+1 rising, 0 level, -1 falling, over the spark."""
    spark: tuple[float | None, ...]
    """Newest last; None is a gap."""
    low: float
    high: float
    """Fixed scale of the spark, by kind."""
    limit: float | None
    """The limit in force here and now, in the sensor's unit."""
    limit_level: Level | None
    state_word: str = ""
    """For yes/no and event kinds: key of the word for the value (`value.pressed`), or ""."""


class Board(Struct, frozen=True, kw_only=True):
    """The board: panels, worst first, and how many there are beyond."""

    panels: tuple[SensorPanel, ...]
    abnormal: int
    lost: int


class FoundSensor(Struct, frozen=True, kw_only=True):
    """A sensor that a search found."""

    sensor: str
    kind: str
    kind_name: str
    name: str
    place: str
    grid: str
    value: float | None
    """None unless the value is live."""
    unit_name: str
    precision: int
    age_s: float | None
    freshness: Freshness
    level: Level | None
    state_word: str = ""
    """Key of the word for a yes/no value."""
    source_down_since: int | None = None
    """Since when nothing can come from it, UTC ms."""


class SeatInfo(Struct, frozen=True, kw_only=True):
    """Whose desk this is and who sits here."""

    centre: str
    centre_name: str
    """牌楼街道治理中心."""
    short_name: str
    """牌楼."""
    operator: str
    language: str
    zone: str
    keys: tuple[tuple[str, str], ...] = ()
    """`[keys]` of paidan.toml: a key's name and its own letter."""
    names: tuple[tuple[str, str], ...] = ()
    """What classes are called in `language`, where that is not their own name."""


class Link(Struct, frozen=True, kw_only=True):
    """How the centre behind this desk is doing."""

    running: bool
    """The centre's heart beats (age below 5 s)."""
    heartbeat_age_s: float | None
    broker_up: bool
    broker_down_since: int | None
    waiting: int
    """Orders stored here and not yet out."""
    reading_age_s: float | None
    """Seconds since the newest reading was received."""


class Callback(Struct, frozen=True, kw_only=True):
    """A reporter who is owed a call: case, name, the number in full, and what is to be said."""

    id: str
    case_id: str
    number: int
    name: str
    phone: str
    text: str
    created_at: int


class Banner(Struct, frozen=True, kw_only=True):
    """A warning from above. Times are UTC ms."""

    id: str
    state: str
    """standing, expired or cancelled: the last two are drawn grey; the word is `warning.state.<state>`."""
    status: str
    """Actual, else Exercise, Test, System or Draft, to be shown before all else; the word is `warning.status.<status>`."""
    severity: str
    level: int
    """1 red to 4 blue; the word is `warning.colour.<level>`."""
    event: str
    headline: str
    text: str
    instruction: str
    sender_name: str
    area: str
    sent: int
    onset: int | None
    expires: int | None
    ends: int
    """When it ends or ended, by its word, by a cancel, or by our rule for one that names no end."""

    @property
    def is_over(self) -> bool:
        """Whether it is drawn grey."""
        return self.state != "standing"


class VitalGroup(Struct, frozen=True, kw_only=True):
    """An indicator's value of one community or kind; `of` is how many cases, alarms or sensors it is made of."""

    id: str
    """"" where the place is of no community."""
    name: str
    value: float | None
    of: int


class VitalSign(Struct, frozen=True, kw_only=True):
    """An indicator of the city (城市体征)."""

    name: str
    what: str
    """part and online are 0 to 1; count; median_min in minutes; per_hour."""
    label: str
    formula: str
    source: str
    confirmed: bool
    value: float | None
    of: int
    budget: float | None
    better: str
    """high or low: on which side of the budget it is kept."""
    good: bool | None
    """Whether the budget is kept; None where there is none, or no value."""
    by_community: tuple[VitalGroup, ...]
    by_kind: tuple[VitalGroup, ...]
    trend: tuple[float | None, ...]
    """A value a day, oldest first; empty for what is only about now."""


class CountedSensor(Struct, frozen=True, kw_only=True):
    """An alarm or a silent sensor that an indicator counts."""

    id: str
    """The alarm's, else the sensor's."""
    sensor: str
    kind_name: str
    place: str
    level: Level | None
    """None for a silent sensor."""
    at: int | None
    """When the alarm was raised, or the sensor last heard; UTC ms."""
    case_id: str
    case_number: int | None


class Duplicate(Struct, frozen=True, kw_only=True):
    """A case that another may be a duplicate of, how likely (0 to 1), and why."""

    case_id: str
    number: int
    state: State
    text: str
    score: float
    reasons: tuple[Reason, ...]


class Arrivals(Struct, frozen=True, kw_only=True):
    """What came in since a seat last asked; it rings once for these."""

    cursor: int
    """Hand back to ask for what is newer."""
    calls: int = 0
    """Rungs of the ladder that ring this operator, and shifts that ended unsigned where he supervises."""
    critical_calls: int = 0
    """Of `calls`, those about cases of level 1."""
    cases: int
    critical: int
    """Of `cases`, those of level 1."""
    fresh: int = 0
    """Of `cases`, those that begin an incident (a class at a community): these ring in a flood too."""
    again: int = 0
    """Of `cases`, those that ring nothing: of level 4, or of an alarm whose incident has rung and waits for somebody's 知道了."""
    best: Level | None
    """Most urgent level among them."""


class Worst(Struct, frozen=True, kw_only=True):
    """The case that somebody has let lie longest past its limit."""

    case_id: str
    number: int
    late_s: float


class UnitFigures(Struct, frozen=True, kw_only=True):
    """One unit's line of the supervision; each count opens to its cases by its field's name (`Office.cases_behind`)."""

    unit: str
    name: str
    in_hand: int
    accept_late: int
    done_late: int
    near: int
    """Past 80 % of its next limit."""
    returned: int
    """Refused twice or more."""
    reopened: int
    median_s: float | None
    """Seconds from an order's issue to the unit's first answer; None when none has been answered."""
    on_time: float | None
    """Part (0 to 1) of what was finished, or should have been, that was finished within its limit; None when there is none."""
    yellow: int
    """Orders past a limit."""
    red: int
    """Orders past 150 % of a limit, or past both."""
    worst: Worst | None
    spark: tuple[int, ...]
    """Orders in hand by the hour, the last twelve, newest last."""


class Supervision(Struct, frozen=True, kw_only=True):
    """The supervision place: totals of the stretch `since`–`at`, and units, the late first. The desk itself is one of them."""

    since: int
    at: int
    rows: tuple[UnitFigures, ...]
    to_accept: int
    """Orders that were answered or whose time for it is over."""
    accepted_in_time: int
    accepted_late: int
    escalated: int
    """Orders to the parent centre."""
    late_rate: float | None
    late_rate_limit: float


class ShiftFigures(Struct, frozen=True, kw_only=True):
    """What came in and went out from `since` to `until`."""

    since: int
    until: int
    received: int
    dispatched: int
    """Orders, without those taken back."""
    closed: int
    declined: int
    """Not taken up, or void."""
    open: int
    """Open now, whenever they came."""
    open_critical: int
    mean_accept_s: float | None
    """Arrival to this desk's first response, of the cases that came in the stretch; None when none was taken."""
    longest_accept_s: float | None
    by_class: tuple[tuple[str, int], ...]
    """Cases received by class name, most first; the name is empty where the class was missing."""
    by_unit: tuple[tuple[str, int], ...]
    """Orders by unit, most first."""


class AlarmMeasure(Struct, frozen=True, kw_only=True):
    """One figure of the alarm load and the most that is acceptable; the word is `alarms.<name>`. Shares are 0 to 1."""

    name: str
    value: float
    most: float
    good: bool


class AlarmLoad(Struct, frozen=True, kw_only=True):
    """How much the alarms of a stretch ask of a person."""

    since: int
    until: int
    raised: int
    operators: int
    """People on duty that the rates are divided by."""
    measures: tuple[AlarmMeasure, ...]
    top: tuple[tuple[str, int], ...]
    """Sensors that raised most, at most ten."""
    by_level: tuple[tuple[int, int], ...]


class LevelOpen(Struct, frozen=True, kw_only=True):
    """Open cases of one level, with the next deadline among them."""

    level: int
    count: int
    next_due: int | None


class UnsentOrder(Struct, frozen=True, kw_only=True):
    """An order that has not left, or of which nobody knows whether it arrived."""

    case_id: str
    number: int
    unit_name: str
    state: str
    """State of the outbox row; the word is `outbox.<state>`."""
    stored_at: int


class SilentSensor(Struct, frozen=True, kw_only=True):
    """A sensor that says nothing any more."""

    sensor: str
    kind: str
    place: str
    silent_s: float | None
    """Since its newest value; None when there never was one."""
    life_safety: bool


class MustSay(Struct, frozen=True, kw_only=True):
    """Something that the desk wants said aloud before anybody signs."""

    item: str
    """Names it for the tick; another trouble has another name."""
    what: Reason
    case_id: str = ""
    said: bool = False


class HandoverLine(Struct, frozen=True, kw_only=True):
    """A free line that somebody left for the next shift."""

    id: str
    at: int
    by: str
    text: str


class Handover(Struct, frozen=True, kw_only=True):
    """The handover sheet of the shift that runs."""

    at: int
    shift: ShiftFigures
    """Since the last signature, at most twelve hours."""
    last_12h: ShiftFigures
    open_by_level: tuple[LevelOpen, ...]
    unsent: tuple[UnsentOrder, ...]
    unsent_total: int
    silent: tuple[SilentSensor, ...]
    """Those that lives hang on first."""
    silent_total: int
    must_say: tuple[MustSay, ...]
    lines: tuple[HandoverLine, ...]
    signed_by: str
    """Who has signed and waits for a successor, or ""."""
    signed_at: int | None
    overdue_since: int | None
    """End of the shift by the roster, when it is more than 15 minutes past and not signed by both."""


class SinceCase(Struct, frozen=True, kw_only=True):
    """One case of the news, and by whom: who took, has or closed it; "" when nobody."""

    row: CaseRow
    who: str


class JournalNotice(Struct, frozen=True, kw_only=True):
    """A step of the desk itself, of no one case."""

    at: int
    act: str
    what: Reason


class Since(Struct, frozen=True, kw_only=True):
    """What is news to one person. Lists are bounded, the totals exact."""

    looked_at: int | None
    """When he last looked; None: never, and the news is that of the last twelve hours."""
    at: int
    new: tuple[SinceCase, ...]
    new_total: int
    late: tuple[SinceCase, ...]
    """Cases whose next limit passed meanwhile and that are not finished."""
    late_total: int
    closed: tuple[SinceCase, ...]
    """Closed by others."""
    closed_total: int
    notices: tuple[JournalNotice, ...]


class HealthRow(Struct, frozen=True, kw_only=True):
    """One thing that can break."""

    name: str
    """centre, bus, store, channel, outbox, clock, sensors, quarantine, settings, backup, link; the word is `health.<name>`."""
    which: str
    """Of a channel, its name; the word is `channel.<which>`."""
    state: str
    """ok, slow, attention or down; the word is `health.state_<state>`."""
    figures: Reason
    breaks: str
    """Key of the words that say what its breaking means."""


class Health(Struct, frozen=True, kw_only=True):
    """The health place."""

    at: int
    rows: tuple[HealthRow, ...]
    conclusion: Reason
    """Whether orders can be sent."""
    silent: SilentSensor | None
    """The silence that matters most: a sensor that lives hang on, else the longest."""


class Trend(Struct, frozen=True, kw_only=True):
    """One sensor over a stretch of time."""

    sensor: str
    kind_name: str
    place: str
    unit_name: str
    precision: int
    start: int
    end: int
    values: tuple[float | None, ...]
    """Worst value of each column, oldest first; None is a gap."""
    readings: int
    gaps: int
    """Columns without a reading."""
    value: float | None
    """The newest value while it is live."""
    low: float
    high: float
    trend: int
    limits: tuple[tuple[Level, float], ...]
    """In force here and now, most urgent first."""
    level: Level | None
    """Of its open alarm."""
    case_id: str
    case_number: int | None
    """The case that its open alarm raised."""
    states: tuple[str, ...] = ()
    """Of a yes/no or event kind: keys of the words for 0, 1 and so on; () where the number itself says it."""


class JournalLine(Struct, frozen=True, kw_only=True):
    """One step of the journal in words."""

    seq: int
    at: int
    act: str
    operator: str
    subject: str
    number: int | None
    """Of the case it is about, if it is about one."""
    what: Reason


class JournalPage(Struct, frozen=True, kw_only=True):
    """A window of the journal, oldest first, and the rows at both its ends."""

    lines: tuple[JournalLine, ...]
    first: int | None
    last: int | None


class AreaCount(Struct, frozen=True, kw_only=True):
    """What is wrong in one community or grid; `id` "" is what belongs to none."""

    id: str
    name: str
    levels: tuple[int, ...]
    """Sensors in alarm of level 1, 2, 3, 4."""
    lost: int


class KindCount(Struct, frozen=True, kw_only=True):
    """What is wrong with one kind of sensors; `kind` "" is all the rest."""

    kind: str
    name: str
    abnormal: int
    lost: int
    hour: tuple[int, ...]
    """Alarms raised in each twelfth of the last hour, oldest first."""


class Areas(Struct, frozen=True, kw_only=True):
    """One level of the board's drill-down, the worst first."""

    rows: tuple[AreaCount, ...]
    kinds: tuple[KindCount, ...]


class AreaSensor(Struct, frozen=True, kw_only=True):
    """One sensor of a grid that is abnormal or silent."""

    sensor: str
    kind_name: str
    place: str
    level: Level | None
    value: float | None
    """None unless live."""
    unit_name: str
    precision: int
    age_s: float | None
    """Since the alarm was raised, or since the last value of a silent one."""
    lost: bool
    acknowledged_by: str
    case_id: str
    case_number: int | None
    alarm: str = ""
    """Its worst open alarm, or ""."""
    suppresses: int = 0
    """Alarms of others that its silence explains; they have no row of their own."""
    shelved_until: int | None = None
    shelved_by: str = ""
    chattering: int = 0
    """How often it has come and gone, while it does so too often; else 0."""
