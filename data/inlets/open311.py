"""Reports of an Open311 GeoReport v2 server, fetched, and our state written back. Runs on a thread of its own, one a server.

Paging is by time alone, which every server can do: what came since the cursor, with an hour of overlap for late ones; an answer
as long as a page is asked again in halves. A report's id is the server's, so that what was fetched twice is filed once.
"""

import logging
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from data.channels.shared.secrets import Secret, scrub
from data.clock import Clock, parse_time
from data.domain.errors import PayloadError
from data.domain.messages import Reporter, ReportMessage
from data.domain.text import one_line
from data.inlets.hand import BATCH, Batch, Hand, Told
from data.inlets.open311_read import MAX_BYTES, Georeport, parse_georeport
from data.settings.ways_in import Open311Settings

if TYPE_CHECKING:
    import httpx

_LOG = logging.getLogger(__name__)
PAGE = 1000
"""Longest list that the standard lets a server answer with."""
OVERLAP_MS = 3_600_000
WRITES = 100
"""Write-backs that may wait for one server; the rest wait in their rows."""


class Unreachable(Exception):
    """The server gave no answer that can be read; the words name no secret."""

    def __init__(self, said: str, *, retry: bool = True) -> None:
        super().__init__(said)
        self.retry = retry


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBack:
    """What a server is to be told of one request."""

    report: str
    request: str
    digest: str
    is_final: bool
    fields: dict[str, str] = field(default_factory=dict)


class Open311:
    """One server."""

    def __init__(self, config: Open311Settings, key: Secret, hand: Hand, clock: Clock, zone: ZoneInfo, cursor: str | None) -> None:
        self.config = config
        self.inlet = f"open311/{config.name}"
        self._key = key
        self._hand = hand
        self._clock = clock
        self._zone = zone
        self._cursor = int(cursor) if cursor else clock.now() - round(config.since_days * 86_400_000)
        self._jobs: queue.Queue[WriteBack] = queue.Queue(maxsize=WRITES)
        self.thread = threading.Thread(target=self._run, name=f"inlet {config.name}", daemon=True)

    def write(self, job: WriteBack) -> bool:
        """Ask for a write-back; False when enough are waiting already. Called by the writer."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def _run(self) -> None:
        next_look = 0.0
        while not self._hand.stopping.is_set():
            if time.monotonic() >= next_look:
                self.look()
                next_look = time.monotonic() + self.config.poll_s
            self._write_one(min(0.2, self.config.poll_s))

    def look(self) -> None:
        """Fetch what is new and hand it over; a failure is handed over too, and tried again at the next look."""
        now = self._clock.now()
        try:
            rows = list(self._fetch(self._cursor - OVERLAP_MS, now))
        except Unreachable as error:
            _LOG.warning("%s: %s", self.inlet, error)
            self._hand.give(Batch(inlet=self.inlet, fault=str(error)))
            return
        reports = [report for row in rows if (report := self.report_of(row)) is not None]
        newest = max((at for row in rows if (at := self._time(row)) is not None), default=self._cursor)
        for start in range(0, len(reports), BATCH):
            if not self._hand.give(Batch(inlet=self.inlet, reports=tuple(reports[start : start + BATCH]))):
                return
        self._cursor = min(max(self._cursor, newest), now)
        self._hand.give(Batch(inlet=self.inlet, cursor=str(self._cursor)))

    def _fetch(self, start: int, end: int) -> Iterator[dict[str, Any]]:
        query = {"status": "open", "start_date": _w3c(start), "end_date": _w3c(end)}
        found = self._ask("GET", "requests.json", query).requests
        middle = (start + end) // 2000 * 1000
        if len(found) >= PAGE and start < middle < end:
            yield from self._fetch(start, middle)
            yield from self._fetch(middle, end)
        else:
            yield from found

    def report_of(self, row: dict[str, Any]) -> ReportMessage | None:
        """A request as a report; None for one that is closed already or still has no id."""
        row = {name: value for name, value in row.items() if not isinstance(value, bool)}  # words and numbers say something here
        id = row.get("service_request_id")
        if not id or str(row.get("status")).strip().lower() == "closed":
            return None
        service = str(row.get("service_code", ""))
        lat, lon = (_number(row.get(name)) for name in ("lat", "long"))
        said = next(row[name] for name in ("description", "service_name", "address", "service_code", "service_request_id") if row.get(name))
        return ReportMessage(
            id=one_line(f"{self.inlet}/{id}", 200), text=str(said),
            time=self._time(row) or self._clock.now(), class_=self.config.services.get(service, service) or None,
            address=row.get("address") or row.get("address_string"), lat=lat, lon=lon,
            reporter=Reporter(kind="resident", name=_name(row), phone=row.get("phone")),
            media=[str(row["media_url"]).strip()] if row.get("media_url") else [],
        )  # fmt: skip

    def _time(self, row: dict[str, Any]) -> int | None:
        try:
            return parse_time(str(row["requested_datetime"]), self._zone)
        except (KeyError, ValueError, OverflowError):
            return None

    def _write_one(self, wait_s: float) -> None:
        try:
            job = self._jobs.get(timeout=wait_s)
        except queue.Empty:
            return
        told = Told(report=job.report, digest=job.digest, is_final=job.is_final)
        try:
            self._tell(job)
        except Unreachable as error:
            told = Told(report=job.report, digest=job.digest, is_final=job.is_final, fault=str(error), retry=error.retry)
        self._hand.give(Batch(inlet=self.inlet, told=(told,), fault=told.fault if told.fault and told.retry else ""))

    def _tell(self, job: WriteBack) -> None:
        """PUT on the request itself, or POST of an update, as FixMyStreet's extension of the standard has it; form-encoded."""
        if self.config.write == "put":
            self._ask("PUT", f"requests/{_path(job.request)}.json", {}, job.fields)
            return
        update = {"service_request_id": job.request, "update_id": f"{job.report}-{job.digest}", "description": job.fields["status_notes"]}
        self._ask("POST", "servicerequestupdates.json", {}, {**job.fields, **update})

    def _ask(self, method: str, path: str, query: dict[str, str], form: dict[str, str] | None = None) -> Georeport:
        import httpx

        query |= {"jurisdiction_id": self.config.jurisdiction} if self.config.jurisdiction else {}
        data = {**form, "api_key": self._key.reveal()} if form is not None else None
        try:
            with (
                httpx.Client(trust_env=False, follow_redirects=False, timeout=self.config.deadline_s) as client,
                client.stream(method, f"{self.config.url.rstrip('/')}/{path}", params=query, data=data) as response,
            ):
                body = self._read(response)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreachable(self._clean(f"{type(error).__name__}: {error}")) from None
        return self._judge(response.status_code, body)

    def _read(self, response: "httpx.Response") -> bytes:
        until, body = time.monotonic() + self.config.deadline_s, bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                raise Unreachable(f"> {MAX_BYTES} bytes")
            if time.monotonic() > until or self._hand.stopping.is_set():
                raise Unreachable("timeout")
        return bytes(body)

    def _judge(self, status: int, body: bytes) -> Georeport:
        """An answer that is none of the standard, or an error by status or by words."""
        try:
            found = parse_georeport(body) if body.strip() else Georeport()
        except PayloadError as error:
            if 200 <= status < 300:
                raise Unreachable(self._clean(f"HTTP {status}: {dict(error.reason.args)}")) from None
            found = Georeport()
        if found.errors or not 200 <= status < 300:
            said = "; ".join(str(row.get("description", "")) for row in found.errors)
            # What the server refuses for its own reasons it refuses again; what it cannot do now it may do later.
            raise Unreachable(self._clean(f"HTTP {status} {said}"), retry=not 400 <= status < 500 or status in (408, 425, 429))
        return found

    def _clean(self, text: str) -> str:
        return one_line(scrub(text, [self._key] if self._key.reveal() else []), 300)


def _path(id: str) -> str:
    from urllib.parse import quote

    return quote(id, safe="")


def _w3c(at: int) -> str:
    return datetime.fromtimestamp(max(at, 0) / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _name(row: dict[str, Any]) -> str | None:
    return " ".join(str(row[name]) for name in ("last_name", "first_name") if row.get(name)) or None
