"""A seat's one door to the centre's store: its services by subject. The console knows nothing else.

One `Office` belongs to one thread. Reading never waits for a writer; an act is one short write transaction.
What the first screen does not need is read from disk when it is first asked for.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from data.acts import no_person
from data.domain.errors import PaidanError
from data.domain.text import one_line
from data.kinds import Kind, load_kinds
from data.office.acts import Acts
from data.office.cases import Cases
from data.office.held import Held
from data.office.news import News
from data.office.ready import seat_name, start_centre
from data.office.sensors import Sensors
from data.office.status import Status
from data.settings import Settings, load
from data.store.desk import Desk
from data.store.history import History, open_reader
from data.store.schema import open_desk
from data.views.models.seat import SeatInfo

if TYPE_CHECKING:
    from data.office.alarms import Alarms
    from data.office.journal import Journal
    from data.office.phone import Phone
    from data.office.shift import Shift
    from data.office.supervision import Supervision
    from data.office.trends import Trends
    from data.office.vitals import Vitals


class Office:
    """One operator at one seat."""

    def __init__(self, settings: Settings, desk: Desk, history: History, kinds: Mapping[str, Kind], operator: str) -> None:
        self._held = held = Held(settings, desk, history, kinds, operator, seat_name())
        self._version = -1
        self.cases, self.acts, self.sensors = Cases(held), Acts(held), Sensors(held)
        self.news, self.status = News(held), Status(held)
        self.words = held.words
        self.info = SeatInfo(
            centre=settings.centre.id,
            centre_name=settings.centre.name,
            short_name=settings.short_name,
            operator=operator,
            language=held.words.language,
            zone=settings.centre.zone,
            keys=tuple(sorted(settings.file.keys.items())),
            names=tuple(held.names.items()),
        )

    @classmethod
    def open(cls, home: Path, operator: str) -> "Office":
        """Sit down at a centre's desk. Raises `PaidanError` when the settings or the desk cannot be read, or the name is nobody's."""
        if reserved := no_person(one_line(operator, 40)):
            raise PaidanError(reserved)
        settings = load(home)
        desk = Desk(open_desk(home / "desk.db"), settings.clock)
        return cls(settings, desk, open_reader(home), load_kinds(home), one_line(operator, 40))

    def close(self) -> None:
        """Let go of the files."""
        self._held.desk.conn.close()
        self._held.history.close()
        self.sensors.close()

    def now(self) -> int:
        """The desk's time, UTC ms."""
        return self._held.now()

    def changed(self) -> bool:
        """Whether anybody has committed, or the settings are other ones, since the last call; microseconds, never waits."""
        version = self._held.desk.conn.execute("PRAGMA data_version").fetchone()[0]
        changed, self._version = version != self._version, version
        return self._held.watcher.poll() or bool(changed)

    def ensure_centre(self) -> bool:
        """Start a detached centre where none runs; True when one was started. Uses no file of this Office."""
        return start_centre(self._held.settings.home)

    def export_text(self, name: str, text: str) -> Path:
        """Write a text to HOME/exports/ under a name and the time; the file's path. Raises: `OSError`."""
        from data.views.trends import export_text

        settings = self._held.settings
        return export_text(settings.home, name, text, at=self.now(), zone=settings.zone)

    @cached_property
    def alarms(self) -> "Alarms":
        """What is abnormal or silent."""
        from data.office.alarms import Alarms

        return Alarms(self._held)

    @cached_property
    def journal(self) -> "Journal":
        """Its pages."""
        from data.office.journal import Journal

        return Journal(self._held)

    @cached_property
    def phone(self) -> "Phone":
        """Filing and calling back."""
        from data.office.phone import Phone

        return Phone(self._held)

    @cached_property
    def shift(self) -> "Shift":
        """The handover."""
        from data.office.shift import Shift

        return Shift(self._held)

    @cached_property
    def supervision(self) -> "Supervision":
        """The supervisor's figures."""
        from data.office.supervision import Supervision

        return Supervision(self._held)

    @cached_property
    def trends(self) -> "Trends":
        """Sensors over time."""
        from data.office.trends import Trends

        return Trends(self._held)

    @cached_property
    def vitals(self) -> "Vitals":
        """城市体征."""
        from data.office.vitals import Vitals

        return Vitals(self._held)
