"""Reports of an Open311 server, its failures, and our state told back to it."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.clock import iso
from data.domain.errors import PayloadError, SettingsError
from data.inlets.open311_read import parse_georeport
from data.office import Office
from data.settings import load
from data.words import Words
from tests.inlets.conftest import Server, Street

SAMPLES = Path(os.environ.get("PAIDAN_SAMPLES", Path(__file__).resolve().parents[3] / "shared" / "samples"))


def config(server: Server, **more: str) -> str:
    lines = {"name": '"city"', "url": f'"{server.url}"', "allow_http": "true", "poll_s": "0.05", "jurisdiction": '"pailou.cn"', **more}
    return "[[open311]]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items())


def request(number: int, at: int, **more: Any) -> dict[str, Any]:
    moment = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "service_request_id": number, "status": "open", "service_code": "006", "service_name": "Garbage",
        "description": f"第{number}号垃圾桶满了", "requested_datetime": moment, "lat": 29.5 + number / 100, "long": 106.5, **more,
    }  # fmt: skip


def test_what_is_new_becomes_cases_once(open_street: Callable[..., Street], server: Server) -> None:
    """Services map to classes; what is closed already is left out; what comes later is fetched later."""
    street = open_street(config(server, services='{ "006" = "0103" }'))
    now = street.centre.clock.now()
    server.requests = [request(1, now - 60_000), request(2, now - 50_000, status="closed"), request(3, now - 40_000, status="investigating")]
    street.until(lambda: len(street.centre.all("cases")) == 2, "two cases")
    server.requests.append(request(4, street.centre.clock.now()))
    street.until(lambda: len(street.centre.all("cases")) == 3, "the third")
    assert [(row["message"], row["class"], row["inlet"]) for row in street.centre.all("reports")] == [
        (f"open311/city/{number}", "0103", "open311/city") for number in (1, 3, 4)
    ]
    assert {query["jurisdiction_id"] for query in server.asked} == {"pailou.cn"}
    assert street.inlet("open311/city")["taken"] == 3


def test_a_long_list_is_asked_again_in_halves(open_street: Callable[..., Street], server: Server) -> None:
    """The standard's thousand is no loss: 1,500 reports in a day come whole."""
    street = open_street("")
    now = street.centre.clock.now()
    server.requests = [request(number, now - 80_000_000 + number * 50_000, lat=None, long=None) for number in range(1, 1501)]
    street.inlets.close()
    path = street.centre.settings.home / "paidan.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + config(server), encoding="utf-8")
    street.centre.settings = load(street.centre.settings.home)
    street.inlets = type(street.inlets)(street.centre.settings)
    street.inlets.start(street.centre.desk)
    street.until(lambda: street.inlet("open311/city").get("cursor"), "all fetched")
    assert street.centre.desk.conn.execute("SELECT count(*) FROM reports").fetchone()[0] == 1500
    street.inlets.close()


def test_a_server_that_is_down_is_shown_with_since_when_and_stops_nothing(open_street: Callable[..., Street], server: Server) -> None:
    street = open_street(config(server))
    server.status, server.body = 503, b"<html>"
    down = street.until(lambda: street.inlet("open311/city").get("down_since"), "down")
    street.centre.report()
    street.until(lambda: len(server.asked) > 3, "asked again")
    assert street.inlet("open311/city")["down_since"] == down
    assert "503" in street.inlet("open311/city")["error"]
    office = Office.open(street.centre.settings.home, "王梅")
    [row] = [row for row in office.status.health().rows if row.name == "inlet" and row.which == "open311/city"]
    assert (row.state, Words("zh").say(row.figures).startswith("断")) == ("down", True)
    office.close()
    server.status, server.body = 200, None
    server.requests = [request(1, street.centre.clock.now() - 1000)]
    street.until(lambda: len(street.centre.all("cases")) == 2, "it goes on")
    street.until(lambda: street.inlet("open311/city")["down_since"] is None, "up again")


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"not json"), (200, b'[{"a": 006}]'), (200, b'"text"'), (302, b""), (404, b'[{"code":404,"description":"x"}]'), (200, b"[[[[")],
)
def test_an_answer_that_is_none_is_a_fault_and_no_report(open_street: Callable[..., Street], server: Server, status: int, body: bytes) -> None:
    street = open_street(config(server))
    server.status, server.body = status, body
    street.until(lambda: street.inlet("open311/city").get("error"), "said")
    assert street.centre.all("cases") == []


def test_state_reason_deadline_and_unit_are_written_back(open_street: Callable[..., Street], server: Server, tmp_path: Path) -> None:
    """Once for each change, last of all the close; then nobody need call."""
    secret = tmp_path / "key"
    secret.write_text("SESAME-1")
    secret.chmod(0o600)
    street = open_street(config(server, write='"put"', key_file=f'"{secret}"'))
    server.requests = [request(7, street.centre.clock.now() - 1000, grid=None, address="江南广场", phone="13800000076")]
    street.until(lambda: server.told, "first told")
    waiting = "SELECT 1 FROM writebacks WHERE next_at IS NOT NULL"
    street.until(lambda: not street.centre.desk.conn.execute(waiting).fetchone(), "settled")
    assert len(server.told) == 1
    case = street.centre.case()
    street.finish(1)
    street.until(lambda: len(server.told) == 2, "closed is told")
    street.until(lambda: street.centre.all("callbacks")[0]["done_at"], "answered")
    method, path, form = server.told[1]
    assert (method, path) == ("PUT", "/v2/requests/7.json")
    assert form.pop("updated_datetime")
    assert form == {
        "status": "closed", "status_notes": "结案 已清理", "agency_responsible": "江南社区", "api_key": "SESAME-1",
        "expected_datetime": iso(case["done_by"], street.centre.settings.zone),
    }  # fmt: skip
    assert street.centre.all("callbacks")[0]["way"] == "open311"


def test_a_refused_write_back_becomes_a_call_and_names_no_secret(open_street: Callable[..., Street], server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("SESAME-1")
    secret.chmod(0o600)
    street = open_street(config(server, write='"post"', key_file=f'"{secret}"'))
    server.write_status = 400
    server.requests = [request(7, street.centre.clock.now() - 1000, phone="13800000076")]
    street.until(lambda: street.centre.all("cases"), "a case")
    street.finish(1)
    street.until(lambda: street.centre.all("callbacks")[0]["way"] == "call", "a person must call")
    error = street.centre.all("writebacks")[0]["error"]
    assert ("HTTP 400" in error, "SESAME-1" in error) == (True, False)
    assert {path for _, path, _ in server.told} == {"/v2/servicerequestupdates.json"}


def test_a_write_back_is_tried_again_after_a_failure(open_street: Callable[..., Street], server: Server) -> None:
    """From its row, so that a restart forgets nothing."""
    street = open_street(config(server, write='"put"'))
    server.write_status = 500
    server.requests = [request(7, street.centre.clock.now() - 1000)]
    street.until(lambda: server.told and street.centre.all("writebacks")[0]["error"], "failed")
    server.write_status = 200
    street.centre.clock.pass_s(3600)
    street.until(lambda: street.centre.all("writebacks")[0]["told"], "told at last")
    assert len(server.told) >= 2


@pytest.mark.parametrize(
    ("more", "remedy"),
    [
        ({"allow_http": "false"}, "@settings_want_source_https"), ({"write": '"patch"'}, "@settings_want_write"),
        ({"name": '"a b"'}, "@settings_want_name"),
        ({"poll_s": "0"}, "@settings_want_seconds"),
    ],
)  # fmt: skip
def test_settings_that_are_wrong_name_the_remedy(open_street: Callable[..., Street], server: Server, more: dict[str, str], remedy: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_street(config(server, **more))
    assert dict(caught.value.reason.args)["remedy"] == remedy


def test_a_secret_that_cannot_be_read_stops_one_server_only(open_street: Callable[..., Street], server: Server) -> None:
    street = open_street(config(server, key_file='"nowhere"'))
    assert street.inlet("open311/city")["down_since"]
    assert "nowhere" in street.inlet("open311/city")["error"] or "readable" in street.inlet("open311/city")["error"]


@pytest.mark.skipif(not (SAMPLES / "open311").exists(), reason="the shared samples are not here")
def test_published_lists_of_real_servers_are_read() -> None:
    """Ids, codes and counts as a person reads them; what is no answer is refused."""
    rows = [json.loads(line) for line in (SAMPLES / "expect.jsonl").read_text(encoding="utf-8").splitlines()]
    lists = [row for row in rows if row["format"] == "open311" and "requests" in row["topic"] and row["topic"].startswith("GET")]
    assert lists
    for row in lists:
        body = (SAMPLES / row["file"]).read_bytes()
        if "reject" in row:
            with pytest.raises(PayloadError):
                parse_georeport(body)
            continue
        found = parse_georeport(body).requests
        counts = [each["value"] for each in row["expect"] if each["field"] == "requests.count"]
        assert counts in ([], [len(found)])


def test_answers_that_bend_the_standard(open_street: Callable[..., Street], server: Server) -> None:
    """Another case of closed, truths where words belong, a place that is none, no description, a very long one with control signs: nothing stops."""
    street = open_street(config(server))
    now = street.centre.clock.now()
    server.requests = [
        request(1, now - 60_000, status="CLOSED"),
        request(2, now - 50_000, description=True, phone=True, address=True, media_url=False, lat=True, long=None),
        request(3, now - 40_000, lat=0.0, long=0.0, address="大河沟路 3 号"),
        request(4, now - 30_000, description="a\x1b[2J\x00b" + "长" * 20_000, lat="n/a", long="nan"),
        {name: value for name, value in request(5, now - 20_000).items() if name in {"service_request_id", "status", "requested_datetime"}},
        {"token": "t", **{name: value for name, value in request(6, now - 10_000).items() if name != "service_request_id"}},
    ]
    street.until(lambda: len(street.centre.all("reports")) == 4, "four reports")
    found = {row["message"].rsplit("/", 1)[1]: row for row in street.centre.all("reports")}
    assert {"2", "3", "4", "5"} == set(found)
    assert [(None, None)] * 3 == [(found[number]["lat"], found[number]["lon"]) for number in ("2", "3", "4")]
    assert not {"\x1b", "\x00"} & set(found["4"]["text"])
    assert (None, 4) == (street.inlet("open311/city")["down_since"], street.inlet("open311/city")["taken"])
