"""A case as the pure parts see it, and the next step it wants."""

import json
from typing import Any, Protocol

from msgspec import Struct

from data.domain.reason import Reason
from data.domain.vocabulary import FINISHED, Level, State


class Case(Struct, frozen=True, kw_only=True):
    """One row of `cases`; times are UTC ms. Column meanings are in `data.store.schema`."""

    id: str
    number: int
    version: int
    state: State
    class_code: str | None
    level: Level
    text: str
    grid: str | None
    address: str | None
    lat: float | None
    lon: float | None
    unit: str | None
    unit_chosen: bool
    source: str
    triage: Reason | None
    opened_at: int
    accept_by: int | None
    done_by: int | None
    taken_at: int | None
    taken_by: str | None
    result: str | None
    round: int
    failed: bool
    held_until: int | None
    held_at: int | None
    former: str | None
    merged_into: str | None
    done_by_chosen: bool
    extensions: int
    acknowledged_at: int | None
    acknowledged_by: str | None
    urged_at: int | None
    escalated_at: int | None
    closed_at: int | None
    alarm: str | None
    order_in: str | None
    order_from: str | None
    order_case: str | None
    order_number: int | None
    exercise: bool
    scenario: str | None = None
    needs: tuple[str, ...] = ()
    """What its scenario wants before it may close: cleared, receipts, photo, visit."""
    assists: tuple[str, ...] | None = None
    """Units that help by its scenario; None: as the class says."""
    seen_at: int | None
    due: int | None
    waits: int

    @property
    def is_finished(self) -> bool:
        """Whether it has left the queue."""
        return self.state in FINISHED

    @property
    def is_untaken_order(self) -> bool:
        """Whether it came as an order that nobody here has accepted (签收) yet."""
        return self.order_in is not None and self.taken_at is None


_COLUMNS = tuple("class" if name == "class_code" else name for name in Case.__struct_fields__)


class _Row(Protocol):
    """A row of a query, or a dict."""

    def __getitem__(self, key: str, /) -> Any: ...


def case_from(row: _Row) -> Case:
    """Make a `Case` of a row of the table `cases`."""
    values = {name: row[name] for name in _COLUMNS}
    values["class_code"] = values.pop("class")
    values["state"], values["level"] = State(values["state"]), Level(values["level"])
    values["triage"] = read_reason(values["triage"])
    values["needs"] = tuple(json.loads(values["needs"] or "[]"))
    values["assists"] = tuple(json.loads(values["assists"])) if values["assists"] else None
    for name in ("unit_chosen", "failed", "exercise", "done_by_chosen"):
        values[name] = bool(values[name])
    return Case(**values)


def keep_reason(reason: Reason | None) -> str | None:
    """A `Reason` as JSON, for a column."""
    return None if reason is None else json.dumps([reason.code, dict(reason.args)], ensure_ascii=False, sort_keys=True)


def read_reason(text: str | None) -> Reason | None:
    """What `keep_reason` wrote."""
    if not text:
        return None
    code, args = json.loads(text)
    return Reason(code, tuple(sorted(args.items())))


def next_step(case: Case, *, ready: bool) -> str | None:
    """The act that F2 does now, or None when others are awaited. `ready`: there is a plan for a dispatch.

    triage, or open with something missing → classify; an untaken order → accept; open → dispatch; to_verify → close.
    """
    match case.state:
        case State.TRIAGE:
            return "classify"
        case State.OPEN | State.RETURNED:
            if case.is_untaken_order:
                return "accept"
            return "dispatch" if ready else "classify"
        case State.TO_VERIFY:
            return "close"
        case _:
            return None
