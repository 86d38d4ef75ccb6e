"""What the sample street gets for demo and trial: sensors, devices that speak or show, and contacts for every scenario.

CSV rows of the home's own tables, added to them. People and numbers are invented.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent
_KINDS = Path(__file__).parents[2] / "kinds"
LIMITS = {
    "pest": 'limits = [{ sensor = "bp-pest-1", level = 3, value = 100, source = "示例, 须按点核定" }]',
    "water_level": (
        'limits = [{ sensor = "dhg-level", level = 3, value = 4.5, source = "示例, 警戒水位" }, '
        '{ sensor = "dhg-level", level = 1, value = 6, source = "示例, 保证水位" }]'
    ),
}
"""Limits that belong to the sample's own points, by kind."""


def dress(home: Path) -> None:
    """Add the rows to a home's tables; a row that is there already is not added again."""
    for source in sorted(_FOLDER.glob("*.csv")):
        head, *rows = source.read_text(encoding="utf-8").splitlines()
        target = home / source.name
        known = target.read_text(encoding="utf-8").splitlines() if target.exists() else [head]
        target.write_text("\n".join([*known, *(row for row in rows if row not in known)]) + "\n", encoding="utf-8")
    for kind, limits in LIMITS.items():
        target = home / "kinds" / f"{kind}.toml"
        if not target.exists():
            target.write_text((_KINDS / f"{kind}.toml").read_text(encoding="utf-8").replace("limits = []", limits, 1), encoding="utf-8")
