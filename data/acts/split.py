"""拆案: undo a merge. A merged case is what it was before, with its own reporters; a report that joined a case becomes a case."""

import json
from typing import Any

from data.acts import Row, Scene
from data.domain.case import case_from
from data.domain.reason import Reason, because
from data.domain.vocabulary import FINISHED, State
from data.store.desk import Entry, Transaction
from data.store.orders import family, head

_LIVE = frozenset(State) - FINISHED
ROW = Row(states=_LIVE | {State.MERGED}, optional=("report",), asks=frozenset({"no_report"}))


def guard(scene: Scene) -> Reason | None:
    """A merged case always; of one that goes on, a report that joined it."""
    if scene.case.state is State.MERGED:
        return None
    joined = {id for id, _ in offers(scene)["report"]}
    if not joined:
        return because("nothing_to_split")
    return None if scene.text("report") in joined else because("no_report")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Take the reporters back, and from the other what it had from this one."""
    case = scene.case
    if case.state is State.MERGED:
        restore(scene.tx, entry, case.id, operator=scene.operator, seat=scene.seat)
        return because("did_split", number=case.number)
    from data.centre.intake import split_off  # the intake is the centre's; a seat that only shows this key does without

    fresh = split_off(scene.tx, entry, scene.text("report"), scene.tables)
    row = scene.tx.one("SELECT number FROM cases WHERE id=?", fresh)
    return because("did_split", number=row["number"] if row else fresh)


def offers(scene: Scene) -> dict[str, tuple[tuple[str, str], ...]]:
    """Reports of the case beyond its first, that no merge brought."""
    rows = scene.tx.conn.execute("SELECT id, text FROM reports WHERE case_id=? AND filed_as IS NULL ORDER BY received_at, id", (scene.case.id,))
    return {"report": tuple((row["id"], row["text"][:40]) for row in rows.fetchall()[1:])}


def restore(tx: Transaction, entry: Entry, case_id: str, *, operator: str, seat: str) -> None:
    """Bring a merged case back to where it stood."""
    case = case_from(tx.one("SELECT * FROM cases WHERE id=?", case_id))  # type: ignore[arg-type]  # the caller has it
    parent, holder, own = case.merged_into or "", head(tx, case_id), family(tx, case_id)
    entry.update(
        "cases", case_id, {"state": case.former or "open", "former": None, "merged_into": None, "closed_at": None, "closed_by": None}
    )
    with tx.entry("parted", subject=parent, operator=operator, seat=seat) as other:
        marks = ",".join("?" * len(own))
        for report in tx.conn.execute(f"SELECT id, filed_as FROM reports WHERE case_id=? AND filed_as IN ({marks})", (holder, *own)).fetchall():
            mine = report["filed_as"] == case_id
            other.update("reports", report["id"], {"case_id": case_id, "filed_as": None if mine else report["filed_as"]})
        other.update("cases", parent, _lowered(tx, case_id, parent))
        other.remark(case=case_id, text=f"#{case.number}")


def _lowered(tx: Transaction, case_id: str, parent: str) -> dict[str, Any]:
    """What the other had before this one joined, where the merge changed it and nobody has changed it since."""
    row = tx.one("SELECT before, after FROM journal WHERE subject=? AND act='joined' AND after LIKE ? ORDER BY seq DESC LIMIT 1",
                 parent, f'%"case":"{case_id}"%')  # fmt: skip
    now = tx.one("SELECT * FROM cases WHERE id=?", parent)
    if row is None or now is None:
        return {}
    before, after = (json.loads(row[side]).get("cases", {}).get(parent, {}) for side in ("before", "after"))
    changed = {name: before[name] for name in ("opened_at", "level", "done_by") if name in before and now[name] == after.get(name)}
    return _bounded(tx, parent, changed)


def _bounded(tx: Transaction, parent: str, values: dict[str, Any]) -> dict[str, Any]:
    """Others that are still merged into it hold it at their time and level."""
    for other in tx.conn.execute("SELECT * FROM cases WHERE merged_into=? AND state='merged'", (parent,)).fetchall():
        values = {name: min(value, other[name]) if value is not None and other[name] is not None else value for name, value in values.items()}
    return values
