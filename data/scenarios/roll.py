"""A transfer roll: counts that units report in words, summed. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.scenarios.spec import Roll


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many; `of` is 0 where nobody said it."""

    moved: int
    of: int

    def __str__(self) -> str:
        return f"{self.moved}/{self.of}" if self.of else str(self.moved)


def read(roll: Roll, text: str) -> Count | None:
    """The last count that a text states: 「已转移14/39户」, 「已转移 14」; None when it states none."""
    words = "|".join(map(re.escape, roll.words))
    found = re.findall(rf"(?:{words})\D{{0,3}}?(\d{{1,5}})(?:\s*[/／]\s*(\d{{1,5}}))?", text)
    return Count(int(found[-1][0]), int(found[-1][1] or 0)) if found else None


def tally(roll: Roll, said: Iterable[tuple[str, str]]) -> Count | None:
    """The sum over units of what each said last; `said` is (unit, text), oldest first. A unit's total stays until it names another."""
    by_unit: dict[str, Count] = {}
    for unit, text in said:
        if count := read(roll, text):
            before = by_unit.get(unit)
            by_unit[unit] = Count(count.moved, count.of or (before.of if before else 0))
    if not by_unit:
        return None
    return Count(sum(count.moved for count in by_unit.values()), sum(count.of for count in by_unit.values()))
