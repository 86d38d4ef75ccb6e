"""Home Assistant discovery, read-only: `homeassistant/<component>/[<node>/]<object>/config`, retained, and the states that it points to.

Names, units, expiry and where the value lies come for free; short keys and `~` are written out. Of templates only `value_json.a.b` and
`value_json["a"]` are understood, with filters that only show (`| round(1)`, `| is_defined`); another one is a program, is never run, and its entity
is listed as 待映射. An empty config retires the entity.
A `homeassistant/device/<object>/config` describes many at once. Nothing is ever sent to a command topic. Options: `prefix`, the first level.
Source: home-assistant.io MQTT documentation, "MQTT Discovery".
"""

import re
from collections.abc import Iterable, Mapping
from math import isnan
from typing import Any
from zoneinfo import ZoneInfo

from data.codecs._payload import follow, no_unit, number_of, parse_json, parse_object, parse_path, readings, refuse
from data.domain.description import Availability, Description
from data.domain.errors import PayloadError
from data.domain.reading import Reading
from data.domain.text import one_line

NAME = "homeassistant"
SAYS_AVAILABILITY = True

_SHORT = {
    "avty": "availability", "avty_t": "availability_topic", "curr_temp_t": "current_temperature_topic",
    "curr_temp_tpl": "current_temperature_template",
    "dev": "device", "dev_cla": "device_class", "exp_aft": "expire_after", "obj_id": "object_id", "pl_off": "payload_off", "pl_on": "payload_on",
    "stat_cla": "state_class", "stat_t": "state_topic", "stat_val_tpl": "state_value_template", "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement", "val_tpl": "value_template", "cmps": "components", "p": "platform", "pos_t": "position_topic",
    "pos_tpl": "position_template", "json_attr_t": "json_attributes_topic", "ids": "identifiers", "mf": "manufacturer", "mdl": "model",
    "t": "topic", "cmd_t": "command_topic", "temp_stat_t": "temperature_state_topic", "temp_stat_tpl": "temperature_state_template",
    "avty_mode": "availability_mode", "avty_tpl": "availability_template", "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "stat_tpl": "state_template", "curr_hum_t": "current_humidity_topic", "curr_hum_tpl": "current_humidity_template",
}  # fmt: skip
# Where an entity that is no plain sensor says what it measures, best first: (topic, template).
_STATES = (
    ("state_topic", "value_template"), ("current_temperature_topic", "current_temperature_template"),
    ("current_humidity_topic", "current_humidity_template"), ("position_topic", "position_template"),
)  # fmt: skip
# Filters that leave the value what it is, or only say how to show it.
_FILTERS = (
    r"(?:\|\s*(?:is_defined|lower|upper|string|trim|(?:float|int|round)(?:\(\s*\d?\s*\))?|default(?:\(\s*(?:'[^']*'|\"[^\"]*\"|[\w.]*)\s*\))?)\s*)*"
)
_AVAILABILITY = ("availability", "availability_topic", "availability_mode", "availability_template", "payload_available", "payload_not_available")
_SIMPLE = re.compile(
    r"\{\{-?\s*value_json((?:\.[A-Za-z_]\w*|\[\s*(?:\d{1,4}|'[^'\]]*'|\"[^\"\]]*\")\s*\])+)\s*" + _FILTERS + r"-?\}\}",
    re.ASCII,
)
_WHOLE = re.compile(r"\{\{-?\s*value\s*" + _FILTERS + r"-?\}\}")
_NO_STATE = re.compile(r"command|cmd_|availability|json_attributes|^set_|_set_|^send_|^whit_|action_topic")
_LEVEL = re.compile(r"[A-Za-z0-9_-]{1,100}")
MAX_LINKS = 16
"""Most places that may say whether an entity can be heard (judgement)."""
MAX_ENTITIES = 20_000
"""Most entities that a source remembers; more are refused (judgement)."""


class Discovery:
    """The entities of one source: learns from configs, reads the states they point to."""

    def __init__(self, prefix: str = "homeassistant") -> None:
        self._prefix = prefix
        self._known: dict[str, Description] = {}
        self._by_state: dict[str, dict[str, Description]] = {}
        self._by_link: dict[str, dict[str, Description]] = {}
        self._online: dict[str, dict[str, bool]] = {}
        """What each topic said last of an entity that has some, by where the entity was described."""

    def learn(self, descriptions: Iterable[Description]) -> None:
        """Take up what was said; the same again changes nothing."""
        for one in descriptions:
            self._forget(one.topic)
            if one.is_retired or len(self._known) >= MAX_ENTITIES:
                self._online.pop(one.topic, None)
                continue
            self._known[one.topic] = one
            if one.state_topic and not one.is_pending:
                self._by_state.setdefault(one.state_topic, {})[one.topic] = one
                for link in one.availability:
                    self._by_link.setdefault(link.topic, {})[one.topic] = one

    def _forget(self, topic: str) -> None:
        old = self._known.pop(topic, None)
        if old is None:
            return
        for index, where in ((self._by_state, old.state_topic), *((self._by_link, link.topic) for link in old.availability)):
            if (told := index.get(where)) is not None:
                told.pop(topic, None)
                if not told:
                    del index[where]

    def retired_by(self, topic: str) -> tuple[Description, ...]:
        """The known entities that an empty config on this topic retires."""
        return tuple(one for key, one in self._known.items() if key == topic or key.startswith(f"{topic}#"))

    def __call__(
        self, topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False
    ) -> tuple[Reading, ...]:
        """Readings of a state; a config says nothing from a sensor."""
        if _is_config(topic, self._prefix):
            self.learn(self.describe(topic, payload))
            return ()
        entities, links = self._by_state.get(topic), self._by_link.get(topic)
        if not entities and not links:
            refuse("payload_topic", topic=topic)
        common: dict[str, Any] = {"received_at": received_at, "retained": retained, "duplicate": duplicate}
        said = tuple(reading for one in (links or {}).values() for reading in self._heard_of(one, topic, payload, common))
        return said + self._states(entities, payload, common) if entities else said

    def _heard_of(self, one: Description, topic: str, payload: bytes, common: Mapping[str, Any]) -> tuple[Reading, ...]:
        """Whether an entity can be heard, as far as this message says so."""
        known = self._online.setdefault(one.topic, {})
        said = next((state for link in one.availability if link.topic == topic and (state := _online(link, payload)) is not None), None)
        if said is None:
            return ()
        known[topic] = said
        every = [known.get(link.topic, False) for link in one.availability]
        online = {"all": all(every), "any": any(every)}.get(one.availability_mode, said)
        return readings(one.id, iter([("availability", online)]), no_unit, **common)

    @staticmethod
    def _states(entities: Mapping[str, Description], payload: bytes, common: Mapping[str, Any]) -> tuple[Reading, ...]:
        message = _message(payload)
        return tuple(reading for one in entities.values() for reading in _read(one, message, **common))

    def describe(self, topic: str, payload: bytes) -> tuple[Description, ...]:
        """What a config says; a retired entity keeps its id where it is known."""
        said = describe(topic, payload, self._prefix)
        if not payload.strip():
            known = self.retired_by(topic)
            return tuple(Description(topic=one.topic, id=one.id, component=one.component, is_retired=True) for one in known) or said
        here = {one.topic for one in said}
        gone = (one for one in self.retired_by(topic) if one.topic not in here)
        return said + tuple(Description(topic=one.topic, id=one.id, component=one.component, is_retired=True) for one in gone)


def _forget(index: dict[str, dict[str, Description]], key: str, topic: str) -> None:
    """Take an entity out of an index, and its place in it where it was the last there."""
    entities = index.get(key, {})
    entities.pop(topic, None)
    if not entities:
        index.pop(key, None)


def bind(options: Mapping[str, Any]) -> Any:
    """Option `prefix`."""
    if extra := set(options) - {"prefix"}:
        raise ValueError(extra.pop())
    return Discovery(str(options.get("prefix", "homeassistant")))


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """Check a config; states need a `Discovery` that has learned of them."""
    if not _is_config(topic, ""):
        refuse("payload_topic", topic=topic)
    describe(topic, payload)
    return ()


def describe(topic: str, payload: bytes, prefix: str = "") -> tuple[Description, ...]:
    """The entities that a config describes or retires. Raises `PayloadError`. `()` for what is no sensor: triggers, sirens without a state."""
    if not _is_config(topic, prefix):
        refuse("payload_topic", topic=topic)
    component, *place = topic.split("/")[prefix.count("/") + 1 : -1]
    fallback = "_".join(place)
    if not payload.strip():
        return (Description(topic=topic, id=fallback, component=component, is_retired=True),)
    config = _long(parse_object(payload))
    if component != "device":
        return _entity(topic, component, fallback, config)
    parts = config.get("components")
    if not isinstance(parts, dict):
        refuse("payload_shape", wanted="components")
    shared = {key: value for key, value in config.items() if key in {"device", "~", "state_topic", *_AVAILABILITY}}
    return tuple(one for key, part in parts.items() for one in _part(f"{topic}#{one_line(key, 60)}", f"{fallback}_{key}", shared, part))


def _part(topic: str, fallback: str, shared: Mapping[str, Any], part: Any) -> tuple[Description, ...]:
    part = _long(part) if isinstance(part, dict) else {}
    component = str(part.get("platform", ""))
    if set(part) <= {"platform"}:
        return (Description(topic=topic, id=one_line(fallback, 200), component=component, is_retired=True),)
    return _entity(topic, component, fallback, {**shared, **part})


def _entity(topic: str, component: str, fallback: str, config: dict[str, Any]) -> tuple[Description, ...]:
    if config.get("automation_type") or component in {"device_automation", "tag", "button", "scene"}:
        return ()
    base = str(config.get("~", ""))
    config.setdefault("value_template", config.get("state_value_template"))
    found = [(_topic(config[key], base), config.get(template)) for key, template in _STATES if isinstance(config.get(key), str)]
    device = config.get("device")
    device = device if isinstance(device, dict) else {}
    is_pending = False
    if not found:
        if not any(key.endswith(("_topic", "_t")) and not _NO_STATE.search(key) for key in config):
            return ()
        found, is_pending = [("", None)], True
    state_topic, template = found[0]
    path = _path(template)
    return (
        Description(
            topic=topic,
            id=_text(config.get("unique_id")) or _text(config.get("object_id")) or fallback,
            component=_text(component),
            name=_text(config.get("name")) or _text(device.get("name")),
            device=_text(device.get("name")),
            unit=_text(config.get("unit_of_measurement")),
            device_class=_text(config.get("device_class")),
            state_topic=state_topic,
            value_path=path or "",
            expire_after_s=_seconds(config.get("expire_after")),
            availability=_links(config, base),
            availability_mode=_text(config.get("availability_mode")) or "latest",
            payload_on=_plain(config.get("payload_on")),
            payload_off=_plain(config.get("payload_off")),
            is_pending=is_pending or path is None or component in {"event", "light", "climate", "device_tracker", "camera", "image"},
        ),
    )


def _links(config: Mapping[str, Any], base: str) -> tuple[Availability, ...]:
    """Where it is said whether an entity can be heard; those whose template is a program are left out."""
    rows = config.get("availability")
    rows = rows if isinstance(rows, list) else [rows] if isinstance(rows, dict) else []
    said = [_long(row) for row in rows[:MAX_LINKS] if isinstance(row, dict)]
    if isinstance(config.get("availability_topic"), str):
        said.append({**config, "topic": config["availability_topic"], "value_template": config.get("availability_template")})
    found = [(row, _path(row.get("value_template"))) for row in said if isinstance(row.get("topic"), str)]
    return tuple(
        Availability(
            topic=_topic(row["topic"], base), value_path=path,
            online=_text(row.get("payload_available")) or "online", offline=_text(row.get("payload_not_available")) or "offline",
        )
        for row, path in found if path is not None
    )  # fmt: skip


def _online(link: Availability, payload: bytes) -> bool | None:
    """What a message says of a device; None where it is neither word."""
    value: Any = payload.decode("utf-8", "replace").strip()
    if link.value_path:
        try:
            value = follow(parse_json(payload), parse_path(link.value_path))
        except PayloadError:
            return None
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return {link.online: True, link.offline: False}.get(said, {link.online.lower(): True, link.offline.lower(): False}.get(said))


def _is_config(topic: str, prefix: str) -> bool:
    levels = topic.split("/")
    depth = prefix.count("/") + 1
    if levels[-1] != "config" or not 3 <= len(levels) - depth <= 4 or (prefix and "/".join(levels[:depth]) != prefix):
        return False
    return all(_LEVEL.fullmatch(level) for level in levels[depth:])


def _long(config: Mapping[str, Any]) -> dict[str, Any]:
    """Short keys written out, also in `device`."""
    made = {_SHORT.get(key, key): value for key, value in config.items()}
    if isinstance(made.get("device"), dict):
        made["device"] = {_SHORT.get(key, key): value for key, value in made["device"].items()}
    return made


def _topic(value: str, base: str) -> str:
    if base:
        value = base + value[1:] if value.startswith("~") else value[:-1] + base if value.endswith("~") else value
    return one_line(value, 500)


def _path(template: Any) -> str | None:
    """`a.b` of `{{ value_json.a.b }}`, "" of none or `{{ value }}`, None of a program."""
    if template is None or (isinstance(template, str) and (not template.strip() or _WHOLE.fullmatch(template.strip()))):
        return ""
    simple = _SIMPLE.fullmatch(template.strip()) if isinstance(template, str) else None
    if simple is None:
        return None
    try:
        steps = parse_path(re.sub(r"\[\s*(.*?)\s*\]", r"[\1]", simple[1]))
    except ValueError:
        return None
    return "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" if re.fullmatch(r"[^.\[\]'\"]+", step) else f"['{step}']" for step in steps
    ).lstrip(".")


def _message(payload: bytes) -> Any:
    try:
        return parse_json(payload)
    except PayloadError:
        text = payload.decode("utf-8", "replace")
        if not 0 < len(text.strip()) <= 200 or "\ufffd" in text or text.lstrip()[:1] in set('{["'):
            raise
        return text.strip()


def _read(one: Description, message: Any, *, received_at: int, retained: bool, duplicate: bool) -> tuple[Reading, ...]:
    value = follow(message, parse_path(one.value_path)) if one.value_path else message
    for wanted, number in ((one.payload_on, 1.0), (one.payload_off, 0.0)):
        if wanted is not None and str(value).lower() == str(wanted).lower():
            value = number
    found = number_of(value)
    if found is None or (isnan(found[0]) and one.unit):
        return ()
    return readings(one.id, iter([("", value)]), lambda _path, _value: one.unit, received_at=received_at, retained=retained, duplicate=duplicate)


def _text(value: Any) -> str:
    return one_line(str(value), 200) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _seconds(value: Any) -> float | None:
    found = number_of(value) if type(value) in {int, float, str} else None
    return found[0] if found and not found[1] and 0 < found[0] < 1e9 else None


def _plain(value: Any) -> Any:
    return one_line(value, 100) if isinstance(value, str) else value if isinstance(value, (bool, int, float)) else None
