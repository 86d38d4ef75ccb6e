"""Telephone and identity numbers inside free text, masked where a group or a foreign system will read it."""

import re

from data.domain.text import mask_phone

_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_WIDE = str.maketrans("０１２３４５６７８９－", "0123456789-")


def mask_numbers(text: str) -> str:
    """`13812345678` → `138****5678`, `110101…123X` → `110101********123X`; full-width digits and separators too."""
    narrow = text.translate(_WIDE)
    masked = _IDENTITY.sub(r"\1********\2", narrow)
    masked = _PHONE.sub(lambda found: mask_phone("".join(found.groups())), masked)
    return text if masked == narrow else masked
