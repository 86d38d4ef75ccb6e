"""Every step that the journal can hold has its sentence: no screen shows a key for a word."""

import re
from pathlib import Path

from data.acts import table
from data.words import Words

ROOT = Path(__file__).resolve().parents[2]
_ENTRY = re.compile(r'(?:\.entry\(\s*|remark\(tx, story, |_write\()"([a-z_]+)"')


def test_every_step_has_its_sentence() -> None:
    """Acts of the table, and what the centre's own rules write."""
    steps = {name for path in (ROOT / "data").rglob("*.py") for name in _ENTRY.findall(path.read_text(encoding="utf-8"))} | set(table())
    for language in ("zh", "en"):
        words = Words(language)
        assert sorted(step for step in steps if not words.has(f"reason.history_{step}")) == []
