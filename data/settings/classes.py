"""Classes of cases: one file each, of the program or of the home."""

from pathlib import Path

from data.calendar import CLOCKS
from data.domain.tables import CaseClass
from data.files import convert, mistake


def load_classes(home: Path | None) -> dict[str, CaseClass]:
    """Built-in classes (`data/classes/*.toml`), overridden or added to by the home's `classes/`."""
    folders = [Path(__file__).parents[1] / "classes", *([home / "classes"] if home else [])]
    classes: dict[str, CaseClass] = {}
    found: dict[str, Path] = {}
    for path in (file for folder in folders if folder.is_dir() for file in sorted(folder.glob("*.toml"))):
        row = convert(path, CaseClass)
        if row.code in found and found[row.code].parent == path.parent:
            raise mistake(path, f"code = {row.code!r} ({found[row.code].name})", "settings_want_unique")
        found[row.code] = path
        if row.level not in (1, 2, 3, 4):
            raise mistake(path, "level", "settings_want_level")
        if row.accept_min <= 0 or row.done_min <= 0:
            raise mistake(path, "accept_min / done_min", "settings_want_minutes")
        if row.clock not in CLOCKS:
            raise mistake(path, "clock", "settings_want_clock")
        if wrong := [level for level, pair in row.limits.items() if level not in (1, 2, 3, 4) or min(pair) <= 0]:
            raise mistake(path, f"limits.{wrong[0]}", "settings_want_limits")
        classes[row.code] = row
    return classes
