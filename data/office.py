"""A seat's one door to the centre's store: reads view-models, submits acts. The console knows nothing else.

One `Office` belongs to one thread. Reading never waits for a writer; an act is one short write transaction.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from data import acts
from data.acts import Done, Refused
from data.catalogue.find import Finder
from data.centre.reload import Watcher
from data.clock import real_ms
from data.domain.case import Case, case_from
from data.domain.errors import PaidanError, StoreError
from data.domain.reason import Reason, because
from data.domain.tables import Tables, english_names
from data.domain.text import one_line
from data.domain.vocabulary import State
from data.kinds import Kind, load_kinds
from data.late import late
from data.settings import Settings, load
from data.store import search as full_text
from data.store.desk import Desk, Transaction
from data.store.history import History, open_reader
from data.store.lease import holder
from data.store.schema import is_made, open_desk
from data.views import arrivals as arrivals_view
from data.views import board as board_view
from data.views import group as group_view
from data.views import queue as queue_view
from data.views import rows as rows_view
from data.views import since as since_view
from data.views.models import (
    AlarmLoad,
    Areas,
    AreaSensor,
    Arrivals,
    Banner,
    Board,
    Callback,
    CaseDetail,
    CaseRow,
    Choice,
    CountedSensor,
    Counts,
    Duplicate,
    FoundSensor,
    Grace,
    Handover,
    Health,
    JournalPage,
    Link,
    Proposal,
    QueuePage,
    SeatInfo,
    Since,
    Supervision,
    Trend,
    VitalSign,
)
from data.words import Words

if TYPE_CHECKING:
    from data import callbacks
    from data import guess as guessing
    from data import handover as shifts
    from data.inlets import form
    from data.views import areas as areas_view
    from data.views import duplicates as duplicates_view
    from data.views import figures as figures_view
    from data.views import handover as handover_view
    from data.views import health as health_view
    from data.views import journal as journal_view
    from data.views import supervision as supervision_view
    from data.views import trends as trends_view
    from data.views import vitals as vitals_view
    from data.views import warnings as warnings_view
else:
    # What a seat does not need to show its first screen is read from disk when it is first asked for.
    callbacks, form, guessing, shifts = (late(f"data.{name}") for name in ("callbacks", "inlets.form", "guess", "handover"))
    areas_view = late("data.views.areas")
    duplicates_view = late("data.views.duplicates")
    figures_view = late("data.views.figures")
    handover_view = late("data.views.handover")
    health_view = late("data.views.health")
    journal_view = late("data.views.journal")
    supervision_view = late("data.views.supervision")
    trends_view = late("data.views.trends")
    vitals_view = late("data.views.vitals")
    warnings_view = late("data.views.warnings")

READY_MS = 20_000
HEARTBEAT_LATE_S = 5.0
"""A centre whose heart has not beaten for this long (real time) is shown as not answering; `faults.md` row 5."""


class Office:
    """One operator at one seat."""

    def __init__(self, settings: Settings, desk: Desk, history: History, kinds: Mapping[str, Kind], operator: str) -> None:
        self._watcher = Watcher(settings)
        self._desk = desk
        self._history = history
        self._kinds = kinds
        self._version = -1
        self._finder = Finder(settings.home)
        self.operator = operator
        self.seat = seat_name()
        known = settings.tables.operators.get(operator)
        language = (known.language if known else "") or settings.centre.language
        names = english_names(settings.tables.classes.values()) if language == "en" else {}
        self.words = Words(language, names)
        self.info = SeatInfo(
            centre=settings.centre.id,
            centre_name=settings.centre.name,
            short_name=settings.short_name,
            operator=operator,
            language=self.words.language,
            zone=settings.centre.zone,
            keys=tuple(sorted(settings.file.keys.items())),
            names=tuple(names.items()),
        )

    @classmethod
    def open(cls, home: Path, operator: str) -> "Office":
        """Sit down at a centre's desk. Raises `PaidanError` when the settings or the desk cannot be read, or the name is nobody's."""
        if reserved := acts.no_person(one_line(operator, 40)):
            raise PaidanError(reserved)
        settings = load(home)
        desk = Desk(open_desk(home / "desk.db"), settings.clock)
        return cls(settings, desk, open_reader(home), load_kinds(home), one_line(operator, 40))

    def close(self) -> None:
        """Let go of the files."""
        self._desk.conn.close()
        self._history.close()
        self._finder.close()

    def now(self) -> int:
        """The desk's time, UTC ms."""
        return self._desk.clock.now()

    @property
    def _settings(self) -> Settings:
        return self._watcher.settings

    @property
    def _tables(self) -> Tables:
        return self._watcher.settings.tables

    def changed(self) -> bool:
        """Whether anybody has committed, or the settings are other ones, since the last call; microseconds, never waits."""
        version = self._desk.conn.execute("PRAGMA data_version").fetchone()[0]
        changed, self._version = version != self._version, version
        return self._watcher.poll() or bool(changed)

    def queue(self, limit: int, offset: int = 0) -> QueuePage:
        """A page of the queue."""
        return queue_view.page(self._desk.conn, self._tables, limit, offset)

    def row_of(self, case_id: str) -> CaseRow | None:
        """One case as a line, wherever it stands."""
        row = self._desk.conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
        return queue_view.case_row(row, self._tables) if row else None

    def position(self, case_id: str) -> int | None:
        """Index of a case in the queue's order."""
        return queue_view.position(self._desk.conn, case_id)

    def first_mine(self) -> str | None:
        """The most urgent case that waits on this desk."""
        return queue_view.first_mine(self._desk.conn)

    def find(self, text: str) -> str | None:
        """The case that an id or number names."""
        return queue_view.find(self._desk.conn, text)

    def search(self, text: str, everything: bool = False, limit: int = 50, offset: int = 0) -> QueuePage:
        """Cases that hold every word of `text`, newest first; open ones, or all. `total` counts to 1,000 and no further."""
        rows, total = full_text.search(self._desk.conn, self._tables, text, everything=everything, limit=limit, offset=offset)
        return QueuePage(rows=tuple(queue_view.case_row(row, self._tables) for row in rows), offset=offset, total=total)

    def rows_of(self, ids: Sequence[str]) -> tuple[CaseRow, ...]:
        """These cases as lines, in this order."""
        return rows_view.by_ids(self._desk.conn, self._tables, ids)

    def find_sensors(self, text: str, limit: int) -> tuple[FoundSensor, ...]:
        """Sensors in use that have every word of `text` in code, name or place, or in their pinyin or its initials."""
        ids = self._finder.find(self._desk.conn, text, limit)
        return board_view.found_sensors(self._desk.conn, self._history, self._kinds, self.now(), ids, self.words)

    def faults(self) -> tuple[CaseRow, ...]:
        """Cases that are late or failed."""
        return rows_view.faults(self._desk.conn, self._tables, self.now())

    def incidents(self, keep: str = "") -> tuple[CaseRow, ...]:
        """The queue by incidents; `keep` stands for its own."""
        return rows_view.incidents(self._desk.conn, self._tables, self.now(), keep)

    def members(self, case_id: str) -> tuple[CaseRow, ...]:
        """The cases of the incident that this case belongs to."""
        return rows_view.members(self._desk.conn, self._tables, case_id)

    def guess(self, text: str, address: str = "") -> "guessing.Guess":
        """What the phone-taker's words say by themselves; for every key."""
        return guessing.guess(text, address, self._tables)

    def file_report(self, **fields: str | float | None) -> Done | Refused:
        """File what was typed (text, address, class, level, grid, name, phone, kind): a new case, or support of the same trouble."""
        if refusal := acts.not_a_worker(self._tables, self.operator, "seat.file"):
            return Refused(refusal)
        filed = form.file(self._desk, self._tables, self._settings.zone, operator=self.operator, seat=self.seat, fields=fields)
        return Refused(filed) if isinstance(filed, Reason) else Done(filed.case_id, form.said(filed))

    def report_offers(self) -> dict[str, tuple[Choice, ...]]:
        """What the phone-taker's form may hold as class and as grid."""
        grids = tuple(Choice(value=grid.id, name=grid.name) for grid in self._tables.grids.values())
        return {"class": self._offers("class"), "grid": grids}

    def duplicates(self, case_id: str) -> tuple[Duplicate, ...]:
        """Cases that this one may be a duplicate of, with score and reasons, likest first."""
        return duplicates_view.duplicates(self._desk.conn, self._tables, case_id, self.now())

    def callbacks(self, limit: int = 200, offset: int = 0) -> tuple[Callback, ...]:
        """Reporters who are owed a call, longest waiting first."""
        return callbacks.due(self._desk.conn, limit, offset)

    def banners(self) -> tuple[Banner, ...]:
        """Warnings from above: those that stand, then those that ended in the last hours."""
        return warnings_view.banners(self._desk.conn, self.now())

    def calls_for(self, warning: str) -> tuple[Callback, ...]:
        """Who is still to be called for a warning from above."""
        return callbacks.due_for_warning(self._desk.conn, warning)

    def vitals(self, since: int | None = None) -> tuple[VitalSign, ...]:
        """城市体征: the indicators since `since`, else of the last thirty days."""
        now = self.now()
        return vitals_view.vitals(self._vitals_place(now), self._vitals_since(since, now), now + 1, self.words.language)

    def vitals_behind(self, name: str, group: str = "", since: int | None = None) -> tuple[str, tuple[str, ...]]:
        """What a number of the indicators counts: cases, alarms or sensors, and their ids, of one community or kind, or of all."""
        now = self.now()
        return vitals_view.behind(self._vitals_place(now), name, self._vitals_since(since, now), now + 1, group)

    def vitals_counted(self, what: str, ids: Sequence[str]) -> tuple[CountedSensor, ...]:
        """Alarms or sensors that a number counts, as they are listed."""
        return vitals_view.counted(self._vitals_place(self.now()), what, ids, self.words.language)

    def _vitals_since(self, since: int | None, now: int) -> int:
        return vitals_view.month(now, self._settings.zone) if since is None else since

    def _vitals_place(self, now: int) -> "vitals_view.Place":
        return vitals_view.Place(
            conn=self._desk.conn, history=self._history, kinds=self._kinds, tables=self._tables, zone=self._settings.zone, now=now
        )

    def call_back_done(self, id: str, note: str = "") -> Done | Refused:
        """This operator called a reporter back."""
        if refusal := acts.not_a_worker(self._tables, self.operator, "place.callbacks"):
            return Refused(refusal)
        return callbacks.tick(self._desk, id, operator=self.operator, seat=self.seat, note=one_line(note, 200))

    def counts(self) -> Counts:
        """The counts bar."""
        now = self.now()
        by_state = queue_view.state_counts(self._desk.conn, now)
        sensors = board_view.sensor_counts(self._desk.conn, self._history, self._kinds, now)
        return Counts(
            open=sum(by_state.get(state, 0) for state in (State.TRIAGE, State.OPEN, State.RETURNED)),
            sent=by_state.get(State.SENDING, 0) + by_state.get(State.SENT, 0),
            working=by_state.get(State.WORKING, 0),
            to_verify=by_state.get(State.TO_VERIFY, 0),
            late=by_state["late"],
            sensors=sensors.total,
            abnormal=sensors.abnormal,
            lost=sensors.lost,
            critical_waiting=by_state["critical"],
            shelved=sensors.shelved,
            suppressed=sensors.suppressed,
            news=since_view.news(self._desk.conn, self.operator, now),
        )

    def board(self, limit: int, spark: int) -> Board:
        """The board's panels, worst first."""
        return board_view.board(
            self._desk.conn, self._history, self._kinds, self.now(),
            limit=limit, spark=spark, zone=self._settings.zone, words=self.words,
        )  # fmt: skip

    def proposal(self, case_id: str, group: str = "") -> Proposal | None:
        """What the strip shows of a case; with `group` (ids, by commas), of one order for it and those."""
        return queue_view.proposal(self._desk.conn, self._tables, case_id, self.operator, self.now(), group)

    def group(self, case_ids: Sequence[str]) -> group_view.Group | None:
        """How these cases would go as one order; None when no two of them can."""
        return group_view.group(self._desk.conn, self._tables, case_ids, self.operator, self.now())

    def grace(self) -> Grace | None:
        """The newest dispatch that this operator can still take back: an own one, else one that the centre gave by itself."""
        return queue_view.grace(self._desk.conn, self._tables, self.operator, self.now())

    def detail(self, case_id: str) -> CaseDetail | None:
        """Everything about a case."""
        found, now = queue_view.detail(self._desk.conn, self._tables, case_id, self.now()), self.now()
        zone, words = self._settings.zone, self.words
        panel = board_view.panel_of_case(self._desk.conn, self._history, self._kinds, case_id, now, zone=zone, words=words)
        return replace(found, panel=panel) if found and panel else found

    def see(self, case_id: str) -> None:
        """The operator opened a case; the first time, who ordered it is told."""
        if self._desk.conn.execute("SELECT 1 FROM cases WHERE id=? AND seen_at IS NULL", (case_id,)).fetchone():
            self.act("see", case_id)

    def why_not(self, act: str, case_id: str) -> Reason | None:
        """Why an act is not possible on a case, or None."""
        return queue_view.why_not_here(self._desk.conn, self._tables, act, case_id, self.operator, self.now())

    def choices(self, act: str, case_id: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """What must be picked for an act, field by field."""
        row = self._desk.conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
        if row is None:
            return ()
        case = case_from(row)
        match act:
            case "classify":
                wanted = [field for field in ("class", "unit") if getattr(case, "class_code" if field == "class" else "unit") is None]
                return tuple((field, self._offers(field)) for field in wanted or ["class", "unit"])
            case "close":
                known = self._tables.classes.get(case.class_code or "")
                results = [case.result] if case.result else []
                results += [result for result in (known.results if known else ()) if result not in results]
                return (("result", tuple(Choice(value=result, name=result) for result in results)),)
            case "withdraw":
                reasons = [self.words(f"withdraw.{n}") for n in (1, 2, 3)]
                return (("reason", tuple(Choice(value=reason, name=reason) for reason in reasons)),)
            case _:
                return self._act_offers(act, case)

    def _act_offers(self, act: str, case: Case) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """What the act itself offers for its fields; a field without offers is typed."""
        known = acts.table().get(act)
        if known is None:
            return ()
        scene = acts.Scene(tx=Transaction(self._desk.conn, self.now()), case=case, tables=self._tables, operator=self.operator, seat=self.seat)
        offered = known.offers(scene)
        return tuple(
            (field, tuple(Choice(value=self._word(value), name=self._word(name)) for value, name in offered.get(field, ())))
            for field in known.row.fields
        )

    def _word(self, text: str) -> str:
        return self.words(text[1:]) if text.startswith("@") else text

    def _offers(self, field: str) -> tuple[Choice, ...]:
        if field == "class":
            return tuple(Choice(value=row.code, name=row.name) for row in self._tables.classes.values())
        return tuple(Choice(value=unit.id, name=unit.name) for unit in self._tables.units.values() if unit.kind != "centre")

    def act(
        self, act: str, case_id: str, *, version: int | None = None, shown: str = "", confirm: bool = False, **args: str
    ) -> Done | Refused:
        """Do an act with its fields as `args`; the same guards as everywhere. See `data.acts.perform`."""
        return acts.perform(
            self._desk, self._tables, act, case_id, operator=self.operator, seat=self.seat,
            version=version, shown=shown, confirm=confirm, args=args,
        )  # fmt: skip

    def warnings(self, case_id: str) -> tuple[Reason, ...]:
        """What a dispatch of this case would want confirmed."""
        shown = self.proposal(case_id)
        return shown.warnings if shown else ()

    def undo_newest(self) -> Done | Refused | None:
        """Take back this operator's newest dispatch in grace; None when there is none."""
        newest = self.grace()
        return self.act("undo", newest.case_id) if newest else None

    def link(self) -> Link:
        """How the centre behind the desk is doing."""
        row = self._desk.conn.execute("SELECT * FROM lease").fetchone()
        waiting = self._desk.conn.execute(
            "SELECT count(*) FROM outbox WHERE kind='order' AND state IN ('ready', 'sending') AND next_at < ?", (self.now(),)
        ).fetchone()[0]
        age = (real_ms() - row["renewed_at"]) / 1000 if row["renewed_at"] else None
        reading_age = (self.now() - row["reading_at"]) / 1000 if row["reading_at"] else None
        return Link(
            running=age is not None and age < HEARTBEAT_LATE_S,
            heartbeat_age_s=age,
            broker_up=row["broker_down_since"] is None,
            broker_down_since=row["broker_down_since"],
            waiting=waiting,
            reading_age_s=reading_age,
        )

    def arrivals(self, cursor: int | None) -> Arrivals:
        """What to ring for since `cursor`; None only sets it."""
        return arrivals_view.arrivals(self._desk.conn, self._tables, self.operator, cursor)

    def supervision(self, since: int | None = None) -> Supervision:
        """Figures by unit; orders count from `since`, else from midnight of the desk's zone."""
        now = self.now()
        return supervision_view.supervision(self._desk.conn, self._tables, now, self._from(since, now))

    def cases_behind(self, figure: str, unit: str = "", since: int | None = None) -> tuple[str, ...]:
        """Ids of the cases that a number of the supervision counts; `unit` empty: of all units."""
        now = self.now()
        return supervision_view.cases_behind(self._desk.conn, self._tables, figure, unit, now, self._from(since, now))

    def _from(self, since: int | None, now: int) -> int:
        return supervision_view.midnight(now, self._settings.zone) if since is None else since

    def alarm_load(self) -> AlarmLoad:
        """The alarms of the last 24 hours against what a person can deal with."""
        now = self.now()
        return figures_view.alarm_load(self._desk.conn, self._tables, now - figures_view.DAY, now + 1)

    def handover(self) -> Handover:
        """The handover sheet of the shift that runs."""
        return handover_view.sheet(self._desk.conn, self._history, self._kinds, self._tables, self.now())

    def say_handover(self, item: str, *, said: bool = True) -> Done | Refused:
        """Tick an item of the sheet as said, or take the tick back."""
        return self._shift().say(item, said=said)

    def leave_line(self, text: str) -> Done | Refused:
        """Leave a line for the next shift."""
        return self._shift().leave(text)

    def sign_handover(self, incoming: str = "") -> Done | Refused:
        """Sign as the outgoing; with the name of the incoming who signs at this very seat, both."""
        return self._shift().sign(incoming)

    def take_handover(self) -> Done | Refused:
        """Sign as the incoming."""
        return self._shift().take()

    def _shift(self) -> "shifts.Shift":
        return shifts.Shift(self._desk, self._tables, self._history, self._kinds, operator=self.operator, seat=self.seat)

    def since(self) -> Since:
        """What happened since this operator last looked."""
        return since_view.since(self._desk.conn, self._tables, self.operator, self.now())

    def is_new_here(self) -> bool:
        """Whether this operator has never looked at the news of this desk."""
        return self._desk.conn.execute("SELECT 1 FROM looked WHERE operator=?", (self.operator,)).fetchone() is None

    def looked(self) -> None:
        """The operator has read the news: call it when he leaves that place."""
        since_view.looked(self._desk, self.operator)

    def health(self, rtt_ms: float | None = None, bytes_s: float | None = None, dropped: int = 0) -> Health:
        """Everything that can break; of this seat's own line, where they are known, round trip, bytes a second and sequences kept back."""
        place = health_view.Place(
            home=self._settings.home, conn=self._desk.conn, history=self._history, kinds=self._kinds, tables=self._tables,
            now=self.now(), fault=self._watcher.fault, rtt_ms=rtt_ms, bytes_s=bytes_s, dropped=dropped,
        )  # fmt: skip
        return health_view.health(place)

    def areas(self, community: str | None = None) -> Areas:
        """What is abnormal or silent, by community, or of one community by grid."""
        now = self.now()
        return areas_view.areas(self._desk.conn, self._kinds, self._tables, self._lost(now), now, community, self.words)

    def area_sensors(self, grid: str) -> tuple[AreaSensor, ...]:
        """What is abnormal or silent in a grid."""
        now = self.now()
        return areas_view.sensors(self._desk.conn, self._history, self._kinds, self._lost(now), now, grid, self.words)

    def alarm_of(self, sensor: str) -> AreaSensor | None:
        """What one sensor is in alarm for or silent since; None when all is well with it."""
        now = self.now()
        return areas_view.one(self._desk.conn, self._history, self._kinds, self._lost(now), now, sensor, self.words)

    def explain(self, sensor: str) -> tuple[Reason, ...]:
        """Why a sensor alarms, or why it does not."""
        from data.views.explain import explain

        return explain(self._desk.conn, self._history, self._kinds, sensor, self.now(), self._settings.zone, self.words.language)

    def shelf_hours(self) -> tuple[int, ...]:
        """For how many hours this operator may shelve an alarm, as they are offered."""
        from data.alarms import shelf_hours

        return shelf_hours(self._tables.roles_of(self.operator))

    def alarm_act(self, act: str, sensor: str, *, hours: int = 0, reason: str = "") -> Done | Refused:
        """Shelve a sensor's alarms for so many hours with a reason, or take them off the shelf (`unshelve`); the first refusal ends it."""
        rows = self._desk.conn.execute(
            "SELECT a.id, s.kind FROM alarms a JOIN sensors s ON s.id = a.sensor WHERE a.sensor=? AND cleared_at IS NULL"
            " AND suppressed_by IS NULL AND (shelved_until IS NULL) = ? ORDER BY level", (sensor, act == "shelve"),
        ).fetchall()  # fmt: skip
        outcome: Done | Refused = Refused(because("no_such_alarm", alarm=sensor))
        for row in rows:
            outcome = self._one_alarm(act, row["id"], row["kind"], hours, reason)
            if isinstance(outcome, Refused):
                break
        return outcome

    def _one_alarm(self, act: str, alarm: str, kind_name: str, hours: int, reason: str) -> Done | Refused:
        from data import alarms

        kind = self._kinds.get(kind_name)
        known = self._tables.classes.get(kind.opens or "") if kind else None
        args = {"until": self.now() + hours * 3_600_000, "reason": reason} if hours else {}
        return alarms.perform(
            self._desk, self._tables, act, alarm, operator=self.operator, seat=self.seat, saves_lives=bool(known and known.life_safety), **args
        )

    def is_unhanded(self) -> bool:
        """Whether a shift is over by the roster and nobody has signed for it."""
        return self.handover().overdue_since is not None

    def _lost(self, now: int) -> list[str]:
        return board_view.lost(self._desk.conn, self._history, self._kinds, now)

    def trend(self, sensor: str, span: str, n: int, *, back: int = 0) -> Trend | None:
        """`n` columns of a sensor over the stretch named `span`, ended `back` ms ago."""
        now, length = self.now(), trends_view.SPANS[span]
        # To whole columns, so that a curve moves a column at a time and not with every second.
        end = now - back - (now - back) % max(length // n, 1) + length // n
        return trends_view.one(
            self._desk.conn, self._history, self._kinds, sensor,
            end=end, now=now, span=length, n=n, zone=self._settings.zone, words=self.words,
        )  # fmt: skip

    def neighbours(self, sensor: str, limit: int) -> tuple[str, ...]:
        """Sensors near one, nearest in kind first."""
        return trends_view.neighbours(self._desk.conn, sensor, limit)

    def sensor_of(self, case_id: str) -> str | None:
        """The sensor that raised a case, else one near it."""
        return trends_view.of_case(self._desk.conn, case_id)

    def sensor_named(self, text: str) -> str | None:
        """The sensor that a person means."""
        return trends_view.named(self._desk.conn, text)

    def export_trend(self, sensor: str, span: str) -> Path:
        """Write a stretch of a sensor as CSV; the file's path."""
        end = self.now() + 1
        start = end - trends_view.SPANS[span]
        return trends_view.export(self._history, self._settings.home, sensor, start=start, end=end, zone=self._settings.zone)

    def export_text(self, name: str, text: str) -> Path:
        """Write a text to HOME/exports/ under a name and the time; the file's path. Raises: `OSError`."""
        return trends_view.export_text(self._settings.home, name, text, at=self.now(), zone=self._settings.zone)

    def journal(self, limit: int, *, until: int | None = None, case_id: str = "") -> JournalPage:
        """The newest lines of the journal up to the row `until`, oldest first; of one case if named."""
        return journal_view.page(self._desk.conn, self._tables, limit, until=until, case_id=case_id)

    def journal_step(self, seq: int, lines: int, case_id: str = "") -> int | None:
        """The row so many lines before (negative) or after `seq`."""
        return journal_view.step(self._desk.conn, seq, lines, case_id)

    def ensure_centre(self) -> bool:
        """Start a detached centre where none runs; True when one was started. Uses no file of this Office."""
        return start_centre(self._settings.home)


def seat_name() -> str:
    """Names this seat in the journal: its terminal, else its process."""
    try:
        return os.ttyname(0).removeprefix("/dev/")
    except OSError:
        return f"pid-{os.getpid()}"


def make_ready(home: Path) -> None:
    """See that there is a desk to sit down at: the first time, start the centre and wait until it has made it.

    Raises `SettingsError` when the folder holds no settings, `StoreError` when the centre does not come up.
    """
    if is_made(home / "desk.db"):
        return
    load(home)
    until = real_ms() + READY_MS
    start_centre(home)
    while not is_made(home / "desk.db"):
        if real_ms() > until:
            raise StoreError(because("centre_late", file=str(home / "centre.log")))
        time.sleep(0.05)


def start_centre(home: Path) -> bool:
    """Start `paidan serve` in a session of its own, its log in HOME/centre.log; False when one runs already."""
    if holder(home) is not None:
        return False
    with (home / "centre.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "console", "serve", "--home", str(home)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, close_fds=True,
        )  # fmt: skip
    return True
