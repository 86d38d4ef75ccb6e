"""U4 to U7: taking back in the grace and after it, the cursor's identity, and a held key; over a real desk."""

from data.office import Office
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive


def test_u04_undo_in_grace_means_it_never_left(street: Centre, office: Office) -> None:
    """Four seconds after F2, F8: the case is back under the cursor, and however long one waits no channel is ever called."""

    async def work(seat: Seat) -> None:
        first = seat.app.desk.cursor
        await seat.press("f2")
        street.clock.pass_s(4)
        assert [] == street.send()
        await seat.press("f8")
        assert (first, "open") == (seat.app.desk.cursor, street.case(1)["state"])
        street.clock.pass_s(3600)
        assert [] == street.send()
        assert ["dispatch", "undo"] == [row["act"] for row in street.all("journal") if row["act"] in {"dispatch", "undo"}]

    drive(work, office=office)


def test_u04_undo_takes_the_newest_wherever_the_cursor_is_then_the_one_before(street: Centre, office: Office) -> None:
    """Two sent, cursor elsewhere: F8 twice brings both back, newest first."""

    async def work(seat: Seat) -> None:
        await seat.press("f2", "f2", "home")
        await seat.press("f8")
        newest = seat.app.desk.cursor
        await seat.press("f8")
        assert {newest, seat.app.desk.cursor} == {street.case(1)["id"], street.case(2)["id"]}
        assert {"open"} == {row["state"] for row in street.all("cases")}

    drive(work, office=office)


def test_u05_after_it_left_f8_offers_a_withdrawal(street: Centre, office: Office) -> None:
    """Six seconds on and delivered: three reasons for 补发撤销, never a word of 撤回成功; only a reason sends it."""

    async def work(seat: Seat) -> None:
        await seat.press("f2")
        street.clock.pass_s(6)
        assert ["paidan/dahegou/in/order"] == [topic for topic, _ in street.send()]
        await seat.until(lambda: seat.shows("待收 1"))
        seat.app.desk.set_cursor(street.case(1)["id"])
        await seat.press("2", "f8")
        assert seat.shows("补发「撤销派单」")
        assert all(seat.shows(reason) for reason in ("误派", "重复", "已解决"))
        await seat.press("escape")
        assert [] == street.send()
        await seat.press("f8", "1")
        assert ["paidan/dahegou/in/cancel"] == [topic for topic, _ in street.send()]
        assert not any(seat.shows(word) for word in ("撤回成功", "已撤回"))

    drive(work, office=office)


def test_u06_the_cursor_is_a_case(street: Centre, office: Office) -> None:
    """Fifty cases come above it and ten go: the same id on the same screen line, without a key."""
    for number in range(20):
        street.report(id=f"low-{number}", text=f"路灯不亮，第{number}处", grid="HX-01")
    street.desk.conn.execute("UPDATE cases SET level = 3 WHERE number <= 12")
    street.desk.conn.execute("UPDATE cases SET level = 4 WHERE number > 12")

    async def work(seat: Seat) -> None:
        await seat.press("2", "home", *["down"] * 12)
        before, line = seat.app.desk.cursor, _line_of_cursor(seat)
        above = [row.id for row in office.cases.queue(10).rows]
        for number in range(50):
            _copy(street, 5000 + number)
        for case_id in above:
            street.act("decline", case_id, reason="误报")
        seat.app.redraw()
        await seat.until(lambda: seat.shows("上方新到"))
        assert (before, line) == (seat.app.desk.cursor, _line_of_cursor(seat))

    drive(work, office=office)


def _copy(street: Centre, number: int) -> None:
    """One more case like the first, of level 1; by hand, since what is alike would be joined."""
    columns = [row[1] for row in street.desk.conn.execute("PRAGMA table_info(cases)")]
    known = {name: value for name, value in street.case(1).items() if name in columns} | {"id": f"pailou-{number}", "number": number, "level": 1}
    street.desk.conn.execute(f"INSERT INTO cases ({', '.join(known)}) VALUES ({', '.join('?' * len(known))})", tuple(known.values()))


def _line_of_cursor(seat: Seat) -> int:
    return next(index for index, text in enumerate(seat.text()) if text.startswith(">"))


def test_u07_a_held_key_dispatches_what_was_read(street: Centre, office: Office) -> None:
    """Sixty `d` in two seconds, nothing read between: one dispatch, however many cases wait."""
    for number in range(12):
        street.report(id=f"more-{number}", text=f"路灯不亮，第{number}处", grid="HX-01")

    async def work(seat: Seat) -> None:
        await seat.read()
        for _ in range(60):
            seat.clock.time += 1 / 30
            await seat.pilot.press("d")
        assert 1 == len(street.all("orders"))
        await seat.press("d")
        assert 2 == len(street.all("orders"))

    drive(work, office=office)
