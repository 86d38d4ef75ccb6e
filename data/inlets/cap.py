"""CAP 1.2 and 1.1 (OASIS Common Alerting Protocol): one warning message as values. Pure.

A warning must not be lost for a formality: what is merely against the rules (an Update without references, an unknown word) is accepted and flagged.
Refused are what is no CAP, lacks what says who, when and what, or says it with nothing in it. `areas` keep polygons as they are, also
degenerate ones. A time "-00:00" is UTC. An alert without `info` is valid and raises nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from math import nan
from typing import NoReturn

from data.domain.errors import PayloadError
from data.domain.reason import because
from data.domain.text import clean, one_line
from data.inlets.xml import Node, parse_xml

NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
WORDS = {
    "status": ("Actual", "Exercise", "System", "Test", "Draft"),
    "msgType": ("Alert", "Update", "Cancel", "Ack", "Error"),
    "scope": ("Public", "Restricted", "Private"),
    "urgency": ("Immediate", "Expected", "Future", "Past", "Unknown"),
    "severity": ("Extreme", "Severe", "Moderate", "Minor", "Unknown"),
    "certainty": ("Observed", "Likely", "Possible", "Unlikely", "Unknown", "Very Likely"),
}
"""The closed word sets; "Very Likely" is of CAP 1.0 and still met."""
_COMMA = re.compile(r"\s*,\s*")
Pair = tuple[str, str]
"""valueName and value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An earlier message that this one changes."""

    sender: str
    identifier: str
    sent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where."""

    description: str
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Each a ring of (latitude, longitude)."""
    circles: tuple[str, ...] = ()
    """As written: "latitude,longitude radius-in-km"."""
    geocodes: tuple[Pair, ...] = ()
    altitude: str = ""
    ceiling: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What, in one language. Times are UTC ms or None."""

    event: str
    urgency: str
    severity: str
    certainty: str
    language: str = "en-US"
    categories: tuple[str, ...] = ()
    response_types: tuple[str, ...] = ()
    audience: str = ""
    effective: int | None = None
    onset: int | None = None
    expires: int | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    event_codes: tuple[Pair, ...] = ()
    parameters: tuple[Pair, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message. `(identifier, sender, sent)` names it: the same again is a duplicate."""

    identifier: str
    sender: str
    sent: int
    status: str
    msg_type: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    infos: tuple[Info, ...] = ()
    flags: tuple[str, ...] = ()
    """What is against the rules and was let pass: `no_references`, `cap_1_1`, `word:<element>`, `time:<element>`, `polygon`."""


def parse_cap(body: bytes) -> Alert:
    """Read one alert. Raises `PayloadError`."""
    root = parse_xml(body)
    if root.name != "alert" or root.namespace not in NAMESPACES:
        raise PayloadError(because("payload_namespace", namespace=one_line(root.namespace or root.name, 100)))
    flags = ["cap_1_1"] if root.namespace == NAMESPACES[1] else []
    texts = {name: _required(root, name) for name in ("identifier", "sender", "sent", "status", "msgType", "scope")}
    for name in ("status", "msgType", "scope"):
        texts[name] = _word(name, texts[name], flags) or _refuse_word(name, texts[name])
    sent = _time(root, "sent", flags)
    if sent is None:
        _refuse_word("sent", texts["sent"])
    references = tuple(one for text in root.get("references").split() if (one := _reference(text)))
    if texts["msgType"] in {"Update", "Cancel"} and not references:
        flags.append("no_references")
    infos = tuple(_info(node, flags) for node in root.all("info"))
    return Alert(
        identifier=texts["identifier"], sender=texts["sender"], sent=sent, status=texts["status"], msg_type=texts["msgType"], scope=texts["scope"],
        source=_line(root, "source"), restriction=_line(root, "restriction"), addresses=_line(root, "addresses"),
        codes=tuple(one_line(node.text, 200) for node in root.all("code")), note=_line(root, "note"), references=references,
        incidents=_line(root, "incidents"), infos=infos, flags=tuple(dict.fromkeys(flags)),
    )  # fmt: skip


def _required(node: Node, name: str) -> str:
    text = one_line(node.get(name), 500)
    if not text:
        raise PayloadError(because("payload_missing", element=name))
    return text


def _refuse_word(name: str, value: str) -> NoReturn:
    raise PayloadError(because("payload_word", element=name, value=one_line(value, 40)))


def _word(name: str, text: str, flags: list[str]) -> str:
    """The word of the standard that this is, in whatever case; "" for none. What is not written as it should be is flagged."""
    if text in WORDS[name]:
        return text
    flags.append(f"word:{name}")
    return next((word for word in WORDS[name] if word.casefold() == text.casefold()), "")


def _line(node: Node, name: str) -> str:
    return one_line(node.get(name), 4000)


def _time(node: Node, name: str, flags: list[str]) -> int | None:
    text = node.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        at = round(moment.timestamp() * 1000) if moment.tzinfo else None
    except (ValueError, OverflowError):
        at = None
    if at is None:
        flags.append(f"time:{name}")
    return at


def _reference(text: str) -> Reference | None:
    parts = text.split(",")
    if len(parts) < 3:
        return None
    probe = Node("", children=[Node("sent", text=parts[-1])])
    return Reference(sender=one_line(parts[0], 200), identifier=one_line(",".join(parts[1:-1]), 200), sent=_time(probe, "sent", []))


def _info(node: Node, flags: list[str]) -> Info:
    words = {}
    for name in ("urgency", "severity", "certainty"):
        words[name] = _word(name, _required(node, name), flags) or "Unknown"
    return Info(
        event=_required(node, "event"), **words, language=_line(node, "language") or "en-US",
        categories=tuple(one_line(child.text, 40) for child in node.all("category")),
        response_types=tuple(one_line(child.text, 40) for child in node.all("responseType")), audience=_line(node, "audience"),
        effective=_time(node, "effective", flags), onset=_time(node, "onset", flags), expires=_time(node, "expires", flags),
        sender_name=_line(node, "senderName"), headline=_line(node, "headline"), description=clean(node.get("description"), 20_000),
        instruction=clean(node.get("instruction"), 20_000), web=_line(node, "web"), contact=_line(node, "contact"),
        event_codes=_pairs(node, "eventCode"), parameters=_pairs(node, "parameter"), areas=tuple(_area(child, flags) for child in node.all("area")),
    )  # fmt: skip


def _pairs(node: Node, name: str) -> tuple[Pair, ...]:
    return tuple((one_line(child.get("valueName"), 200), one_line(child.get("value"), 1000)) for child in node.all(name))


def _area(node: Node, flags: list[str]) -> Area:
    rings = tuple(ring for child in node.all("polygon") if child.text and (ring := _polygon(child.text, flags)))
    return Area(
        description=_line(node, "areaDesc"), polygons=rings,
        circles=tuple(one_line(child.text, 100) for child in node.all("circle") if child.text), geocodes=_pairs(node, "geocode"),
        altitude=_line(node, "altitude"), ceiling=_line(node, "ceiling"),
    )  # fmt: skip


def _polygon(text: str, flags: list[str]) -> tuple[tuple[float, float], ...]:
    """The ring; () and a flag for what is none, for a warning counts without its drawing too. Some write a blank behind the comma."""
    points = []
    for pair in _COMMA.sub(",", text).split():
        latitude, _, longitude = pair.partition(",")
        try:
            point = float(latitude), float(longitude)
        except ValueError:
            point = nan, nan
        if not (abs(point[0]) <= 90 and abs(point[1]) <= 360):
            flags.append("polygon")
            return ()
        points.append(point)
    return tuple(points)
