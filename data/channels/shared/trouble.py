"""How an attempt ends other than by the far side's answer."""

from data.channels import Outcome, Result
from data.domain.reason import because


class Trouble(Exception):
    """Inside a channel: the attempt is over with this result."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.reason.code if result.reason else "")
        self.result = result


def not_sent(code: str, *, refused: bool = False, **args: str | float) -> Trouble:
    """Nothing has left this machine."""
    return Trouble(Result(Outcome.REFUSED if refused else Outcome.RETRY, because(code, **args)))


def doubt(code: str, **args: str | float) -> Trouble:
    """Bytes have left, and nothing is known."""
    return Trouble(Result(Outcome.UNKNOWN, because(code, **args)))
