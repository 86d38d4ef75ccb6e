"""Scenarios for reading: what a home has, and whether a file is sound."""

from pathlib import Path
from typing import Any

from data.domain.errors import SettingsError
from data.domain.reason import Reason, because
from data.kinds import load_kinds
from data.scenarios import load_scenarios, missing_assists, missing_units, mistakes, read_scenario
from data.settings import load


def scenario_list(home: Path, language: str) -> list[dict[str, Any]]:
    """One row a scenario, by name; `own` where the home's file says it. Raises `SettingsError`."""
    settings, kinds = load(home), load_kinds(home)
    return [
        {
            "name": name,
            "label": scenario.label(language),
            "class": scenario.class_,
            "key": scenario.key,
            "triggers": [trigger.kind or trigger.class_ for trigger in scenario.trigger],
            "steps": [f"{step.what}@{step.after_s:g}s" for step in scenario.step],
            "confirmed": scenario.confirmed,
            "own": (home / "scenarios" / f"{name}.toml").exists(),
            "source": scenario.source,
        }
        for name, scenario in sorted(load_scenarios(home, kinds, settings.tables).items())
    ]


def check_scenario(file: Path, home: Path) -> tuple[list[Reason], list[Reason]]:
    """Every mistake of a file, and what is worth knowing though it is none. Raises `SettingsError` for the home's own."""
    tables, kinds = load(home).tables, load_kinds(home)
    try:
        scenario = read_scenario(file)
    except SettingsError as error:
        return [error.reason], []
    lacking = missing_assists(scenario, tables)
    notes = [because("scenario_no_unit", unit=unit) for unit in missing_units(scenario, tables) if unit not in lacking]
    notes += [because("scenario_no_assist", unit=unit) for unit in lacking]
    told = {step.to for step in scenario.step if step.what == "tell"} - {who.kind for who in tables.contacts}
    notes += [because("scenario_no_contact", kind=kind) for kind in sorted(told)]
    warned = {step.to for step in scenario.step if step.what == "warn"} - {device.kind for device in tables.devices}
    notes += [because("scenario_no_device", kind=kind) for kind in sorted(warned)]
    if not scenario.confirmed:
        notes.append(because("scenario_unconfirmed"))
    return [error.reason for error in mistakes(file, scenario, kinds, tables)], notes
