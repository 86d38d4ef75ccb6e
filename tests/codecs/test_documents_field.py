"""Warnings and reports as centres and cities of the field write them; documents written for this project."""

import json
from typing import Any

import pytest

from data.domain.errors import PayloadError
from data.inlets.cap import parse_cap
from data.inlets.open311_read import parse_georeport
from tests.codecs.test_documents import INFO, cap
from tests.codecs.test_samples import instant

AREA = "<area><areaDesc>大河沟</areaDesc>{}</area>"


def area(inner: str) -> Any:
    alert = parse_cap(cap(INFO.format("Severe", AREA.format(inner))))
    return alert, alert.infos[0].areas[0]


@pytest.mark.parametrize(
    "text",
    [
        "30.1,107.4 30.2,107.5 30.1,107.6 30.1,107.4",
        "30.1, 107.4 30.2, 107.5\n30.1 ,107.6  30.1,107.4",
        "30.1,107.4\t30.2,107.5 30.1,107.6 30.1,107.4",
    ],
)
def test_a_polygon_with_blanks_behind_its_commas(text: str) -> None:
    """Is the same polygon."""
    alert, place = area(f"<polygon>{text}</polygon>")
    assert (((30.1, 107.4), (30.2, 107.5), (30.1, 107.6), (30.1, 107.4)), ()) == (place.polygons[0], alert.flags)


@pytest.mark.parametrize("text", ["1,2 x", "nan,nan", "1e999,0", "107.4,30.1 107.5,30.2", "1 2 3 4"])
def test_a_warning_counts_without_its_drawing(text: str) -> None:
    """A drawing that is none is left out and flagged; another one of the same area stays."""
    alert, place = area(f"<polygon>{text}</polygon><polygon>1,2 3,4 5,6 1,2</polygon><circle>30.1,107.4 0</circle>")
    assert (("polygon",), 1, "大河沟", ("30.1,107.4 0",)) == (alert.flags, len(place.polygons), place.description, place.circles)


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ("2026-07-21T14:00:00+08:00", "2026-07-21T06:00:00+00:00"),
        ("2026-07-21T14:00:00-00:00", "2026-07-21T14:00:00+00:00"),
        ("2026-07-21T14:00:00Z", "2026-07-21T14:00:00+00:00"),
        ("2026-07-21T14:00:00.250+0800", "2026-07-21T06:00:00.250+00:00"),
        ("\n  2026-07-21T14:00:00+08:00 ", "2026-07-21T06:00:00+00:00"),
    ],
)
def test_times_of_warnings(sent: str, wanted: str) -> None:
    """With an offset in any spelling; blanks around do not count."""
    assert instant(wanted) == parse_cap(cap(sent=sent)).sent


def test_words_in_another_case_are_the_words() -> None:
    """And flagged; an exercise stays one."""
    alert = parse_cap(cap(INFO.format("SEVERE", ""), status="exercise", msgType="ALERT"))
    assert ("Exercise", "Alert", "Severe") == (alert.status, alert.msg_type, alert.infos[0].severity)
    assert ("word:status", "word:msgType", "word:severity") == alert.flags


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_references_name_the_earlier_messages(kind: str) -> None:
    """Several, with commas in an identifier and line breaks between."""
    told = "a@b,w-0,2026-07-21T13:00:00+08:00\n  a@b,urn:oid:2.49,156.1,2026-07-21T13:30:00+08:00"
    alert = parse_cap(cap(msgType=kind, references=told))
    assert [("a@b", "w-0"), ("a@b", "urn:oid:2.49,156.1")] == [(one.sender, one.identifier) for one in alert.references]
    assert (instant("2026-07-21T13:00:00+08:00"), ()) == (alert.references[0].sent, alert.flags)


def test_two_languages_two_areas_and_everything_in_cdata() -> None:
    """One alert of two infos; CDATA and escaped signs are text; what the standard does not know is passed over."""
    info = INFO.format(
        "Extreme",
        "<language>{}</language><headline><![CDATA[{} <b>&]]></headline><expires>2020-01-01T00:00:00+08:00</expires>"
        + AREA.format("<geocode><valueName>p</valueName><value>500101</value></geocode>")
        + AREA.format("<altitude>3</altitude>")
        + "<x:y xmlns:x='u'>1</x:y>",
    )
    alert = parse_cap(cap(info.format("zh-CN", "暴雨") + info.format("en-US", "Rain")))
    assert [("zh-CN", "暴雨 <b>&"), ("en-US", "Rain <b>&")] == [(one.language, one.headline) for one in alert.infos]
    assert [2, 2] == [len(one.areas) for one in alert.infos]
    assert (("p", "500101"),) == alert.infos[0].areas[0].geocodes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_warning_in_any_unicode(encoding: str) -> None:
    """With and without a mark at its beginning."""
    body = cap(INFO.format("Minor", "<headline>大风</headline>")).decode().encode(encoding)
    assert "大风" == parse_cap(body).infos[0].headline


BOMB = "".join(f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "x"}{"&e" + str(n - 1) + ";" if n else "x"}">' for n in range(30))


@pytest.mark.parametrize(
    "body",
    [
        f"<!DOCTYPE alert [{BOMB}]><alert>&e29;</alert>",
        '<!DOCTYPE alert SYSTEM "http://127.0.0.1:9/x.dtd"><alert/>',
        "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>&e1;</alert>",
        "<alert xmlns='http://www.incident.com/cap/1.0'/>",
        "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>" + "<info>" * 60,
        "<feed xmlns='http://www.w3.org/2005/Atom'/>",
    ],
)
def test_what_would_expand_or_fetch_is_refused(body: str) -> None:
    """Before anything of it is read."""
    for parse in (parse_cap, parse_georeport):
        with pytest.raises(PayloadError):
            parse(body.encode())


ROW = {
    "service_request_id": 7,
    "status": "open",
    "service_code": "006",
    "lat": 29.5,
    "long": "107.4",
    "requested_datetime": "2026-07-21T14:00:00+08:00",
}


@pytest.mark.parametrize(
    "wrap", [lambda rows: rows, lambda rows: {"requests": rows}, lambda rows: {"service_requests": {"request": rows}}, lambda rows: rows[0]]
)
def test_requests_in_whatever_they_are_wrapped(wrap: Any) -> None:
    """A list, a list with a name, one alone, with a byte order mark."""
    body = b"\xef\xbb\xbf" + json.dumps(wrap([ROW])).encode()
    (row,) = parse_georeport(body).requests
    assert ("7", "006", "29.5", "107.4") == (row["service_request_id"], row["service_code"], row["lat"], row["long"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"errors":[{"code":400,"description":"bad"}]}', {"code": "400", "description": "bad"}),
        ('{"code":403,"description":"no"}', {"code": "403", "description": "no"}),
        ("<errors><error><code>404</code><description>none</description></error></errors>", {"code": "404", "description": "none"}),
        ("<error><code>404</code><description>none</description></error>", {"code": "404", "description": "none"}),
    ],
)
def test_errors_in_whatever_they_are_wrapped(body: str, said: dict[str, str]) -> None:
    """They are errors, never requests."""
    found = parse_georeport(body.encode())
    assert ((said,), ()) == (found.errors, found.requests)


def test_a_full_page_of_requests_is_read() -> None:
    """A thousand with long descriptions, some megabytes: far more than a device may send."""
    rows = [ROW | {"service_request_id": n, "description": "路边堆着垃圾。" * 100} for n in range(1000)]
    assert 1000 == len(parse_georeport(json.dumps(rows).encode()).requests)


def test_a_request_of_hostile_texts_is_cleaned() -> None:
    """Control signs go, a number that is no place stays text for the reader to judge, an empty id is none."""
    rows = [ROW | {"description": "a\x1b[2J\x00b\u202ec" + "长" * 50_000, "lat": "n/a"}, {**ROW, "service_request_id": ""}]
    found = parse_georeport(json.dumps(rows).encode())
    assert 1 == found.skipped
    assert not {"\x1b", "\x00", "\u202e"} & set(found.requests[0]["description"])
