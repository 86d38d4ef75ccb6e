"""Group robots: one POST of JSON, judged by the code in the answer's body, whatever the status says."""

from collections.abc import Mapping
from typing import Any

import msgspec

from data.channels import SENT, Outcome, Parcel, Result
from data.channels.shared.common import Http
from data.channels.shared.http import Answer, Request, ask, by_status
from data.channels.shared.masking import mask_numbers
from data.channels.shared.secrets import Secret, scrub
from data.channels.shared.trouble import Trouble
from data.domain.reason import because
from data.domain.text import one_line


class RobotConfig(Http, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The robot's URL carries its key, so it is a secret. 20 a minute a robot is the usual limit [M]."""

    per_minute: float = 20.0
    secret_file: str = ""
    secret_env: str = ""
    """Key of the robot's signature, where it has one."""


class Codes(msgspec.Struct, frozen=True):
    """How a robot answers: the field of its code (0 is yes), that of its words, the codes of 'too fast' and of 'try again'."""

    code: str
    words: str
    busy: frozenset[int]
    again: frozenset[int] = frozenset({-1})


def check(config: RobotConfig) -> tuple[str, str] | None:
    """A robot's URL comes from a file or the environment alone."""
    if config.url:
        return "url", "settings_want_url_secret"
    return None if config.url_file or config.url_env else ("url_file, url_env", "settings_want_given")


def text(parcel: Parcel) -> str:
    """What a group may read: telephone and identity numbers are masked."""
    return mask_numbers(parcel.text)


def post(config: RobotConfig, secrets: Mapping[str, Secret], codes: Codes, body: Mapping[str, Any], query: str = "") -> Result:
    """One attempt."""
    try:
        answer = ask(
            config,
            Request(
                url=secrets["url"].reveal(), content=msgspec.json.encode(body), query=query,
                headers={"content-type": "application/json; charset=utf-8"},
            ),
        )  # fmt: skip
    except Trouble as trouble:
        return trouble.result
    return judge(answer, codes, secrets)


def judge(answer: Answer, codes: Codes, secrets: Mapping[str, Secret]) -> Result:
    """Yes only for code 0 under 2xx; an answer without a readable code leaves it unknown where the status does not say no."""
    document = read_json(answer.body)
    code = document.get(codes.code) if isinstance(document, dict) else None
    by = by_status(answer)
    if not isinstance(code, int) or isinstance(code, bool):
        return by or Result(Outcome.UNKNOWN, because("channel_unreadable"))
    if code == 0:
        return by or SENT
    words = one_line(scrub(str(document.get(codes.words, "")), secrets.values()), 120)
    reason = because("channel_code", answer=code, words=words)
    outcome = Outcome.BUSY if code in codes.busy else Outcome.RETRY if code in codes.again else Outcome.REFUSED
    return Result(outcome, reason, answer.retry_after_s)


def read_json(body: bytes) -> Any:
    """A JSON document, or None when it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


