"""Words of the desk, 中文."""

WORDS: dict[str, str] = {}
