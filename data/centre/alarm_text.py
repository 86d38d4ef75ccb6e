"""What an alarm says, in the centre's language; it is the text of the case and of the orders."""

import re
import unicodedata

from data.domain.sensor import Sensor
from data.kinds import Kind
from data.rules import Absence, Force, Rule, Threshold, Window
from data.words import Words

MAX_TEXT = 100
"""Longest text in characters: an order must fit a text message and a line of a loudspeaker."""

# Signs whose width a terminal may take for one or two cells, by what is written instead.
_PLAIN = str.maketrans({"…": "..", "—": "-", "–": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "·": " ", "×": "x", "°": "度"})
_SPACES = re.compile(r" +")


def alarm_text(words: Words, sensor: Sensor, kind: Kind, value: float, force: Force | None, rule: Rule | None = None) -> str:
    """「江南广场 噪声72.3分贝，超2类区昼间限值60分贝(GB 3096-2008 表1)」; without `force` it is a press or a silence.

    At most 100 characters; Han, ASCII and full-width signs only. The place is cut first.
    """
    key = f"alarm.text.{_shape(kind, force, rule)}"
    fields = _fields(words, kind, value, force, rule)
    bare = plain(words(key, place="", **fields))
    place = plain(sensor.where)[: max(MAX_TEXT - len(bare) - 1, 8)]
    return plain(words(key, place=place, **fields))[:MAX_TEXT]


def _shape(kind: Kind, force: Force | None, rule: Rule | None) -> str:
    if force is None:
        return "silent" if isinstance(rule, Absence) else "press"
    if kind.states:
        return "press"
    if not force.over and force.trip == force.limit:
        return "reach"
    low = rule.direction == "low" if isinstance(rule, Threshold) else kind.direction == "low"
    return "under" if low else "over"


def _figure(words: Words, window: Window) -> str:
    """What a window makes of the readings, in words: 「3小时累计」."""
    seconds = window.per_s or window.over_s
    span = words("alarm.span.hours", n=f"{seconds / 3600:g}") if seconds >= 3600 else words("alarm.span.minutes", n=f"{seconds / 60:g}")
    return words(f"alarm.figure.{'rate' if window.how == 'change' and window.per_s else window.how}", span=span)


def _fields(words: Words, kind: Kind, value: float, force: Force | None, rule: Rule | None) -> dict[str, str]:
    window = rule.window if isinstance(rule, Threshold) else None
    label = kind.label(words.language)
    # 「PM2.5 128微克」: a number never runs into a name that ends in one.
    label += " " if label[-1:].isdecimal() else ""
    fields = {
        "kind": label + (_figure(words, window) if window else ""),
        "hours": f"{value / 3600:.0f}",
        "value": f"{value:.{kind.precision}f}",
        "unit": kind.unit_name(words.language),
        "state": state_word(words, kind, value),
    }
    if force is not None:
        reference = words("alarm.reference", source="").strip("，, ")
        source = force.source if force.confirmed or reference in force.source else words("alarm.reference", source=force.source)
        fields |= {"scope": _scope(words, force), "limit": f"{force.limit:g}", "source": source}
    return fields


def _scope(words: Words, force: Force) -> str:
    area = words("alarm.scope.class", area=force.area_class) if force.area_class else ""
    return area + (words(f"alarm.scope.{force.period}") if force.period else "")


def state_word(words: Words, kind: Kind, value: float) -> str:
    """The word for a value of a yes/no or event kind, or ""."""
    place = min(int(value), len(kind.states) - 1)
    return words(kind.states[place]) if 0 <= place < len(kind.states) else ""


def plain(text: str) -> str:
    """Leave out what a terminal may draw one or two cells wide (East-Asian-ambiguous), after writing the usual ones plainly."""
    kept = (sign for sign in text.translate(_PLAIN) if unicodedata.east_asian_width(sign) != "A")
    return _SPACES.sub(" ", "".join(kept)).strip()
