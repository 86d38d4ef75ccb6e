"""Settings that change daily are read again while the program runs: units, roster, grids, places, classes, operators.

    watcher = Watcher(settings)
    if watcher.poll():                 # every few turns of a loop
        settings = watcher.settings    # a whole new value; whoever kept the old tables keeps a stale copy

The whole folder is read, or nothing: a mistake in one file keeps the tables that were there, and stands in `fault` until
it is mended. paidan.toml, sensors.csv and kinds/ are read at start only.
"""

import time
from pathlib import Path

from data.domain.case import keep_reason
from data.domain.errors import SettingsError
from data.domain.reason import Reason
from data.settings import Settings, reload
from data.store.desk import Transaction

POLL_S = 2.0
"""How often the folder is looked at, real time. A file must stand still for one such span: spreadsheets write in pieces."""
_AT_START_ONLY = frozenset({"paidan.toml", "sensors.csv"})

Signature = frozenset[tuple[str, int, int]]
"""Name, time of change (ns) and size of every file of the folder that counts."""


class Watcher:
    """Holds a home's newest good settings. Belongs to one thread."""

    def __init__(self, settings: Settings, poll_s: float = POLL_S) -> None:
        self.settings = settings
        self.fault: Reason | None = None
        """Which file and key is wrong, while the tables are older than the files."""
        self._poll_s = poll_s
        self._next_at = time.monotonic() + poll_s
        # Nothing counts as taken: a file that changed between the first reading and now is found by the first look.
        self._taken: Signature | None = None
        self._seen: Signature | None = None
        self._unwritten: list[tuple[str, dict[str, str]]] = []

    def poll(self) -> bool:
        """Look when it is time to; True when `settings` or `fault` is another than before. Microseconds when not."""
        if time.monotonic() < self._next_at:
            return False
        self._next_at = time.monotonic() + self._poll_s
        return self.look()

    def look(self) -> bool:
        """Look now: read the folder again when it has changed and then stood still from one look to the next."""
        now = signature(self.settings.home)
        moving, self._seen = now != self._seen, now
        if moving or now == self._taken:
            return False
        changed = sorted({name for name, _, _ in now ^ (self._taken or now)})
        self._taken = now
        return self._take(changed)

    def record(self, tx: Transaction) -> None:
        """Write what `look` found since the last call into the journal. The centre alone does this."""
        while self._unwritten:
            act, facts = self._unwritten[0]
            with tx.entry(act, subject="settings", operator="system", seat="centre") as entry:
                entry.remark(**facts)
            self._unwritten.pop(0)

    def _take(self, changed: list[str]) -> bool:
        try:
            fresh = reload(self.settings)
        except SettingsError as error:
            return self._keep_old(error.reason)
        mended, self.fault = self.fault is not None, None
        if fresh.tables == self.settings.tables and not mended:
            return False
        self.settings = fresh
        self._unwritten.append(("settings_taken", {"text": " ".join(changed)}))
        return True

    def _keep_old(self, reason: Reason) -> bool:
        if reason == self.fault:
            return False
        self.fault = reason
        self._unwritten.append(("settings", {"text": _where(reason), "fault": keep_reason(reason) or ""}))
        return True


def _where(reason: Reason) -> str:
    args = dict(reason.args)
    return f"{Path(str(args.get('file', ''))).name} {args.get('key', '')}".strip()


def signature(home: Path) -> Signature:
    """What the files of a home look like from outside; a file that vanishes while it is looked at is not there."""
    return frozenset(found for path in _files(home) if (found := _stamp(home, path)) is not None)


def _files(home: Path) -> list[Path]:
    tables = [path for pattern in ("*.toml", "*.csv") for path in home.glob(pattern) if path.name not in _AT_START_ONLY]
    return tables + list((home / "classes").glob("*.toml"))


def _stamp(home: Path, path: Path) -> tuple[str, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return path.relative_to(home).as_posix(), found.st_mtime_ns, found.st_size
