"""The case table: every act in every state by every role, against the table as it is written down; and 50 seats racing."""

import itertools
import multiprocessing
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.acts import Done, Scene, asking, confirmable, perform, table, why_not
from data.domain.case import case_from
from data.domain.tables import Operator, Tables
from data.domain.vocabulary import FINISHED, Role, State
from data.settings import load
from data.store.desk import Desk, Transaction
from data.store.schema import open_desk
from data.words import Words
from data.words.en import acts as en_acts
from data.words.zh import acts as zh_acts
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre

S = State
CLERKS = {Role.CLERK, Role.SUPERVISOR}
ALL = set(S)
LIVE = ALL - FINISHED
HERE = {S.TRIAGE, S.OPEN, S.RETURNED}
OUT = {S.SENT, S.WORKING}
TABLE: dict[str, tuple[set[State], set[Role]]] = {
    "accept": ({S.OPEN, S.RETURNED}, CLERKS),
    "acknowledge": (LIVE, CLERKS),
    "arrive": (OUT, CLERKS),
    "ask_delay": ({S.OPEN, S.RETURNED} | OUT, CLERKS),
    "assist": (OUT, CLERKS),
    "classify": (HERE, CLERKS),
    "close": (OUT | {S.TO_VERIFY}, CLERKS),
    "decline": (HERE, CLERKS),
    "dispatch": ({S.OPEN, S.RETURNED}, CLERKS),
    "edit": (HERE | OUT | {S.SENDING, S.TO_VERIFY}, CLERKS),
    "escalate": (HERE | OUT, CLERKS),
    "extend": (OUT, {Role.SUPERVISOR}),
    "finish": (OUT, CLERKS),
    "hold": ({S.OPEN, S.RETURNED} | OUT, {Role.SUPERVISOR}),
    "inform": (LIVE, CLERKS),
    "merge": (HERE | OUT, CLERKS),
    "note": (ALL, CLERKS),
    "phoned": ({S.OPEN, S.RETURNED, S.SENDING} | OUT, CLERKS),
    "reassign": (HERE | OUT | {S.SENDING}, CLERKS),
    "refuse": (OUT, CLERKS),
    "reopen": ({S.CLOSED, S.DECLINED}, CLERKS),
    "resume": ({S.HELD}, {Role.SUPERVISOR}),
    "retry": (LIVE, CLERKS),
    "rework": ({S.TO_VERIFY}, CLERKS),
    "see": (ALL, set(Role)),
    "split": (LIVE | {S.MERGED}, CLERKS),
    "undo": ({S.SENDING}, CLERKS),
    "urge": (LIVE - {S.HELD}, {Role.SUPERVISOR}),
    "void": ({S.TRIAGE, S.OPEN}, {Role.SUPERVISOR}),
    "withdraw": (OUT, CLERKS),
}
"""`domain.md` §6b in the states of `design.md` §5."""


def test_the_table_in_code_is_the_table_written_down() -> None:
    """Every act, its states and its roles; each with its words."""
    assert {name: (set(act.row.states), set(act.row.roles)) for name, act in table().items()} == TABLE
    words = Words("zh")
    named = [f"act.{name}" for name in table()] + [f"reason.history_{name}" for name in table()]
    named += [f"field.{field}" for act in table().values() for field in (*act.row.fields, *act.row.optional)]
    named += [f"reason.{each}" for each in asking() | confirmable()]
    assert [key for key in named if not words.has(key)] == []


@pytest.mark.parametrize("act", sorted(TABLE))
def test_state_and_role_are_guarded_before_anything_else(street: Centre, act: str) -> None:
    """In a state or role outside the table the refusal says so; inside it is never one of these two."""
    street.report()
    states, roles = TABLE[act]
    people = {role: Operator(name=str(role), roles=frozenset({role}), language="zh") for role in Role}
    tables = with_operators(street, people)
    row = dict(street.case())
    tx = Transaction(street.desk.conn, street.clock.now())
    for state, role in itertools.product(State, Role):
        scene = Scene(tx=tx, case=case_from(row | {"state": state}), tables=tables, operator=str(role), seat="t")
        refusal = why_not(act, scene)
        refused = refusal.code if refusal else ""
        wanted = "not_allowed" if role not in roles else "wrong_state" if state not in states else None
        assert refused == wanted if wanted else refused not in {"not_allowed", "wrong_state"}, (state, role)


def with_operators(street: Centre, people: dict[Role, Operator]) -> Tables:
    return replace(street.settings.tables, operators={who.name: who for who in people.values()})


def test_the_words_of_the_acts_are_the_same_keys_and_fields_in_both_languages() -> None:
    """A sentence of either language can be said with what the other is said with."""
    fields = [{key: sorted(re.findall(r"{(\w+)}", text)) for key, text in each.WORDS.items()} for each in (zh_acts, en_acts)]
    assert fields[0] == fields[1]


def test_every_refusal_and_answer_has_its_words() -> None:
    """Codes that the acts, the plan and the receipts can give, found in their sources."""
    root = Path(__file__).resolve().parents[2] / "data"
    sources = [*(root / "acts").glob("*.py"), root / "dispatch.py", root / "store" / "facts.py", root / "centre" / "auto.py"]
    codes = {code for path in sources for code in re.findall(r'because\(\s*"(\w+)"', path.read_text(encoding="utf-8"))}
    codes |= {code for path in sources for code in re.findall(r'"(did_\w+)"', path.read_text(encoding="utf-8"))}
    assert len(codes) > 60
    words = Words("zh")
    assert sorted(code for code in codes if not words.has(f"reason.{code}")) == []


def _race(home: Path, barrier: object, results: object, number: int) -> None:
    settings = load(home)
    desk = Desk(open_desk(home / "desk.db"), FakeClock())
    act, args = [("dispatch", {}), ("decline", {"reason": "误报"}), ("escalate", {"reason": "办不了"})][number % 3]
    barrier.wait()  # type: ignore[attr-defined]  # a multiprocessing barrier
    outcome = perform(desk, settings.tables, act, "pailou-1", operator=f"席{number}", seat=str(number), version=1, args=args)
    said = outcome.said if isinstance(outcome, Done) else outcome.reason
    results.put((said.code, dict(said.args).get("name", "")))  # type: ignore[attr-defined]


@pytest.mark.timeout(170)
def test_of_fifty_processes_racing_for_a_case_exactly_one_wins(street: Centre) -> None:
    """Whatever they want to do with it; the other 49 are told by whom."""
    street.report()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.cases.test_case_table"])
    barrier, results = context.Barrier(50), context.Queue()
    racers = [context.Process(target=_race, args=(street.settings.home, barrier, results, n)) for n in range(50)]
    for racer in racers:
        racer.start()
    told = [results.get(timeout=150) for _ in racers]
    for racer in racers:
        racer.join()
    won = [said for said, _ in told if said.startswith("did_")]
    assert len(won) == 1
    winner = street.desk.conn.execute("SELECT operator FROM journal WHERE subject='pailou-1' ORDER BY seq DESC LIMIT 1").fetchone()[0]
    assert {(said, name) for said, name in told if said not in won} <= {("changed_by", winner), ("no_parent", "")}
    assert street.case()["version"] == 2
