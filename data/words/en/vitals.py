"""Words of 城市体征, English."""

WORDS: dict[str, str] = {
    "vitals.head": "vital signs {since} to {until}",
    "vitals.all": "all",
    "vitals.nowhere": "no place",
    "vitals.column.name": "indicator",
    "vitals.column.group": "of",
    "vitals.column.value": "value",
    "vitals.column.budget": "budget",
    "vitals.column.of": "base",
    "vitals.column.formula": "formula",
}
