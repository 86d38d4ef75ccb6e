"""What a seat does to a case: what is proposed, what is possible, what must be picked, and the act itself."""

from collections.abc import Sequence

from data import acts
from data.acts import Done, Refused
from data.domain.case import Case, case_from
from data.domain.reason import Reason
from data.domain.tables import Tables
from data.office.held import Service
from data.store.desk import Transaction
from data.views import group as group_view
from data.views import queue as queue_view
from data.views.models.cases import Choice, Grace, Proposal


def class_choices(tables: Tables) -> tuple[Choice, ...]:
    """Every class of the centre, as it is picked."""
    return tuple(Choice(value=row.code, name=row.name) for row in tables.classes.values())


class Acts(Service):
    """Each act is one short write transaction, with the same guards as everywhere."""

    def proposal(self, case_id: str, group: str = "") -> Proposal | None:
        """What the strip shows of a case; with `group` (ids, by commas), of one order for it and those."""
        return queue_view.proposal(self._held.desk.conn, self._held.tables, case_id, self._held.operator, self._held.now(), group)

    def group(self, case_ids: Sequence[str]) -> group_view.Group | None:
        """How these cases would go as one order; None when no two of them can."""
        return group_view.group(self._held.desk.conn, self._held.tables, case_ids, self._held.operator, self._held.now())

    def grace(self) -> Grace | None:
        """The newest dispatch that this operator can still take back: an own one, else one that the centre gave by itself."""
        return queue_view.grace(self._held.desk.conn, self._held.tables, self._held.operator, self._held.now())

    def why_not(self, act: str, case_id: str) -> Reason | None:
        """Why an act is not possible on a case, or None."""
        return queue_view.why_not_here(self._held.desk.conn, self._held.tables, act, case_id, self._held.operator, self._held.now())

    def warnings(self, case_id: str) -> tuple[Reason, ...]:
        """What a dispatch of this case would want confirmed."""
        shown = self.proposal(case_id)
        return shown.warnings if shown else ()

    def do(self, act: str, case_id: str, *, version: int | None = None, shown: str = "", confirm: bool = False, **args: str) -> Done | Refused:
        """Do an act with its fields as `args`; the same guards as everywhere. See `data.acts.perform`."""
        return acts.perform(
            self._held.desk, self._held.tables, act, case_id, operator=self._held.operator, seat=self._held.seat,
            version=version, shown=shown, confirm=confirm, args=args,
        )  # fmt: skip

    def see(self, case_id: str) -> None:
        """The operator opened a case; the first time, who ordered it is told."""
        if self._held.desk.conn.execute("SELECT 1 FROM cases WHERE id=? AND seen_at IS NULL", (case_id,)).fetchone():
            self.do("see", case_id)

    def undo_newest(self) -> Done | Refused | None:
        """Take back this operator's newest dispatch in grace; None when there is none."""
        newest = self.grace()
        return self.do("undo", newest.case_id) if newest else None

    def choices(self, act: str, case_id: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """What must be picked for an act, field by field."""
        row = self._held.desk.conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
        if row is None:
            return ()
        case = case_from(row)
        match act:
            case "classify":
                wanted = [field for field in ("class", "unit") if getattr(case, "class_code" if field == "class" else "unit") is None]
                return tuple((field, self._offers(field)) for field in wanted or ["class", "unit"])
            case "close":
                known = self._held.tables.classes.get(case.class_code or "")
                results = [case.result] if case.result else []
                results += [result for result in (known.results if known else ()) if result not in results]
                return (("result", tuple(Choice(value=result, name=result) for result in results)),)
            case "withdraw":
                reasons = [self._held.words(f"withdraw.{n}") for n in (1, 2, 3)]
                return (("reason", tuple(Choice(value=reason, name=reason) for reason in reasons)),)
            case _:
                return self._act_offers(act, case)

    def _act_offers(self, act: str, case: Case) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """What the act itself offers for its fields; a field without offers is typed."""
        known = acts.table().get(act)
        if known is None:
            return ()
        scene = acts.Scene(
            tx=Transaction(self._held.desk.conn, self._held.now()),
            case=case,
            tables=self._held.tables,
            operator=self._held.operator,
            seat=self._held.seat,
        )
        offered = known.offers(scene)
        return tuple(
            (field, tuple(Choice(value=self._word(value), name=self._word(name)) for value, name in offered.get(field, ())))
            for field in known.row.fields
        )

    def _word(self, text: str) -> str:
        return self._held.words(text[1:]) if text.startswith("@") else text

    def _offers(self, field: str) -> tuple[Choice, ...]:
        if field == "class":
            return class_choices(self._held.tables)
        return tuple(Choice(value=unit.id, name=unit.name) for unit in self._held.tables.units.values() if unit.kind != "centre")
