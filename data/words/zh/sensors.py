"""Words of the sensors, 中文."""

WORDS: dict[str, str] = {}
