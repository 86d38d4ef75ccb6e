"""Where a request may go: a URL of the settings, and only addresses that this channel allows.

The address that was judged is the one that is connected to, so that a second answer of the name server changes nothing.
"""

import ipaddress
import socket
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from data.channels.shared.common import Http
from data.channels.shared.trouble import not_sent

_RESOLVING = threading.BoundedSemaphore(16)
"""Name look-ups that have not come back: a dead name server holds at most this many threads."""


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """A checked URL, with the addresses to connect to. No repr: the URL may be a secret."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def check_url(config: Http, url: str) -> str | None:
    """The remedy for a URL that no channel may use, or None. Looks at the text alone."""
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        return "settings_want_url"
    if not parts.hostname or not port_ok or parts.username is not None or any(sign <= " " or sign == "\\" for sign in url):
        return "settings_want_url"
    if parts.scheme not in {"https", "http"} or (parts.scheme == "http" and not config.allow_http):
        return "settings_want_https"
    return None


def find(config: Http, url: str, timeout_s: float) -> Target:
    """Check and resolve. Raises `Trouble`: nothing has left yet."""
    if remedy := check_url(config, url):
        raise not_sent("channel_bad_url", remedy=f"@{remedy}", refused=True)
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    addresses = resolve(host, port, timeout_s)
    for address in addresses:
        if not is_allowed(address, private=config.allow_private):
            raise not_sent("channel_denied_address", refused=True)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, addresses)


def is_allowed(address: str, *, private: bool) -> bool:
    """Public addresses; with `private` also loopback and private ones. Never link-local (cloud metadata), multicast or unspecified."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and (inner := ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]):
        ip = inner
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    return private or (ip.is_global and not ip.is_reserved)


def resolve(host: str, port: int, timeout_s: float) -> tuple[str, ...]:
    """Addresses of a host, best first. Raises `Trouble` when there are none or the name server is silent."""
    found: list[tuple[str, ...] | Exception] = []
    if not _RESOLVING.acquire(timeout=timeout_s):
        raise not_sent("channel_no_name", problem="busy")
    thread = threading.Thread(target=_look_up, args=(host, port, found), name="channel names", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if not found:
        raise not_sent("channel_no_name", problem="timeout")
    if isinstance(found[0], Exception):
        raise not_sent("channel_no_name", problem=type(found[0]).__name__)
    return found[0]


def _look_up(host: str, port: int, found: list[tuple[str, ...] | Exception]) -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found.append(tuple(dict.fromkeys(str(row[4][0]) for row in rows)))
    except (OSError, UnicodeError) as error:
        found.append(error)
    finally:
        _RESOLVING.release()


