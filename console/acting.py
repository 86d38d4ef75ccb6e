"""The keys that act: each does to one case, as it was shown, or to all marked ones what the desk allows, or says why not."""

from console.act_guard import ActGuard, Verdict
from console.asking import blocks, first_possible, question, title
from console.desk import Desk, Picture
from console.question import Question
from data import acts
from data.acts import Done, Refused
from data.domain.reason import Reason
from data.views.models.cases import Proposal

__all__ = ["Acting", "blocks", "shown_key"]
_MANY = acts.BULK


class Acting:
    """Acts for one desk. `picture` is what is on the screen now; an act is for that and nothing newer."""

    def __init__(self, desk: Desk, guard: ActGuard) -> None:
        self.desk = desk
        self.picture: Picture | None = None
        self._guard = guard
        self._refusals = 0
        self._joined: str | None = None
        """The case that this seat merged into another just now: undo splits them again."""

    @property
    def proposal(self) -> Proposal | None:
        """What the strip shows."""
        return self.picture.proposal if self.picture else None

    def step(self) -> None:
        """The one key: does the step that has been standing on the strip, and no other."""
        proposal = self.proposal
        if not self._may(self._guard.press(shown_key(proposal))) or proposal is None:
            return
        if self.desk.grouped is not None:
            self._group(proposal, sure=False)
        elif proposal.step is None:
            reason = self.desk.office.acts.why_not("dispatch", proposal.case_id)
            self.desk.say(self.desk.words.say(reason) if reason else self.desk.words("strip.none"), bad=True)
        elif proposal.step == "classify" or proposal.problem is not None:
            self._ask("classify", proposal)
        elif proposal.warnings and self.desk.warned != proposal.digest and not self.desk.marks:
            self.desk.warned = proposal.digest
            self.desk.hush()
        else:
            self.act(proposal.step, proposal, confirm=bool(proposal.warnings) and not self.desk.marks)

    def undo(self) -> None:
        """Split what was merged last; else take back the newest dispatch in grace; when none is, ask why the case here is to be withdrawn."""
        if self._guard.again() is Verdict.REPEAT:
            return
        joined, self._joined = self._joined, None
        outcome = self.desk.office.acts.do("split", joined) if joined else self.desk.office.acts.undo_newest()
        if outcome is None and (here := self.proposal) is not None and self.desk.office.acts.why_not("undo", here.case_id) is None:
            # What the centre gave by itself and is still here.
            outcome = self.desk.office.acts.do("undo", here.case_id)
        if outcome is None:
            self.start("withdraw", otherwise="seat.no_undo")
        else:
            self.desk.followed_case = None
            self.told(outcome)
            if isinstance(outcome, Done):
                self.desk.set_cursor(outcome.case_id)

    def start(self, *names: str, otherwise: str = "seat.no_case") -> None:
        """The first of these acts that can be done to the case under the cursor: do it, or ask what it needs; else say why not."""
        proposal = self.proposal
        if proposal is None:
            self.desk.say(self.desk.words(otherwise), bad=True)
            return
        act, reason = first_possible(self.desk, names, proposal.case_id)
        if reason is not None:
            self._refuse(reason)
            return
        because = self.desk.office.acts.why_not(names[0], proposal.case_id) if act != names[0] and names[0] == "close" else None
        self._ask(act, proposal, because=because)

    def _ask(self, act: str, proposal: Proposal, *, because: Reason | None = None) -> None:
        asked = question(self.desk, act, proposal, because=because)
        if isinstance(asked, str):
            self.desk.say(asked, bad=True)
        elif not asked.answered:
            self.desk.question = asked
        elif acts.table()[act].row.dangerous:
            self._ask_sure(act, proposal, {})
        elif self._may(self._guard.press(shown_key(self.proposal))):
            self.act(act, proposal)

    def _ask_sure(self, act: str, proposal: Proposal, args: dict[str, str]) -> None:
        said = self.desk.words("ask.sure", title=title(self.desk, act, proposal))
        self.desk.question = Question(act=act, title=said, proposal=proposal, picked=tuple(args.items()), confirming=said)

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
        """Do it to the case as it was shown, or to all that are marked; the desk refuses a case that has changed since."""
        if self.desk.marks:
            self._act_on_marked(act, shown, args or {}, sure=confirm)
            return
        if act == "accept":
            # Who takes an order from the strip has read it there: that is its first opening, a fact of its own.
            self.desk.office.acts.see(shown.case_id)
        outcome = self.desk.office.acts.do(act, shown.case_id, version=shown.version, shown=shown.digest, confirm=confirm, **(args or {}))
        self.told(outcome)
        if isinstance(outcome, Refused):
            self._ask_again(act, shown, outcome.reason, args or {})
            # The warnings came up just now: they are on the next picture, and the next press is the second.
            self.desk.warned = self._fresh_digest(shown) if outcome.reason.code == "warned" else ""
            return
        self.desk.warned = ""
        self._joined = shown.case_id if act == "merge" else None
        if act == "dispatch":
            self.desk.hush()
            self.desk.follow(shown.case_id)
        if not acts.table()[act].row.any_version:
            self._onward()

    def _group(self, shown: Proposal, *, sure: bool) -> None:
        """The marked group as one order, as it was shown; more than ten are asked for first, like any marks."""
        desk, group = self.desk, self.desk.grouped
        if group is None:
            return
        size = len(group.joins) + 1
        if shown.warnings and desk.warned != shown.digest:
            desk.warned = shown.digest
            desk.hush()
            return
        if size > _MANY and not sure:
            said = desk.words("group.sure", n=size, unit=shown.unit_name)
            desk.question = Question(act="dispatch", title=said, proposal=shown, confirming=said, then=lambda _: self._group(shown, sure=True))
            return
        outcome = desk.office.acts.do(
            "dispatch", group.head, version=shown.version, shown=shown.digest, confirm=bool(shown.warnings), group=",".join(group.joins)
        )
        desk.marks, desk.group, desk.warned, self._joined = {}, None, "", None
        self.told(outcome)
        if isinstance(outcome, Done):
            desk.follow(group.head)
            self._onward()

    def _act_on_marked(self, act: str, shown: Proposal, args: dict[str, str], *, sure: bool) -> None:
        """One act, each case by itself; one that has a doubt is left to a press of its own and stays marked."""
        desk = self.desk
        if len(desk.marks) > _MANY and not sure:
            self._ask_sure(act, shown, args)
            return
        outcomes = {case_id: desk.office.acts.do(act, case_id, version=None, shown="", confirm=False, **args) for case_id in desk.marks}
        refused = {case_id: outcome.reason for case_id, outcome in outcomes.items() if isinstance(outcome, Refused)}
        done = len(outcomes) - len(refused)
        said = desk.words("bulk.done", act=desk.words(f"act.{act}"), n=done)
        if refused:
            first = next(iter(refused))
            said += desk.words("bulk.refused", n=len(refused), number=desk.marks[first], reason=desk.words.say(refused[first]))
        desk.say(said, bad=bool(refused))
        desk.marks = {case_id: desk.marks[case_id] for case_id in refused}
        self._refusals += bool(refused)
        self._onward()

    def _ask_again(self, act: str, shown: Proposal, reason: Reason, args: dict[str, str]) -> None:
        if reason.code in acts.confirmable() and reason.code != "warned":
            said = self.desk.words.say(reason)
            self.desk.question = Question(act=act, title=said, proposal=shown, picked=tuple(args.items()), confirming=said)
            self.desk.hush()

    def _fresh_digest(self, shown: Proposal) -> str:
        fresh = self.desk.office.acts.proposal(shown.case_id)
        return fresh.digest if fresh else ""

    def _onward(self) -> None:
        """To the most urgent case that waits on this desk."""
        self.desk.opened = False
        self.desk.did()
        self.desk.set_cursor(self.desk.rows.first_mine() or self.desk.cursor)

    def told(self, outcome: Done | Refused) -> None:
        """Say what came of it."""
        if isinstance(outcome, Done):
            self.desk.did()
            self.desk.say(self.desk.words.say(outcome.said))
        else:
            self._refuse(outcome.reason)


def shown_key(proposal: Proposal | None) -> object:
    """What the strip shows, for the guard: a new step, text or unit must be read anew."""
    return None if proposal is None else (proposal.case_id, proposal.step, proposal.digest)
