"""English catalogue, one module a room; found by listing this folder."""

from importlib import import_module
from pkgutil import iter_modules

CATALOGUE: dict[str, str] = {}
for _room in iter_modules(__path__):
    CATALOGUE |= import_module(f"{__name__}.{_room.name}").WORDS
