"""From a command line to a seat, with nothing on the way that the first screen does not need."""

import gc
import os
from pathlib import Path


def who_where(home: Path | None, operator: str | None) -> tuple[Path, str]:
    """Home and operator of a seat; what is not given is where a lone user's centre lives, and the system user."""
    if home is None:
        from platformdirs import user_state_path

        home = user_state_path("paidan") / "centre"
    if operator is None:
        from getpass import getuser

        operator = getuser()
    return home, operator


def open_seat(home: Path, operator: str) -> int:
    """Sit down; the exit code. Raises `PaidanError` when there is no desk to sit down at, or no terminal to draw on."""
    want_terminal(home)
    hold_collector()
    from console.seat import take_settings

    take_settings(home)
    from console.app import run_seat
    from data.office.ready import make_ready

    make_ready(home)
    return run_seat(home, operator)


def want_terminal(home: Path) -> None:
    """Textual would draw into a file and wait for keys that never come. It draws on stderr. What is wrong with the home is said first."""
    if not (os.isatty(0) and os.isatty(2)):
        from data.domain.errors import PaidanError
        from data.domain.reason import because
        from data.settings import load

        load(home)
        raise PaidanError(because("no_terminal"))


def hold_collector() -> None:
    """Nothing that a start makes is garbage: looking for some while modules are imported takes 10 ms of the processor."""
    gc.disable()


def release_collector() -> None:
    """After the first paint. What is there by now stays as long as the process and need not be looked at again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
