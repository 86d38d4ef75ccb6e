"""The keys that act: each does to one case, as it was shown, what the desk allows, or says why not."""

from console.act_guard import ActGuard, Verdict
from console.desk import Desk, Picture
from console.question import Question
from data.acts import Done, Refused
from data.domain.reason import Reason
from data.views.models import Choice, Proposal

Fields = tuple[tuple[str, tuple[Choice, ...]], ...]
"""Fields to pick, each with what may be picked."""
_WANTS_MORE = frozenset({"no_reason", "no_result", "no_text", "no_class", "no_unit"})
"""Reasons that only say that a field is missing: the strip asks for it."""
_CONFIRMABLE = frozenset({"no_feedback", "alarm_stands"})
"""Refusals that a person may overrule once he has read them."""


class Acting:
    """Acts for one desk. `picture` is what is on the screen now; an act is for that and nothing newer."""

    def __init__(self, desk: Desk, guard: ActGuard) -> None:
        self.desk = desk
        self.picture: Picture | None = None
        self._guard = guard
        self._refusals = 0

    @property
    def proposal(self) -> Proposal | None:
        """What the strip shows."""
        return self.picture.proposal if self.picture else None

    def step(self) -> None:
        """The one key: does the step that has been standing on the strip, and no other."""
        proposal = self.proposal
        if not self._may(self._guard.press(shown_key(proposal))) or proposal is None:
            return
        if proposal.step is None:
            reason = self.desk.office.why_not("dispatch", proposal.case_id)
            self.desk.say(self.desk.words.say(reason) if reason else self.desk.words("strip.none"), bad=True)
        elif proposal.step == "classify" or proposal.problem is not None:
            self._ask_fields("classify", proposal, self.desk.office.choices("classify", proposal.case_id))
        elif proposal.warnings and self.desk.warned != proposal.digest:
            self.desk.warned = proposal.digest
            self.desk.hush()
        else:
            self.act(proposal.step, proposal, confirm=bool(proposal.warnings))

    def undo(self) -> None:
        """Take back the newest dispatch in grace; when none is, ask why the case under the cursor is to be withdrawn."""
        if self._guard.again() is Verdict.REPEAT:
            return
        outcome = self.desk.office.undo_newest()
        if outcome is None:
            self._ask_withdraw()
        else:
            self.desk.followed_case = None
            self._outcome(outcome)
            if isinstance(outcome, Done):
                self.desk.set_cursor(outcome.case_id)

    def reassign(self) -> None:
        """Another unit for the case under the cursor; a class that is missing is asked for too."""
        if (proposal := self._possible("classify")) is not None:
            fields = self.desk.office.choices("classify", proposal.case_id)
            self._ask_fields("classify", proposal, fields if proposal.problem else fields[-1:])

    def note(self) -> None:
        """Open the text field for a note."""
        if (proposal := self._possible("note")) is not None:
            title = self.desk.words("ask.note", number=proposal.number)
            self.desk.question = Question(act="note", title=title, proposal=proposal, text_field="text", typed="")

    def close(self) -> None:
        """Ask for the result: by digit where the desk offers some, or written."""
        if (proposal := self._possible("close")) is None:
            return
        title = self.desk.words("ask.close", number=proposal.number)
        fields = tuple(each for each in self.desk.office.choices("close", proposal.case_id) if each[1])
        if fields:
            self.desk.question = Question(act="close", title=title, proposal=proposal, fields=fields[:1], text_field="result")
        else:
            text = proposal.result
            self.desk.question = Question(act="close", title=title, proposal=proposal, text_field="result", typed=text, caret=len(text))

    def _ask_withdraw(self) -> None:
        proposal = self._possible("withdraw", otherwise="seat.no_undo")
        if proposal is None:
            return
        words = self.desk.words
        offered = self.desk.office.choices("withdraw", proposal.case_id)
        title = words("strip.withdraw", number=proposal.number)
        self.desk.question = Question(act="withdraw", title=title, proposal=proposal, fields=offered[:1])

    def _ask_fields(self, act: str, proposal: Proposal, fields: Fields) -> None:
        words = self.desk.words
        empty = [name for name, choices in fields if not choices]
        if empty or not fields:
            name = words(f"field.{empty[0]}") if empty else words(f"act.{act}")
            self.desk.say(words("strip.no_field", field=name), bad=True)
            return
        title = words("ask.field", act=words(f"act.{act}"), number=proposal.number, field="")
        self.desk.question = Question(act=act, title=title, proposal=proposal, fields=fields)

    def _possible(self, act: str, *, otherwise: str = "seat.no_case") -> Proposal | None:
        """The case on the screen if this act can be done to it; else the reason is said."""
        proposal = self.proposal
        if proposal is None:
            self.desk.say(self.desk.words(otherwise), bad=True)
            return None
        reason = self.desk.office.why_not(act, proposal.case_id)
        if not blocks(reason):
            return proposal
        assert reason is not None
        self._refuse(reason)
        return None

    def _refuse(self, reason: Reason) -> None:
        self._refusals += 1
        self.desk.say(self.desk.words.say(reason), bad=True)

    def take_refusals(self) -> int:
        """How many acts were refused since the last question."""
        taken, self._refusals = self._refusals, 0
        return taken

    def _may(self, verdict: Verdict) -> bool:
        if verdict is Verdict.UNREAD:
            nothing = self.proposal is None
            self.desk.say(self.desk.words("seat.no_case" if nothing else "seat.too_soon"), bad=True)
        return verdict is Verdict.GO

    def act(self, act: str, shown: Proposal, *, confirm: bool = False, args: dict[str, str] | None = None) -> None:
        """Do it to the case as it was shown; the desk refuses if it has changed since."""
        if act == "accept":
            # Who takes an order from the strip has read it there: that is its first opening, a fact of its own.
            self.desk.office.see(shown.case_id)
        outcome = self.desk.office.act(act, shown.case_id, version=shown.version, shown=shown.digest, confirm=confirm, **(args or {}))
        self._outcome(outcome)
        if isinstance(outcome, Refused):
            self._ask_again(act, shown, outcome.reason, args or {})
            # The warnings came up just now: they are on the next picture, and the next press is the second.
            self.desk.warned = self._fresh_digest(shown) if outcome.reason.code == "warned" else ""
            return
        self.desk.warned = ""
        if act == "dispatch":
            self.desk.hush()
            self.desk.follow(shown.case_id)
        if act != "note":
            self._onward()

    def _ask_again(self, act: str, shown: Proposal, reason: Reason, args: dict[str, str]) -> None:
        if reason.code in _CONFIRMABLE:
            said = self.desk.words.say(reason)
            self.desk.question = Question(act=act, title=said, proposal=shown, picked=tuple(args.items()), confirming=said)
            self.desk.hush()

    def _fresh_digest(self, shown: Proposal) -> str:
        fresh = self.desk.office.proposal(shown.case_id)
        return fresh.digest if fresh else ""

    def _onward(self) -> None:
        """To the most urgent case that waits on this desk."""
        self.desk.opened = False
        self.desk.set_cursor(self.desk.office.first_mine() or self.desk.cursor)

    def _outcome(self, outcome: Done | Refused) -> None:
        if isinstance(outcome, Done):
            self.desk.say(self.desk.words.say(outcome.said))
        else:
            self._refuse(outcome.reason)


def blocks(reason: Reason | None) -> bool:
    """Whether this reason keeps the key from doing anything; a field that is missing is asked for, a doubt confirmed."""
    return reason is not None and reason.code not in _WANTS_MORE | _CONFIRMABLE


def shown_key(proposal: Proposal | None) -> object:
    """What the strip shows, for the guard: a new step, text or unit must be read anew."""
    return None if proposal is None else (proposal.case_id, proposal.step, proposal.digest)
