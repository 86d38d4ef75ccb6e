"""Words about a group of cases that goes as one order, and about assisting units that a home lacks."""

WORDS: dict[str, str] = {
    "settings_no_assist": "this centre has no such assisting unit and orders go without it; if there is one, add it to units.toml",
    "reason.scenario_no_assist": "this centre has no assisting unit {unit}; orders go without it",
}
