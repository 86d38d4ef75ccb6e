"""The stories of the demo's day, read from `day.toml`, and the part of the simulation that plays them."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

import msgspec

from data.simulate.agenda import Agenda

_FILE = Path(__file__).with_suffix(".toml")
FIRST_S = 4.0
"""Real seconds until the one story begins that was asked for."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    pass


class Said(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report of a person."""

    text: str
    grid: str
    address: str
    class_: str
    media: tuple[str, ...] = ()
    kind: str
    name: str
    phone: str


class Bulletin(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warning from above."""

    event: str
    severity: str
    status: str
    headline: str
    area: str
    hours: float


class Story(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scenario, once."""

    scenario: str
    label: Mapping[str, str]
    begin_s: float
    points: tuple[tuple[float, str, float | Literal["end"]], ...] = ()
    report: Said | None = None
    cap: Bulletin | None = None


class _File(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    story: tuple[Story, ...]


def load_day() -> tuple[Story, ...]:
    """All stories, in the order of their beginning; story N of the command line is the Nth."""
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), _File).story


class Day:
    """Plays stories on the agenda: holds sensors at a value, reports, warns. `send` takes a topic and a message."""

    def __init__(
        self, agenda: Agenda, rate: float, centre: str, sensors: Collection[str], send: Callable[[str, Mapping[str, Any] | str], None],
        read: Callable[[str], None],
    ) -> None:  # fmt: skip
        """`rate`: desk seconds of a real one. `read` has a sensor send what it measures now."""
        self._agenda, self._rate, self._centre, self._sensors, self._send, self._read = agenda, rate, centre, sensors, send, read
        self.held: dict[str, float] = {}
        """Sensors that a story holds, with their value."""
        self.begun: list[str] = []
        """Scenarios whose story has begun."""

    def plan(self, number: int = 0, played_s: float = 0.0) -> None:
        """The whole day, or story `number` of it (from 1), soon. Raises `IndexError` for a number that there is none of.

        `played_s` real seconds of it were played before by a process that is gone: its stories go on where they are by now.
        """
        stories = load_day()
        begins = [(FIRST_S, stories[number - 1])] if number else [(story.begin_s, story) for story in stories]
        for begin_s, story in begins:
            if begin_s >= played_s:
                self._agenda.after((begin_s - played_s) * self._rate, partial(self._begin, story))
            else:
                self._go_on(story, (played_s - begin_s) * self._rate)

    def _go_on(self, story: Story, gone_s: float) -> None:
        """Sensors as the story has left them by now; what it reported is known already."""
        self.begun.append(story.scenario)
        for after_s, sensor, value in story.points:
            if sensor not in self._sensors:
                continue
            if after_s > gone_s:
                self._agenda.after(after_s - gone_s, partial(self._turn, sensor, value))
            elif isinstance(value, str):
                self.held.pop(sensor, None)
            else:
                self.held[sensor] = value

    def _begin(self, story: Story) -> None:
        self.begun.append(story.scenario)
        for after_s, sensor, value in story.points:
            if sensor in self._sensors:
                self._agenda.after(after_s, partial(self._turn, sensor, value))
        now = self._agenda.clock.now()
        if story.report is not None:
            self._send(f"paidan/{self._centre}/in/report", _report(story.report, now))
        if story.cap is not None:
            self._send(f"paidan/{self._centre}/in/cap", _cap(story.cap, now))

    def _turn(self, sensor: str, value: float | str) -> None:
        if isinstance(value, str):
            self.held.pop(sensor, None)
            return
        self.held[sensor] = value
        self._read(sensor)


def _report(said: Said, now: int) -> dict[str, Any]:
    from data.clock import iso

    return {
        "id": f"day-{now}-{said.grid}", "text": said.text, "grid": said.grid, "address": said.address, "class": said.class_, "time": iso(now),
        "media": list(said.media), "reporter": {"kind": said.kind, "name": said.name, "phone": said.phone},
    }  # fmt: skip


def _cap(bulletin: Bulletin, now: int) -> str:
    """A CAP 1.2 message of the sample weather office."""
    texts = {name: escape(getattr(bulletin, name)) for name in ("event", "severity", "status", "headline", "area")}
    return (
        '<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>day-{now}</identifier><sender>sample@example.org</sender><sent>{_stamp(now)}</sent><status>{texts['status']}</status>"
        "<msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language><category>Met</category>"
        f"<event>{texts['event']}</event><urgency>Immediate</urgency><severity>{texts['severity']}</severity><certainty>Likely</certainty>"
        f"<expires>{_stamp(now + round(bulletin.hours * 3_600_000))}</expires><headline>{texts['headline']}</headline>"
        f"<area><areaDesc>{texts['area']}</areaDesc></area></info></alert>"
    )


def _stamp(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
