"""Fixtures of all tests: real brokers on ports of their own, homes made from the samples."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The helpers are imported as `tests.helpers` whatever pytest's import mode and wherever it was started.
_ROOT = str(Path(__file__).resolve().parent.parent)
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from tests.helpers import brokers  # noqa: E402
from tests.helpers.clock import FakeClock  # noqa: E402


def _running(name: str, home: Path) -> Iterator[brokers.AnyBroker]:
    made = brokers.make(name, home)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def nats_broker(tmp_path: Path) -> Iterator[brokers.AnyBroker]:
    """The embedded broker, running."""
    yield from _running("nats", tmp_path / "nats")


@pytest.fixture
def mosquitto_broker(tmp_path: Path) -> Iterator[brokers.AnyBroker]:
    """mosquitto, running; skips with its name where it is not installed."""
    yield from _running("mosquitto", tmp_path / "mosquitto")


@pytest.fixture(params=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[brokers.AnyBroker]:
    """Each broker in turn, running."""
    yield from _running(request.param, tmp_path / str(request.param))


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at 14:00 on a summer day of the desk until it is moved."""
    return FakeClock()
