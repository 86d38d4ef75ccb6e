"""Warnings (CAP) and reports of other systems (Open311): real documents where the folder is, and traps written for this project."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.domain.errors import PayloadError
from data.inlets.cap import Alert, parse_cap
from data.inlets.open311_read import Georeport, parse_georeport
from tests.codecs.test_samples import FOLDER, instant, rows


def facts_of_alert(alert: Alert) -> dict[str, Any]:
    """The alert as the samples name its parts; times as UTC ms."""
    facts: dict[str, Any] = {
        "status": alert.status, "msgType": alert.msg_type, "scope": alert.scope, "sender": alert.sender, "source": alert.source, "note": alert.note,
        "info.count": len(alert.infos), "references.count": len(alert.references), "incidents": alert.incidents, "addresses": alert.addresses,
    }  # fmt: skip
    for n, info in enumerate(alert.infos):
        facts |= {
            f"info[{n}].{name}": value
            for name, value in {
                "event": info.event, "urgency": info.urgency, "severity": info.severity, "certainty": info.certainty, "language": info.language,
                "headline": info.headline, "senderName": info.sender_name, "effective": info.effective, "onset": info.onset, "expires": info.expires,
                "area.count": len(info.areas), "web": info.web, "contact": info.contact, "parameter.count": len(info.parameters),
                "category.count": len(info.categories), "eventCode.count": len(info.event_codes),
            }.items()
        }  # fmt: skip
        for m, area in enumerate(info.areas):
            facts |= {
                f"info[{n}].area[{m}].areaDesc": area.description, f"info[{n}].area[{m}].circle": area.circles[0] if area.circles else None,
                f"info[{n}].area[{m}].polygon.points": len(area.polygons[0]) if area.polygons else None,
                f"info[{n}].area[{m}].geocode.count": len(area.geocodes),
            }  # fmt: skip
    return facts


TIMES = ("effective", "onset", "expires")


@pytest.mark.parametrize("row", rows("cap"))
def test_a_warning_reads_as_a_person_reads_it(row: dict[str, Any]) -> None:
    """Every fact that the row names; what is refused is refused."""
    body = (FOLDER / row["file"]).read_bytes()
    if "reject" in row:
        with pytest.raises(PayloadError):
            parse_cap(body)
        return
    alert = parse_cap(body)
    facts = facts_of_alert(alert)
    for wanted in row["expect"]:
        value = instant(wanted["value"]) if wanted["field"].endswith(TIMES) else wanted["value"]
        assert (wanted["sensor"], value) == (alert.identifier, facts[wanted["field"]]), wanted
        if "time" in wanted:
            assert instant(wanted["time"]) == alert.sent


def facts_of_report(found: Georeport) -> dict[tuple[str, str], Any]:
    facts: dict[tuple[str, str], Any] = {("", "requests.count"): len(found.requests)}
    for request in found.requests:
        name = request.get("service_request_id") or f"token:{request['token']}"
        facts |= {(name, key): value for key, value in request.items()}
    for row in (*found.services, *found.updates):
        facts |= {(row.get("service_request_id") or row["service_code"], key): value for key, value in row.items()}
    for n, error in enumerate(found.errors):
        facts |= {("", f"errors[{n}].{key}"): value for key, value in error.items()}
    if found.definition:
        code, first = found.definition["service_code"], found.definition["attributes"][0]
        facts |= {(code, f"attribute.{key}"): value for key, value in first.items()} | {(code, "attribute.values.count"): len(first["values"])}
    return facts


@pytest.mark.parametrize("row", rows("open311"))
def test_a_report_reads_as_a_person_reads_it(row: dict[str, Any]) -> None:
    """Ids and codes as text, places as numbers, errors as errors, nothing invented."""
    body = (FOLDER / row["file"]).read_bytes()
    if "reject" in row:
        with pytest.raises(PayloadError):
            parse_georeport(body)
        return
    facts = facts_of_report(parse_georeport(body))
    for wanted in row["expect"]:
        value = facts[wanted["sensor"], wanted["field"]]
        if isinstance(wanted["value"], float):
            value = pytest.approx(float(value), rel=1e-9)
        assert wanted["value"] == value, wanted
        if "time" in wanted and row["topic"].startswith("GET /requests"):
            assert instant(wanted["time"]) == instant(facts[wanted["sensor"], "requested_datetime"])


def cap(info: str = "", **more: str) -> bytes:
    parts = {
        "identifier": "w-1",
        "sender": "a@b",
        "sent": "2026-07-21T14:00:00+08:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
    } | more
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items() if value)
    return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{inner}{info}</alert>'.encode()


INFO = "<info><event>暴雨</event><urgency>Immediate</urgency><severity>{}</severity><certainty>Likely</certainty>{}</info>"


def test_a_warning_in_gbk_is_read() -> None:
    """Chinese feeds declare GBK or GB2312."""
    body = b'<?xml version="1.0" encoding="GB2312"?>' + cap(INFO.format("Severe", "<headline>暴雨红色预警</headline>")).decode().encode("gbk")
    assert "暴雨红色预警" == parse_cap(body).infos[0].headline


def test_what_is_merely_against_the_rules_is_flagged() -> None:
    """A warning is not lost for a word or a missing reference."""
    alert = parse_cap(cap(INFO.format("Worst", "<expires>soon</expires>"), msgType="Cancel"))
    assert (("no_references", "word:severity", "time:expires"), "Unknown", None) == (alert.flags, alert.infos[0].severity, alert.infos[0].expires)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (cap(scope=""), "payload_missing"),
        (cap(status="Perhaps"), "payload_word"),
        (cap(sent="2026-07-21T14:00:00"), "payload_word"),
        (cap(INFO.format("", "")), "payload_missing"),
        (b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', "payload_doctype"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'.encode("utf-16"), "payload_doctype"),
        (b"<alert/>", "payload_namespace"),
        (b"<a>" * 60, "payload_deep"),
        (b"", "payload_xml"),
        (b"\xff\xfe<", "payload_xml"),
        (b'<?xml version="1.0" encoding="x-none"?><a/>', "payload_xml"),
        (b" " * 5_000_000, "payload_too_large"),
    ],
)
def test_what_is_no_warning_is_refused(body: bytes, code: str) -> None:
    """With a reason; nothing is expanded or fetched."""
    with pytest.raises(PayloadError) as caught:
        parse_cap(body)
    assert code == caught.value.reason.code


def test_reports_keep_ids_as_text_and_invent_nothing() -> None:
    """A number that is an id becomes text; a request that has none yet is left out."""
    found = parse_georeport(b'[{"service_request_id":7,"service_code":"006","lat":30.5,"description":null},{"status":"open","service_code":"1"}]')
    assert (({"service_request_id": "7", "service_code": "006", "lat": "30.5"},), 1) == (found.requests, found.skipped)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: cap(INFO.format(text, text))))
def test_random_documents_read_or_are_refused(body: bytes) -> None:
    """Nothing but a value or `PayloadError`."""
    for parse in (parse_cap, parse_georeport):
        with suppress(PayloadError):
            parse(body)
