"""Scenarios (一件事). One TOML file here is one scenario, its name the file's; adding a file adds one, no code changes.

A home's `scenarios/*.toml` override (same name) and add. Every number carries its `source`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from data.domain.errors import SettingsError
from data.domain.tables import Tables
from data.domain.text import is_id
from data.files import convert, mistake
from data.kinds import Kind
from data.scenarios.spec import Scenario

_FOLDER = Path(__file__).parent


def load_scenarios(home: Path | None, kinds: Mapping[str, Kind], tables: Tables) -> dict[str, Scenario]:
    """All scenarios by name. Raises `SettingsError` for the first mistake, naming file, key and remedy."""
    scenarios: dict[str, Scenario] = {}
    for folder in (_FOLDER, *([home / "scenarios"] if home else ())):
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            scenarios[path.stem] = read_scenario(path)
            for wrong in mistakes(path, scenarios[path.stem], kinds, tables):
                raise wrong
    return scenarios


def read_scenario(path: Path) -> Scenario:
    """One file, its shape checked. Raises `SettingsError`."""
    if not is_id(path.stem):
        raise mistake(path, path.name, "settings_want_file_name")
    return msgspec.structs.replace(convert(path, Scenario), name=path.stem)


def mistakes(path: Path, scenario: Scenario, kinds: Mapping[str, Kind], tables: Tables) -> Iterator[SettingsError]:
    """What the file names and the tables do not have, each with its remedy."""
    if scenario.class_ not in tables.classes:
        yield mistake(path, f"class = {scenario.class_!r}", "settings_want_class")
    if not scenario.trigger:
        yield mistake(path, "trigger", "settings_want_trigger")
    for number, trigger in enumerate(scenario.trigger):
        where = f"trigger[{number}]"
        if bool(trigger.kind) == bool(trigger.class_):
            yield mistake(path, where, "settings_want_kind_or_class")
        elif trigger.kind and trigger.kind not in kinds:
            yield mistake(path, f"{where}.kind = {trigger.kind!r}", "settings_want_kind")
        elif trigger.class_ and trigger.class_ not in tables.classes:
            yield mistake(path, f"{where}.class = {trigger.class_!r}", "settings_want_class")
        for rule in trigger.rules:
            if trigger.kind in kinds and rule not in {known.name for known in kinds[trigger.kind].rules}:
                yield mistake(path, f"{where}.rules = {rule!r}", "settings_want_rule")
    yield from _more_mistakes(path, scenario, kinds)


def _more_mistakes(path: Path, scenario: Scenario, kinds: Mapping[str, Kind]) -> Iterator[SettingsError]:
    for number, together in enumerate(scenario.together):
        for kind in together.kinds:
            if kind not in kinds:
                yield mistake(path, f"together[{number}].kinds = {kind!r}", "settings_want_kind")
    for number, step in enumerate(scenario.step):
        if step.where == "downstream" and step.what != "warn":
            yield mistake(path, f"step[{number}].where", "settings_want_warn")
        if blanks := set(_BLANK.findall(step.text)) - BLANKS:
            yield mistake(path, f"step[{number}].text: {{{min(blanks)}}}", "settings_want_blank")
        if step.what in {"warn", "tell"} and not (step.to and step.text):
            yield mistake(path, f"step[{number}]", "settings_want_to_and_text")
        if step.what == "level" and step.level is None:
            yield mistake(path, f"step[{number}].level", "settings_want_level")


BLANKS = frozenset({"sensor", "place", "grid"})
"""What the text of a step may leave open."""
_BLANK = re.compile(r"\{([A-Za-z_]+)\}")


def missing_units(scenario: Scenario, tables: Tables) -> list[str]:
    """Units that the scenario names and this centre does not have; it then goes by the tables, and `check` says so."""
    lead = scenario.open.lead
    return [*([lead] if lead and lead not in tables.units else []), *missing_assists(scenario, tables)]


def missing_assists(scenario: Scenario, tables: Tables) -> list[str]:
    """Its assisting units that this centre does not have; they are left out of the plan."""
    return [unit for unit in scenario.open.assists if unit not in tables.units]
