"""The phone-taker's work: filing what is told, and calling back."""

from data import acts
from data import callbacks as calls
from data import guess as guessing
from data.acts import Done, Refused
from data.domain.reason import Reason
from data.domain.text import one_line
from data.inlets import form
from data.office.acts import class_choices
from data.office.held import Service
from data.views.models.cases import Choice
from data.views.models.seat import Callback


class Phone(Service):
    """Reports that come by voice, and those who are owed a call."""

    def guess(self, text: str, address: str = "") -> guessing.Guess:
        """What the phone-taker's words say by themselves; for every key."""
        return guessing.guess(text, address, self._held.tables)

    def file(self, **fields: str | float | None) -> Done | Refused:
        """File what was typed (text, address, class, level, grid, name, phone, kind): a new case, or support of the same trouble."""
        if refusal := acts.not_a_worker(self._held.tables, self._held.operator, "seat.file"):
            return Refused(refusal)
        filed = form.file(
            self._held.desk, self._held.tables, self._held.settings.zone, operator=self._held.operator, seat=self._held.seat, fields=fields
        )
        return Refused(filed) if isinstance(filed, Reason) else Done(filed.case_id, form.said(filed))

    def offers(self) -> dict[str, tuple[Choice, ...]]:
        """What the phone-taker's form may hold as class and as grid."""
        grids = tuple(Choice(value=grid.id, name=grid.name) for grid in self._held.tables.grids.values())
        return {"class": class_choices(self._held.tables), "grid": grids}

    def callbacks(self, limit: int = 200, offset: int = 0) -> tuple[Callback, ...]:
        """Reporters who are owed a call, longest waiting first."""
        return calls.due(self._held.desk.conn, limit, offset)

    def calls_for(self, warning: str) -> tuple[Callback, ...]:
        """Who is still to be called for a warning from above."""
        return calls.due_for_warning(self._held.desk.conn, warning)

    def called(self, id: str, note: str = "") -> Done | Refused:
        """This operator called a reporter back."""
        if refusal := acts.not_a_worker(self._held.tables, self._held.operator, "place.callbacks"):
            return Refused(refusal)
        return calls.tick(self._held.desk, id, operator=self._held.operator, seat=self._held.seat, note=one_line(note, 200))
