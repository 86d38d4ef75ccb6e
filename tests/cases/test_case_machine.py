"""Random acts, receipts, clocks and restarts on one desk, against the invariants of `design.md` §5."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from msgspec.structs import replace

from data.acts import Done, table
from data.centre.auto import dispatch_clear
from data.centre.ladder import climb
from data.centre.outbox import Sender, wake_unfinished
from data.domain.vocabulary import FINISHED, ReceiptKind
from data.store import lease
from data.store.desk import Desk
from data.store.journal import verify
from data.store.sqlite import connect
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre

UNITS = ("yangjianhong", "liguoqiang", "wuye", "pailou")
PEOPLE = ("林晓燕", "郑岚")
TEXTS = ("车库垃圾堵门", "树枝压线", "老人在家摔倒", "")
FIELDS: dict[str, st.SearchStrategy[str]] = {
    "reason": st.sampled_from(["误报", "已解决", ""]),
    "result": st.sampled_from(["清了", ""]),
    "text": st.sampled_from(["快一点", ""]),
    "note": st.sampled_from(["说清了", ""]),
    "name": st.sampled_from(["王某", ""]),
    "unit": st.sampled_from([*UNITS, "nobody"]),
    "class": st.sampled_from(["0102", "0701", "0501", "9999"]),
    "until": st.sampled_from(["+30", "+9h", "13:59", "x"]),
    "done_by": st.sampled_from(["+60", "+3d", ""]),
    "into": st.integers(1, 6).map(str),
    "assists": st.sampled_from(["wuye", "wuye,liguoqiang", ""]),
}


class CaseMachine(RuleBasedStateMachine):
    """A community's desk: cases of its own and from above, units that answer in any order, and a clock that jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="paidan-machine-"))
        self.clock = FakeClock()
        self.centre: Centre = open_centre(self.folder / "dahegou", "community", self.clock)
        tables = self.centre.settings.tables
        classes = {code: replace(row, auto=code == "0501") for code, row in tables.classes.items()}
        units = {name: replace(row, auto=True) for name, row in tables.units.items()}
        self.centre.settings = replace(self.centre.settings, tables=replace(tables, classes=classes, units=units))
        self.receipts: list[dict[str, Any]] = []
        self.made = 0
        self.finished_sends: dict[str, int] = {}

    def teardown(self) -> None:
        try:
            assert verify(self.centre.desk.conn) is None
        finally:
            self.centre.desk.conn.close()
            shutil.rmtree(self.folder)

    @initialize()
    def first_report(self) -> None:
        self.centre.report(id="rep-0", grid="DHG-03")

    @rule(text=st.sampled_from(TEXTS), grid=st.sampled_from(["DHG-01", "DHG-02", None]), level=st.sampled_from([1, 3, None]))
    @precondition(lambda self: self.made < 6)
    def report(self, text: str, grid: str | None, level: int | None) -> None:
        self.made += 1
        self.centre.report(id=f"rep-{self.made}", text=text or f"别的事{self.made}", grid=grid, level=level)

    @rule(known=st.sampled_from(["0102", "0701"]))
    @precondition(lambda self: self.made < 6)
    def order(self, known: str) -> None:
        self.made += 1
        self.centre.hear("paidan/dahegou/in/order", {
            "id": f"up-{self.made}", "case": f"pailou-{self.made}", "number": self.made, "level": 3, "class": known, "text": f"上级派来{self.made}",
            "place": {"grid": "DHG-03"}, "accept_by": "2026-07-21T14:15:00+08:00", "done_by": "2026-07-21T18:00:00+08:00",
            "issued_at": "2026-07-21T14:00:00+08:00", "issued_by": "王梅", "from": "pailou", "reply_to": "paidan/pailou/in/receipt",
        })  # fmt: skip

    @rule(what=st.sampled_from(["cancel", "urge", "rework", "deadline", "info", "closed"]), number=st.integers(1, 6), time=st.integers(0, 3))
    def from_above(self, what: str, number: int, time: int) -> None:
        base = {"order": f"up-{number}", "from": "pailou", "time": "2026-07-21T14:02:00+08:00"}
        if what == "cancel":
            self.centre.hear("paidan/dahegou/in/cancel", base | {"id": f"up-{number}-cancel", "reason": "误派"})
        else:
            note = base | {"id": f"n-{what}-{number}-{time}", "kind": what, "text": "x", "done_by": "2026-07-21T20:00:00+08:00"}
            self.centre.hear("paidan/dahegou/in/note", note)

    @rule(number=st.integers(0, 9), anything=st.integers(0, 9), who=st.sampled_from(PEOPLE), confirm=st.booleans(), data=st.data())
    def another_act(self, number: int, anything: int, who: str, confirm: bool, data: st.DataObject) -> None:
        """Acts are the half of it."""
        for shift in range(3):
            self.act(number + shift, anything, who, confirm, data)

    @rule(number=st.integers(0, 9), anything=st.integers(0, 9), who=st.sampled_from(PEOPLE), confirm=st.booleans(), data=st.data())
    def act(self, number: int, anything: int, who: str, confirm: bool, data: st.DataObject) -> None:
        """Mostly what the case's state allows; sometimes anything."""
        cases = self.centre.all("cases")
        case = cases[number % len(cases)]
        fitting = sorted(name for name, act in table().items() if case["state"] in act.row.states or anything == 0)
        act = data.draw(st.sampled_from(fitting))
        row = table()[act].row
        args = {name: data.draw(FIELDS[name]) for name in (*row.fields, *row.optional) if name in FIELDS}
        given = {name: value for name, value in args.items() if value}
        outcome = self.centre.act(act, case["number"], operator=who, confirm=confirm, **given)
        if not isinstance(outcome, Done):
            assert outcome.reason.code != "store_busy", outcome
            assert self.centre.all("cases") == cases

    @rule(kind=st.sampled_from(list(ReceiptKind)), pick=st.integers(0, 9), forge=st.integers(0, 5).map(lambda n: n == 0))
    def receipt(self, kind: str, pick: int, forge: bool) -> None:
        orders = self.centre.all("orders")
        if not orders:
            return
        order = orders[pick % len(orders)]
        self.receipts.append({
            "id": f"{order['id']}-{kind}-{order['round']}", "order": order["id"], "kind": kind, "time": "2026-07-21T14:01:00+08:00", "by": "某",
            "from": "xunluo2" if forge and order["unit"] != "xunluo2" else order["unit"], "note": "做了",
        })  # fmt: skip
        self.hear_receipt(len(self.receipts) - 1)

    @rule(index=st.integers(0, 30))
    def hear_receipt(self, index: int) -> None:
        """One of those so far, perhaps for the third time."""
        if not self.receipts:
            return
        entered = self.entered()
        self.centre.hear("paidan/dahegou/in/receipt", self.receipts[index % len(self.receipts)])
        assert self.entered() == entered

    @rule(kinds=st.sampled_from([("accepted",), ("accepted", "done"), ("done", "accepted"), ("refused",)]))
    def units_work(self, kinds: tuple[str, ...]) -> None:
        """Every order that is out is dispatched from its desk and answered, so that cases get far."""
        self.clock.pass_s(6)
        self.send()
        for order in self.centre.all("orders"):
            for kind in kinds if order["cancelled_at"] is None and order["released_at"] is not None else ():
                self.receipts.append({
                    "id": f"{order['id']}-{kind}-{order['round']}", "order": order["id"], "kind": kind, "time": "2026-07-21T14:01:00+08:00",
                    "by": "某", "from": order["unit"], "note": "做了",
                })  # fmt: skip
                self.hear_receipt(len(self.receipts) - 1)

    def entered(self) -> list[Any]:
        """What operators entered: no receipt changes it."""
        return [
            (row["id"], row["text"], row["address"], row["class"], row["level"], row["unit"] if row["unit_chosen"] else None, row["done_by"])
            for row in self.centre.all("cases")
        ]

    @rule(minutes=st.sampled_from([0.1, 1, 16, 200, 2000]))
    def later(self, minutes: float) -> None:
        self.clock.pass_s(minutes * 60)
        self.send()

    @rule()
    def send(self) -> None:
        with self.only_answers_from_the_finished():
            self.centre.send()

    @rule()
    def beat(self) -> None:
        tables = self.centre.settings.tables
        before = {case["id"]: case["state"] for case in self.centre.all("cases") if is_life_safety(self, case)}
        with self.centre.desk.transaction() as tx:
            dispatch_clear(tx, tables)
            climb(tx, tables)
        after = {case["id"]: case["state"] for case in self.centre.all("cases")}
        assert not [id for id, state in before.items() if state not in FINISHED and after[id] in FINISHED]

    @rule()
    def restart(self) -> None:
        home = self.centre.settings.home
        self.centre.desk.conn.close()
        conn = connect(home / "desk.db", checkpoints=True)
        self.centre.desk = Desk(conn, self.clock, epoch=lease.take(conn, self.clock.now()))
        self.centre.sender = Sender(resend_ms=30_000)
        with self.centre.desk.transaction() as tx:
            wake_unfinished(tx)

    @contextmanager
    def only_answers_from_the_finished(self) -> Iterator[None]:
        before = len(self.centre.line.out)
        yield
        finished = {case["id"] for case in self.centre.all("cases") if case["state"] in FINISHED}
        for topic, body in self.centre.line.out[before:]:
            if topic.endswith("/in/order"):
                assert body["case"] not in finished, topic

    @invariant()
    def one_owner_and_one_deadline(self) -> None:
        """Each case that goes on has the next deadline, and who has it: a unit, or this desk that must pick one."""
        for case in self.centre.all("cases"):
            if case["state"] in FINISHED:
                continue
            assert case["due"] is not None, case
            at_work = [row for row in self.orders(case) if row["lead"]]
            if case["state"] in {"sending", "sent", "working"}:
                assert len(at_work) == 1, case
                assert at_work[0]["unit"] == case["unit"], case
            if case["state"] in {"open", "triage", "returned"}:
                assert at_work == [], case

    def orders(self, case: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            row for row in self.centre.all("orders")
            if row["case_id"] == case["id"] and row["round"] == case["round"] and row["cancelled_at"] is None and row["refused_at"] is None
        ]  # fmt: skip

    @invariant()
    def life_safety_is_never_merged_away_or_ended_by_itself(self) -> None:
        for case in self.centre.all("cases"):
            if is_life_safety(self, case):
                assert case["state"] != "merged"
                assert case["closed_by"] != "system"

    @invariant()
    def a_merged_case_has_one_that_goes_on(self) -> None:
        for case in self.centre.all("cases"):
            assert (case["state"] == "merged") == (case["merged_into"] is not None), case

    @invariant()
    def nothing_tripped(self) -> None:
        """No message ended in quarantine for a fault of ours."""
        assert [row["reason"] for row in self.centre.all("quarantine") if "payload_fault" in row["reason"]] == []


def is_life_safety(machine: CaseMachine, case: dict[str, Any]) -> bool:
    known = machine.centre.settings.tables.classes.get(case["class"] or "")
    return known is not None and known.life_safety


_ANY = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


@pytest.mark.timeout(300)
def test_a_random_life_of_a_desk_keeps_the_invariants() -> None:
    """A few short lives, new ones each time."""
    run_state_machine_as_test(CaseMachine, settings=settings(_ANY, max_examples=8, stateful_step_count=30))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_random_lives_of_a_desk_keep_the_invariants() -> None:
    """Two hundred lives of sixty steps."""
    run_state_machine_as_test(CaseMachine, settings=settings(_ANY, max_examples=200, stateful_step_count=60))
