"""Full-text search over cases: FTS5 on overlapping bigrams, because no tokenizer of SQLite finds two Chinese signs.

A row's id is the case's number. Column `words` holds what people said, split here in Python; `codes` what the tables name
(`c-0102`, `u-dahegou`, `g-dhg-03`; of an open case also `ou-dahegou`), so that the name or pinyin initials of a unit, grid or class find its cases;
`scope` is `open` or `done`. Newest first; every term is quoted, so that no text can be taken for a query.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from data.domain.tables import Tables
from data.pinyin import matches
from data.store.schema import LIVE
from data.store.sqlite import sqlite3

COUNTED = 1000
"""Most hits that are counted; more are shown as this number."""
MAX_TERMS = 8
_MAX_SIGNS = 40
_NAMED = 40
"""Most units, grids or classes that one term may stand for."""
_RUNS = re.compile(r"[0-9a-z_]+|[^0-9a-z_\s]+")


def tokens(text: str) -> Iterator[str]:
    """Words of a text for the index: Latin and digits whole, everything else as overlapping pairs and its last sign."""
    for run in _runs(text):
        if run.isascii():
            yield run
            continue
        yield from (run[index : index + 2] for index in range(len(run) - 1))
        yield run[-1]


def _runs(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    spaced = "".join(sign if sign.isalnum() else " " for sign in folded)
    return iter(_RUNS.findall(spaced))


def code(kind: str, value: str) -> str:
    """A table's key as one token."""
    return f"{kind}-{''.join(sign if sign.isalnum() or sign in '-_' else '_' for sign in value.casefold())}"


def index(conn: sqlite3.Connection, case_id: str) -> None:
    """Write the index row of one case anew; the caller's transaction."""
    case = conn.execute(f"SELECT *, {LIVE} AS live FROM cases WHERE id=?", (case_id,)).fetchone()
    if case is None:
        return
    conn.execute("DELETE FROM cases_fts WHERE rowid=?", (case["number"],))
    conn.execute(
        "INSERT INTO cases_fts (rowid, words, codes, scope) VALUES (?,?,?,?)",
        (case["number"], " ".join(_words(conn, case)), " ".join(_codes(case)), "open" if case["live"] else "done"),
    )


def _words(conn: sqlite3.Connection, case: sqlite3.Row) -> Iterator[str]:
    parts: list[str] = [case["text"], case["address"] or "", case["id"], str(case["number"]), case["order_case"] or ""]
    parts += [str(case["order_number"] or ""), case["result"] or ""]
    reports = conn.execute("SELECT text, name, phone, address FROM reports WHERE case_id=? ORDER BY received_at, rowid LIMIT 50", (case["id"],))
    for row in reports:
        parts += [value for value in (row["text"], row["name"], row["address"]) if value]
        parts += list(_phone(row["phone"] or ""))
    seen: set[str] = set()
    for part in parts:
        if part not in seen:
            seen.add(part)
            yield from tokens(part)
            yield "-"  # a phrase never runs from one part into the next


def _phone(phone: str) -> Iterator[str]:
    """A number whole and by its last four digits, as people ask for it."""
    digits = "".join(sign for sign in phone if sign.isdecimal())
    if digits:
        yield digits
        yield digits[-4:]


def _codes(case: sqlite3.Row) -> Iterator[str]:
    return codes({"c": case["class"], "u": case["unit"], "g": case["grid"]}, is_open=bool(case["live"]))


def codes(keys: Mapping[str, str | None], *, is_open: bool) -> Iterator[str]:
    """A case's keys as tokens; an open one has each twice, so that a filter of the queue never meets the finished ones."""
    for kind, value in keys.items():
        if value:
            yield code(kind, value)
            if is_open:
                yield code(f"o{kind}", value)


def search(conn: sqlite3.Connection, tables: Tables, text: str, *, everything: bool, limit: int, offset: int) -> tuple[list[sqlite3.Row], int]:
    """Rows of `cases`, newest first, and how many there are (at most `COUNTED`). Never raises for any `text`."""
    asked = query(text, tables, everything=everything)
    if not asked:
        return [], 0
    rows = conn.execute(
        "SELECT c.* FROM cases_fts f CROSS JOIN cases c ON c.number = f.rowid WHERE cases_fts MATCH ? ORDER BY f.rowid DESC LIMIT ? OFFSET ?",
        (asked, limit, offset),
    ).fetchall()
    found = conn.execute("SELECT count(*) FROM (SELECT 1 FROM cases_fts WHERE cases_fts MATCH ? LIMIT ?)", (asked, COUNTED)).fetchone()[0]
    return rows, int(found)


def query(text: str, tables: Tables, *, everything: bool) -> str:
    """The FTS5 query for what was typed, or "" when there is nothing to look for. Every term must be found."""
    terms = text.split()[:MAX_TERMS]
    wanted = [either for either in (_either(term[:_MAX_SIGNS], tables, "" if everything else "o") for term in terms) if either]
    if not wanted:
        return ""
    asked = " AND ".join(wanted)
    return asked if everything else f"({asked}) AND scope : open"


def _either(term: str, tables: Tables, scope: str) -> str:
    runs = list(_runs(term))
    if not runs:
        return ""
    named = [f'codes : "{name}"' for name in _named(term, tables, scope)]
    return f"(words : {_phrase(runs)}{''.join(f' OR {one}' for one in named)})"


def _phrase(runs: list[str]) -> str:
    """The runs of one term as a phrase. Its last word may go on, unless it is short Latin or a number typed alone."""
    last = runs[-1]
    words = list(tokens(" ".join(runs[:-1])))
    if last.isascii() or len(last) == 1:
        goes_on = "" if last.isascii() and len(runs) == 1 and len(last) < 4 else " *"
        return f'"{" ".join((*words, last))}"{goes_on}'
    return f'"{" ".join((*words, *(last[index : index + 2] for index in range(len(last) - 1))))}"'


def _named(term: str, tables: Tables, scope: str) -> list[str]:
    """Codes of the classes, units and grids whose name or initials hold the term."""
    if len(term) < 2:
        return []
    named = [("c", row.code, (row.name, row.short)) for row in tables.classes.values()]
    named += [("u", unit.id, (unit.name, unit.short)) for unit in tables.units.values()]
    named += [("g", grid.id, (grid.name, grid.id)) for grid in tables.grids.values()]
    return [code(scope + kind, key) for kind, key, names in named if any(_holds(name, term) for name in names)][:_NAMED]


def _holds(name: str, term: str) -> bool:
    return bool(name) and (term.casefold() in name.casefold() or matches(term, name))
