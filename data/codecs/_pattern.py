"""Topics with names in them: `/city/+/well/status/{sensor}`."""

import re

from data.codecs._payload import device_name, refuse

_LEVEL = re.compile(r"\{([a-z_]{1,20})\}")


class Pattern:
    """A topic in which a level may be `+` (any), `{name}` (any, kept) or, at the end, `#` (the rest).

    Raises `ValueError` for a `#` elsewhere or a sign of these inside a level.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._levels = text.split("/") if text else []
        for place, level in enumerate(self._levels):
            named = _LEVEL.fullmatch(level)
            if (level == "#" and place + 1 < len(self._levels)) or (level not in {"+", "#"} and not named and set(level) & set("+#{}")):
                raise ValueError(text)

    def match(self, topic: str) -> dict[str, str] | None:
        """The named levels of a topic, or None for another topic."""
        levels = topic.split("/")
        open_ended = self._levels[-1:] == ["#"]
        if len(levels) != len(self._levels) and not (open_ended and len(levels) >= len(self._levels)):
            return None
        found: dict[str, str] = {}
        for wanted, level in zip(self._levels, levels, strict=False):
            if wanted == "#":
                break
            if wanted[:1] == "{":
                found[wanted[1:-1]] = level
            elif wanted not in {"+", level}:
                return None
        return found

    def device(self, topic: str) -> str:
        """The device that a topic names: its `{sensor}`, else all its levels. Raises `PayloadError` for another topic."""
        if not self._levels:
            return device_name(topic.strip("/").split("/"), topic)
        if (found := self.match(topic)) is None:
            refuse("payload_topic", topic=topic)
        return device_name([found["sensor"]] if "sensor" in found else topic.strip("/").split("/"), topic)
