"""Why a sensor alarms, or why it does not: one sentence a rule, from what is stored. Reads only."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from data.domain.reading import Quality
from data.domain.reason import Reason, because
from data.kinds import Kind
from data.rules import QUIET, Force, Press, Rule, RuleState, Scene, Threshold, in_force, load_state
from data.store.history import History, Latest

if TYPE_CHECKING:
    from data.store.sqlite import sqlite3


def explain(
    desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], sensor: str, now: int, zone: ZoneInfo
) -> tuple[Reason, ...]:
    """First how far its value may be trusted, then rule by rule; empty when there is no such sensor."""
    row = desk.execute("SELECT * FROM sensors WHERE id=?", (sensor,)).fetchone()
    kind = kinds.get(row["kind"]) if row else None
    if row is None or kind is None:
        return ()
    latest = history.latest([sensor]).get(sensor)
    scene = Scene(sensor=sensor, area_class=row["area_class"] or "", zone=zone)
    lines = [_trust(row, kind, latest, now), *(_rule(desk, kind, rule, scene, latest, now) for rule in kind.rules)]
    return tuple(line for line in lines if line is not None)


def _trust(row: "sqlite3.Row", kind: Kind, latest: Latest | None, now: int) -> Reason | None:
    if row["retired_at"] is not None:
        return because("why_retired")
    if latest is None:
        return because("why_never")
    if latest.quality is Quality.RETAINED:
        return because("why_retained")
    if now - latest.at > kind.timing.stale_s * 1000:
        return because("why_stale", minutes=(now - latest.at) // 60_000)
    return because("why_clock") if latest.quality is Quality.CLOCK else None


def _rule(desk: "sqlite3.Connection", kind: Kind, rule: Rule, scene: Scene, latest: Latest | None, now: int) -> Reason:
    open_alarm = desk.execute(
        "SELECT * FROM alarms WHERE rule=? AND sensor=? AND cleared_at IS NULL", (rule.name, scene.sensor)
    ).fetchone()
    state = _state(desk, scene.sensor, rule)
    if open_alarm is not None:
        return _alarmed(rule, open_alarm, state, now)
    if isinstance(rule, Threshold):
        return _calm(kind, rule, scene, state, latest, now)
    return because("why_not_pressed" if isinstance(rule, Press) else "why_not_silent", rule=rule.name)


def _alarmed(rule: Rule, alarm: "sqlite3.Row", state: RuleState, now: int) -> Reason:
    facts = {"rule": rule.name, "level": alarm["level"]}
    if alarm["suppressed_by"]:
        return because("why_suppressed", parent=alarm["suppressed_by"], **facts)
    if alarm["shelved_until"] and alarm["shelved_until"] > now:
        minutes = (alarm["shelved_until"] - now) // 60_000
        return because("why_shelved", name=alarm["shelved_by"], why=alarm["shelved_why"], minutes=minutes, **facts)
    if alarm["chattering"]:
        return because("why_chattering", count=alarm["occurrences"], **facts)
    return _going(rule, alarm, state, now, facts) if isinstance(rule, Threshold) else because("why_alarm", **_figures(alarm), **facts)


def _going(rule: Threshold, alarm: "sqlite3.Row", state: RuleState, now: int, facts: Mapping[str, str | int]) -> Reason:
    if rule.latched and state.is_within:
        return because("why_latched", **facts)
    since = state.within[-1]
    if since is not None:
        return because("why_clearing", left=max(0, round(rule.off_delay_s - (now - since) / 1000)), **facts)
    if state.is_within:
        return because("why_hysteresis", by=rule.clear_by, **facts)
    return because("why_alarm", **_figures(alarm), **facts)


def _figures(alarm: "sqlite3.Row") -> dict[str, float]:
    return {"value": alarm["value"] or 0, "limit": alarm["limit_value"] or 0}


def _calm(kind: Kind, rule: Threshold, scene: Scene, state: RuleState, latest: Latest | None, now: int) -> Reason:
    forces = in_force(rule, scene, now)
    if not forces:
        return because("why_no_limit", rule=rule.name)
    started = [at for at in state.beyond if at is not None]
    if started:
        return because("why_delay", rule=rule.name, left=max(0, round(rule.on_delay_s - (now - min(started)) / 1000)))
    if any(state.bits):
        return because("why_count", rule=rule.name, seen=max(bits.bit_count() for bits in state.bits), n=rule.n, m=rule.m)
    mildest: Force = max(forces, key=lambda force: force.level)
    if rule.window is not None or latest is None:
        return because("why_below_window", rule=rule.name, limit=mildest.trip, unit=kind.unit)
    return because("why_below", rule=rule.name, value=latest.value, limit=mildest.trip, unit=kind.unit)


def _state(desk: "sqlite3.Connection", sensor: str, rule: Rule) -> RuleState:
    row = desk.execute("SELECT state FROM rule_states WHERE sensor=? AND rule=?", (sensor, rule.name)).fetchone()
    try:
        return load_state(row["state"]) if row else QUIET
    except msgspec.MsgspecError:
        return QUIET


