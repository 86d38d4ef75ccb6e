"""The queue, its counts, one case's strip and detail: a page is one indexed query. Reads only; `now` is given."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.acts import SYSTEM, WORKERS, Scene, asking, confirmable, table, why_not
from data.dispatch import Plan
from data.domain.case import Case, case_from, next_step, read_reason
from data.domain.reason import Reason, because, quoted
from data.domain.tables import Tables
from data.domain.text import mask_phone
from data.domain.vocabulary import Level, State
from data.store.desk import Transaction
from data.store.orders import progress
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.duplicates import duplicates
from data.views.models.cases import CaseDetail, CaseRow, Grace, HistoryLine, OrderFacts, Proposal, QueuePage, ReportLine

ORDER = "level, waits, due IS NULL, due, opened_at, number"
"""The queue's order: level; mine before others'; time left; arrival."""


def page(conn: sqlite3.Connection, tables: Tables, limit: int, offset: int) -> QueuePage:
    """One page of the queue."""
    rows = conn.execute(f"SELECT * FROM cases WHERE {LIVE} ORDER BY {ORDER} LIMIT ? OFFSET ?", (limit, offset)).fetchall()
    total = conn.execute(f"SELECT count(*) FROM cases WHERE {LIVE}").fetchone()[0]
    return QueuePage(rows=tuple(case_row(row, tables) for row in rows), offset=offset, total=total)


def case_row(row: sqlite3.Row, tables: Tables, *, count: int = 1, recent: int = 0) -> CaseRow:
    """One line of the queue; `count` and `recent` where it stands for more cases than itself."""
    known = tables.classes.get(row["class"] or "")
    return CaseRow(
        id=row["id"],
        number=row["number"],
        version=row["version"],
        level=Level(row["level"]),
        state=State(row["state"]),
        due=row["due"],
        class_name=known.label if known else "",
        text=row["text"],
        place=_place(row, tables),
        waits_on_me=row["waits"] == 0,
        failed=bool(row["failed"]),
        upper=_upper(row, tables),
        count=count,
        recent=recent,
    )


def _place(row: sqlite3.Row, tables: Tables) -> str:
    unit, grid = tables.units.get(row["unit"] or ""), tables.grids.get(row["grid"] or "")
    return unit.label if unit else grid.name if grid else row["address"] or ""


def _upper(row: sqlite3.Row, tables: Tables) -> str:
    if row["order_in"] is None:
        return ""
    sender = tables.units.get(row["order_from"])
    return f"{sender.label if sender else row['order_from']}#{row['order_number']}"


def find(conn: sqlite3.Connection, text: str) -> str | None:
    """The id of the case that `text` names: its id, `2041`, `#2041`, or its id at the centre that ordered it."""
    digits = text.lstrip("#")
    number = int(digits) if digits.isdigit() and len(digits) < 16 else -1
    row = conn.execute(
        "SELECT id FROM cases WHERE id=? OR number=? OR order_case=? ORDER BY id=? DESC, number=? DESC LIMIT 1",
        (text, number, text, text, number),
    ).fetchone()
    return str(row["id"]) if row else None


def position(conn: sqlite3.Connection, case_id: str) -> int | None:
    """How many cases stand before this one in the queue, or None when it is not in it."""
    me = conn.execute(f"SELECT level, waits, due, opened_at, number FROM cases WHERE id=? AND {LIVE}", (case_id,)).fetchone()
    if me is None:
        return None
    far = 1 << 62
    key = (me["level"], me["waits"], far if me["due"] is None else me["due"], me["opened_at"], me["number"])
    before = conn.execute(
        f"SELECT count(*) FROM cases WHERE {LIVE} AND (level, waits, coalesce(due, {far}), opened_at, number) < (?,?,?,?,?)", key
    )
    return int(before.fetchone()[0])


def first_mine(conn: sqlite3.Connection) -> str | None:
    """The most urgent case that waits on this desk, or None."""
    # "+" keeps the planner from taking `waits` as a constant, which would cost it the index's order.
    row = conn.execute(f"SELECT id FROM cases WHERE {LIVE} AND +waits=0 ORDER BY {ORDER} LIMIT 1").fetchone()
    return str(row["id"]) if row else None


def state_counts(conn: sqlite3.Connection, now: int) -> dict[str, int]:
    """Live cases by state, with `late` (past their next deadline) and `critical` (level 1, waiting on this desk)."""
    counts = {row[0]: row[1] for row in conn.execute(f"SELECT state, count(*) FROM cases WHERE {LIVE} GROUP BY state")}
    counts["late"] = conn.execute(f"SELECT count(*) FROM cases WHERE {LIVE} AND due < ?", (now,)).fetchone()[0]
    counts["critical"] = conn.execute(
        f"SELECT count(*) FROM cases WHERE {LIVE} AND level=1 AND waits=0 AND taken_at IS NULL"
    ).fetchone()[0]
    return counts


THIRD_LINE = ("reassign", "extend", "edit", "merge", "note", "hold", "withdraw", "close")
"""Acts named on the strip's third line, with the reason where they are not possible."""


def proposal(conn: sqlite3.Connection, tables: Tables, case_id: str, operator: str, now: int, group: str = "") -> Proposal | None:
    """What the strip shows of a case, or None when there is no such case. `group`: ids, by commas, that would go with it as one order."""
    row = conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
    if row is None:
        return None
    case = case_from(row)
    scene = Scene(tx=Transaction(conn, now), case=case, tables=tables, operator=operator, seat="", args={"group": group})
    made = scene.plan
    step = next_step(case, ready=made.problem is None)
    return Proposal(
        case_id=case.id,
        number=case.number,
        version=case.version,
        state=case.state,
        level=case.level,
        step=step,
        text=case.text if step == "accept" else made.text,
        result=case.result or "",
        problem=case.triage or made.problem if step == "classify" else None,
        awaited=newest_order(conn, tables, case) if step in (None, "close") else None,
        roll=_roll(conn, case.id),
        refusals=tuple((act, _blocked(act, scene)) for act in THIRD_LINE if act != step),
        alike=len(json.loads(row["maybe"])) if row["maybe"] and case.state in _UNDECIDED else 0,
        **_of_plan(made, case, step, now),
    )


def _blocked(act: str, scene: Scene) -> Reason | None:
    """Why an act is not possible; that a field is missing or a doubt must be confirmed does not block it."""
    reason = why_not(act, scene)
    return None if reason is None or reason.code in asking() | confirmable() else reason


def _of_plan(made: Plan, case: Case, step: str | None, now: int) -> dict[str, Any]:
    """The parts of the strip that come from the plan; an order to be accepted shows the sender's deadlines."""
    if step == "accept":
        return {"accept_min": _minutes(case.accept_by, now), "done_min": _minutes(case.done_by, now)}
    if made.unit is None:
        return {}
    return {
        "unit": made.unit.id, "unit_name": made.unit.name, "person": made.person, "channel": made.channel,
        "accept_min": _minutes(made.accept_by, now), "done_min": _minutes(made.done_by, now),
        "warnings": made.warnings if step == "dispatch" else (), "why": made.why, "digest": made.digest,
        "assists": tuple(each.unit.name for each in made.assists) if step == "dispatch" else (),
    }  # fmt: skip


def _minutes(until: int | None, now: int) -> int:
    return 0 if until is None else -(-(until - now) // 60_000)


def newest_order(conn: sqlite3.Connection, tables: Tables, case: Case) -> OrderFacts | None:
    """Facts of the case's newest order that was not cancelled; of several sent at once, the lead's."""
    row = conn.execute(
        "SELECT * FROM orders WHERE case_id=? AND cancelled_at IS NULL ORDER BY attempt DESC, lead DESC LIMIT 1", (case.id,)
    ).fetchone()
    return _facts(conn, tables, row, case.number) if row else None


def _facts(conn: sqlite3.Connection, tables: Tables, row: sqlite3.Row, number: int) -> OrderFacts:
    unit = tables.units.get(row["unit"])
    stuck, failure = _failure(conn, tables, row)
    done, wanted = progress(conn, row["case_id"], row["round"])
    times = ("not_before", "sent_at", "delivered_at", "seen_at", "accepted_at", "arrived_at", "done_at", "accept_by", "done_by")
    return OrderFacts(
        order_id=row["id"],
        case_number=number,
        unit_name=unit.name if unit else row["unit"],
        stuck=stuck,
        failure=failure,
        done=done,
        wanted=wanted,
        **{name: row[name] for name in times},
    )


_STUCK = {"unknown": because("channel_interrupted"), "failed": because("channel_gave_up")}
"""Reasons where the outbox has kept none."""


def _failure(conn: sqlite3.Connection, tables: Tables, order: sqlite3.Row) -> tuple[str, Reason | None]:
    """How an order is stuck that should have left, and why; nothing to say of one that left or that the unit has answered."""
    if any(order[fact] is not None for fact in ("cancelled_at", "accepted_at", "refused_at", "done_at")):
        return "", None
    row = conn.execute("SELECT state, reason FROM outbox WHERE order_id=? AND kind='order'", (order["id"],)).fetchone()
    if row is not None and row["state"] == "waiting":
        unit = tables.units.get(order["unit"])
        return "waiting", because("ring_unit", name=unit.name if unit else order["unit"], phone=(unit.phone if unit else "") or "-")
    if row is not None and row["state"] in _STUCK:
        return row["state"], read_reason(row["reason"]) or _STUCK[row["state"]]
    down = order["sent_at"] is None and conn.execute("SELECT broker_down_since FROM lease").fetchone()
    return "", because("line_down") if down and down[0] is not None else None


def grace(conn: sqlite3.Connection, tables: Tables, operator: str, now: int) -> Grace | None:
    """This operator's newest dispatch that is still here; without one, the centre's own newest within its grace, for whoever may act."""
    row = _newest_here(conn, operator, 0)
    if row is None and tables.roles_of(operator) & WORKERS:
        row = _newest_here(conn, SYSTEM, now)
    if row is None:
        return None
    unit, known = tables.units.get(row["unit"]), tables.classes.get(row["class"] or "")
    return Grace(
        case_id=row["id"],
        number=row["number"],
        class_name=known.label if known else "",
        unit_name=unit.name if unit else row["unit"],
        not_before=row["not_before"],
    )


def _newest_here(conn: sqlite3.Connection, by: str, after: int) -> sqlite3.Row | None:
    found: sqlite3.Row | None = conn.execute(
        "SELECT o.unit, o.not_before, c.id, c.number, c.class FROM orders o JOIN cases c ON c.id = o.case_id"
        " WHERE o.issued_by=? AND o.released_at IS NULL AND o.cancelled_at IS NULL AND c.state='sending' AND o.not_before > ?"
        " ORDER BY o.issued_at DESC LIMIT 1",
        (by, after),
    ).fetchone()
    return found


_UNDECIDED = frozenset({State.TRIAGE, State.OPEN, State.RETURNED})


def detail(conn: sqlite3.Connection, tables: Tables, case_id: str, now: int) -> CaseDetail | None:
    """Everything an operator reads of one case; `panel` is filled in by the caller."""
    row = conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
    if row is None:
        return None
    grid = tables.grids.get(row["grid"] or "")
    orders = conn.execute("SELECT * FROM orders WHERE case_id=? AND cancelled_at IS NULL ORDER BY attempt DESC", (case_id,)).fetchall()
    return CaseDetail(
        row=case_row(row, tables),
        grid_name=grid.name if grid else row["grid"] or "",
        address=row["address"] or "",
        source=row["source"],
        opened_at=row["opened_at"],
        accept_by=row["accept_by"],
        done_by=row["done_by"],
        triage=read_reason(row["triage"]),
        result=row["result"] or "",
        orders=tuple(_facts(conn, tables, order, row["number"]) for order in orders),
        reports=tuple(_reports(conn, case_id)),
        history=tuple(history(conn, tables, case_id)),
        panel=None,
        roll=_roll(conn, case_id),
        alike=duplicates(conn, tables, case_id, now) if row["maybe"] and row["state"] in _UNDECIDED else (),
        accepted_at=_accepted(row, orders),
        ended_at=row["closed_at"],
    )


def _accepted(case: sqlite3.Row, orders: Sequence[sqlite3.Row]) -> int | None:
    """Of `orders`, newest first. A unit that arrived or finished has accepted, though it never said so."""
    lead = next((order for order in orders if order["lead"] and order["refused_at"] is None), None)
    if lead is None or case["state"] in _UNDECIDED:
        return None if case["taken_at"] is None else int(case["taken_at"])
    return min((lead[name] for name in ("accepted_at", "arrived_at", "done_at") if lead[name] is not None), default=None)


def _roll(conn: sqlite3.Connection, case_id: str) -> str:
    """What the units of its story have counted off so far."""
    row = conn.execute("SELECT roll FROM stories WHERE case_id=? AND roll IS NOT NULL ORDER BY started_at DESC LIMIT 1", (case_id,)).fetchone()
    return row["roll"] if row else ""


def _reports(conn: sqlite3.Connection, case_id: str) -> Iterator[ReportLine]:
    for row in conn.execute("SELECT * FROM reports WHERE case_id=? ORDER BY at", (case_id,)):
        text = " ".join((row["text"], *json.loads(row["media"] or "[]")))
        yield ReportLine(at=row["at"], kind=row["kind"], name=row["name"] or "", phone=mask_phone(row["phone"] or ""), text=text)


def history(conn: sqlite3.Connection, tables: Tables, case_id: str, limit: int = 200) -> Iterator[HistoryLine]:
    """The newest steps of a case, oldest first, from the journal."""
    rows = conn.execute("SELECT * FROM journal WHERE subject=? ORDER BY seq DESC LIMIT ?", (case_id, limit)).fetchall()
    for row in reversed(rows):
        yield HistoryLine(at=row["at"], act=row["act"], operator=row["operator"], what=step_words(row, tables))


def step_words(row: sqlite3.Row, tables: Tables) -> Reason:
    """A journal row as a sentence: `reason.history_<act>` with who, to whom, result, note, reason."""
    after: dict[str, dict[str, dict[str, Any]]] = json.loads(row["after"])
    remarks = after.get("", {}).get("", {})
    case = next(iter(after.get("cases", {}).values()), {})
    order = next(iter(after.get("orders", {}).values()), {})
    receipt = next(iter(after.get("receipts", {}).values()), {})
    unit = tables.units.get(str(order.get("unit") or case.get("unit") or ""))
    return because(
        f"history_{row['act']}",
        who=f"@operator.{row['operator']}" if row["operator"] == "system" else row["operator"],
        unit=unit.name if unit else "",
        text=quoted(str(remarks.get("text") or remarks.get("reason") or _said(receipt) or case.get("result") or "")),
    )


def _said(receipt: Mapping[str, Any]) -> str:
    """A unit's words and the links of its photos, which a verification looks at."""
    return " ".join(part for part in (receipt.get("note"), *str(receipt.get("media") or "").split("\n")) if part)


def why_not_here(conn: sqlite3.Connection, tables: Tables, act: str, case_id: str, operator: str, now: int) -> Reason | None:
    """Why an act is not possible on a case, for help, palette and the press alike."""
    row = conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
    if row is None:
        return because("no_such_case", case=case_id)
    scene = Scene(tx=Transaction(conn, now), case=case_from(row), tables=tables, operator=operator, seat="")
    return why_not(act, scene)


def acts() -> tuple[str, ...]:
    """Names of all acts."""
    return tuple(table())
