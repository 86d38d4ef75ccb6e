"""A clerk who sits at a centre: looks at the queue and does the next step, by the same services as a seat."""

import random
from typing import TYPE_CHECKING

from data.acts import Refused
from data.simulate.agenda import Agenda
from data.simulate.residents import JUDGEMENT

if TYPE_CHECKING:
    from data.office import Office
    from data.views.models.cases import CaseRow

LOOK_S = 0.5
READS_S = (4.0, 10.0)
"""Shortest and longest time from seeing a case to pressing the key, in seconds."""
PAGE = 50


class Clerk:
    """Plays one seat on the agenda's thread, which owns the `Office`."""

    def __init__(self, office: "Office", agenda: Agenda, rng: random.Random) -> None:
        self._office, self._agenda, self._rng = office, agenda, rng
        self._reading: set[str] = set()
        self.acts = 0
        self.refusals: list[str] = []
        """Codes of the newest refusals, for the log."""
        agenda.after(LOOK_S, self._look)

    def _look(self) -> None:
        for row in self._office.cases.queue(PAGE).rows:
            if row.waits_on_me and row.id not in self._reading:
                self._take_up(row)
        self._agenda.after(LOOK_S, self._look)

    def _take_up(self, row: "CaseRow") -> None:
        self._reading.add(row.id)
        self._office.acts.see(row.id)
        self._agenda.after(self._rng.uniform(*READS_S), lambda: self._press(row.id))

    def _press(self, case_id: str) -> None:
        self._reading.discard(case_id)
        proposal = self._office.acts.proposal(case_id)
        if proposal is None or proposal.step is None:
            return
        picks = self._picks(proposal.step, case_id)
        shown = {"version": proposal.version, "shown": proposal.digest}
        answer = self._office.acts.do(proposal.step, case_id, **shown, **picks)  # type: ignore[arg-type]  # picks by the act's own names
        if isinstance(answer, Refused) and answer.reason.code == "warned":
            answer = self._office.acts.do(proposal.step, case_id, confirm=True, **shown, **picks)  # type: ignore[arg-type]  # as above
        self._note(answer)

    def _picks(self, step: str, case_id: str) -> dict[str, str]:
        """What a person would pick by digit: the class by what the text says, else any that is offered."""
        if step == "close":
            return {}
        row = self._office.cases.row_of(case_id)
        heard = next((code for word, code in JUDGEMENT.items() if row and word in row.text), "")
        return {
            name: heard if heard in {choice.value for choice in offered} else self._rng.choice(offered).value
            for name, offered in self._office.acts.choices(step, case_id)
            if offered
        }

    def _note(self, answer: object) -> None:
        if isinstance(answer, Refused):
            self.refusals = [*self.refusals[-9:], answer.reason.code]
        else:
            self.acts += 1
