"""HOME/catalogue.db: brought up to date from the register. For the centre and `paidan import`; a seat never imports this.

pypinyin, of which only the table of readings is used, is imported here alone.
"""

import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from data.catalogue.grams import Readings, forget, pack, plain, sound_runs, text_runs
from data.store.sqlite import connect, sqlite3

SLICE = 5_000
"""Sensors in one transaction; with `_HASH_BYTES` this keeps segments few: 337,000 sensors at 1,000 wrote 813 MB for a file of 121, so 414."""
_HASH_BYTES = 8 << 20
"""What FTS5 gathers before it writes a segment."""
PATIENCE_S, BREATH_S = 120, 0.02
"""Centre and import may be at it at once: how long one waits for the other, and the rest after a slice in which that gets its turn. Judgement."""
SHAPE = 2
"""Of the file; another one is made anew."""
_PREFIXES = "2 3 5 9"
"""Lengths of the tokens of one or two letters and of one or two Han: a query of so few signs is one look-up."""


def index_path(home: Path) -> Path:
    """Where the index of a home is."""
    return home / "catalogue.db"


def catch_up(home: Path, progress: Callable[[int], object] | None = None) -> int:
    """Index every sensor that changed since the last time; returns how many. Safe to run in two processes at once.

    `progress` is told how many sensors were done in each slice.
    """
    desk = connect(home / "desk.db", read_only=True)
    index = connect(index_path(home), checkpoints=True)
    index.execute(f"PRAGMA busy_timeout={PATIENCE_S * 1000}")
    done = 0
    try:
        _make(index)
        while count := _slice(desk, index):
            done += count
            if progress:
                progress(count)
            time.sleep(BREATH_S)
        return done
    finally:
        # A district's would stay for good in a centre that needs them again only when sensors change.
        _sounds.cache_clear()
        forget()
        desk.close()
        index.close()


def is_behind(home: Path) -> bool:
    """Whether any sensor changed since the last time, or all has to be made anew."""
    desk = connect(home / "desk.db", read_only=True)
    index = connect(index_path(home))
    try:
        if index.execute("PRAGMA user_version").fetchone()[0] != SHAPE:
            return True
        return desk.execute(_CHANGED, (*index.execute("SELECT version, id FROM upto").fetchone(), 1)).fetchone() is not None
    finally:
        desk.close()
        index.close()


def index_apart(home: Path) -> None:
    """`catch_up` in a process of its own, behind the others; it ends with this one. Raises `ChildProcessError` with the last it said."""
    done = subprocess.run([sys.executable, "-m", "data.catalogue", str(home)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ChildProcessError(done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}")


def _make(index: sqlite3.Connection) -> None:
    if index.execute("PRAGMA user_version").fetchone()[0] == SHAPE:
        return
    index.execute("PRAGMA synchronous=NORMAL")
    index.execute("BEGIN IMMEDIATE")
    # An old SQLite cannot delete from an index without contents, so there the contents are kept too.
    bare = ", content='', contentless_delete=1" if sqlite3.sqlite_version_info >= (3, 43) else ""
    for statement in (
        "DROP TABLE IF EXISTS found",
        "DROP TABLE IF EXISTS upto",
        "DROP TABLE IF EXISTS runs",
        "CREATE TABLE found (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, texts TEXT NOT NULL, sounds TEXT NOT NULL)",
        "CREATE TABLE upto (version INTEGER NOT NULL, id TEXT NOT NULL)",
        "INSERT INTO upto VALUES (0, '')",
        f"CREATE VIRTUAL TABLE runs USING fts5 (tokens, tokenize='ascii', detail=none, prefix='{_PREFIXES}'{bare})",
        f"INSERT INTO runs (runs, rank) VALUES ('hashsize', {_HASH_BYTES}), ('automerge', 8)",
        f"PRAGMA user_version={SHAPE}",
    ):
        index.execute(statement)
    index.execute("COMMIT")


def _slice(desk: sqlite3.Connection, index: sqlite3.Connection) -> int:
    index.execute("BEGIN IMMEDIATE")
    try:
        upto = tuple(index.execute("SELECT version, id FROM upto").fetchone())
        rows = desk.execute(_CHANGED, (*upto, SLICE)).fetchall()
        for row in rows:
            _put(index, row)
        if rows:
            index.execute("UPDATE upto SET version=?, id=?", (rows[-1]["version"], rows[-1]["id"]))
        index.execute("COMMIT")
    except BaseException:
        index.execute("ROLLBACK")
        raise
    return len(rows)


_CHANGED = "SELECT id, kind, name, place, version, retired_at FROM sensors WHERE (version, id) > (?, ?) ORDER BY version, id LIMIT ?"


def _put(index: sqlite3.Connection, row: sqlite3.Row) -> None:
    old = index.execute("SELECT no FROM found WHERE id=?", (row["id"],)).fetchone()
    if old:
        index.execute("DELETE FROM runs WHERE rowid=?", (old["no"],))
        index.execute("DELETE FROM found WHERE no=?", (old["no"],))
    if row["retired_at"] is not None:
        return
    texts = [plain(row["id"]), *(plain(text) for text in (row["name"] or "", row["place"] or "") if text)]
    sounds = [_sounds(text) for text in texts[1:]]
    tokens = frozenset[str]().union(*(text_runs(text) for text in texts), *(runs for _, runs in sounds))
    values = (row["id"], "\n".join(texts), "\n".join(line for line, _ in sounds))
    no = index.execute("INSERT INTO found (id, texts, sounds) VALUES (?,?,?)", values).lastrowid
    index.execute("INSERT INTO runs (rowid, tokens) VALUES (?,?)", (no, " ".join(tokens)))


# Some 6 kB an entry. Names seldom come again, places do: at 1,000 a district's 900 streets drove each other out.
@lru_cache(maxsize=4_000)
def _sounds(text: str) -> tuple[str, frozenset[str]]:
    readings = readings_of(text)
    return pack(readings), sound_runs(readings)


def readings_of(text: str) -> Readings:
    """Every reading of every sign; a sign of which none is known is left out."""
    return [found for sign in text if (found := _readings(sign))]


@lru_cache(maxsize=30_000)
def _readings(sign: str) -> tuple[str, ...]:
    if sign.isascii():
        return (sign,)
    from pypinyin.constants import PINYIN_DICT

    toned = PINYIN_DICT.get(ord(sign), "").replace("ü", "v").split(",")
    return tuple(dict.fromkeys(bare for one in toned if (bare := _bare(one))))


def _bare(pinyin: str) -> str:
    """Without tones: `zhòng` → `zhong`, `lǜ` → `lv`."""
    apart = unicodedata.normalize("NFD", pinyin).replace("u\u0308", "v")
    return "".join(letter for letter in apart if letter.isascii() and letter.isalpha())
