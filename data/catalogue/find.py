"""Find sensors of the register; cheap enough for each key of a seat. Reads files only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from data.catalogue.grams import expression, matches, unpack, words
from data.store.sqlite import connect, sqlite3

CANDIDATES = 20_000
"""Most sensors that are looked at for one query: its runs may all occur without the word."""


@dataclass(slots=True)
class Finder:
    """One thread's connection to a home's index; where there is no index yet, code, name and place are searched without one."""

    home: Path
    _index: sqlite3.Connection | None = field(default=None, repr=False)

    def find(self, desk: sqlite3.Connection, text: str, limit: int) -> list[str]:
        """Ids of sensors in use that have every word of `text`: the one of that very code first, then in order of the register."""
        wanted = words(text)
        if not wanted or limit < 1:
            return []
        exact = desk.execute("SELECT id FROM sensors WHERE id=? AND retired_at IS NULL", (text.strip(),)).fetchone()
        found = dict.fromkeys([exact["id"]] if exact else [])
        for sensor in self._indexed(text, wanted) if self._open() else _scanned(desk, wanted, limit):
            found[sensor] = None
            if len(found) >= limit:
                break
        return list(found)[:limit]

    def close(self) -> None:
        """Let go of the file."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def _open(self) -> sqlite3.Connection | None:
        path = self.home / "catalogue.db"
        if self._index is None and path.exists():
            index = connect(path, read_only=True)
            if index.execute("SELECT 1 FROM sqlite_schema WHERE name='runs'").fetchone() is None:
                index.close()
                return None
            self._index = index
        return self._index

    def _indexed(self, text: str, wanted: list[str]) -> Iterator[str]:
        assert self._index is not None
        for row in self._index.execute(_CANDIDATES, (expression(text), CANDIDATES)):
            texts, sounds = row["texts"].split("\n"), [unpack(line) for line in row["sounds"].split("\n")]
            if all(matches(word, texts, sounds) for word in wanted):
                yield row["id"]


def _scanned(desk: sqlite3.Connection, wanted: list[str], limit: int) -> Iterator[str]:
    # Words are without signs, so the texts are without those that codes and places usually have.
    text = "lower(id || '\n' || coalesce(name, '') || '\n' || coalesce(place, ''))"
    for sign in "-_ .":
        text = f"replace({text}, '{sign}', '')"
    where = " AND ".join(f"instr({text}, ?)" for _ in wanted)
    rows = desk.execute(f"SELECT id FROM sensors WHERE retired_at IS NULL AND {where} ORDER BY id LIMIT ?", (*wanted, limit))
    yield from (row["id"] for row in rows)


_CANDIDATES = """
SELECT found.id, texts, sounds FROM (SELECT rowid AS no FROM runs WHERE runs MATCH ? ORDER BY rowid LIMIT ?) hit CROSS JOIN found USING (no)
"""
