"""Marks: the next act is done to all marked cases."""

from collections.abc import Sequence

from console.desk import Desk
from data.views.group import Group
from data.views.models.cases import CaseRow

_MOST = 200


class Marking:
    """Marks and unmarks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def mark(self) -> None:
        """The case under the cursor, or take its mark off; then the next line."""
        desk = self._desk
        row = desk.office.cases.row_of(desk.cursor) if desk.cursor else None
        if row is None:
            desk.say(desk.words("seat.no_case"), bad=True)
            return
        if row.id in desk.marks:
            del desk.marks[row.id]
        else:
            desk.marks[row.id] = row.number
        desk.move(1)

    def mark_group(self) -> None:
        """All of the cursor's kind at its place; again: none. On a row of an incident they go as one order, as far as they can."""
        desk = self._desk
        if desk.grouped is not None:
            desk.marks, desk.group = {}, None
            desk.hush()
            return
        row = next((row for row in desk.rows.page(1, desk.position).rows if row.id == desk.cursor), None)
        members = desk.office.cases.members(desk.cursor)[:_MOST] if desk.cursor else ()
        if row is not None and row.count > 1 and self._group(row, members):
            return
        if members and all(row.id in desk.marks for row in members):
            desk.marks = {}
        else:
            desk.marks |= {row.id: row.number for row in members}

    def _group(self, incident: CaseRow, members: Sequence[CaseRow]) -> bool:
        """Mark what goes as one order and say what F2 will do; False where no two of them can, and each is marked for its own."""
        desk, numbers = self._desk, {row.id: row.number for row in members}
        group = desk.group = desk.office.acts.group(tuple(numbers))
        if group is None:
            desk.say(desk.words("group.none", n=incident.count))
            return False
        desk.marks = {case_id: numbers[case_id] for case_id in (group.head, *group.joins)}
        desk.say(said_of(desk, group))
        return True


def said_of(desk: Desk, group: Group) -> str:
    """How many cases, to whom, and what stays by itself and why."""
    shown = desk.office.acts.proposal(group.head, ",".join(group.joins))
    said = desk.words("group.marked", n=len(group.joins) + 1, unit=shown.unit_name if shown else "")
    if group.apart:
        number, reason = group.apart[0]
        said += desk.words("group.apart", n=len(group.apart), number=number, reason=desk.words.say(reason))
    return said
