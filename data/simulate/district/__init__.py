"""What the sample street gets for demo and trial: sensors, devices that speak or show, and contacts for every scenario.

CSV rows of the home's own tables, added to them. People and numbers are invented.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent


def dress(home: Path) -> None:
    """Add the rows to a home's tables; a row that is there already is not added again."""
    for source in sorted(_FOLDER.glob("*.csv")):
        head, *rows = source.read_text(encoding="utf-8").splitlines()
        target = home / source.name
        known = target.read_text(encoding="utf-8").splitlines() if target.exists() else [head]
        target.write_text("\n".join([*known, *(row for row in rows if row not in known)]) + "\n", encoding="utf-8")
