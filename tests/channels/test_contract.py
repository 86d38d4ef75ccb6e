"""Every channel module against a real server: what is said after one attempt, whatever the far side does."""

import hashlib
import hmac
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.channels import Outcome, Parcel, Way, kind_named, kinds
from data.channels.shared.settings import Channel, load_channels
from tests.helpers.http_far_side import Answering, FarSide, answer, drip, endless, half, hang_up, silence

PARCEL = Parcel(
    id="019f-order", kind="order", text="【牌楼】暴露垃圾：星都会6号楼，电话13800000117。回执码4821。", case="pailou-4821",
    number="4821", code="4821", unit="yang", unit_name="第三片区", person="杨建红", phone="13800000021", level="3",
    done_by="2026-07-21T18:10:00+08:00", centre="牌楼", stamp_ms=1_784_613_600_000,
)  # fmt: skip
CANARY = "kanarienvogel-7f3a9"
KINDS = {name: made for name in kinds() if (made := kind_named(name))}
HTTP = sorted(name for name, module in KINDS.items() if "url_file" in module.Config.__struct_fields__)
YES: dict[str, object] = {"wecom": {"errcode": 0}, "dingtalk": {"errcode": 0}, "feishu": {"code": 0}, "webhook": {"ok": "0"}, "sms": {"ok": "0"}}
INNER = ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "169.254.169.254", "10.0.0.8", "0.0.0.0")
NO_URLS = ("http://example.org/", "ftp://example.org/", "https://me:pw@example.org/", "https:///x", "file:///etc/passwd", "https://a b/")
KEYS: dict[str, dict[str, Any]] = {
    "webhook": {"json": {"order": "$id", "words": "$text", "nested": {"code": ["$code", 7]}}, "success": "ok"},
    "sms": {"form": {"to": "$phone", "msg": "$text", "key": "$secret"}, "success": "ok"},
}


@pytest.fixture
def far() -> Iterator[FarSide]:
    with FarSide() as side:
        yield side


def channel(home: Path, kind: str, url: str, **keys: Any) -> Channel:
    """One opened channel, its URL and secret in files of mode 0600."""
    for name, text in (("url", url), ("secret", CANARY)):
        (home / name).write_text(text + "\n", encoding="utf-8")
        (home / name).chmod(0o600)
    row = {"name": "one", "kind": kind, "url_file": "url", "secret_file": "secret", "deadline_s": 1.0, "allow_http": True, "allow_private": True}
    made = load_channels(home / "paidan.toml", [row | KEYS.get(kind, {}) | keys], {})["one"].opened(home)
    assert made.fault is None
    return made


def ask(far: FarSide, home: Path, kind: str, how: Answering, **keys: Any) -> Outcome:
    far.always(how)
    return channel(home, kind, far.url(f"/{CANARY}?key={CANARY}"), **keys).send(PARCEL).outcome


def test_these_are_the_channels() -> None:
    """Found by listing the folder; each has what the port wants."""
    assert all(module.KIND == name for name, module in KINDS.items())
    assert sorted(KINDS) == ["dingtalk", "feishu", "mqtt", "phone", "printer", "sms", "webhook", "wecom"]
    assert HTTP == ["dingtalk", "feishu", "sms", "webhook", "wecom"]
    assert {name for name, module in KINDS.items() if module.WAY is not Way.WORKER} == {"mqtt", "phone"}
    assert all(callable(getattr(module, name)) for module in KINDS.values() for name in ("check", "deduplicates", "send"))


@pytest.mark.parametrize("kind", HTTP)
class TestEveryHttpChannel:
    """The same far sides for all."""

    def test_yes(self, far: FarSide, tmp_path: Path, kind: str) -> None:
        """The far side's own yes, and the words went there once."""
        assert ask(far, tmp_path, kind, answer(YES[kind])) is Outcome.SENT
        assert [asked.path.startswith(f"/{CANARY}?key={CANARY}") for asked in far.asked] == [True]

    def test_200_with_an_error_code_is_no_yes(self, far: FarSide, tmp_path: Path, kind: str) -> None:
        """Judged by the body."""
        outcome = ask(far, tmp_path, kind, answer({"errcode": 93000, "code": 19021, "ok": "7", "errmsg": "no"}))
        assert outcome in {Outcome.REFUSED, Outcome.RETRY}

    @pytest.mark.parametrize(
        ("status", "wanted"),
        [(500, "retry"), (503, "retry"), (502, "unknown"), (504, "unknown"), (429, "busy"), (400, "refused"), (404, "refused")],
    )
    def test_statuses(self, far: FarSide, tmp_path: Path, kind: str, status: int, wanted: str) -> None:
        """A receiver's 5xx is worth another try, a gateway's is not known, 4xx would be the same again."""
        assert ask(far, tmp_path, kind, answer(b"<html>", status)) == wanted

    def test_half_a_body_is_unknown(self, far: FarSide, tmp_path: Path, kind: str) -> None:
        """It may have been taken."""
        assert ask(far, tmp_path, kind, half(b'{"errcode":')) is Outcome.UNKNOWN

    def test_half_a_body_of_a_refusal_is_a_refusal(self, far: FarSide, tmp_path: Path, kind: str) -> None:
        """The status was whole."""
        assert ask(far, tmp_path, kind, half(b"oops", 500)) is Outcome.RETRY

    @pytest.mark.parametrize("how", [drip(0.1), drip(0.1, head=True), silence], ids=["body", "head", "nothing"])
    def test_one_deadline_for_all(self, far: FarSide, tmp_path: Path, kind: str, how: Answering) -> None:
        """One byte at a time never renews it."""
        started = time.monotonic()
        assert ask(far, tmp_path, kind, how, deadline_s=0.4) is Outcome.UNKNOWN
        assert 0.3 < time.monotonic() - started < 2.0

    def test_no_word_is_unknown(self, far: FarSide, tmp_path: Path, kind: str) -> None:
        """The request was taken and the line closed."""
        assert ask(far, tmp_path, kind, hang_up) is Outcome.UNKNOWN

    def test_a_redirect_is_not_followed(self, far: FarSide, tmp_path: Path, kind: str) -> None:
        """Also not to this machine; nothing is asked twice."""
        assert ask(far, tmp_path, kind, answer(b"", 302, location=far.url("/inner"))) is Outcome.REFUSED
        assert len(far.asked) == 1

    def test_nobody_there_is_surely_not_taken(self, tmp_path: Path, kind: str) -> None:
        """A refused connection."""
        with FarSide() as gone:
            url = gone.url()
        assert channel(tmp_path, kind, url).send(PARCEL).outcome is Outcome.RETRY

    def test_an_endless_answer_ends(self, far: FarSide, tmp_path: Path, kind: str) -> None:
        """64 kB are read, not more."""
        assert ask(far, tmp_path, kind, endless) is Outcome.UNKNOWN

    @pytest.mark.parametrize("body", [b"", b"nonsense", b"[" * 20_000, b"\xff\xfe", b'{"errcode": "0x"}', b"[]", b"null", b'{"errcode": true}'])
    def test_an_unreadable_yes_is_unknown(self, far: FarSide, tmp_path: Path, kind: str, body: bytes) -> None:
        """200 without the word that counts."""
        assert ask(far, tmp_path, kind, answer(body)) is Outcome.UNKNOWN

    @pytest.mark.parametrize("host", INNER)
    def test_inner_addresses_are_denied(self, far: FarSide, tmp_path: Path, kind: str, host: str) -> None:
        """However they are written; nothing leaves."""
        sent = channel(tmp_path, kind, f"http://{host}:{far.port}/", allow_private=False).send(PARCEL)
        assert (sent.outcome, sent.reason and sent.reason.code) in {
            (Outcome.REFUSED, "channel_denied_address"), (Outcome.RETRY, "channel_no_name"),
        }  # fmt: skip
        assert far.asked == []

    @pytest.mark.parametrize("url", NO_URLS)
    def test_urls_that_no_channel_uses(self, tmp_path: Path, kind: str, url: str) -> None:
        """Plain http only where it was allowed; no credentials in a URL."""
        sent = channel(tmp_path, kind, url, allow_http=False).send(PARCEL)
        assert (sent.outcome, sent.reason and sent.reason.code) == (Outcome.REFUSED, "channel_bad_url")

    def test_link_local_is_denied_even_where_private_is_allowed(self, tmp_path: Path, kind: str) -> None:
        """The metadata service of a cloud."""
        assert channel(tmp_path, kind, "http://169.254.169.254/").send(PARCEL).outcome is Outcome.REFUSED

    def test_no_proxy_of_the_environment(self, far: FarSide, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Orders go where the settings say."""
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        assert ask(far, tmp_path, kind, answer(YES[kind])) is Outcome.SENT

    def test_nothing_tells_the_secret(
        self, far: FarSide, tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Not in results, reprs, logs or errors, even when the far side repeats it."""
        caplog.set_level(0)
        hows = (
            answer({"errcode": 1, "code": 1, "ok": CANARY, "errmsg": f"bad {CANARY}", "msg": CANARY}), answer(CANARY.encode(), 500),
            half(b"{"), hang_up, answer(YES[kind]),
        )  # fmt: skip
        for how in hows:
            far.always(how)
            made = channel(tmp_path, kind, far.url(f"/{CANARY}?key={CANARY}"))
            result = made.send(PARCEL)
            assert CANARY not in f"{result!r} {result} {made!r} {made.secrets!r} {made.config!r}"
        assert CANARY not in caplog.text


@pytest.mark.parametrize(
    ("kind", "body", "wanted"),
    [
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "busy"),
        ("wecom", {"errcode": -1}, "retry"),
        ("wecom", {"errcode": 93000}, "refused"),
        ("dingtalk", {"errcode": 130101}, "busy"),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "refused"),
        ("feishu", {"code": 11232}, "busy"),
        ("feishu", {"code": 19021}, "refused"),
        ("sms", {"ok": "busy"}, "retry"),
        ("webhook", {"other": 1}, "unknown"),
    ],
)
def test_codes(far: FarSide, tmp_path: Path, kind: str, body: object, wanted: str) -> None:
    """Each robot's own numbers; a gateway's other value is tried again."""
    assert ask(far, tmp_path, kind, answer(body)) == wanted


def test_a_limit_that_comes_with_status_400_is_busy(far: FarSide, tmp_path: Path) -> None:
    """The code counts more than the status."""
    assert ask(far, tmp_path, "feishu", answer({"code": 11232}, 400)) is Outcome.BUSY


def test_a_zero_under_an_error_status_is_no_yes(far: FarSide, tmp_path: Path) -> None:
    """Both must say it."""
    assert ask(far, tmp_path, "wecom", answer({"errcode": 0}, 500)) is Outcome.RETRY


def test_robots_mask_numbers_and_ring_the_one_on_duty(far: FarSide, tmp_path: Path) -> None:
    """A group reads no citizen's telephone number."""
    for kind in ("wecom", "dingtalk", "feishu"):
        ask(far, tmp_path, kind, answer(YES[kind]))
    wecom, dingtalk, feishu = (asked.json for asked in far.asked)
    words = "【牌楼】暴露垃圾：星都会6号楼，电话138****0117。回执码4821。"
    assert [wecom["text"]["content"], dingtalk["text"]["content"], feishu["content"]["text"]] == [words] * 3
    assert (wecom["text"]["mentioned_mobile_list"], dingtalk["at"]["atMobiles"]) == (["13800000021"], ["13800000021"])


def test_robots_sign(far: FarSide, tmp_path: Path) -> None:
    """As each wants it: in the URL, or in the body."""
    ask(far, tmp_path, "dingtalk", answer(YES["dingtalk"]))
    ask(far, tmp_path, "feishu", answer(YES["feishu"]))
    assert "&timestamp=1784613600000&sign=" in far.asked[0].path
    assert (far.asked[1].json["timestamp"], len(far.asked[1].json["sign"])) == ("1784613600", 44)


def test_a_webhook_is_signed_and_numbered(far: FarSide, tmp_path: Path) -> None:
    """The receiver can check time, body and number; the template's shape and numbers stay."""
    ask(far, tmp_path, "webhook", answer(YES["webhook"]), sign_secret_file="secret", headers={"X-Who": "$centre", "X-Key": "k-$secret"})
    asked = far.asked[0]
    digest = hmac.new(CANARY.encode(), b"1784613600." + asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["x-paidan-signature"] == f"sha256={digest}"
    assert (asked.headers["x-paidan-timestamp"], asked.headers["idempotency-key"]) == ("1784613600", "019f-order")
    assert (asked.headers["x-key"], asked.headers["x-who"]) == (f"k-{CANARY}", "??")
    assert asked.json == {"order": "019f-order", "words": PARCEL.text.replace("13800000117", "138****0117"), "nested": {"code": ["4821", 7]}}


def test_values_never_become_syntax(far: FarSide, tmp_path: Path) -> None:
    """Quotes, ampersands and dollars in an order's words stay words."""
    far.always(answer(YES["sms"]))
    evil = Parcel(id="1", kind="order", text='a"&to=110&x=$phone\\', phone="139")
    for kind in ("sms", "webhook"):
        assert channel(tmp_path, kind, far.url()).send(evil).outcome is Outcome.SENT
    assert b"msg=a%22%26to%3D110%26x%3D%24phone%5C" in far.asked[0].body
    assert far.asked[1].json["words"] == evil.text


def test_an_sms_without_a_number_is_refused(far: FarSide, tmp_path: Path) -> None:
    """Nothing is asked of the gateway."""
    sent = channel(tmp_path, "sms", far.url()).send(Parcel(id="1", kind="order", text="x", unit="yang"))
    assert (sent.outcome, far.asked) == (Outcome.REFUSED, [])


def test_a_gateway_by_get(far: FarSide, tmp_path: Path) -> None:
    """The form is the query, beside the URL's own."""
    ask(far, tmp_path, "sms", answer(YES["sms"]), method="GET", form={"to": "$phone"})
    assert far.asked[0].path == f"/{CANARY}?key={CANARY}&to=13800000021"


def printer(home: Path, **keys: Any) -> Channel:
    return load_channels(home / "paidan.toml", [{"name": "one", "kind": "printer"} | keys], {})["one"].opened(home)


def test_a_slip_is_text_in_gb18030(tmp_path: Path) -> None:
    """Lines of at most 32 cells, no control codes; the file grows."""
    slips = tmp_path / "slips.txt"
    made = printer(tmp_path, path=str(slips))
    assert [made.send(PARCEL).outcome for _ in range(2)] == [Outcome.SENT, Outcome.SENT]
    text = slips.read_bytes().decode("gb18030")
    lines = text.split("\r\n")
    assert max(sum(1 if sign < "\x80" else 2 for sign in line) for line in lines) <= 32
    assert text.count("4821") >= 4
    assert not [sign for sign in text if sign < " " and sign not in "\r\n"]


@pytest.mark.parametrize("keys", [{"path": "/nowhere/at/all"}, {"path": "/proc/version"}, {"host": "127.0.0.1", "port": 1}])
def test_a_printer_that_is_not_there(tmp_path: Path, keys: dict[str, Any]) -> None:
    """Surely nothing was printed."""
    assert printer(tmp_path, **keys).send(PARCEL).outcome is Outcome.RETRY


def test_a_printer_out_of_paper_keeps_its_deadline(tmp_path: Path) -> None:
    """A device that takes some bytes and then no more: unknown, and soon."""
    pipe = tmp_path / "lp"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        made = printer(tmp_path, path=str(pipe), deadline_s=0.4)
        slip = Parcel(id="1", kind="order", text="单" * 5000)
        while (last := made.send(slip).outcome) is Outcome.SENT:
            started = time.monotonic()
        assert last is Outcome.UNKNOWN
        assert 0.3 < time.monotonic() - started < 2.0
        assert made.send(slip).outcome is Outcome.RETRY
    finally:
        os.close(reader)


def test_a_printer_on_the_network(tmp_path: Path) -> None:
    """The bytes of a slip over TCP."""
    import socket
    import threading

    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            conn, _ = server.accept()
            with conn:
                while part := conn.recv(4096):
                    got.append(part)

        thread = threading.Thread(target=take)
        thread.start()
        assert printer(tmp_path, host="127.0.0.1", port=server.getsockname()[1]).send(PARCEL).outcome is Outcome.SENT
        thread.join(5)
    assert "星都会" in b"".join(got).decode("gb18030")
