"""A request by template and an answer judged by a JSON path: what the generic webhook and the SMS gateway share."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from data.channels import SENT, TEMPLATE_FIELDS, Outcome, Parcel, Result
from data.channels.shared.common import Http
from data.channels.shared.http import Answer, Request, ask, by_status
from data.channels.shared.robots import read_json
from data.channels.shared.secrets import Secret, scrub
from data.channels.shared.target import check_url
from data.channels.shared.template import as_text, at_path, fill, unknown
from data.channels.shared.trouble import Trouble
from data.domain.reason import because
from data.domain.text import one_line


class GatewayConfig(Http, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either `json` or `form` is the body's template; with GET a form is the query."""

    method: Literal["POST", "PUT", "GET"] = "POST"
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    json: dict[str, Any] | None = None
    form: dict[str, str] | None = None
    success: str = ""
    """Path in the answer's JSON, `data.0.code`; empty: any 2xx is a yes."""
    success_value: str = "0"
    secret_file: str = ""
    secret_env: str = ""
    """`$secret` in headers and templates: the gateway's key."""


def check(config: GatewayConfig) -> tuple[str, str] | None:
    """Exactly one URL, one template, and no name in it that nothing stands for."""
    if sum(map(bool, (config.url, config.url_file, config.url_env))) != 1:
        return "url, url_file, url_env", "settings_want_one"
    if config.url and (remedy := check_url(config, config.url)):
        return "url", remedy
    if "?" in config.url:
        return "url", "settings_want_url_secret"
    if (config.json is None) == (config.form is None):
        return "json, form", "settings_want_one"
    if config.method == "GET" and config.json is not None:
        return "json", "settings_want_form"
    return _check_names(config)


def _check_names(config: GatewayConfig) -> tuple[str, str] | None:
    known = frozenset(TEMPLATE_FIELDS) | ({"secret"} if config.secret_file or config.secret_env else frozenset())
    for key in ("headers", "json", "form"):
        if name := unknown(getattr(config, key), known):
            return f"{key}: ${name}", "settings_want_template"
    return None


def content(config: GatewayConfig, fields: Mapping[str, str]) -> tuple[bytes, str, str]:
    """Body, its type, and the query."""
    if config.form is not None:
        encoded = urlencode(fill(config.form, fields))
        return (b"", "", encoded) if config.method == "GET" else (encoded.encode(), "application/x-www-form-urlencoded; charset=utf-8", "")
    document = fill(config.json, fields)
    return msgspec.json.encode(document), "application/json; charset=utf-8", ""


def carry(config: GatewayConfig, secrets: Mapping[str, Secret], body: bytes, kind: str, query: str, headers: Mapping[str, str]) -> Result:
    """One attempt with these bytes."""
    typed = {"content-type": kind} if kind else {}
    url = secrets["url"].reveal() if "url" in secrets else config.url
    try:
        answer = ask(config, Request(url=url, method=config.method, headers={**typed, **_wire(headers)}, content=body, query=query))
    except Trouble as trouble:
        return trouble.result
    return judge(config, answer, secrets)


def _wire(headers: Mapping[str, str]) -> dict[str, str]:
    """Header values as they may travel: one line, ASCII."""
    return {name: one_line(value).encode("ascii", "replace").decode() for name, value in headers.items()}


def with_secret(parcel: Parcel, secrets: Mapping[str, Secret]) -> dict[str, str]:
    """The template's values."""
    return parcel.fields() | ({"secret": secrets["secret"].reveal()} if "secret" in secrets else {})


def judge(config: GatewayConfig, answer: Answer, secrets: Mapping[str, Secret]) -> Result:
    """By the status, then by the JSON path where there is one."""
    if (by := by_status(answer)) or not config.success:
        return by or SENT
    try:
        value = as_text(at_path(read_json(answer.body), config.success))
    except LookupError:
        return Result(Outcome.UNKNOWN, because("channel_unreadable"))
    if value == config.success_value:
        return SENT
    words = one_line(scrub(answer.body.decode("utf-8", "replace"), secrets.values()), 120)
    return Result(Outcome.RETRY, because("channel_code", answer=one_line(scrub(value, secrets.values()), 40), words=words))
