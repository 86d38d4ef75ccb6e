"""Everybody who reported a finished case is answered once: by SMS, by write-back, or by a person from the list."""

from collections.abc import Callable

from data.callbacks import count, due
from data.office import Office
from tests.helpers.homes import paidan, paidan_json
from tests.inlets.conftest import Street

SMS = """
[[channel]]
name = "sms"
kind = "sms"
url_env = "PAIDAN_TEST_SMS"
json = { to = "$phone", text = "$text" }
"""


def two_reporters(street: Street) -> None:
    street.centre.report(reporter={"name": "吴卫东", "phone": "13800000117"})
    street.centre.report(id="rep-2", text="星都会小区6栋车库门口垃圾堵门没人管", reporter={"name": "周女士", "phone": "13800000076"})
    street.centre.report(id="rep-3", text="星都会小区6栋车库垃圾堵门", reporter={"name": "没留电话"})


def test_all_reporters_of_a_case_are_on_the_list_with_their_numbers(open_street: Callable[..., Street]) -> None:
    """Those who left one; in the transaction of the close, whatever closed it."""
    street = open_street()
    two_reporters(street)
    assert due(street.centre.desk.conn) == ()
    street.finish(1)
    assert [(row.number, row.name, row.phone, row.text) for row in due(street.centre.desk.conn)] == [
        (1, "吴卫东", "13800000117", "已清理"), (1, "周女士", "13800000076", "已清理"),
    ]  # fmt: skip


def test_one_is_ticked_off_once_and_it_stands_in_the_journal(open_street: Callable[..., Street]) -> None:
    street = open_street()
    two_reporters(street)
    street.finish(1)
    office = Office.open(street.centre.settings.home, "王梅")
    first = office.phone.callbacks()[0]
    assert office.phone.called(first.id, "满意").said.code == "did_callback"
    assert office.phone.called(first.id).reason.code == "no_callback"
    office.close()
    assert count(street.centre.desk.conn) == 1
    assert street.centre.steps()[-1] == "answered"


def test_a_reopened_case_owes_its_answer_anew(open_street: Callable[..., Street]) -> None:
    """Each round is answered once; a second close in the same round adds nothing."""
    street = open_street()
    two_reporters(street)
    street.finish(1)
    street.finish(1, "open")
    street.finish(1)
    assert count(street.centre.desk.conn) == 2
    with street.centre.desk.transaction() as tx, tx.entry("note", subject="pailou-1", operator="王梅", seat="t") as entry:
        entry.update("cases", "pailou-1", {"state": "open", "round": 2})
    street.finish(1)
    assert count(street.centre.desk.conn) == 4


def test_reporters_of_a_merged_case_are_answered_with_the_other(open_street: Callable[..., Street]) -> None:
    street = open_street()
    street.centre.report(reporter={"phone": "13800000117"})
    street.centre.report(id="rep-2", text="红星桥下垃圾堆成山", grid="HX-02", reporter={"phone": "13800000076"})
    with street.centre.desk.transaction() as tx, tx.entry("note", subject="pailou-2", operator="王梅", seat="t") as entry:
        entry.update("cases", "pailou-2", {"state": "merged", "merged_into": "pailou-1", "closed_at": tx.now})
    assert count(street.centre.desk.conn) == 0
    street.finish(1)
    assert [row.phone for row in due(street.centre.desk.conn)] == ["13800000117", "13800000076"]


def test_with_an_sms_channel_the_answers_go_into_the_outbox(open_street: Callable[..., Street]) -> None:
    """One message a reporter; what fails for good comes back to the list."""
    import os

    os.environ["PAIDAN_TEST_SMS"] = "https://sms.example/send"
    street = open_street(SMS)
    two_reporters(street)
    street.finish(1)
    street.until(lambda: len(street.centre.all("outbox")) == 2, "both are in the outbox")
    assert {(row["kind"], row["channel"], row["lane"]) for row in street.centre.all("outbox")} == {("answer", "sms", 2)}
    assert count(street.centre.desk.conn) == 0
    with street.centre.desk.transaction() as tx:
        tx.conn.execute("UPDATE outbox SET state='sent' WHERE rowid=1")
        tx.conn.execute("UPDATE outbox SET state='failed' WHERE rowid=2")
    street.until(lambda: count(street.centre.desk.conn) == 1, "one is to be called")
    assert sorted((row["way"], row["done_by"]) for row in street.centre.all("callbacks")) == [("call", None), ("sms", "system")]


def test_the_command_line_lists_and_ticks(open_street: Callable[..., Street]) -> None:
    street = open_street()
    two_reporters(street)
    street.finish(1)
    home = street.centre.settings.home
    rows = paidan_json("callbacks", home=home)
    assert [row["phone"] for row in rows] == ["13800000117", "13800000076"]
    assert paidan("callbacks", "--done", rows[0]["id"], "--as", "王梅", home=home).returncode == 0
    assert paidan("callbacks", "--done", rows[0]["id"], home=home).returncode == 1
    assert len(paidan_json("callbacks", home=home)) == 1
