"""Files of reports as table programs and scripts write them."""

from collections.abc import Sequence

from data.domain.messages import ReportMessage
from data.inlets.lines import csv_lines, decoded, json_lines


def codes(found: Sequence[object]) -> list[str]:
    return ["" if isinstance(one, ReportMessage) else one.code for one in found]  # type: ignore[attr-defined]


def test_a_table_of_another_program() -> None:
    """UTF-16 with tabs, GBK with semicolons and a decimal comma, UTF-8 with a mark."""
    for encoding, text in (("utf-16", "text\tlat\n垃圾\t29.5\n"), ("gbk", "text;lat\n垃圾;29,5\n"), ("utf-8-sig", "text,lat\r\n垃圾,29.5\r\n")):
        ((_, _, report),) = csv_lines(decoded(text.encode(encoding)))
        assert isinstance(report, ReportMessage)
        assert ("垃圾", 29.5) == (report.text, report.lat)


def test_bad_lines_between_good_ones() -> None:
    """Each is named with its reason; a key that comes twice is not guessed, nor what is nested without end."""
    lines = ['{"text":"a","text":"b"}', '{"text":"好"}', "[1]", '{"text":NaN}', "[" * 20_000, '{"text":"好","media":["http://x/1"]}', "\ud800"]
    found = [report for _, _, report in json_lines("\n".join(lines))]
    assert ["payload_double_key", "", "payload_bad", "payload_json", "payload_json", "", "payload_bad"] == codes(found)


def test_bad_rows_between_good_ones() -> None:
    """A place that is no number, a row without words, a field without end, a number of a row that goes on over lines."""
    text = "text,lat\n坏,abc\n,1\n" + "x" * 200_000 + ',\n"多\n行",29.5\n'
    found = list(csv_lines(text))
    assert ["payload_bad", "payload_bad", "payload_bad", ""] == codes([report for *_, report in found])
    assert 6 == found[-1][0]
