"""What a story does when: pure, from its file, what is known of it, and `now` (UTC ms)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from data.domain.vocabulary import Level
from data.scenarios.spec import Scenario, Step, Together, Trigger, Unless


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """An open alarm, as a story sees it."""

    kind: str
    rule: str
    sensor: str
    level: Level
    raised_at: int
    grid: str = ""
    area_class: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a running story."""

    started_at: int
    done: int
    """Steps taken so far, of `timeline`."""
    can_warn: bool = True
    """There is a device on the site for its warnings. Where there is none, nothing is waited for."""
    stands: bool
    """One of its alarms is still open; a story begun by a report always stands."""
    opened: bool
    taken: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """The moment at which the case opens, if the signal still stands."""

    after_s: float


Moment = Opening | Step


def timeline(scenario: Scenario, *, can_warn: bool) -> tuple[Moment, ...]:
    """Opening and steps in the order of their time; at the same time the case opens first, so that steps find it.

    A case waits only to see whether a warning on the site is enough: with nothing there to warn, it opens at once.
    """
    waits = can_warn or not any(step.what == "warn" for step in scenario.step)
    moments: list[Moment] = [Opening(scenario.open.after_s if waits else 0.0), *scenario.step]
    return tuple(sorted(moments, key=lambda moment: (moment.after_s, not isinstance(moment, Opening))))


def next_at(scenario: Scenario, facts: Facts) -> int | None:
    """When the story moves next, or None when all is done."""
    moments = timeline(scenario, can_warn=facts.can_warn)
    return None if facts.done >= len(moments) else facts.started_at + round(moments[facts.done].after_s * 1000)


def due(scenario: Scenario, facts: Facts, now: int) -> Iterator[Moment]:
    """The moments whose time has come, each once, in order. Whether a step still applies is asked with `applies`."""
    for moment in timeline(scenario, can_warn=facts.can_warn)[facts.done :]:
        if facts.started_at + round(moment.after_s * 1000) > now:
            return
        yield moment


def applies(moment: Moment, facts: Facts) -> bool:
    """Whether a due moment still has to happen."""
    if isinstance(moment, Opening):
        return facts.stands and not facts.opened
    return not any(_holds(condition, facts) for condition in moment.unless) and not facts.finished


def _holds(condition: Unless, facts: Facts) -> bool:
    match condition:
        case "taken":
            return facts.taken
        case "cleared":
            return not facts.stands
        case "finished":
            return facts.finished
        case "opened":
            return facts.opened


def by_alarm(scenarios: Mapping[str, Scenario], signal: Signal) -> Scenario | None:
    """The scenario that an alarm belongs to: the first by name whose trigger fits."""
    return next((scenario for _, scenario in sorted(scenarios.items()) if any(_fits(trigger, signal) for trigger in scenario.trigger)), None)


def _fits(trigger: Trigger, signal: Signal) -> bool:
    return (
        trigger.kind == signal.kind
        and trigger.kind != ""
        and signal.level <= trigger.level
        and (not trigger.rules or signal.rule in trigger.rules)
        and trigger.area_class in ("", signal.area_class)
        and (not trigger.grids or signal.grid in trigger.grids)
    )


def by_report(scenarios: Mapping[str, Scenario], class_code: str | None) -> Scenario | None:
    """The scenario that a report of this class belongs to."""
    return next(
        (scenario for _, scenario in sorted(scenarios.items()) if class_code and any(t.class_ == class_code for t in scenario.trigger)), None
    )


def witness_kinds(scenario: Scenario) -> frozenset[str]:
    """Kinds that only agree (rain, for a rock that moves): they begin no story of this scenario and belong to another's."""
    return frozenset(kind for together in scenario.together for kind in together.kinds) - {trigger.kind for trigger in scenario.trigger}


def level(scenario: Scenario, signals: Iterable[Signal], earlier: int, *, now: int, witnesses: Iterable[Signal] = ()) -> Level:
    """How urgent the story is: its worst signal, its own floor, signals that agree, and how often it has been here before.

    `witnesses` are alarms of other stories at its place: they count where signals agree, never by their own level.
    """
    signals = list(signals)
    levels = [int(signal.level) for signal in signals]
    if scenario.open.level is not None:
        levels.append(scenario.open.level)
    around = [*signals, *witnesses]
    levels += [together.level for together in scenario.together if _agree(together, around, now)]
    worst = min(levels, default=int(Level.MEDIUM))
    if scenario.grade is not None and earlier >= scenario.grade.repeats:
        worst -= 1
    return Level(max(worst, 1))


def _agree(together: Together, signals: list[Signal], now: int) -> bool:
    recent = [signal for signal in signals if now - signal.raised_at <= together.within_min * 60_000]
    return all(
        len({signal.sensor for signal in recent if signal.kind == kind}) >= together.kinds.count(kind) for kind in set(together.kinds)
    )
