"""`paidan act` takes every field of every act; nothing that is stored reaches a terminal as a control sign; names that are nobody's."""

import json
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from console.command_line import group as main
from data import acts
from data.acts import Refused
from data.domain.errors import PaidanError
from data.domain.text import escaped, printable
from data.office import Office
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre

HOSTILE = "\x1b]52;c;AAAA\x1b\\ \x9b31m \x07 \u202e [/x] [@click=app.quit]"


@pytest.fixture
def street(tmp_path: Path) -> Centre:
    """A street's desk with one case; its clerk 王梅, its supervisor 陈立."""
    centre = open_centre(tmp_path / "street", "street", FakeClock())
    centre.report()
    return centre


def run(centre: Centre, *words: str, operator: str = "王梅") -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(centre.settings.home), *(["--as", operator] if words[0] == "act" else [])])


def test_every_field_of_every_act_is_an_option() -> None:
    """The options are those of the case table, no more and no fewer."""
    said = CliRunner().invoke(main, ["act", "--help"]).output
    wanted = {field for act in acts.table().values() for field in (*act.row.fields, *act.row.optional)}
    assert {f"--{field.replace('_', '-')}" for field in wanted} <= set(said.replace(",", " ").split())


def test_a_case_is_held_until_a_time_with_a_reason(street: Centre) -> None:
    """`--until` and `--reason` reach the act."""
    done = run(street, "act", "1", "hold", "--until", "+90", "--reason", "等配件", operator="陈立")
    assert (done.exit_code, street.case()["state"]) == (0, "held"), done.output


def test_a_field_that_the_act_does_not_take_is_refused(street: Centre) -> None:
    """It says which fields there are; nothing is changed."""
    done = run(street, "act", "1", "note", "--result", "清了", "--text", "x")
    assert (done.exit_code, "text" in done.output, street.steps()) == (1, True, ["file"])


def test_an_unknown_act_is_refused(street: Centre) -> None:
    """Exit 1 with the reason."""
    assert run(street, "act", "1", "explode").exit_code == 1


@pytest.mark.parametrize("name", ["system", "System", " system ", "", "@operator.system"])
def test_nobody_signs_as_the_system(street: Centre, name: str) -> None:
    """Neither by an act nor by sitting down."""
    assert isinstance(street.act("note", text="x", operator=name), Refused)
    with pytest.raises(PaidanError):
        Office.open(street.settings.home, name)
    assert street.steps() == ["file"]


def test_an_auditor_files_nothing_and_ticks_nothing(street: Centre) -> None:
    """Reading is all that an auditor does."""
    office = Office.open(street.settings.home, "吴静")
    refused = [office.phone.file(text="路灯不亮"), office.phone.called("rep-1/1"), office.shift.say("case/1")]
    office.close()
    assert [outcome.reason.code for outcome in refused if isinstance(outcome, Refused)] == ["not_allowed"] * 3


@given(st.text(st.characters(codec="utf-8")))
def test_json_reads_back_to_what_was_stored(text: str) -> None:
    """Escaping for the terminal changes no value, and leaves no control or format sign of ours."""
    shown = escaped(json.dumps([text], ensure_ascii=False))
    assert json.loads(shown) == [text]
    assert not [sign for sign in shown + printable(text) if unicodedata.category(sign) == "Cc" and sign not in "\n\t"]


def test_hostile_text_reaches_the_terminal_as_plain_signs(street: Centre) -> None:
    """In every list, as text and as JSON, whichever field it came by."""
    street.report(id="rep-2", text=HOSTILE, address=HOSTILE, grid="JN-01", reporter={"kind": "resident", "name": HOSTILE, "phone": HOSTILE})
    street.hear(f"paidan/{street.name}/in/report", HOSTILE.encode("utf-8"))
    run(street, "act", "2", "note", "--text", HOSTILE)
    lists = (["cases"], ["journal"], ["orders"], ["units"], ["alarms"], ["callbacks"], ["quarantine"], ["sources"], ["report", "handover"])
    for words in (*lists, *([*each, "--json"] for each in lists)):
        done = run(street, *words)
        assert done.exit_code == 0, (words, done.output)
        bad = [hex(ord(sign)) for sign in done.output if unicodedata.category(sign) in {"Cc", "Cf"} and sign not in "\n\t"]
        assert bad == [], words
