"""What a person does to one sensor's alarm: known, or shelved for some hours with a reason. For the board and the drill-down alike."""

from console.desk import Desk
from console.question import Question
from data.acts import Done, Refused
from data.views.models.cases import Choice
from data.views.models.sensors import AreaSensor


class SensorActs:
    """Acts on alarms for one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def acknowledge(self, here: AreaSensor | None, sensor: str) -> None:
        """An alarm is acknowledged with its case. `here` is None for a sensor that neither alarms nor is silent."""
        if here is not None and here.case_id:
            self._told(self._desk.office.acts.do("acknowledge", here.case_id))
        else:
            alarmed = here is not None and here.alarm
            self._desk.say(self._desk.words("areas.no_case" if alarmed else "areas.no_alarm", sensor=sensor), bad=True)

    def shelve(self, here: AreaSensor | None, sensor: str) -> None:
        """Ask for how long and why, by digit; what is shelved comes off at once."""
        if here is None or not here.alarm:
            self._desk.say(self._desk.words("areas.no_alarm", sensor=sensor), bad=True)
        elif here.shelved_until is not None:
            self._told(self._desk.office.alarms.act("unshelve", sensor))
        else:
            self._desk.question = self._how_long(sensor)

    def _how_long(self, sensor: str) -> Question:
        words, office = self._desk.words, self._desk.office
        hours = tuple(Choice(value=str(n), name=words("areas.hours", n=n)) for n in office.alarms.shelf_hours())
        reasons = tuple(Choice(value=words(f"areas.reason_{n}"), name=words(f"areas.reason_{n}")) for n in range(1, 5))
        return Question(
            act="shelve", title=words("areas.shelving", sensor=sensor), fields=(("hours", hours), ("reason", reasons)),
            free=frozenset({"reason"}),
            then=lambda args: self._told(office.alarms.act("shelve", sensor, hours=int(args["hours"]), reason=args["reason"])),
        )  # fmt: skip

    def _told(self, outcome: Done | Refused) -> None:
        done = isinstance(outcome, Done)
        if done:
            self._desk.did()
        self._desk.say(self._desk.words.say(outcome.said if isinstance(outcome, Done) else outcome.reason), bad=not done)
