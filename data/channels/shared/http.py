"""One HTTP request with one total deadline. httpx is imported here alone, on the first message of a worker.

No proxy of the environment, no redirect, no address but the one that was judged, at most 64 kB of answer.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from data.channels import Outcome, Result
from data.channels.shared.common import Http
from data.channels.shared.target import Target, find
from data.channels.shared.trouble import Trouble, doubt, not_sent
from data.domain.reason import because

if TYPE_CHECKING:
    import ssl

    import httpx

MAX_ANSWER = 65_536
"""Longest answer read, in bytes; `faults.md` §3."""
MAX_WAIT_S = 3600.0
"""Longest wait that a far side may wish for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked. `content` is the body's bytes; `query` is added to the URL's own."""

    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = b""
    query: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The far side's answer."""

    status: int
    body: bytes
    retry_after_s: float = 0.0


@dataclass(slots=True)
class _Trail:
    """How far an attempt came."""

    left: bool = False
    status: int = 0


def ask(config: Http, request: Request) -> Answer:
    """Send and read the answer. Raises `Trouble` when there is none that can be read."""
    _prepare(config.ca)
    started = time.monotonic()
    target = find(config, request.url, config.deadline_s)
    trail = _Trail()
    try:
        return asyncio.run(_within(config, request, target, trail, config.deadline_s - (time.monotonic() - started)))
    except Trouble:
        raise
    except Exception as error:  # noqa: BLE001 — whatever a library raises, the attempt has an end
        if trail.status >= 300:
            return Answer(trail.status, b"")
        raise _trouble(error, trail) from None  # the library's own error may carry the URL


_ONE = threading.Lock()


def _prepare(ca: str) -> None:
    """What the first message of a start waits for, once for all workers and outside its deadline: ten at once on a busy machine
    would all be late by it, and open the breaker of a far side that nobody has asked yet.
    """
    with _ONE:
        import httpx  # noqa: F401

        _trust(ca)


async def _within(config: Http, request: Request, target: Target, trail: _Trail, seconds: float) -> Answer:
    import httpx

    async with asyncio.timeout(max(seconds, 0.001)):
        async with httpx.AsyncClient(verify=_trust(config.ca), trust_env=False, follow_redirects=False, timeout=None) as client:  # noqa: S113
            return await _try_addresses(client, request, target, trail)


async def _try_addresses(client: "httpx.AsyncClient", request: Request, target: Target, trail: _Trail) -> Answer:
    import httpx

    for address in target.addresses[:-1]:
        try:
            return await _exchange(client, request, target, address, trail)
        except httpx.ConnectError:
            continue
    return await _exchange(client, request, target, target.addresses[-1], trail)


async def _exchange(client: "httpx.AsyncClient", request: Request, target: Target, address: str, trail: _Trail) -> Answer:
    async def trace(event: str, _info: Any) -> None:
        if event.endswith("send_request_headers.started"):
            trail.left = True

    host = f"[{address}]" if ":" in address else address
    path = target.path + (("&" if "?" in target.path else "?") + request.query if request.query else "")
    named = f"[{target.host}]" if ":" in target.host else target.host
    headers = {"accept-encoding": "identity", "user-agent": "paidan", **request.headers, "host": f"{named}:{target.port}"}
    async with client.stream(
        request.method, f"{target.scheme}://{host}:{target.port}{path}", headers=headers, content=request.content,
        extensions={"sni_hostname": target.host, "trace": trace},
    ) as response:  # fmt: skip
        trail.status = response.status_code
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise doubt("channel_long_answer", size=MAX_ANSWER)
        return Answer(response.status_code, bytes(body), _seconds(response.headers.get("retry-after", "")))


def _trouble(error: Exception, trail: _Trail) -> Trouble:
    name = "timeout" if isinstance(error, TimeoutError) else type(error).__name__
    if trail.left:
        return doubt("channel_no_answer", problem=name)
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return not_sent("channel_certificate")
    return not_sent("channel_no_connection", problem=name)


@lru_cache(maxsize=8)
def _trust(ca: str) -> "ssl.SSLContext":
    import ssl

    # Loading the authorities takes tens of milliseconds, so once; and what these two log names the URL.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return ssl.create_default_context(cafile=ca or None)


def _seconds(text: str) -> float:
    return min(float(text), MAX_WAIT_S) if text.isdigit() else 0.0


def by_status(answer: Answer) -> Result | None:
    """What the status alone says; None for 2xx, where the body decides."""
    reason = because("channel_status", status=answer.status)
    if 200 <= answer.status < 300:
        return None
    if 300 <= answer.status < 400:
        return Result(Outcome.REFUSED, because("channel_redirect", status=answer.status))
    return Result(_OUTCOMES.get(answer.status, Outcome.RETRY if answer.status >= 500 else Outcome.REFUSED), reason, answer.retry_after_s)


_OUTCOMES = {
    408: Outcome.RETRY, 425: Outcome.RETRY, 429: Outcome.BUSY,
    # A gateway speaks for somebody who may have taken it.
    502: Outcome.UNKNOWN, 504: Outcome.UNKNOWN,
}  # fmt: skip
