"""A unit without a centre of its own: an area leader, a property manager, a community that answers from a phone.

It answers each order with `delivered`, `accepted`, `arrived` and `done`, each after a while as a person would. Receipt ids
follow from the order's, so that an order sent again is answered with the very same receipts.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.clock import iso
from data.domain.tables import CaseClass, Unit
from data.simulate.agenda import Agenda
from data.words import Words

STEPS = (("delivered", 0.5, 1.5), ("accepted", 5, 14), ("arrived", 12, 30), ("done", 15, 35))
"""Kind of receipt and the shortest and longest time to it from the one before, in seconds; quicker than life."""
_WORDS = Words("zh")
FLOOD = "0602"
"""Class whose orders are answered with the transfer roll."""
Send = Callable[[str, Mapping[str, Any]], None]


@dataclass(slots=True)
class _Work:
    order: Mapping[str, Any]
    answers: list[dict[str, Any]] = field(default_factory=list)
    cancelled: bool = False
    roll: int = 0
    """How many it has to move to safety; 0 until it has counted."""
    round: int = 1


class Responder:
    """Plays one unit; all on the agenda's thread."""

    def __init__(self, unit: Unit, agenda: Agenda, rng: random.Random, send: Send, classes: Mapping[str, CaseClass]) -> None:
        self.unit, self._agenda, self._rng, self._send, self._classes = unit, agenda, rng, send, classes
        self._works: dict[str, _Work] = {}
        self.receipts = 0

    @property
    def topics(self) -> tuple[str, ...]:
        """The boxes it reads."""
        return tuple(f"paidan/{self.unit.id}/in/{kind}" for kind in ("order", "cancel", "note"))

    def hear(self, topic: str, message: Mapping[str, Any]) -> None:
        """Take one message of its boxes; one that is not ours to read is passed over."""
        box, order_id = topic.rpartition("/")[2], str(message.get("id" if topic.endswith("/order") else "order", ""))
        if box == "order" and is_answerable(message):
            self._order(order_id, message)
        elif order_id in self._works:
            self._change(self._works[order_id], box, message)

    def _order(self, order_id: str, order: Mapping[str, Any]) -> None:
        work = self._works.get(order_id)
        if work is None:
            work = self._works[order_id] = _Work(order)
            self._plan(work, 0)
        for answer in work.answers:
            self._send(str(order["reply_to"]), answer)

    def _change(self, work: _Work, box: str, message: Mapping[str, Any]) -> None:
        if box == "cancel":
            work.cancelled = True
        elif message.get("kind") == "rework":
            work.round += 1
            self._plan(work, 3)

    def _plan(self, work: _Work, step: int) -> None:
        kind, shortest, longest = STEPS[step]
        self._agenda.after(self._rng.uniform(shortest, longest), lambda: self._answer(work, step, kind))

    def _answer(self, work: _Work, step: int, kind: str) -> None:
        if work.cancelled:
            return
        answer = self._receipt(work, kind)
        work.answers.append(answer)
        self.receipts += 1
        self._send(str(work.order["reply_to"]), answer)
        if step + 1 < len(STEPS):
            self._plan(work, step + 1)

    def _receipt(self, work: _Work, kind: str) -> dict[str, Any]:
        order_id = str(work.order["id"])
        again = f"-{work.round}" if work.round > 1 else ""
        return {
            "id": f"{order_id}-{kind}{again}", "order": order_id, "kind": kind, "time": iso(self._agenda.clock.now()),
            "by": self.unit.person, "from": self.unit.id, "note": self._note(work, kind),
        }  # fmt: skip

    def _note(self, work: _Work, kind: str) -> str:
        if str(work.order.get("class")) == FLOOD and kind in {"arrived", "done"}:
            return self._count(work, whole=kind == "done")
        if kind != "done":
            return {"accepted": _WORDS("simulate.accepted"), "arrived": _WORDS("simulate.arrived")}.get(kind, "")
        case_class = self._classes.get(str(work.order.get("class") or ""))
        return case_class.results[0] if case_class and case_class.results else _WORDS("simulate.done")


    def _count(self, work: _Work, *, whole: bool) -> str:
        """The transfer roll, counted off as a person does: some on arrival, all at the end."""
        work.roll = work.roll or self._rng.randint(8, 25)
        return _WORDS("simulate.moved", moved=work.roll if whole else work.roll // 2, of=work.roll)


def is_answerable(order: Mapping[str, Any]) -> bool:
    """Whether an order may be answered where it says: only in the inbox of its own sender."""
    return bool(order.get("id")) and order.get("reply_to") == f"paidan/{order.get('from')}/in/receipt"
