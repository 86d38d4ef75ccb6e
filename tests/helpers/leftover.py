"""A seat starts a centre where none runs; a test that opened a seat ends that centre."""

import time
from pathlib import Path

from data.centre.status import stop

_STARTING_S = 4.0
"""A centre that a seat has just started is to be stopped once it has said who it is."""


def end_centre(home: Path) -> None:
    """Stop the centre of `home`, waiting a while for one that is only coming up."""
    end = time.monotonic() + _STARTING_S
    while not stop(home) and time.monotonic() < end:
        time.sleep(0.1)
