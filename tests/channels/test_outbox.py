"""The outbox by channels: sent, again, another way, parked; what survives a death; what the seats are told. A real far side, a real desk."""

import itertools
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.centre.inbox import Frame, handle
from data.store.channels import channels_down, states
from data.store.journal import verify
from tests.helpers.clock import FakeClock
from tests.helpers.couriers import Reached, by_hook, channel, reached
from tests.helpers.http_far_side import FarSide, answer, half, hang_up, silence

YES = answer({"errcode": 0})
NO = answer(b"", 500)


@pytest.fixture
def far() -> Iterator[FarSide]:
    with FarSide() as side:
        yield side


@pytest.fixture
def desks() -> Iterator[list[Reached]]:
    """Whatever a test opened: its journal holds at the end, and its workers end."""
    made: list[Reached] = []
    yield made
    for each in made:
        each.close()
        assert verify(each.centre.desk.conn) is None
        each.centre.desk.conn.close()


def ids(far: FarSide) -> list[str]:
    return [asked.headers["idempotency-key"] for asked in far.asked]


def hook(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide, *args: object, **keys: object) -> Reached:
    desks.append(by_hook(tmp_path / "home", clock, far, *args, **keys))  # type: ignore[arg-type]
    return desks[-1]


def test_a_yes_is_sent_and_nothing_more(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """`sent_at` is the channel's yes; delivered and accepted stay open until somebody says so."""
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order(grace=False)
    desk.quiet()
    assert far.asked == []
    desk.pass_s(5)
    facts = desk.centre.row("orders", order)
    assert (desk.out(order)["state"], facts["sent_at"], facts["channel"]) == ("sent", clock.now(), "hook")
    assert [facts[name] for name in ("delivered_at", "seen_at", "accepted_at")] == [None, None, None]
    assert (desk.centre.case()["state"], ids(far)) == ("sent", [order])
    desk.pass_s(600)
    assert ids(far) == [order]


def test_an_undo_in_grace_sends_nothing(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """As with MQTT."""
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order(grace=False)
    desk.centre.act("undo")
    desk.pass_s(60)
    assert (desk.out(order)["state"], far.asked) == ("cancelled", [])


def test_a_failure_comes_again_with_the_same_number(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """1, 2, 5 s and a quarter of jitter at most; unmarked, because it surely was not taken."""
    far.script(NO, NO, YES)
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order()
    desk.quiet()
    first = desk.out(order)
    assert (first["state"], first["tries"], 1000 <= first["next_at"] - clock.now() <= 1250) == ("ready", 1, True)
    desk.pass_s(0.9)
    assert len(far.asked) == 1
    desk.pass_s(0.4)
    assert 2000 <= desk.out(order)["next_at"] - clock.now() <= 2500
    desk.pass_s(2.5)
    assert (desk.out(order)["state"], ids(far)) == ("sent", [order] * 3)
    assert not [asked for asked in far.asked if "重发" in asked.json["text"]]


def test_a_channel_that_always_refuses_parks_and_blocks_nobody(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """The case returns to the top with its reason; the next order leaves."""
    desk = hook(desks, tmp_path, clock, far)
    poison, good = desk.order(1), desk.order(2)
    far.then = lambda asked: answer(b"", 400) if asked.headers["idempotency-key"] == poison else YES
    desk.quiet()
    case = desk.centre.case(1)
    assert (desk.out(poison)["state"], case["failed"], case["waits"], case["state"]) == ("failed", 1, 0, "sent")
    assert "channel_status" in desk.out(poison)["reason"]
    assert (desk.out(good)["state"], desk.centre.case(2)["failed"]) == ("sent", 0)
    assert desk.centre.steps(1)[-1] == "unsent"


def test_tries_come_to_an_end(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """After `max_tries` the order is parked."""
    far.always(NO)
    desk = hook(desks, tmp_path, clock, far, "max_tries = 3")
    order = desk.order()
    desk.until(lambda: desk.out(order)["state"] == "failed")
    assert ids(far) == [order] * 3


def test_time_comes_to_an_end_while_the_breaker_is_open(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """An order that never left is parked too, and can still be undone: nothing of it went out."""
    far.always(NO)
    desk = hook(desks, tmp_path, clock, far, "give_up_s = 20\nmax_tries = 50")
    for number in range(1, 6):
        desk.order(number, grace=False)
    desk.pass_s(5)
    assert channels_down(desk.centre.desk.conn, clock.now()) == {"hook"}
    late = desk.order(6)
    desk.until(lambda: desk.out(late)["state"] == "failed", step_s=1)
    assert (late in ids(far), desk.centre.case(6)["state"], desk.centre.case(6)["failed"]) == (False, "sending", 1)
    assert type(desk.centre.act("undo", 6)).__name__ == "Done"
    assert desk.out(late)["state"] == "cancelled"


def test_the_breaker_opens_probes_and_closes(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """Five failures in a row: 30 s of rest, then one real order; with its yes all others leave."""
    far.always(NO)
    desk = hook(desks, tmp_path, clock, far)
    orders = [desk.order(number) for number in range(1, 8)]
    desk.quiet()
    desk.until(lambda: bool(channels_down(desk.centre.desk.conn, clock.now())), step_s=1)
    asked = len(far.asked)
    desk.pass_s(20)
    assert len(far.asked) == asked
    [state] = [each for each in states(desk.centre.desk.conn, clock.now()) if each.name == "hook"]
    assert (state.state, state.error is not None) == ("open", True)
    desk.pass_s(11)
    assert len(far.asked) == asked + 1
    far.always(YES)
    desk.pass_s(31)
    desk.until(lambda: all(desk.out(order)["state"] == "sent" for order in orders), step_s=1)
    assert [each.state for each in states(desk.centre.desk.conn, clock.now()) if each.name == "hook"] == ["ok"]


def test_the_breaker_survives_a_restart(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """It is in the desk."""
    far.always(NO)
    desk = hook(desks, tmp_path, clock, far)
    for number in range(1, 7):
        desk.order(number)
    desk.until(lambda: bool(channels_down(desk.centre.desk.conn, clock.now())), step_s=1)
    asked = len(far.asked)
    desks[-1] = desk.again()
    desks[-1].pass_s(5)
    assert (len(far.asked), channels_down(desk.centre.desk.conn, clock.now())) == (asked, {"hook"})


def test_half_an_answer_is_unknown_and_comes_again_unmarked_where_the_receiver_can_tell(
    desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide
) -> None:
    """待核实; the same `Idempotency-Key`."""
    far.script(half(b"{"), YES)
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order()
    desk.quiet()
    assert (desk.out(order)["state"], desk.centre.row("orders", order)["sent_at"]) == ("unknown", None)
    assert [each.unknown for each in states(desk.centre.desk.conn, clock.now()) if each.name == "hook"] == [1]
    desk.pass_s(2)
    assert (desk.out(order)["state"], ids(far)) == ("sent", [order] * 2)


def test_half_an_answer_of_a_robot_comes_once_more_after_30_s_and_is_marked(
    desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide
) -> None:
    """重发 with the number, so that people can tell; a second doubt is not answered with a third message."""
    far.always(hang_up)
    desk = hook(desks, tmp_path, clock, far, kind="wecom")
    order = desk.order()
    desk.quiet()
    desk.pass_s(29)
    assert len(far.asked) == 1
    desk.pass_s(12)
    texts = [asked.json["text"]["content"] for asked in far.asked]
    assert [text.startswith("「重发 #1，同一单」") for text in texts] == [False, True]
    desk.pass_s(300)
    assert (len(far.asked), desk.out(order)["state"], desk.centre.case()["failed"]) == (2, "failed", 1)


@pytest.mark.parametrize(("kind", "wait", "marked"), [("webhook", 0, False), ("wecom", 38, True)])
def test_a_death_after_the_bytes_left_is_unknown(
    desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide, kind: str, wait: int, marked: bool
) -> None:
    """The next centre finds the row in `sending` of an older epoch, says 待核实 and sends the same number again."""
    far.script(silence, YES)
    desk = hook(desks, tmp_path, clock, far, kind=kind)
    order = desk.order()
    assert desk.turn() == 1
    row = desk.out(order)
    assert (row["state"], row["next_at"]) == ("sending", None)
    after = desks[-1] = desk.again()
    row = after.out(order)
    assert (row["state"], row["doubts"], "channel_interrupted" in row["reason"]) == ("unknown", 1, True)
    after.pass_s(wait)
    after.until(lambda: after.out(order)["state"] == "sent", step_s=1)
    last = far.asked[-1].json
    text = last["text"] if kind == "webhook" else last["text"]["content"]
    assert ("重发 #1" in text) is marked
    assert len(far.asked) == 2
    if kind == "webhook":
        assert ids(far) == [order, order]


def test_the_next_channel_takes_over(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """A refusal goes on at once, silence within a minute; the order says which way it took."""
    home = tmp_path / "home"
    home.mkdir()
    with FarSide() as second:
        far.always(answer(b"", 403))
        tables = channel(home, "first", "webhook", far.url()) + channel(home, "second", "webhook", second.url())
        desks.append(desk := reached(home, clock, tables, ["first", "second"]))
        order = desk.order()
        desk.quiet()
        assert (ids(far), ids(second), desk.centre.row("orders", order)["channel"]) == ([order], [order], "second")
        assert (desk.out(order)["state"], desk.centre.case()["failed"]) == ("sent", 0)
        far.always(NO)
        slow = desk.order(2)
        desk.until(lambda: desk.out(slow)["state"] == "sent", step_s=1)
        assert ids(second) == [order, slow]
        assert (clock.now() - desk.centre.row("orders", slow)["not_before"]) / 1000 < 65


def test_the_last_way_is_a_person(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """Waits for the clerk, on top of the queue; nothing says 发出 before he does."""
    far.always(answer(b"", 403))
    desk = hook(desks, tmp_path, clock, far, names=["hook", "phone"])
    order = desk.order()
    desk.quiet()
    row, case = desk.out(order), desk.centre.case()
    assert (row["channel"], row["state"], case["failed"], desk.centre.row("orders", order)["sent_at"]) == ("phone", "waiting", 1, None)
    desk.pass_s(3600)
    assert desk.out(order)["state"] == "waiting"


def test_an_order_leaves_a_broker_that_is_down(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """Never published, a minute old, and the unit has another way."""
    desk = hook(desks, tmp_path, clock, far, names=["mqtt", "hook"])
    order = desk.order()
    desk.centre.desk.conn.execute("UPDATE lease SET broker_down_since=?", (clock.now() - 11_000,))
    assert channels_down(desk.centre.desk.conn, clock.now()) == {"mqtt"}
    desk.pass_s(30)
    assert far.asked == []
    desk.pass_s(31)
    desk.pass_s(1)
    assert (ids(far), desk.out(order)["state"]) == ([order], "sent")


def test_a_rate_is_kept_and_survives_a_restart(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """No 60 s hold more than `per_minute` messages, whatever comes."""
    desk = hook(desks, tmp_path, clock, far, "per_minute = 20\ngive_up_s = 3600", kind="wecom")
    times: list[int] = []
    far.then = lambda asked: (times.append(clock.now()), YES)[1]
    for number in range(1, 46):
        desk.order(number, grace=False)
    clock.pass_s(5)
    for second in range(180):
        desk.quiet()
        clock.pass_s(1)
        if second == 60:
            desks[-1] = desk = desk.again()
    assert len(times) == 45
    assert max(sum(start <= at < start + 60_000 for at in times) for start in times) <= 20


def test_busy_waits_and_is_no_failure(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """45009 rests the robot for a minute; the order is neither parked nor marked."""
    far.script(answer({"errcode": 45009}), YES)
    desk = hook(desks, tmp_path, clock, far, kind="wecom")
    order = desk.order()
    desk.quiet()
    assert channels_down(desk.centre.desk.conn, clock.now()) == {"hook"}
    desk.pass_s(59)
    assert len(far.asked) == 1
    desk.until(lambda: desk.out(order)["state"] == "sent", step_s=2)
    assert "重发" not in far.asked[-1].json["text"]["content"]


def test_urgent_orders_then_orders_then_notices(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """One worker; what is more urgent leaves first, whenever it came."""
    desk = hook(desks, tmp_path, clock, far, "workers = 1")
    first = desk.order(1)
    desk.quiet()
    with desk.centre.desk.transaction() as tx:
        from data.domain.messages import NoteMessage
        from data.domain.vocabulary import NoteKind
        from data.store import outbox

        note = NoteMessage(id="n", order=first, kind=NoteKind.URGE, text="请尽快", time="2026-07-21T14:00:00+08:00", from_="dahegou")
        outbox.enqueue(tx, what="note", to="yangjianhong", id="n", message=note, case_id="dahegou-1", order_id=first)
    plain, urgent = desk.order(2, grace=False), desk.order(3, level=1, grace=False)
    desk.pass_s(6)
    assert ids(far) == [first, urgent, plain, "n"]
    assert far.asked[-1].json["text"] == "【大河沟社区治理中心】催办 #1：请尽快"


def test_a_slow_channel_holds_up_nobody(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """Neither another channel nor the writer: a turn never waits for a far side."""
    import time

    home = tmp_path / "home"
    home.mkdir()
    with FarSide() as fast:
        far.always(silence)
        tables = channel(home, "slow", "webhook", far.url()) + channel(home, "fast", "webhook", fast.url())
        desks.append(desk := reached(home, clock, tables, ["slow"]))
        stuck = [desk.order(number) for number in range(1, 5)]
        desk.turn()
        with desk.centre.desk.transaction() as tx:
            tx.conn.execute("UPDATE outbox SET channel='fast' WHERE id=?", (stuck[-1],))
        started = time.monotonic()
        while not fast.asked and time.monotonic() - started < 5:
            before = time.monotonic()
            desk.turn()
            assert time.monotonic() - before < 0.5
        assert (ids(fast), desk.out(stuck[0])["state"]) == ([stuck[-1]], "sending")


def test_an_answer_stops_what_is_still_waiting(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """Who has accepted is not asked again, and a withdrawal is followed by a cancel on the same way."""
    far.script(hang_up, NO, YES)
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order()
    desk.quiet()
    desk.centre.hear(
        "paidan/dahegou/in/receipt",
        {"id": "a", "order": order, "kind": "accepted", "time": "2026-07-21T14:01:00+08:00", "by": "杨", "from": "yangjianhong"},
    )
    desk.pass_s(30)
    assert (len(far.asked), desk.out(order)["state"], desk.centre.case()["state"]) == (1, "received", "working")
    second = desk.order(2)
    desk.quiet()
    desk.centre.act("withdraw", 2, reason="误派")
    desk.pass_s(30)
    assert ids(far) == [order, second, f"{second}-cancel"]
    assert far.asked[-1].json["text"] == "【大河沟社区治理中心】撤销 #2：误派"


def test_a_yes_that_comes_after_a_withdrawal_is_kept_as_a_fact(
    desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide
) -> None:
    """The message went out; the case stays where its operator put it."""
    import threading

    go = threading.Event()

    def late(handler: object) -> None:
        go.wait(5)
        YES(handler)  # type: ignore[arg-type]

    far.always(late)
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order()
    desk.turn()
    desk.centre.act("withdraw", reason="误派")
    go.set()
    desk.quiet()
    assert desk.centre.row("orders", order)["sent_at"] == clock.now()
    assert (desk.centre.case()["state"], desk.out(order)["state"]) == ("open", "received")


def test_the_time_without_a_centre_counts_against_nobody(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """An order that waited an hour for the centre to come back has its attempt like any other."""
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order()
    clock.pass_s(3600)
    desks[-1] = desk.again()
    desks[-1].quiet()
    assert desk.out(order)["state"] == "sent"


def test_a_channel_with_a_bad_secret_stops_alone(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """The file is readable by others: the channel is down with the reason, and the unit's next one is used."""
    home = tmp_path / "home"
    home.mkdir()
    tables = channel(home, "open", "webhook", far.url()) + channel(home, "good", "webhook", far.url())
    (home / "open.url").chmod(0o644)
    desks.append(desk := reached(home, clock, tables, ["open", "good"]))
    [fault] = [each for each in states(desk.centre.desk.conn, clock.now()) if each.name == "open"]
    assert (fault.state, fault.error and dict(fault.error.args)["remedy"]) == ("fault", "@settings_want_0600")
    assert channels_down(desk.centre.desk.conn, clock.now()) == {"open"}
    order = desk.order()
    desk.until(lambda: desk.out(order)["state"] == "sent", step_s=5)
    assert desk.centre.row("orders", order)["channel"] == "good"


def test_a_channel_that_is_gone_from_the_settings_parks_its_messages(
    desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide
) -> None:
    """At the next start, with the reason."""
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order(grace=False)
    desk.centre.settings.channels.pop("hook")  # type: ignore[attr-defined]
    desks[-1] = desk.again()
    assert (desk.out(order)["state"], "channel_gone" in desk.out(order)["reason"]) == ("failed", True)


def test_nothing_durable_tells_the_secret(
    desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide, caplog: pytest.LogCaptureFixture
) -> None:
    """Not the desk, its journal or the log, through every fault."""
    caplog.set_level(logging.DEBUG)
    canary = "kanarienvogel-4711"
    far.script(NO, half(canary.encode()), answer({"errcode": 1, "errmsg": canary}, 400), hang_up, YES)
    home = tmp_path / "home"
    home.mkdir()
    table = channel(home, "hook", "webhook", far.url(f"/{canary}?key={canary}"), 'success = "errcode"\nheaders = { X = "$text" }')
    desks.append(desk := reached(home, clock, table, ["hook"]))
    for number in range(1, 5):
        desk.order(number)
    for _ in range(60):
        desk.pass_s(5)
    tables = [row["name"] for row in desk.centre.desk.conn.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    dump = repr([desk.centre.all(name) for name in tables if not name.startswith("sqlite_")])
    assert len(far.asked) >= 6
    assert (canary in dump, canary in caplog.text, canary in repr(desk.couriers.channels)) == (False, False, False)
    assert not [path for path in home.glob("desk.db*") if canary.encode() in path.read_bytes()]


def sms(desk: Reached, text: str, phone: str = "+8613800000041", id: str = "s1") -> bool:
    frame = {"id": id, "from": phone, "text": text, "time": "2026-07-21T14:05:00+08:00"}
    import json

    with desk.centre.desk.transaction() as tx:
        body = json.dumps(frame, ensure_ascii=False).encode()
        return handle(tx, Frame(topic="paidan/dahegou/in/sms", body=body, received_at=tx.now), desk.centre.settings.tables, desk.centre.settings.zone)


def test_receipts_by_sms(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """「1 码」 accepts, 「完成 码 结果」 reports done; the same SMS again changes nothing."""
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order()
    desk.quiet()
    assert [sms(desk, "1 1"), sms(desk, "1 1")] == [True, True]
    assert desk.centre.case()["state"] == "working"
    assert sms(desk, "完成1，已清理", id="s2")
    case, facts = desk.centre.case(), desk.centre.row("orders", order)
    assert (case["state"], case["result"], facts["accepted_at"] is not None) == ("to_verify", "已清理", True)
    assert [row["sender"] for row in desk.centre.all("receipts")] == ["yangjianhong"] * 2


@pytest.mark.parametrize(
    ("text", "phone", "code"),
    [("1 1", "13911112222", "sms_unknown_phone"), ("1 7", "13800000041", "sms_unknown_code"), ("好的", "13800000041", "sms_unreadable"),
     ("1 1", "13800000042", "sms_unknown_code"), ("1", "13800000041", "sms_unreadable"), ("1 1", "", "sms_unknown_phone")],
)  # fmt: skip
def test_an_sms_that_says_nothing_here_goes_into_quarantine(
    desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide, text: str, phone: str, code: str
) -> None:
    """A stranger, another unit, another code, no code."""
    desk = hook(desks, tmp_path, clock, far)
    desk.order()
    desk.quiet()
    assert sms(desk, text, phone) is False
    assert code in desk.centre.all("quarantine")[-1]["reason"]
    assert desk.centre.case()["state"] == "sent"


def storm(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide, count: int) -> None:
    """30 % errors, 10 % time-outs, 5 % half replies, decided by how manieth request it is."""
    kinds = itertools.cycle([NO, YES, silence, YES, NO, YES, YES, NO, YES, half(b"{"), NO, YES, YES, NO, YES, YES, silence, NO, YES, YES])
    far.then = lambda asked: next(kinds)
    desk = hook(desks, tmp_path, clock, far, "workers = 16")
    text = (desk.centre.settings.home / "paidan.toml").read_text(encoding="utf-8").replace("deadline_s = 1.0", "deadline_s = 0.4")
    (desk.centre.settings.home / "paidan.toml").write_text(text, encoding="utf-8")
    from data.settings import load

    desk.centre.settings = load(desk.centre.settings.home)
    desk.couriers.close()
    from tests.helpers.couriers import start

    desks[-1] = desk = start(desk.centre)
    orders: list[str] = []
    while len(orders) < count:
        for _ in range(10):
            orders.append(desk.order(len(orders) + 1, grace=False))
        clock.pass_s(1)
        desk.quiet(60)
    desk.until(lambda: not desk.couriers.is_busy and {row["state"] for row in desk.centre.all("outbox")} <= {"sent", "failed"}, step_s=2, steps=2000)
    rows = {row["id"]: row for row in desk.centre.all("outbox")}
    assert set(rows) == set(orders)
    assert all(row["state"] == "sent" or (row["state"] == "failed" and row["reason"]) for row in rows.values())
    assert set(ids(far)) == set(orders)
    failed = [row for row in rows.values() if row["state"] == "failed"]
    assert len(failed) <= count / 50
    waits = sorted(row["released_at"] - row["not_before"] for row in desk.centre.all("orders"))
    assert waits[int(len(waits) * 0.95)] <= 1000, "95 % had their first attempt within a second of their time"


def test_every_order_is_sent_or_parked(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """300 over a bad channel; repeats carry the same number."""
    storm(desks, tmp_path, clock, far, 300)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_thousand_orders_are_sent_or_parked(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """The figure that is published."""
    storm(desks, tmp_path, clock, far, 10_000)


def test_the_ladder_says_it_once_more(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """A second message is marked, is no doubt, and leaves the first `sent_at` alone; should it fail, the order is still sent."""
    from data.store import outbox

    far.script(YES, YES, answer(b"", 400))
    desk = hook(desks, tmp_path, clock, far, kind="wecom")
    order = desk.order()
    desk.quiet()
    first = desk.centre.row("orders", order)["sent_at"]
    for _ in range(2):
        clock.pass_s(60)
        with desk.centre.desk.transaction() as tx:
            assert outbox.resend(tx, order)
        assert desk.out(order)["state"] == "ready"
        desk.quiet()
        assert (desk.out(order)["state"], desk.centre.row("orders", order)["sent_at"], desk.centre.case()["failed"]) == ("sent", first, 0)
    assert ["重发 #1" in asked.json["text"]["content"] for asked in far.asked] == [False, True, True]


def test_a_parked_order_that_goes_out_after_all_leaves_the_top(
    desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide
) -> None:
    """Sent again by a person or the ladder: `failed` is over with the yes."""
    from data.store import outbox

    far.script(answer(b"", 403), YES)
    desk = hook(desks, tmp_path, clock, far)
    order = desk.order()
    desk.quiet()
    assert desk.centre.case()["failed"] == 1
    with desk.centre.desk.transaction() as tx:
        outbox.resend(tx, order)
    desk.quiet()
    assert (desk.out(order)["state"], desk.centre.case()["failed"], desk.centre.case()["waits"]) == ("sent", 0, 1)


def test_a_unit_that_answers_takes_its_case_off_the_top(desks: list[Reached], tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """A robot whose answers cannot be read: parked as unknown, but people saw it and accept by SMS."""
    far.always(hang_up)
    desk = hook(desks, tmp_path, clock, far, kind="wecom")
    order = desk.order()
    desk.until(lambda: desk.out(order)["state"] == "failed")
    assert desk.centre.case()["failed"] == 1
    sms(desk, "收到 1")
    assert (desk.centre.case()["state"], desk.centre.case()["failed"]) == ("working", 0)
