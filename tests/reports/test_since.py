"""News since a person last looked, by name."""

from collections.abc import Callable

from data.office import Office
from tests.helpers.office import Centre
from tests.reports.conftest import order_out, report

Sit = Callable[[str], Office]


def test_new_late_and_closed_by_others_since_the_last_look(street: Centre, office: Sit) -> None:
    """U3: what came, what became late, what others closed; and nothing that was there before."""
    order_out(street, 0)
    seat = office("周敏")
    seat.news.looked()
    street.clock.pass_s(1)
    report(street, 1)
    street.act("close", 1, operator="陈立", result="好了", confirm=True)
    street.clock.time = street.case(2)["accept_by"] + 1
    found = seat.news.since()
    assert [("pailou-2", "")] == [(one.row.id, one.who) for one in found.new]
    assert ["pailou-2"] == [one.row.id for one in found.late]
    assert [("pailou-1", "陈立")] == [(one.row.id, one.who) for one in found.closed]
    assert (1, 1, 1) == (found.new_total, found.late_total, found.closed_total)


def test_being_shown_is_not_having_looked(street: Centre, office: Sit) -> None:
    """Asking again gives the same news until the person has looked; then there is none."""
    seat = office("周敏")
    seat.news.looked()
    report(street, 0)
    assert (1, 1) == (seat.news.since().new_total, seat.news.since().new_total)
    street.clock.pass_s(1)
    seat.news.looked()
    assert 0 == seat.news.since().new_total


def test_each_person_has_a_mark_of_his_own(street: Centre, office: Sit) -> None:
    """What one has looked at is still news to another, and what one closed himself is none."""
    first, second = office("周敏"), office("陈立")
    first.news.looked()
    second.news.looked()
    order_out(street, 0)
    first.news.looked()
    street.clock.pass_s(1)
    street.act("close", 1, operator="周敏", result="好了", confirm=True)
    assert (0, 0) == (first.news.since().new_total, first.news.since().closed_total)
    assert (1, 1) == (second.news.since().new_total, second.news.since().closed_total)


def test_a_first_look_reaches_back_twelve_hours(street: Centre, office: Sit) -> None:
    """An older case is no news to a newcomer."""
    report(street, 0)
    street.clock.pass_s(13 * 3600)
    report(street, 1)
    found = office("新来的").news.since()
    assert found.looked_at is None
    assert ["pailou-2"] == [one.row.id for one in found.new]
