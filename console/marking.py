"""Marks: the next act is done to all marked cases."""

from console.desk import Desk

_MOST = 200


class Marking:
    """Marks and unmarks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def mark(self) -> None:
        """The case under the cursor, or take its mark off; then the next line."""
        desk = self._desk
        row = desk.office.row_of(desk.cursor) if desk.cursor else None
        if row is None:
            desk.say(desk.words("seat.no_case"), bad=True)
            return
        if row.id in desk.marks:
            del desk.marks[row.id]
        else:
            desk.marks[row.id] = row.number
        desk.move(1)

    def mark_group(self) -> None:
        """All of the cursor's kind at its place; again: none."""
        desk = self._desk
        members = desk.office.members(desk.cursor)[:_MOST] if desk.cursor else ()
        if members and all(row.id in desk.marks for row in members):
            desk.marks = {}
        else:
            desk.marks |= {row.id: row.number for row in members}
