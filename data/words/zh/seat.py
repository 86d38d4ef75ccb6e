"""Words of the seat, 中文."""

WORDS: dict[str, str] = {}
