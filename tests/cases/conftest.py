"""Desks of the samples on which acts are tried, with no broker behind them; at the end each journal's chain must hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store.journal import verify
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """牌楼."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    yield centre
    assert verify(centre.desk.conn) is None
    centre.desk.conn.close()


@pytest.fixture
def community(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """大河沟."""
    centre = open_centre(tmp_path / "dahegou", "community", clock)
    yield centre
    assert verify(centre.desk.conn) is None
    centre.desk.conn.close()
