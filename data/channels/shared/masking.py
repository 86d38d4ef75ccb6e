"""Telephone and identity numbers inside free text, masked where a group or a foreign system will read it."""

import re

from data.domain.text import mask_phone

_PHONE = re.compile(r"(?<!\d)(\+?86|0086)?([-\s]?)(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<![A-Za-z0-9_.\-])(\(?0(?:10|2\d|[3-9]\d\d)\)?[-\s]?)(\d{2,3}[-\s]?\d{3})(\d{2})(?!\d)")
"""Area code, seven or eight digits; not within the name of a sensor or a reading. Public ones (400, 110, 12345) are nobody's."""
_IDENTITY = re.compile(r"(?<!\d)(?:\d[-\s]?){6}(?:19|20)[-\s]?(?:\d[-\s]?){9}[\dXx](?!\d)")
_WIDE = str.maketrans("０１２３４５６７８９－＋（）Ｘｘ　", "0123456789-+()Xx ")
_BETWEEN = re.compile(r"[-\s]")


def mask_numbers(text: str) -> str:
    """`13812345678` → `138****5678`, `110101…123X` → `110101********123X`, `0716-5123456` → `0716-*****56`.

    Country codes, full-width digits, brackets and separators too; a text without such a number comes back as it is.
    """
    narrow = text.translate(_WIDE)
    masked = _IDENTITY.sub(_identity, narrow)
    masked = _PHONE.sub(lambda found: (found[1] or "") + found[2] + mask_phone(found[3] + found[4] + found[5]), masked)
    masked = _LANDLINE.sub(lambda found: found[1] + "*" * len(_BETWEEN.sub("", found[2])) + found[3], masked)
    return text if masked == narrow else masked


def _identity(found: re.Match[str]) -> str:
    """Only with a day of birth that can be: eighteen digits in a row may be nine readings."""
    digits = _BETWEEN.sub("", found[0])
    month, day = int(digits[10:12]), int(digits[12:14])
    return f"{digits[:6]}********{digits[14:]}" if 1 <= month <= 12 and 1 <= day <= 31 else found[0]
