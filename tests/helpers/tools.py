"""Tools from outside Python: a test without its tool skips with the tool's name; `PAIDAN_REQUIRE` makes that a failure."""

import os
import shutil
from pathlib import Path

import pytest

_SBIN = (Path("/usr/sbin"), Path("/sbin"), Path("/usr/local/sbin"))
"""Debian keeps mosquitto and sshd where a user's PATH does not look."""


def find(tool: str) -> str | None:
    """Path of a program in PATH or an sbin folder, or None."""
    return shutil.which(tool) or next((str(folder / tool) for folder in _SBIN if (folder / tool).exists()), None)


def needs(tool: str) -> str:
    """The tool's path; else the test skips, or fails if `PAIDAN_REQUIRE` (names separated by commas) lists the tool."""
    found = find(tool)
    if found:
        return found
    if tool in os.environ.get("PAIDAN_REQUIRE", "").replace(" ", "").split(","):
        pytest.fail(f"{tool} is required by PAIDAN_REQUIRE and is not installed", pytrace=False)
    pytest.skip(f"needs {tool}")
