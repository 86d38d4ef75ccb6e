"""A reading meets a rule."""

from typing import assert_never

import msgspec

from data.domain.reading import Quality, Reading
from data.domain.vocabulary import Level
from data.rules.events import Cleared, Event, LevelChanged, Raised, Repeated
from data.rules.limits import Force, Scene, ever_in_force, has_turned, in_force, is_beyond
from data.rules.spec import Absence, Press, Rule, Threshold, Window
from data.rules.state import NEVER, NO_BITS, RuleState, Times, after_reading, is_known, is_late, rule_time
from data.rules.windows import look

FEEDS = frozenset({Quality.OK, Quality.CLOCK})
"""Readings of any other quality say nothing about the place as it is now."""
_OF_A_PERIOD = frozenset({"mean", "leq", "max"})
"""Windows whose figure is held against the limits of the time it was measured in; sums and changes have no hours of their own."""
Outcome = tuple[RuleState, tuple[Event, ...]]


def take(rule: Rule, state: RuleState, reading: Reading, scene: Scene) -> Outcome:
    """Apply one reading; the arrival it carries is the `now` of the rule.

    Retained and suspect readings, those known already and (but for a press) late ones change nothing at all.
    """
    if reading.retained or reading.quality not in FEEDS or is_known(state, reading):
        return state, ()
    match rule:
        case Threshold():
            return (state, ()) if is_late(state, reading) else _threshold(rule, state, reading, scene)
        case Press():
            return _press(rule, state, reading)
        case Absence():
            return _heard(state, reading)
        case _:
            assert_never(rule)


def tick(rule: Rule, state: RuleState, now: int, scene: Scene | None = None) -> Outcome:
    """What time alone brings about: a press that holds for a while clears; a silence that is too long is raised.

    A threshold neither raises nor clears by time alone, unless its value `holds` (then `scene` is needed): silence says
    nothing about the value. A silent sensor is shown as lost instead, and its open alarm stays open.
    """
    match rule:
        case Press() if state.level and rule.hold_s and now - state.last_at >= rule.hold_s * 1000:
            return msgspec.structs.replace(state, level=0), (Cleared(at=now, value=None),)
        case Absence() if not state.level and state.last_at and now - state.last_at > rule.after_s * 1000:
            raised = Raised(at=now, level=Level(rule.level), value=(now - state.last_at) / 1000, force=None)
            return msgspec.structs.replace(state, level=rule.level), (raised,)
        case Threshold() if state.held is not None and scene is not None and now > state.last_at:
            return _judge(rule, state, scene, now, state.held)
        case _:
            return state, ()


def waits(rule: Rule, state: RuleState) -> bool:
    """Whether time alone may bring something about, so that `tick` is worth calling."""
    return state.held is not None or (isinstance(rule, Press) and bool(state.level and rule.hold_s))


def _heard(state: RuleState, reading: Reading) -> Outcome:
    if is_late(state, reading):
        return state, ()
    after = msgspec.structs.replace(state, level=0, **after_reading(state, reading))
    return after, (Cleared(at=rule_time(reading), value=reading.value),) if state.level else ()


def _press(rule: Press, state: RuleState, reading: Reading) -> Outcome:
    # A press that was kept back is still a call for help, so lateness does not count here.
    if reading.value == 0:
        return state, ()
    at = rule_time(reading)
    after = msgspec.structs.replace(state, level=rule.level, **after_reading(state, reading))
    if state.level:
        return after, (Repeated(at=at, value=reading.value),)
    raised = Raised(at=at, level=Level(rule.level), value=reading.value, force=None)
    return after, (raised,)


def _threshold(rule: Threshold, state: RuleState, reading: Reading, scene: Scene) -> Outcome:
    at = rule_time(reading)
    value, facts = reading.value, after_reading(state, reading)
    if rule.window is not None:
        known = msgspec.structs.replace(state, parts=()) if _begins_anew(rule, rule.window, state, at, scene) else state
        parts, total, seen = look(rule.window, known, reading.value, at)
        facts |= {"parts": parts, "total": total}
        if seen is None:
            return msgspec.structs.replace(state, **facts), ()
        value = seen
    elif rule.holds:
        facts["held"] = value if any(is_beyond(rule, force, value) for force in ever_in_force(rule, scene)) else None
    after, events = _judge(rule, state, scene, at, value)
    return msgspec.structs.replace(after, **facts), events


def _begins_anew(rule: Threshold, window: Window, state: RuleState, at: int, scene: Scene) -> bool:
    """GB 22337-2008 and GB 3096-2008 measure day and night each for itself: 22:00 does not judge the last minutes of the day."""
    return bool(state.parts) and window.how in _OF_A_PERIOD and has_turned(rule, state.last_at, at, scene.zone)


def _judge(rule: Threshold, state: RuleState, scene: Scene, at: int, value: float) -> Outcome:
    forces = in_force(rule, scene, at)
    passed = {force.level for force in forces if is_beyond(rule, force, value)}
    if not passed and not state.level and state.beyond == NEVER and state.bits == NO_BITS:
        # Nearly all readings of nearly all sensors end here.
        return state, ()
    known = _forget_gap(rule, state, at)
    bits = NO_BITS if rule.m == 1 else _shifted(rule, known.bits, passed)
    if rule.m > 1:
        passed = {level for level in Level if bits[level - 1].bit_count() >= rule.n} & {force.level for force in forces}
    beyond = _since(known.beyond, passed, at)
    within = _since(known.within, {level for level in Level if _has_room(rule, forces, level, value)}, at)
    level = _next_level(rule, state.level, beyond, within, at)
    after = msgspec.structs.replace(
        state,
        level=level,
        beyond=beyond,
        within=within if level else NEVER,
        dipped=level > 0 and (within[-1] is not None or (state.dipped and beyond == NEVER)),
        bits=bits,
    )
    return after, _events(rule, state, after, forces, at, value)


def _shifted(rule: Threshold, bits: tuple[int, int, int, int], passed: set[Level]) -> tuple[int, int, int, int]:
    mask = (1 << rule.m) - 1
    one, two, three, four = (((old << 1) | (level in passed)) & mask for level, old in zip(Level, bits, strict=True))
    return one, two, three, four


def _forget_gap(rule: Threshold, state: RuleState, at: int) -> RuleState:
    if rule.gap_s and state.last_at and at - state.last_at > rule.gap_s * 1000:
        return msgspec.structs.replace(state, beyond=NEVER, within=NEVER, bits=NO_BITS)
    return state


def _has_room(rule: Threshold, forces: tuple[Force, ...], level: Level, value: float) -> bool:
    """Whether a value is `clear_by` within the limits of `level` and of all that are more urgent.

    A level that has no limit goes by its more urgent neighbour.
    """
    for force in forces:
        room = force.trip - value if rule.direction == "high" else value - force.trip
        if force.level <= level and (room < rule.clear_by or is_beyond(rule, force, value)):
            return False
    return True


def _since(before: Times, levels: set[Level], at: int) -> Times:
    one, two, three, four = ((at if old is None else old) if level in levels else None for level, old in zip(Level, before, strict=True))
    return one, two, three, four


def _next_level(rule: Threshold, level: int, beyond: Times, within: Times, at: int) -> int:
    """The most urgent level that was held long enough, or that has not been left for long enough; 0 for none."""
    held = [n for n, since in enumerate(beyond, 1) if _lasted(since, at, rule.on_delay_s)]
    kept = [n for n, since in enumerate(within, 1) if level and n >= level and (rule.latched or not _lasted(since, at, rule.off_delay_s))]
    return min((*held, *kept), default=0)


def _lasted(since: int | None, at: int, delay_s: float) -> bool:
    return since is not None and at - since >= delay_s * 1000


def _events(rule: Threshold, before: RuleState, after: RuleState, forces: tuple[Force, ...], at: int, value: float) -> tuple[Event, ...]:
    if not after.level:
        return (Cleared(at=at, value=value),) if before.level else ()
    force = next((force for force in forces if force.level == after.level), None)
    if not before.level:
        assert force is not None, "a level is only reached beyond its limit"
        return (Raised(at=at, level=force.level, value=value, force=force),)
    if after.level != before.level:
        levels = {"before": Level(before.level), "level": Level(after.level)}
        return (LevelChanged(at=at, value=value, force=force, **levels),)
    back = before.dipped and any(is_beyond(rule, force, value) for force in forces)
    return (Repeated(at=at, value=value),) if back else ()
