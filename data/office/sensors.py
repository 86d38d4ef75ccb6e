"""The board's sensors and how one is found."""

from data.catalogue.find import Finder
from data.office.held import Held, Service
from data.views import board as board_view
from data.views.models.sensors import Board, FoundSensor


class Sensors(Service):
    """In use; worst first."""

    __slots__ = ("_finder",)

    def __init__(self, held: Held) -> None:
        super().__init__(held)
        self._finder = Finder(held.settings.home)

    def close(self) -> None:
        """Let go of the finder's file."""
        self._finder.close()

    def board(self, limit: int, spark: int) -> Board:
        """The board's panels, worst first."""
        return board_view.board(
            self._held.desk.conn, self._held.history, self._held.kinds, self._held.now(),
            limit=limit, spark=spark, zone=self._held.settings.zone, words=self._held.words,
        )  # fmt: skip

    def find(self, text: str, limit: int) -> tuple[FoundSensor, ...]:
        """Sensors in use that have every word of `text` in code, name or place, or in their pinyin or its initials."""
        ids = self._finder.find(self._held.desk.conn, text, limit)
        return board_view.found_sensors(self._held.desk.conn, self._held.history, self._held.kinds, self._held.now(), ids, self._held.words)
