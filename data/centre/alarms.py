"""What the events of rules make of the table of alarms, and of the cases that these open.

On the centre's main thread, in its transaction: each change of an alarm is a row of the journal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from data.centre.alarm_text import alarm_text
from data.centre.intake import say_worse
from data.domain.sensor import Sensor
from data.domain.vocabulary import FINISHED, Level, State
from data.ids import new_id
from data.kinds import Kind
from data.rules import Absence, Cleared, Event, LevelChanged, Press, Raised, Repeated, Rule, Threshold
from data.words import Words

if TYPE_CHECKING:
    from data.store.desk import Transaction
    from data.store.sqlite import sqlite3

OpenCase = Callable[["Transaction", Mapping[str, object], Sensor, Kind, str, int], str | None]
"""(tx, alarm, sensor, kind, text, now) → id of the case that the alarm opened; whether its kind opens any is asked there."""
RaiseLevel = Callable[["Transaction", str, Level, int], object]
"""(tx, case id, level, now)."""

CHATTER_TIMES, CHATTER_MS = 3, 60_000
"""An alarm that was raised so often in so long comes and goes too often; judgement, `ux.md` §3."""
CHATTER_OVER_MS = 30 * 60_000
"""After so long without one more it is over."""


@dataclass(slots=True)
class Alarms:
    """The alarms of one transaction as they come, change and go."""

    tx: "Transaction"
    now: int
    words: Words
    open_case: OpenCase
    raise_level: RaiseLevel
    rule_of: Callable[[str, str], Rule | None]
    """The rule of a sensor's alarm by its name, if the settings still have it."""
    explained: Callable[[str], str] = lambda _sensor: ""
    """What else is down that explains a sensor's silence, or ""."""
    raised: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)

    def happen(self, rule: Rule, sensor: Sensor, kind: Kind, event: Event) -> None:
        """An event of a rule; the same one again changes nothing."""
        alarm = self.tx.one("SELECT * FROM alarms WHERE rule=? AND sensor=? AND cleared_at IS NULL", rule.name, sensor.id)
        match event:
            case Raised() if alarm is None:
                self._raise(rule, sensor, kind, event)
            case Raised() | LevelChanged() if alarm is not None:
                self._change(alarm, rule, sensor, kind, event)
            case Repeated() if alarm is not None and isinstance(rule, Press) and self.is_finished(alarm["case_id"]):
                # The call was answered and this is another one: it must not be swallowed by the old alarm.
                self.clear(alarm, event.at)
                self._raise(rule, sensor, kind, Raised(at=event.at, level=Level(rule.level), value=event.value, force=None))
            case Repeated() if alarm is not None:
                self._write("repeat", alarm["id"], occurrences=alarm["occurrences"] + 1, last_at=event.at, value=event.value)
            case Cleared() if alarm is not None:
                self.clear(alarm, event.at)
            case Raised() | LevelChanged() | Repeated() | Cleared():
                pass  # the alarm is gone: its row was closed by hand
            case _:
                assert_never(event)

    def clear(self, alarm: "sqlite3.Row", at: int) -> None:
        """It is over since `at`, UTC ms."""
        self._write("clear", alarm["id"], cleared_at=at)
        self.cleared.append(alarm["id"])

    def suppress(self, alarm: "sqlite3.Row", by: str) -> None:
        """Something else explains it, or with "" nothing does any more."""
        self._write("suppress" if by else "unsuppress", alarm["id"], suppressed_by=by or None)

    def is_finished(self, case: str | None) -> bool:
        """Whether there is a case and its work is done."""
        row = self.tx.one("SELECT state FROM cases WHERE id=?", case) if case else None
        return row is not None and State(row["state"]) in FINISHED

    def _raise(self, rule: Rule, sensor: Sensor, kind: Kind, event: Raised) -> None:
        if past := self._chatters(rule, sensor, event):
            count, since = past["occurrences"] + 1, past["chattering"] or event.at
            self._write("chatter", past["id"], cleared_at=None, occurrences=count, chattering=since, last_at=event.at, value=event.value)
            return
        parent = (self.explained(sensor.id) if isinstance(rule, Absence) else "") or None
        alarm = {
            "id": new_id(self.now),
            "suppressed_by": parent,
            "rule": rule.name,
            "sensor": sensor.id,
            "raised_at": event.at,
            "occurrences": 1,
            **_facts(event),
        }
        with self.tx.entry("raise", subject=f"alarm:{alarm['id']}", operator="system", seat="centre") as entry:
            entry.insert("alarms", alarm)
        self.raised.append(str(alarm["id"]))
        if parent is None:
            self._open(alarm, rule, sensor, kind, event)

    def _chatters(self, rule: Rule, sensor: Sensor, event: Raised) -> "sqlite3.Row | None":
        """The alarm that this one is once more, where it comes and goes too often: it is counted and opens no case."""
        if not isinstance(rule, Threshold):
            return None
        rows = self.tx.conn.execute(_PAST, (sensor.id, rule.name)).fetchall()
        often = len(rows) == CHATTER_TIMES and event.at - rows[-1]["raised_at"] < CHATTER_MS
        still = bool(rows and rows[0]["chattering"]) and event.at - rows[0]["last_at"] < CHATTER_OVER_MS
        return rows[0] if (often or still) and event.level >= rows[0]["level"] else None

    def _open(self, alarm: Mapping[str, object], rule: Rule, sensor: Sensor, kind: Kind, event: Raised | LevelChanged) -> None:
        if isinstance(rule, Threshold) and (sibling := self._work_of(sensor.id)):
            # Another limit of the same sensor was passed: one piece of work, as urgent as the more urgent of the two.
            self._write("link", str(alarm["id"]), case_id=sibling)
            self.raise_level(self.tx, sibling, event.level, self.now)
            return
        text = alarm_text(self.words, sensor, kind, event.value, event.force, rule)
        case = self.open_case(self.tx, alarm, sensor, kind, text, self.now)
        linked = self.tx.one("SELECT case_id FROM alarms WHERE id=?", alarm["id"])
        if case and linked is not None and linked["case_id"] != case:
            self._write("link", str(alarm["id"]), case_id=case)

    def _work_of(self, sensor: str) -> str | None:
        """The unfinished case of an open alarm of this sensor about a value; a call or a silence is another matter."""
        rows = self.tx.conn.execute(_WORK_OF, (sensor,))
        return next((row["id"] for row in rows if isinstance(self.rule_of(sensor, row["rule"]), Threshold)), None)

    def _change(self, alarm: "sqlite3.Row", rule: Rule, sensor: Sensor, kind: Kind, event: Raised | LevelChanged) -> None:
        self._write("level", alarm["id"], **_facts(event))
        if event.level >= alarm["level"]:
            return
        if alarm["case_id"] and not self.is_finished(alarm["case_id"]):
            say_worse(self.tx, alarm["case_id"], alarm["id"], alarm_text(self.words, sensor, kind, event.value, event.force, rule))
            self.raise_level(self.tx, alarm["case_id"], event.level, self.now)
        else:
            # It was dealt with and got worse: that is new work.
            self._open({**dict(alarm), **_facts(event)}, rule, sensor, kind, event)

    def _write(self, act: str, alarm: str, **values: object) -> None:
        with self.tx.entry(act, subject=f"alarm:{alarm}", operator="system", seat="centre") as entry:
            entry.update("alarms", alarm, values)


_PAST = f"SELECT * FROM alarms WHERE sensor=? AND rule=? ORDER BY raised_at DESC LIMIT {CHATTER_TIMES}"
_WORK_OF = f"""
SELECT cases.id, alarms.rule FROM alarms JOIN cases ON cases.id = alarms.case_id
WHERE alarms.sensor=? AND alarms.cleared_at IS NULL AND cases.state NOT IN ({",".join(f"'{state}'" for state in sorted(FINISHED))})
"""


def _facts(event: Raised | LevelChanged) -> dict[str, object]:
    force = event.force
    return {
        "level": int(event.level),
        "value": event.value,
        "limit_value": force.limit if force else None,
        "limit_source": force.source if force else None,
        "last_at": event.at,
    }
