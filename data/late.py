"""Modules that are imported when something of them is first used: what starts quickly pays only for what it shows."""

from importlib import import_module
from typing import Any


class late:  # noqa: N801 — reads as what it does: late("data.views.trends").one(…)
    """A module by its dotted name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Import it, or find it imported."""
        return getattr(import_module(self._name), attribute)
