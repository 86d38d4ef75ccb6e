"""Times as an operator types them."""

import re
from zoneinfo import ZoneInfo

from data.clock import iso, parse_time

_AFTER = re.compile(r"\+(\d{1,5})(m|h|d)?")
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})")
_MINUTE = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
DAY = 86_400_000


def moment(text: str, zone: str, now: int) -> int | None:
    """`18:30` (the next one), `+90` minutes, `+2h`, `+1d`, or ISO 8601; UTC ms, or None when it is none of these."""
    text, place = text.strip(), ZoneInfo(zone)
    if after := _AFTER.fullmatch(text):
        return now + int(after[1]) * _MINUTE[after[2] or "m"]
    try:
        if clock := _CLOCK.fullmatch(text):
            at = parse_time(f"{iso(now, place)[:10]}T{clock[1]:0>2}:{clock[2]}", place)
            return at if at > now else at + DAY
        return parse_time(text, place)
    except ValueError:
        return None
