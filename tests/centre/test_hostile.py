"""Whatever comes on the inbox topics, from whomever, in whatever order: nothing falls over, nothing is forged, nothing unclean is kept."""

import itertools
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.clock import iso
from data.store.journal import verify
from data.views.queue import step_words
from data.words import Words
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre

TOPICS = ("report", "order", "receipt", "cancel", "note", "sms", "warn", "\x1b[2J", "")
NASTY = (
    "\x1b]52;c;AAAA\x07", "\x9b31m", "\u202eabc", "[/x]", "[@click=app.quit]", "@state.open", "@operator.system", "system", "\x00", "é" * 300,
    "1" * 5000, "{}", "%s%n{0}{who}", "'; DROP TABLE cases; --", "../../etc/passwd", "\ud83d", "a\nb\tc",
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.sampled_from(NASTY), st.text(max_size=20),
    st.sampled_from(["pailou", "quxian", "dahegou", "o-1", "rep-1", "2026-05-11T09:00:00+08:00", "delivered", "done", "rework", "deadline"]),
)  # fmt: skip
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8)
FIELDS = (
    "id", "text", "time", "class", "level", "grid", "address", "lat", "lon", "reporter", "media", "case", "attempt", "place", "number", "report",
    "lead", "accept_by", "done_by", "reply_to", "issued_at", "issued_by", "from", "exercise", "order", "kind", "by", "note", "reason", "phone",
)  # fmt: skip


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    centre = open_centre(tmp_path_factory.mktemp("home") / "dahegou", "community", FakeClock())
    yield centre
    centre.desk.conn.close()


def order(centre: Centre, **fields: Any) -> dict[str, Any]:
    now = centre.clock.now()
    return {
        "id": "o-1", "case": "pailou-7", "attempt": 1, "level": 3, "class": "0102", "text": "清运", "place": {"grid": "DHG-03", "address": "星都会"},
        "number": 7, "lead": True, "accept_by": iso(now + 900_000), "done_by": iso(now + 9_000_000), "issued_at": iso(now), "issued_by": "周敏",
        "from": "pailou", "report": "垃圾堵门",
    } | fields  # fmt: skip


def valid(centre: Centre, what: str) -> dict[str, Any]:
    """A message that would be taken, to be spoiled in a field or two."""
    common = {"id": f"{what}-x", "order": "o-1", "from": "pailou", "time": iso(centre.clock.now())}
    return {
        "report": {"id": "rep-x", "text": "路灯不亮", "grid": "DHG-03", "reporter": {"kind": "resident", "name": "李", "phone": "13800000001"}},
        "order": order(centre, id="o-x"), "receipt": {**common, "kind": "accepted", "by": "刘"}, "cancel": {**common, "reason": "撤"},
        "note": {**common, "kind": "info", "text": "请拍照"}, "sms": {"id": "s", "from": "13800000041", "text": "收到 1", "time": 1},
    }.get(what, common)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    what=st.sampled_from(TOPICS),
    spoiled=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4),
    body=st.one_of(st.none(), st.none(), st.none(), st.binary(max_size=200)),
    numbered=st.integers(0, 10**9),
)
def test_no_message_stops_the_desk_or_is_kept_unclean(
    community: Centre, what: str, spoiled: dict[str, Any], body: bytes | None, numbered: int
) -> None:
    """Valid messages with fields of wrong types, huge and hostile values, and plain noise: each is taken or kept aside, and the journal holds."""
    message = valid(community, what) | {"id": f"m-{numbered}"} | spoiled
    raw = body if body is not None else json.dumps(message, ensure_ascii=True).encode()
    community.hear(f"paidan/dahegou/in/{what}", raw)
    assert unclean(community) == []


def unclean(centre: Centre) -> list[tuple[str, str]]:
    """Columns of the newest rows that hold a control or format sign."""
    found = []
    for table in ("cases", "reports", "receipts", "orders"):
        for row in centre.desk.conn.execute(f"SELECT * FROM {table} ORDER BY rowid DESC LIMIT 2"):
            found += [(f"{table}.{name}", row[name]) for name in tuple(row.keys()) if isinstance(row[name], str) and is_unclean(row[name])]
    newest = centre.desk.conn.execute("SELECT operator, seat, act FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return found + [("journal", value) for value in (newest or ()) if is_unclean(value)]


def is_unclean(text: str) -> bool:
    return any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} and sign not in "\n\t" for sign in text)


def test_after_all_that_the_journal_holds(community: Centre) -> None:
    """Chain and replay."""
    community.report(id="last", text="最后一条")
    assert verify(community.desk.conn) is None


@pytest.mark.parametrize(
    "body",
    [b"[" * 60_000, b'{"id":' + b"[" * 60_000, b"{" * 60_000, b'{"id":"a","text":"' + b"x" * 70_000, b"\xff" * 100, b"", b"null", b'{"id":1e999}',
     b'{"id":"a","text":"b","lat":1e308,"lon":-1e308}', b'{"id":"a","id":"b","text":"c"}', b'{"id":"\\ud800","text":"\\ud800"}'],
    ids=range(11),
)  # fmt: skip
@pytest.mark.parametrize("what", ["report", "order", "receipt", "cancel", "note", "sms"])
def test_deep_huge_and_broken_bodies_are_set_aside_quickly(community: Centre, what: str, body: bytes) -> None:
    """And what comes next is taken."""
    community.hear(f"paidan/dahegou/in/{what}", body)
    assert community.hear("paidan/dahegou/in/report", {"id": f"after-{what}-{hash(body)}", "text": "路灯不亮"})


@pytest.fixture
def fresh(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    centre = open_centre(tmp_path / "dahegou", "community", clock)
    yield centre
    assert verify(centre.desk.conn) is None
    centre.desk.conn.close()


def test_who_gave_no_order_moves_no_case(fresh: Centre) -> None:
    """Cancels, notes and repeats of another's order are set aside or count for nothing; so do receipts of a unit that has no order."""
    fresh.hear("paidan/dahegou/in/order", order(fresh))
    before = fresh.case()
    forged = {"id": "f-1", "order": "o-1", "from": "yangjianhong", "time": iso(fresh.clock.now())}
    fresh.hear("paidan/dahegou/in/cancel", {**forged, "reason": "x"})
    fresh.hear("paidan/dahegou/in/note", {**forged, "kind": "rework", "text": "x"})
    fresh.hear("paidan/dahegou/in/note", {**forged, "id": "f-2", "kind": "deadline", "text": "x", "done_by": iso(0)})
    fresh.hear("paidan/dahegou/in/receipt", {**forged, "kind": "done"})
    assert fresh.hear("paidan/dahegou/in/order", order(fresh, **{"from": "yangjianhong"})) is False
    assert fresh.case() == before
    assert [topic for topic, _ in fresh.send() if topic.startswith("paidan/yangjianhong")] == []


def test_nobody_from_outside_signs_as_the_system(fresh: Centre) -> None:
    """Names in orders, receipts and reports: the sender's stands instead."""
    fresh.hear("paidan/dahegou/in/order", order(fresh, issued_by="system"))
    fresh.report(id="r", reporter={"kind": "resident", "name": "@operator.system"}, text="路灯不亮")
    assert [row["operator"] for row in fresh.all("journal")][:2] == ["pailou", "system"]  # the centre itself files a nameless report
    assert [row["act"] for row in fresh.all("journal")][:2] == ["order_in", "file"]


def test_words_from_outside_are_never_taken_for_words_of_ours(fresh: Centre) -> None:
    """A note that begins like a key of the catalogue is shown as it was said."""
    fresh.report()
    fresh.act("note", text="@state.closed")
    row = fresh.desk.conn.execute("SELECT * FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    said = Words("zh").say(step_words(row, fresh.settings.tables))
    assert ("state.closed" in said, "结案" in said) == (True, False)


def test_any_order_of_arrival_any_number_of_times_gives_one_case(tmp_path: Path) -> None:
    """Order, urge, new deadline and cancel, permuted and doubled: void once, and the same rows whatever the order."""
    outcomes = set()
    for number, sequence in enumerate(itertools.permutations(("order", "urge", "cancel"))):
        centre = open_centre(tmp_path / str(number), "community", FakeClock())
        common = {"order": "o-1", "from": "pailou", "time": iso(centre.clock.now())}
        messages = {
            "order": ("order", order(centre)), "urge": ("note", {**common, "id": "n-1", "kind": "urge", "text": "快"}),
            "cancel": ("cancel", {**common, "id": "c-1", "reason": "撤"}),
        }  # fmt: skip
        for name in (*sequence, *sequence):
            centre.hear(f"paidan/dahegou/in/{messages[name][0]}", messages[name][1])
        outcomes.add((len(centre.all("cases")), centre.case()["state"], centre.case()["number"], verify(centre.desk.conn)))
        centre.desk.conn.close()
    assert outcomes == {(1, "void", 1, None)}
