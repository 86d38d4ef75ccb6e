"""Numbers of people never leave in free text; numbers that are nobody's stay readable (`faults.md`: a corpus of 200)."""

import re
from itertools import cycle, product

import pytest

from data.channels.shared.masking import mask_numbers

MOBILES = ("13812345678", "15900001111", "17799990000", "19912340987", "18655554444")
SHAPES = (
    "{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", "+86{0}{1}{2}", "+86 {0} {1} {2}", "86{0}{1}{2}", "0086{0}{1}{2}", "0086 {0}-{1}-{2}", "+86-{0}{1}{2}",
)  # fmt: skip
LANDLINES = ("010-62345678", "(0716)5123456", "0716 5123456", "02368881234", "07165123456", "（023）68881234", "023-68881234")
IDENTITIES = (
    "110101199003071233", "50011220010228123X", "500112 20010228 123x", "4205 2119 9003 0712 33", "420521-19900307-1233", "420521195512310021",
)  # fmt: skip
SENTENCES = ("居民王先生{}反映楼道堵塞", "联系人张某，电话：{}。", "call {} please", "{}", "证件或电话{}/来自6号楼")
WIDE = str.maketrans("0123456789-+", "０１２３４５６７８９－＋")


def corpus() -> list[tuple[str, str]]:
    """(text, the digits in it that nobody may read together)."""
    numbers = [(shape.format(one[:3], one[3:7], one[7:]), one) for one, shape in product(MOBILES, SHAPES)]
    numbers += [(one, re.sub(r"\D", "", one)) for one in LANDLINES]
    numbers += [(one, re.sub(r"[^\dXx]", "", one)) for one in IDENTITIES]
    numbers += [(one.translate(WIDE), digits) for one, digits in numbers]
    return [(sentence.format(one), digits) for sentence, (one, digits) in zip(cycle(SENTENCES), numbers * 2, strict=False)]


def test_no_number_of_two_hundred_can_be_read() -> None:
    """At most the first six digits and the last four, as the rule for each says; the words around it stay."""
    items = corpus()
    assert 200 <= len(items)
    read = [text for text, digits in items if digits in re.sub(r"[^\dXx]", "", mask_numbers(text)) or "*" not in mask_numbers(text)]
    assert [] == read
    assert "居民王先生138****5678反映楼道堵塞" == mask_numbers("居民王先生13812345678反映楼道堵塞")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话0716-5123456", "电话0716-*****56"), ("(0716)5123456", "(0716)*****56"), ("call 010-62345678.", "call 010-******78."),
        ("+8613812345678", "+86138****5678"), ("0086 138 1234 5678", "0086 138****5678"), ("4205 2119 9003 0712 33", "420521********1233"),
    ],
)  # fmt: skip
def test_what_stays_of_it(text: str, masked: str) -> None:
    """The area code and two digits, three and four of a mobile, six and four of an identity number."""
    assert masked == mask_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "110", "119", "120", "12345热线", "400-123-4567", "4001234567", "#2041", "pailou-2041", "2026-11-25 07:30", "20261125", "63.5 dB",
        "时间1732500000000", "单号20260721130000123", "44 45 46 47 48 49 50 51 52", "读数0.02312345678", "jn-0716-5123456", "星都会６号楼",
        "设备867123456789012", "29.5801,106.5101", "",
    ],
)  # fmt: skip
def test_what_is_nobodys_stays(text: str) -> None:
    """Short and public numbers, cases, times, readings, names of devices."""
    assert text == mask_numbers(text)
