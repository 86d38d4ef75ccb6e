"""The inlets beside the broker: their threads, and the writer's side of the hand-over. Everything here runs in the centre's writer."""

import logging

from data.centre.answers import mark_told, send_answers, send_writebacks
from data.centre.intake import file_report
from data.centre.warnings import take_alert
from data.channels.shared.secrets import Secret, read_all
from data.domain.errors import LeaseLost, PayloadError, SettingsError
from data.domain.messages import ReportMessage
from data.domain.reason import because
from data.domain.text import one_line
from data.inlets.cap import Alert
from data.inlets.folder import Folder
from data.inlets.hand import Batch, Hand
from data.inlets.open311 import Open311
from data.inlets.warning_feed import WarningFolder, WarningPoll
from data.settings import Settings
from data.settings.ways_in import Open311Settings
from data.store.desk import Desk, Transaction
from data.store.sqlite import sqlite3
from data.words import Words

_LOG = logging.getLogger(__name__)
TURN = 4
"""Most batches that one turn of the writer commits, so that orders and readings wait a fraction of a second at most."""
SWEEP_MS = 1000
"""How often answers and write-backs are looked for, by the desk's clock."""


class Inlets:
    """All inlets of one centre."""

    def __init__(self, settings: Settings) -> None:
        self.hand = Hand()
        self.servers: dict[str, Open311] = {}
        self._settings = settings
        self._words = Words(settings.centre.language)
        self._folder: Folder | None = None
        self._warnings: list[WarningFolder | WarningPoll] = []
        self._held: Batch | None = None
        self._swept_at = 0

    def start(self, desk: Desk) -> None:
        """Start the threads, each where it had come to."""
        cursors = {row["name"]: row["cursor"] for row in desk.conn.execute("SELECT name, cursor FROM inlets")}
        for config in self._settings.file.open311:
            self._start_server(desk, config, cursors.get(f"open311/{config.name}"))
        if folder := self._settings.file.inlet.folder:
            self._folder = Folder(self._settings.home / folder, self.hand, self._words, poll_s=self._settings.file.inlet.poll_s)
            self._folder.thread.start()

        self._start_warnings()

    def _start_warnings(self) -> None:
        if folder := self._settings.file.warnings.folder:
            self._warnings.append(WarningFolder(self._settings.home / folder, self.hand, self._words, poll_s=self._settings.file.inlet.poll_s))
        self._warnings += (WarningPoll(source, self.hand) for source in self._settings.file.warning)
        for inlet in self._warnings:
            inlet.thread.start()

    def _start_server(self, desk: Desk, config: Open311Settings, cursor: str | None) -> None:
        try:
            key = read_all(self._settings.home, config).get("key", Secret(""))
        except SettingsError as error:
            # One bad file stops one server; it is shown with the others.
            with desk.transaction() as tx:
                _note(tx, Batch(inlet=f"open311/{config.name}", fault=one_line(str(error), 300)), 0)
            return
        server = Open311(config, key, self.hand, desk.clock, self._settings.zone, cursor)
        self.servers[server.inlet] = server
        server.thread.start()

    def close(self) -> None:
        """Tell the threads to end; what they had not handed over stays where it is."""
        self.hand.stopping.set()
        threads = [inlet.thread for inlet in (*self.servers.values(), *self._warnings)] + ([self._folder.thread] if self._folder else [])
        for thread in threads:
            thread.join(timeout=2.0)

    def turn(self, desk: Desk, settings: Settings) -> None:
        """Commit what was handed over, then look for answers and write-backs that are due."""
        self._settings = settings
        for _ in range(TURN):
            self._held = self._held or self.hand.take()
            if self._held is None:
                break
            self._commit(desk, self._held)
            self._held = None
        now = desk.clock.now()
        if abs(now - self._swept_at) >= SWEEP_MS:
            self._swept_at = now
            send_answers(desk, settings, self._words, self._writable())
            send_writebacks(desk, settings, self._words, self.servers)

    def _writable(self) -> frozenset[str]:
        return frozenset(name for name, server in self.servers.items() if server.config.write)

    def _commit(self, desk: Desk, batch: Batch) -> None:
        """One batch, one transaction. When the store cannot take it, it is kept and tried again."""
        batch.refused.clear()
        with desk.transaction() as tx:
            taken = sum(self._file(tx, batch, index, report) for index, report in enumerate(batch.reports))
            for alert in batch.alerts:
                taken += self._warn(tx, batch, alert)
            for told in batch.told:
                mark_told(tx, told)
            _note(tx, batch, taken)
        batch.committed.set()

    def _file(self, tx: Transaction, batch: Batch, index: int, report: ReportMessage) -> bool:
        """Whether the report was new. One that the desk does not take stops nothing."""
        try:
            with tx.savepoint():
                filed = file_report(tx, report, self._settings.tables, self._settings.zone, inlet=batch.inlet)
                if batch.inlet in self.servers and not filed.known:
                    _remember_request(tx, batch.inlet, report, filed.case_id)
        except PayloadError as error:
            batch.refused.append((index, error.reason))
            return False
        except (LeaseLost, sqlite3.OperationalError, sqlite3.InternalError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 — one report that trips a fault of ours must not stop the rest; it is named
            _LOG.exception("report of %s", batch.inlet)
            batch.refused.append((index, because("payload_fault", problem=one_line(f"{type(error).__name__}: {error}", 200))))
            return False
        return not filed.known


    def _warn(self, tx: Transaction, batch: Batch, alert: Alert) -> bool:
        """Whether the warning was taken. One that trips a fault of ours stops nothing."""
        try:
            with tx.savepoint():
                take_alert(tx, alert, self._settings.tables, self._settings.zone)
        except (LeaseLost, sqlite3.OperationalError, sqlite3.InternalError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 — as above: it is named, and the rest goes on
            _LOG.exception("warning of %s", batch.inlet)
            batch.refused.append((0, because("payload_fault", problem=one_line(f"{type(error).__name__}: {error}", 200))))
            return False
        return True


def _remember_request(tx: Transaction, inlet: str, report: ReportMessage, case_id: str) -> None:
    tx.conn.execute(
        "INSERT OR IGNORE INTO writebacks (report, case_id, inlet, request, next_at) SELECT id, ?, ?, ?, ? FROM reports WHERE message=?",
        (case_id, inlet, report.id.removeprefix(f"{inlet}/"), tx.now, report.id),
    )


def _note(tx: Transaction, batch: Batch, taken: int) -> None:
    """How the inlet is doing: since when it is down and why, or when it last was well."""
    tx.conn.execute("INSERT OR IGNORE INTO inlets (name) VALUES (?)", (batch.inlet,))
    tx.conn.execute(
        "UPDATE inlets SET down_since = CASE WHEN :fault = '' THEN NULL ELSE coalesce(down_since, :now) END, error = nullif(:fault, ''),"
        " ok_at = CASE WHEN :fault = '' THEN :now ELSE ok_at END, cursor = coalesce(:cursor, cursor), taken = taken + :taken, bad = bad + :bad"
        " WHERE name = :name",
        {"fault": batch.fault, "now": tx.now, "cursor": batch.cursor, "taken": taken, "bad": batch.bad + len(batch.refused), "name": batch.inlet},
    )
