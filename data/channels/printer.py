"""Printer slip: plain text in GB18030, to a device, a file or TCP port 9100. No control codes, so any printer takes it."""

import os
import select
import socket
import stat
import time
from collections.abc import Mapping
from pathlib import Path

from data.channels import SENT, Parcel, Result, Way
from data.channels.shared.common import Common
from data.channels.shared.secrets import Secret
from data.channels.shared.target import is_allowed, resolve
from data.channels.shared.trouble import Trouble, doubt, not_sent

KIND = "printer"
WAY = Way.WORKER


class Config(Common, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either `path` (a device such as /dev/usb/lp0, or a file that grows) or `host`."""

    path: str = ""
    host: str = ""
    port: int = 9100
    allow_private: bool = True
    """A printer stands in the house's own network; link-local addresses are never allowed."""
    columns: int = 32
    """Cells of one line; 32 on 58 mm paper, 48 on 80 mm [M]."""
    feed: int = 4
    """Empty lines after a slip, to tear it off."""
    workers: int = 1


def check(config: Config) -> tuple[str, str] | None:
    """One place to print to."""
    if bool(config.path) == bool(config.host):
        return "path, host", "settings_want_one"
    if config.path and not Path(config.path).is_absolute():
        return "path", "settings_want_absolute"
    return None if 0 < config.port < 65536 and config.columns >= 16 and config.workers == 1 else ("port, columns, workers", "settings_want_printer")


def deduplicates(config: Config) -> bool:
    """Paper shows what it is sent."""
    return False


def send(config: Config, secrets: Mapping[str, Secret], parcel: Parcel) -> Result:
    """One slip, whole or not known."""
    slip = render(config, parcel)
    try:
        _to_path(config, slip) if config.path else _to_host(config, slip)
    except Trouble as trouble:
        return trouble.result
    return SENT


def render(config: Config, parcel: Parcel) -> bytes:
    """The slip's bytes: lines of at most `columns` cells, a Han sign being two; what GB18030 lacks does not exist."""
    rule = "-" * config.columns
    head = (rule, f"{parcel.centre}  #{parcel.number}", f"{parcel.unit_name} {parcel.person} {parcel.phone}".strip(), rule)
    lines = [line for text in (*head, *parcel.text.splitlines(), rule) for line in _folded(text, config.columns)]
    return ("\r\n".join(lines) + "\r\n" * (config.feed + 1)).encode("gb18030", "replace")


def _folded(text: str, columns: int) -> list[str]:
    lines, line, used = [], "", 0
    for sign in text:
        cells = 1 if sign < "\x80" else 2
        if used + cells > columns:
            lines.append(line)
            line, used = "", 0
        line, used = line + sign, used + cells
    return [*lines, line]


def _to_path(config: Config, slip: bytes) -> None:
    """Without blocking: a printer that is out of paper takes no bytes for hours."""
    try:
        fd = os.open(config.path, os.O_WRONLY | os.O_NONBLOCK | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise not_sent("channel_no_printer", problem=error.strerror or "") from error
    try:
        _write(fd, slip, time.monotonic() + config.deadline_s)
        if stat.S_ISREG(os.fstat(fd).st_mode):
            os.fsync(fd)
    finally:
        os.close(fd)


def _write(fd: int, slip: bytes, until: float) -> None:
    left = memoryview(slip)
    while left:
        ready = select.select([], [fd], [], max(until - time.monotonic(), 0))[1]
        try:
            written = os.write(fd, left) if ready else 0
        except BlockingIOError:
            continue
        except OSError as error:
            raise _broken_off(len(left) < len(slip), error.strerror or "") from error
        if not written and time.monotonic() >= until:
            raise _broken_off(len(left) < len(slip), "timeout")
        left = left[written:]


def _broken_off(begun: bool, problem: str) -> Trouble:
    return doubt("channel_no_answer", problem=problem) if begun else not_sent("channel_no_printer", problem=problem)


def _to_host(config: Config, slip: bytes) -> None:
    until = time.monotonic() + config.deadline_s
    address = resolve(config.host, config.port, config.deadline_s)[0]
    if not is_allowed(address, private=config.allow_private):
        raise not_sent("channel_denied_address", refused=True)
    try:
        sock = socket.create_connection((address, config.port), timeout=max(until - time.monotonic(), 0.001))
    except OSError as error:
        raise not_sent("channel_no_printer", problem=error.strerror or type(error).__name__) from error
    try:
        with sock:
            sock.settimeout(max(until - time.monotonic(), 0.001))
            sock.sendall(slip)
            sock.shutdown(socket.SHUT_WR)
            # A printer that reads to the end closes in turn; one that keeps the line open has taken the bytes all the same.
            sock.settimeout(min(1.0, max(until - time.monotonic(), 0.001)))
            _read_end(sock)
    except OSError as error:
        raise doubt("channel_no_answer", problem=type(error).__name__) from error


def _read_end(sock: socket.socket) -> None:
    try:
        sock.recv(1024)
    except TimeoutError:
        return
