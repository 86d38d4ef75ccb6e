"""What a phone-taker's words say by themselves: class by keywords, place by the alias table, then by the grid table. Pure.

Nothing is guessed between two equals: then the field stays empty and a person chooses.
"""

from dataclasses import dataclass

from data.dispatch import guess_class
from data.domain.reason import Reason, because
from data.domain.tables import Alias, Grid, Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Proposals for the fields of a report, and why; what could not be told is None."""

    class_code: str | None = None
    level: int | None = None
    grid: str | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None
    why: tuple[Reason, ...] = ()


def guess(text: str, address: str, tables: Tables) -> Guess:
    """Propose class, level, grid and place for what was typed so far. Microseconds; meant for every key."""
    class_code = guess_class(text, tables)
    alias, grid, why = where(f"{address} {text}", tables)
    return Guess(
        class_code=class_code,
        level=tables.classes[class_code].level if class_code else None,
        grid=grid,
        place=(alias.address or alias.alias) if alias else None,
        lat=alias.lat if alias else None,
        lon=alias.lon if alias else None,
        why=(*_why_class(text, class_code, tables), *why) or (because("guess_none"),),
    )


def _why_class(text: str, class_code: str | None, tables: Tables) -> tuple[Reason, ...]:
    if class_code is None:
        return ()
    words = [word for word in tables.classes[class_code].keywords if word in text]
    return (because("guess_class", words=" ".join(words)),)


def where(said: str, tables: Tables) -> tuple[Alias | None, str | None, tuple[Reason, ...]]:
    """The alias and grid that a text names, with the reason; the longest alias first, and only when all agree on the grid."""
    aliases = [place for place in tables.places if place.alias and place.alias in said]
    longest = [place for place in aliases if len(place.alias) == len(aliases[0].alias)]
    if len({place.grid for place in longest}) == 1:
        alias = longest[0]
        return alias, alias.grid or None, (because("guess_alias", alias=alias.alias),)
    named = [grid for grid in tables.grids.values() if _is_named(grid, said)]
    if len(named) == 1:
        return None, named[0].id, (because("guess_grid", name=named[0].name),)
    return None, None, ()


def _is_named(grid: Grid, said: str) -> bool:
    return grid.id in said or any(len(part) >= 2 and part in said for part in grid.name.split())
