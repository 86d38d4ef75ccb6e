"""Why a sensor alarms, or why it does not: one sentence a rule, from what is stored. Reads only.

`explain` is about now, from the rules' own states; `data.views.explain_then` is about a time that is over.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from data.domain.reading import TRUST_MS, Quality
from data.domain.reason import Reason, because
from data.kinds import Kind
from data.rules import QUIET, Absence, Force, Press, Rule, RuleState, Scene, Threshold, in_force, load_state
from data.rules.limits import ever_in_force, is_beyond
from data.store.history import History, Latest, Point

if TYPE_CHECKING:
    from data.store.sqlite import sqlite3

Alarm = Mapping[str, Any]
"""A row of `alarms`, as it is or as it was."""


def explain(
    desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], sensor: str, now: int, zone: ZoneInfo, language: str = "zh"
) -> tuple[Reason, ...]:
    """First how far its value may be trusted, then rule by rule, named in this language; empty when there is no such sensor."""
    row, kind = sensor_and_kind(desk, kinds, sensor)
    if row is None or kind is None:
        return ()
    latest = history.latest([sensor]).get(sensor)
    scene = Scene(sensor=sensor, area_class=row["area_class"] or "", zone=zone)
    foreign = newest_suspect(history.points(sensor, now - round(kind.timing.stale_s * 1000), now + TRUST_MS))
    against = trust(row, kind, latest, now, foreign)
    if against is None and latest is not None and sensor in history.silent([sensor]):
        against = because("why_offline")
    lines = [against, *(_rule(desk, kind, rule, scene, latest, now) for rule in kind.rules)]
    return tuple(in_words(line, kind, language) for line in lines if line is not None)


def sensor_and_kind(desk: "sqlite3.Connection", kinds: Mapping[str, Kind], sensor: str) -> tuple["sqlite3.Row | None", Kind | None]:
    """A sensor's row and its kind, with the time that its own description says its values stand, where it says one."""
    row = desk.execute("SELECT sensors.*, stale_s FROM sensors LEFT JOIN feeds ON feeds.sensor = sensors.id WHERE id=?", (sensor,)).fetchone()
    kind = kinds.get(row["kind"]) if row else None
    if row is None or kind is None or row["stale_s"] is None:
        return row, kind
    return row, msgspec.structs.replace(kind, timing=msgspec.structs.replace(kind.timing, stale_s=row["stale_s"]))


def in_words(line: Reason, kind: Kind, language: str) -> Reason:
    """A line with its rule and its level called as people call them."""
    labels = {rule.name: rule.label(language) for rule in kind.rules if rule.label is not None}
    said: dict[str, str | float] = {name: labels.get(str(value), value) if name == "rule" else value for name, value in line.args}
    return because(line.code, **said | ({"level": f"@level.{said['level']}"} if "level" in said else {}))


def newest_suspect(points: Any) -> Point | None:
    """The newest reading, where it is outside what the kind can measure; None where a credible one came after it."""
    newest = None
    for point in points:
        if point.is_good or point.quality is Quality.SUSPECT:
            newest = point
    return newest if newest is not None and newest.quality is Quality.SUSPECT else None


def trust(row: "sqlite3.Row", kind: Kind, latest: Latest | None, now: int, foreign: Point | None) -> Reason | None:
    """What is to be said against the value itself; None for nothing. `foreign`: its newest reading, where that is out of range."""
    if row["retired_at"] is not None and row["retired_at"] <= now:
        return because("why_retired")
    if foreign is not None:
        low, high = kind.plausible.low, kind.plausible.high
        return because("why_suspect", value=round(foreign.value, 2), low=low, high=high, unit=unit_of(kind))
    if latest is None:
        return because("why_never")
    if latest.quality is Quality.RETAINED:
        minutes = max(0, (now - latest.at) // 60_000)
        return because("why_replayed", minutes=minutes) if latest.has_device_time else because("why_retained")
    if now - latest.at > kind.timing.stale_s * 1000:
        return because("why_stale", minutes=(now - latest.at) // 60_000)
    return because("why_clock") if latest.quality is Quality.CLOCK else None


def unit_of(kind: Kind) -> str:
    """Its unit, where its figures have one."""
    return "" if kind.unit == "1" else kind.unit


def _rule(desk: "sqlite3.Connection", kind: Kind, rule: Rule, scene: Scene, latest: Latest | None, now: int) -> Reason:
    open_alarm = desk.execute("SELECT * FROM alarms WHERE rule=? AND sensor=? AND cleared_at IS NULL", (rule.name, scene.sensor)).fetchone()
    state = _state(desk, scene.sensor, rule)
    return alarmed(rule, open_alarm, state, now) if open_alarm is not None else calm(kind, rule, scene, state, latest, now)


def alarmed(rule: Rule, alarm: Alarm, state: RuleState, now: int) -> Reason:
    """Of a rule whose alarm is open at `now`."""
    facts = {"rule": rule.name, "level": alarm["level"]}
    if alarm["suppressed_by"]:
        return because("why_suppressed", parent=alarm["suppressed_by"], **facts)
    if alarm["shelved_until"] and alarm["shelved_until"] > now:
        minutes = (alarm["shelved_until"] - now) // 60_000
        return because("why_shelved", name=alarm["shelved_by"], why=alarm["shelved_why"], minutes=minutes, **facts)
    if alarm["chattering"]:
        return because("why_chattering", count=alarm["occurrences"], **facts)
    return _going(rule, alarm, state, now, facts) if isinstance(rule, Threshold) else _standing(rule, alarm, facts)


def _going(rule: Threshold, alarm: Alarm, state: RuleState, now: int, facts: Mapping[str, str | int]) -> Reason:
    if rule.latched and state.is_within:
        return because("why_latched", **facts)
    since = state.within[-1]
    if since is not None:
        return because("why_clearing", left=max(0, round(rule.off_delay_s - (now - since) / 1000)), **facts)
    if state.is_within:
        return because("why_hysteresis", by=rule.clear_by, **facts)
    return _standing(rule, alarm, facts)


def _standing(rule: Rule, alarm: Alarm, facts: Mapping[str, str | int]) -> Reason:
    if isinstance(rule, Press):
        return because("why_pressed", count=alarm["occurrences"], **facts)
    if isinstance(rule, Absence):
        return because("why_silent", hours=f"{(alarm['value'] or 0) / 3600:.1f}", **facts)
    return because("why_alarm", value=round(alarm["value"] or 0, 2), limit=round(alarm["limit_value"] or 0, 2), **facts)


def calm(kind: Kind, rule: Rule, scene: Scene, state: RuleState, latest: Latest | None, now: int) -> Reason:
    """Of a rule that has no alarm at `now`."""
    if isinstance(rule, Threshold):
        return _not_passed(kind, rule, scene, state, latest, now)
    return because("why_not_pressed" if isinstance(rule, Press) else "why_not_silent", rule=rule.name)


def _not_passed(kind: Kind, rule: Threshold, scene: Scene, state: RuleState, latest: Latest | None, now: int) -> Reason:
    forces = in_force(rule, scene, now)
    if not forces:
        other = next(iter(ever_in_force(rule, scene)), None)
        return because("why_other_hours", rule=rule.name, then=f"@alarm.scope.{other.period}") if other else because("why_no_limit", rule=rule.name)
    if (coming := _coming(rule, state, now)) is not None:
        return coming
    mildest: Force = max(forces, key=lambda force: force.level)
    if latest is None or latest.quality is Quality.RETAINED:
        return because("why_no_value", rule=rule.name)
    if rule.window is not None:
        return because("why_below_window", rule=rule.name, limit=mildest.trip, unit=unit_of(kind))
    return _compared(kind, rule, scene, latest, forces, mildest)


def _compared(kind: Kind, rule: Threshold, scene: Scene, latest: Latest, forces: Sequence[Force], mildest: Force) -> Reason:
    """The newest value beside the limit."""
    figures: dict[str, str | float] = {"rule": rule.name, "value": round(latest.value, 2), "limit": mildest.trip, "unit": unit_of(kind)}
    other = next((force for force in ever_in_force(rule, scene) if force not in forces and is_beyond(rule, force, latest.value)), None)
    if is_beyond(rule, mildest, latest.value):
        # The newest by its own time, not the one that came last.
        return because("why_not_taken", **figures)
    if other is None:
        return because("why_below", **figures)
    periods = {"now": f"@alarm.scope.{mildest.period}", "then": f"@alarm.scope.{other.period}"}
    return because("why_hours", other=other.trip, **figures, **periods)


def _coming(rule: Threshold, state: RuleState, now: int) -> Reason | None:
    """What is on its way, if anything is."""
    if any(state.bits):
        return because("why_count", rule=rule.name, seen=max(bits.bit_count() for bits in state.bits), n=rule.n, m=rule.m)
    started = [at for at in state.beyond if at is not None]
    left = rule.on_delay_s - (now - min(started, default=now)) / 1000
    return because("why_delay", rule=rule.name, left=max(0, round(left))) if started else None


def _state(desk: "sqlite3.Connection", sensor: str, rule: Rule) -> RuleState:
    row = desk.execute("SELECT state FROM rule_states WHERE sensor=? AND rule=?", (sensor, rule.name)).fetchone()
    try:
        return load_state(row["state"]) if row else QUIET
    except msgspec.MsgspecError:
        return QUIET
