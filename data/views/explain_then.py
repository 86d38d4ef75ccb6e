"""Why a sensor alarmed, or did not, at a time that is over.

Three witnesses: the journal has each alarm as it was (shelved, suppressed, chattering, at its level); the stored readings, taken once
more by the pure rules in the order of their arrival, have what ran at that moment (a delay, the way back); the kind's file has the limits.
Rules and register are those of today; where they would have raised what was not, that is said. Reads only.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from data.clock import iso, parse_time
from data.domain.errors import PaidanError
from data.domain.reading import Quality, Reading
from data.domain.reason import Reason, because
from data.kinds import Kind
from data.rules import QUIET, Absence, Cleared, Press, Raised, Rule, RuleState, Scene, Threshold, take, tick
from data.store.history import History, Latest, Point
from data.store.history.points import TIMED
from data.views.explain import Alarm, alarmed, calm, in_words, newest_suspect, sensor_and_kind, trust, unit_of

if TYPE_CHECKING:
    from data.store.sqlite import sqlite3

HOUR_MS = 3_600_000
_LEAST_MS, _MOST_MS = 6 * HOUR_MS, 40 * 24 * HOUR_MS
"""How far back readings are taken again at least, and at most (the longest window that ships is a month). Judgement."""
ENDED_MS = HOUR_MS
"""An alarm that ended so shortly before is told of: whoever asks may mean that one. Judgement."""


def moment(text: str, now: int, zone: ZoneInfo, *, may_be_ahead: bool = False) -> int:
    """UTC ms of `14:30` (the last time that it was), of `2026-11-25T14:30` (local) or of ISO 8601 with a zone.

    Raises `PaidanError` for what is no time, or not yet.
    """
    try:
        at = _clock_time(text.strip(), now, zone) if len(text.strip()) <= len("14:30:00") else parse_time(text, zone)
    except (ValueError, OverflowError) as error:
        raise PaidanError(because("why_time", text=text[:40])) from error
    if at > now and not may_be_ahead:
        raise PaidanError(because("why_future", time=_said(at, zone)))
    return at


def _clock_time(text: str, now: int, zone: ZoneInfo) -> int:
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
    clock = datetime.strptime(text, "%H:%M:%S" if text.count(":") > 1 else "%H:%M").time()  # noqa: DTZ007 — it has no date yet
    days = (today.date(), today.date() - timedelta(days=1))
    ats = [round(datetime.combine(day, clock, zone).timestamp() * 1000) for day in days]
    return next((at for at in ats if at <= now), ats[-1])


def explain_then(
    desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], sensor: str, at: int, zone: ZoneInfo, language: str = "zh"
) -> tuple[Reason, ...]:
    """The value as it was at `at` (UTC ms), then rule by rule, named in this language; empty when there is no such sensor."""
    row, kind = sensor_and_kind(desk, kinds, sensor)
    if row is None or kind is None:
        return ()
    start = at - _reach_ms(kind)
    heard = [point for point in history.points(sensor, start, at + 1) if point.received <= at]
    latest = next((_latest(point) for point in reversed(heard) if point.is_good), None)
    scene = Scene(sensor=sensor, area_class=row["area_class"] or "", zone=zone)
    foreign = newest_suspect(point for point in heard if at - point.at <= kind.timing.stale_s * 1000)
    against = trust(row, kind, latest, at, foreign)
    lines = [_head(kind, latest, at, start, zone), against if against is None or against.code != "why_never" else None]
    readings = [_reading(sensor, point) for point in sorted(heard, key=lambda one: one.received)]
    lines += [_rule(desk, kind, rule, scene, latest, readings, (start, at)) for rule in kind.rules]
    return tuple(in_words(line, kind, language) for line in lines if line is not None)


def _reach_ms(kind: Kind) -> int:
    """How long the longest memory of its rules is."""
    spans = [kind.timing.stale_s]
    for rule in kind.rules:
        match rule:
            case Threshold():
                spans += [rule.on_delay_s, rule.off_delay_s, rule.window.over_s * (1 + 1 / rule.window.parts) if rule.window else 0]
            case Press():
                spans.append(rule.hold_s)
            case Absence():
                spans.append(rule.after_s)
    return min(max(2 * round(max(spans) * 1000), _LEAST_MS), _MOST_MS)


def _latest(point: Point) -> Latest:
    return Latest(
        at=point.at, received_at=point.received, value=point.value, quality=point.quality, has_device_time=bool(point.flag & TIMED)
    )


def _reading(sensor: str, point: Point) -> Reading:
    return Reading(
        sensor=sensor, value=point.value, observed_at=point.at if point.flag & TIMED else None, received_at=point.received,
        retained=point.quality is Quality.RETAINED, quality=point.quality,
    )  # fmt: skip


def _head(kind: Kind, latest: Latest | None, at: int, start: int, zone: ZoneInfo) -> Reason:
    if latest is None:
        return because("why_then_unheard", time=_said(at, zone), hours=(at - start) // HOUR_MS)
    return because("why_then", time=_said(at, zone), value=round(latest.value, 2), unit=unit_of(kind), seconds=(at - latest.at) // 1000)


def _said(at: int, zone: ZoneInfo) -> str:
    return iso(at, zone)[:19].replace("T", " ")


def _rule(
    desk: "sqlite3.Connection", kind: Kind, rule: Rule, scene: Scene, latest: Latest | None, readings: list[Reading], span: tuple[int, int]
) -> Reason:
    start, at = span
    before, then = (alarm_at(desk, scene.sensor, rule.name, when) for when in span)
    state, since = _replay(rule, _seed(rule, before, start), readings, scene, at)
    if then is not None and then["cleared_at"] is None:
        # Where the replay does not find it, its row is all that is known of it.
        return alarmed(rule, then, state if state.level else msgspec.structs.replace(state, beyond=(start,) * 4), at)
    if state.level and since is not None:
        return because("why_then_differs", rule=rule.name, level=state.level, since=_said(since, scene.zone))
    why = calm(kind, rule, scene, state, latest, at)
    if then is not None and then["cleared_at"] > at - ENDED_MS and why.code not in {"why_delay", "why_count"}:
        ends = {"since": _said(then["raised_at"], scene.zone), "ended": _said(then["cleared_at"], scene.zone)}
        return because("why_then_ended", rule=rule.name, level=then["level"], **ends)
    return why


def _seed(rule: Rule, alarm: Alarm | None, start: int) -> RuleState:
    """What a rule remembers at the start of the stretch; of an alarm that was open its level is known."""
    if alarm is None or alarm["cleared_at"] is not None:
        return QUIET
    last = alarm["last_at"] if isinstance(rule, Press) else 0
    return msgspec.structs.replace(QUIET, level=int(alarm["level"]), last_at=min(last or 0, start))


def _replay(rule: Rule, state: RuleState, readings: list[Reading], scene: Scene, at: int) -> tuple[RuleState, int | None]:
    """The state at `at`, and since when it has been alarmed."""
    since: int | None = None
    for reading in [*readings, None]:
        state, events = tick(rule, state, reading.received_at if reading else at, scene)
        if reading is not None:
            state, more = take(rule, state, reading, scene)
            events += more
        for event in events:
            since = event.at if isinstance(event, Raised) else None if isinstance(event, Cleared) else since
    return state, since


def alarm_at(desk: "sqlite3.Connection", sensor: str, rule: str, at: int) -> dict[str, Any] | None:
    """The newest alarm of a rule that was raised by `at`, with its columns as they were then; `cleared_at` is None where it was open."""
    row = desk.execute("SELECT * FROM alarms WHERE sensor=? AND rule=? AND raised_at <= ? ORDER BY raised_at DESC LIMIT 1", (sensor, rule, at))
    now = row.fetchone()
    if now is None:
        return None
    then: dict[str, Any] = dict.fromkeys(now.keys()) | {"id": now["id"]}
    for entry in desk.execute("SELECT at, after FROM journal WHERE subject IN (?, ?) ORDER BY seq", (f"alarm:{now['id']}", now["case_id"])):
        changed = json.loads(entry["after"]).get("alarms", {}).get(now["id"], {})
        if _when(changed, entry["at"]) <= at:
            then.update(changed)
    return then


def _when(changed: Mapping[str, Any], written: int) -> int:
    """When what an entry says of an alarm came to be: its readings' time where they brought it about, else when it was written."""
    return int(next((changed[name] for name in ("cleared_at", "last_at", "raised_at") if changed.get(name) is not None), written))
