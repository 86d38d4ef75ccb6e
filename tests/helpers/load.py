"""What a process costs: processor and memory, as Linux counts them."""

import re
from dataclasses import dataclass
from pathlib import Path


def cpu_s(pid: int) -> float:
    """Processor seconds so far, user and system, of all its threads that live; to the microsecond, which `stat` does not give."""
    return sum(int(task.joinpath("schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Of one process, in MB."""

    rss: float
    pss: float
    """With its share of what it has in common with others only."""


def memory(pid: int) -> Memory:
    """Now."""
    found = dict(re.findall(r"^(Rss|Pss):\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE))
    return Memory(rss=int(found["Rss"]) / 1024, pss=int(found["Pss"]) / 1024)
