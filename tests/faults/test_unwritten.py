"""A desk that cannot be written is not called busy: pressing again would not help."""

from pathlib import Path

import pytest

from data.acts import Refused
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Centre:
    made = open_centre(tmp_path / "dahegou", "community", clock)
    made.report()
    return made


@pytest.mark.parametrize("pragma", ["query_only=ON", "max_page_count=1"], ids=["not allowed", "full"])
def test_the_refusal_says_to_look_at_disk_and_permissions(desk: Centre, pragma: str) -> None:
    desk.desk.conn.execute(f"PRAGMA {pragma}")
    refused = [desk.act("note", 1, text="垃圾" * 2000) for _ in range(10)][-1]
    assert isinstance(refused, Refused)
    assert refused.reason.code == "store_read_only"
