"""An order by SMS says how to answer it, where answers come in; the answer as it says is understood."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.helpers.clock import FakeClock
from tests.helpers.couriers import by_hook
from tests.helpers.http_far_side import FarSide, answer

SMS = 'json = { to = "$phone", msg = "$text" }\nsuccess = "errcode"'


@pytest.fixture
def far() -> Iterator[FarSide]:
    with FarSide() as side:
        side.script(*[answer({"errcode": 0})] * 5)
        yield side


@pytest.mark.parametrize("comes_in", [True, False])
def test_the_order_says_how_to_answer_and_the_answer_is_understood(tmp_path: Path, clock: FakeClock, far: FarSide, comes_in: bool) -> None:
    """Both sentences of the hint are sent back word for word: accepted, then done. Without an inlet nobody is told to answer."""
    desk = by_hook(tmp_path / "home", clock, far, kind="sms", more=SMS)
    try:
        tables = replace(desk.centre.settings.tables, replies_by_sms=comes_in)
        desk.centre.settings = replace(desk.centre.settings, tables=tables)
        order = desk.order()
        desk.quiet()
        hints = re.findall("回「([^」]*)」", far.asked[0].json["msg"])
        assert len(hints) == (2 if comes_in else 0)
        for number, hint in enumerate(hints):
            said = hint.replace("结果", "已清运")
            desk.centre.hear("paidan/dahegou/in/sms", {"id": str(number), "from": "+86 138 0000 0041", "text": said, "time": clock.now() / 1000})
        facts = desk.centre.row("orders", order)
        assert [facts[name] is not None for name in ("accepted_at", "done_at")] == [comes_in, comes_in]
    finally:
        desk.close()
        desk.centre.desk.conn.close()
