"""Errors a caller may meet.

    PaidanError
    ├── SettingsError      a settings file is wrong: names file, key and remedy
    ├── PayloadError       a message from outside cannot be read (ends in quarantine)
    ├── LeaseLost          another centre process has taken over; this one must stop
    ├── CentreRunning      a centre runs here already (exit 75)
    └── StoreError         the desk cannot be opened or is from a newer program

Expected refusals of an act are values (`data.acts.Refused`), not errors.
"""

import re

from data.domain.reason import Reason

_NAMED = re.compile(r"field `([^`]+)`")


def field_of(error: Exception) -> str:
    """The key that a msgspec error means: `step[0].minutes`, from "unknown field `minutes` - at `$.step[0]`"."""
    problem, _, where = str(error).partition(" - at ")
    path = where.rpartition("$")[2].strip("`").lstrip(".")
    named = _NAMED.search(problem)
    return ".".join(part for part in (path, named[1] if named else "") if part) or problem


class PaidanError(Exception):
    """Root of the tree; carries a `Reason` so that it can be said in the operator's language."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"{reason.code} {dict(reason.args)}")
        self.reason = reason


class SettingsError(PaidanError):
    """A settings file is missing, unreadable or wrong."""


class PayloadError(PaidanError):
    """A message from outside that cannot be read."""


class LeaseLost(PaidanError):
    """Another process holds the lease with a newer epoch."""


class CentreRunning(PaidanError):
    """A centre process already holds this home's lock."""


class StoreError(PaidanError):
    """The desk file cannot be opened, is damaged or needs a newer program."""
