"""What happened: the news since the last look, and the journal."""

from msgspec import Struct

from data.domain.reason import Reason
from data.views.models.cases import CaseRow


class SinceCase(Struct, frozen=True, kw_only=True):
    """One case of the news, and by whom: who took, has or closed it; "" when nobody."""

    row: CaseRow
    who: str


class JournalNotice(Struct, frozen=True, kw_only=True):
    """A step of the desk itself, of no one case."""

    at: int
    act: str
    what: Reason


class Since(Struct, frozen=True, kw_only=True):
    """What is news to one person. Lists are bounded, the totals exact."""

    looked_at: int | None
    """When he last looked; None: never, and the news is that of the last twelve hours."""
    at: int
    new: tuple[SinceCase, ...]
    new_total: int
    late: tuple[SinceCase, ...]
    """Cases whose next limit passed meanwhile and that are not finished."""
    late_total: int
    closed: tuple[SinceCase, ...]
    """Closed by others."""
    closed_total: int
    notices: tuple[JournalNotice, ...]


class JournalLine(Struct, frozen=True, kw_only=True):
    """One step of the journal in words."""

    seq: int
    at: int
    act: str
    operator: str
    subject: str
    number: int | None
    """Of the case it is about, if it is about one."""
    what: Reason


class JournalPage(Struct, frozen=True, kw_only=True):
    """A window of the journal, oldest first, and the rows at both its ends."""

    lines: tuple[JournalLine, ...]
    first: int | None
    last: int | None
