"""The lesson comes by itself once: when a person sits down for the first time, at a terminal, and nothing of level 1 waits for him."""

import sys
from os import environ
from pathlib import Path

from console.seat import TUTORIAL_VARIABLE
from data.office import Office


def begins_with_lesson(office: Office) -> bool:
    """Whether the lesson comes before the desk; whoever was offered it on this machine once is not offered it again, taken or not."""
    if environ.get(TUTORIAL_VARIABLE) == "off" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return office.news.is_new_here() and not office.status.counts().critical_waiting and _remember(office.info.operator)


def _remember(operator: str) -> bool:
    """Note that he was; False when he had been, or when nothing can be noted here and he would be asked each time."""
    from platformdirs import user_state_path

    folder = Path(user_state_path("paidan")) / "taught"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / operator.encode().hex()[:200]).touch(exist_ok=False)
    except OSError:
        return False
    return True
