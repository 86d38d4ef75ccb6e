"""A watched folder: files of JSON lines or CSV are taken whole, committed, and moved aside. Runs on a thread of its own.

    HOME/inlet/NAME.csv            picked up when its size and time have stood still for one look, or it was renamed into place
    HOME/inlet/done/NAME.csv       once every line of it is committed
    HOME/inlet/done/NAME.csv.errors   the lines that were not taken: number, reason, line

A centre that dies in between reads the file again; what it had committed is known by its ids. Names that begin with a dot or
end in .part or .tmp are somebody's half-written files; links and anything but plain files are left alone.
"""

import itertools
import logging
import os
import stat
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

from data.domain.errors import PayloadError
from data.domain.messages import ReportMessage
from data.domain.reason import Reason, because
from data.domain.text import one_line
from data.inlets.hand import BATCH, Batch, Hand
from data.inlets.lines import Line, decoded, readers
from data.words import Words

_LOG = logging.getLogger(__name__)
NAME = "file"
MAX_BYTES = 32 * 1024 * 1024
"""Longest file taken; a year of a street's reports is below it (judgement)."""


class Folder:
    """The watcher of one folder."""

    inlet = NAME
    suffixes: Collection[str] = ()
    """Of the files that are taken; empty: those that there is a reader for."""

    def __init__(self, path: Path, hand: Hand, words: Words, *, poll_s: float = 1.0) -> None:
        self.path = path
        self._hand = hand
        self._words = words
        self._poll_s = poll_s
        self._seen: dict[str, tuple[int, int]] = {}
        self._fault = ""
        self.thread = threading.Thread(target=self._run, name="inlet folder", daemon=True)

    def _run(self) -> None:
        while not self._hand.stopping.is_set():
            try:
                self.path.mkdir(exist_ok=True)
                self.look()
                self._say("")
            except OSError as error:
                self._say(one_line(f"{error.strerror}: {self.path.name}", 200))
            self._hand.stopping.wait(self._poll_s)

    def _say(self, fault: str) -> None:
        """A folder that cannot be read is told once, and once that it can again."""
        if fault != self._fault:
            self._fault = fault
            self._hand.give(Batch(inlet=self.inlet, fault=fault))

    def look(self) -> None:
        """Take every file that has stood still since the last look."""
        found = dict(self._files())
        still = [name for name, state in found.items() if self._seen.get(name) == state]
        self._seen = found
        for name in sorted(still):
            self._take(self.path / name)

    def _files(self) -> Iterator[tuple[str, tuple[int, int]]]:
        for entry in os.scandir(self.path):
            if entry.name.startswith(".") or Path(entry.name).suffix.lower() not in (self.suffixes or readers()):
                continue
            about = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(about.st_mode):
                yield entry.name, (about.st_size, about.st_mtime_ns)

    def _take(self, path: Path) -> None:
        """Read, hand over in batches, then move aside. What the centre has not committed stays where it is."""
        bad: list[tuple[int, str, Reason]] = []
        try:
            lines = self._lines(path)
            while chunk := list(itertools.islice(lines, BATCH)):
                if not self._give(chunk, bad):
                    return
        except PayloadError as error:
            bad.append((1, "", error.reason))
            if not self._hand.give(Batch(inlet=NAME, bad=1)):
                return
        except FileNotFoundError:
            return  # taken away again by whoever put it there
        self._aside(path, bad)

    def _lines(self, path: Path) -> Iterator[Line]:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise PayloadError(because("payload_large", size=len(raw)))
        lines: Iterator[Line] = readers()[path.suffix.lower()](decoded(raw))
        yield from lines

    def _give(self, chunk: list[Line], bad: list[tuple[int, str, Reason]]) -> bool:
        good = [(number, line, item) for number, line, item in chunk if isinstance(item, ReportMessage)]
        wrong = [(number, line, item) for number, line, item in chunk if isinstance(item, Reason)]
        batch = Batch(inlet=NAME, reports=tuple(item for _, _, item in good), bad=len(wrong))
        if not self._hand.give(batch):
            return False
        bad += wrong + [(good[index][0], good[index][1], reason) for index, reason in batch.refused]
        return True

    def _aside(self, path: Path, bad: list[tuple[int, str, Reason]]) -> None:
        done = self.path / "done"
        done.mkdir(exist_ok=True)
        target = next(name for name in _names(done / path.name) if not name.exists())
        if bad:
            bad.sort(key=lambda each: each[0])
            said = [f"{number}\t{self._words.say(reason)}\t{one_line(line, 500)}\n" for number, line, reason in bad]
            target.with_name(target.name + ".errors").write_text("".join(said), encoding="utf-8")
            _LOG.warning("%s: %d lines not taken", one_line(path.name, 100), len(bad))
        path.rename(target)
        self._seen.pop(path.name, None)


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in itertools.count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
