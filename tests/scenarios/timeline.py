"""A story told by the clock: `at(60).reading(…)`, `at(61).press("F2")`, `by(65).delivered()`; both desks are real, the line is a hand."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from data import scenarios
from data.acts import Done, Refused
from data.callbacks import due
from data.centre.ingest import ingest, settle
from data.centre.intake import raise_level
from data.centre.memory import Memory
from data.centre.scenes import advance, on_alarm
from data.centre.stories import Stage
from data.clock import iso
from data.domain.reading import Reading
from data.kinds import load_kinds
from data.kinds.register import load_sensors, sync_sensors
from data.scenarios import load_scenarios
from data.settings import load
from data.simulate.district import dress
from data.store.journal import verify
from data.views.queue import proposal
from data.words import Words
from tests.helpers.clock import ZONE, FakeClock
from tests.helpers.office import Centre, open_centre

LEADER = "yangjianhong"
SCENARIOS = Path(scenarios.__file__).parent
DISTRICT = "wanzhou"


@dataclass(slots=True)
class Story:
    """The street 牌楼 and the community 大河沟 with all scenarios; seconds are counted from the beginning."""

    street: Centre
    community: Centre
    clock: FakeClock
    stage: Stage
    start: int
    out: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    """(second, topic, message) of everything that left either desk."""
    silent: dict[str, int] = field(default_factory=dict)
    """Sensors that the history misses, with the time of their last reading."""
    memory: Memory = field(default_factory=lambda: Memory(load_kinds(), ZONE))

    @property
    def second(self) -> int:
        return (self.clock.now() - self.start) // 1000

    def at(self, second: int) -> "Story":
        """Let the time pass until this second: each second both desks send, hear and move their stories."""
        while self.second < second:
            self.clock.pass_s(1)
            self._tick()
        return self

    by = at

    def _tick(self) -> None:
        with self.street.desk.transaction() as tx:
            advance(self.stage, tx)
        with self.street.desk.transaction() as tx:
            outcome = settle(
                tx, self.stage.sensors, self.stage.kinds, tx.now, self.street.settings.zone,
                words=Words("zh"), open_case=partial(on_alarm, self.stage), raise_level=raise_level, silent=self.silent, memory=self.memory,
            )  # fmt: skip
        self.memory.absorb(outcome, self.stage.sensors)
        for centre in (self.street, self.community):
            for topic, message in centre.send():
                self.out.append((self.second, topic, message))
                for other in (self.street, self.community):
                    if topic.startswith(f"paidan/{other.name}/in/"):
                        other.hear(topic, message)

    def reading(self, sensor: str, value: float) -> "Story":
        """One reading of now."""
        batch = [Reading(sensor=sensor, value=value, observed_at=self.clock.now(), received_at=self.clock.now())]
        with self.street.desk.transaction() as tx:
            outcome = ingest(
                tx, batch, self.stage.sensors, self.stage.kinds, tx.now, self.street.settings.zone,
                words=Words("zh"), open_case=partial(on_alarm, self.stage), raise_level=raise_level, memory=self.memory,
            )  # fmt: skip
        self.memory.absorb(outcome, self.stage.sensors)
        return self

    def readings(self, sensor: str, value: float, until: int, every: int = 10) -> "Story":
        """The same value again and again, from now until that second."""
        while self.second < until:
            self.reading(sensor, value).at(min(self.second + every, until))
        return self

    def report(self, **fields: Any) -> "Story":
        self.street.report(**fields)
        return self

    def press(self, key: str, at: str = "street", number: int = 1, **args: str) -> Done | Refused:
        """F2: the step that the strip shows; any other word is an act's name."""
        centre: Centre = getattr(self, at)
        operator = "王梅" if at == "street" else "林晓燕"
        case_id = f"{centre.name}-{number}"
        shown = proposal(centre.desk.conn, centre.settings.tables, case_id, operator, self.clock.now())
        assert shown is not None
        act = shown.step if key == "F2" else key
        assert act is not None, f"nothing to do for F2 in state {shown.state}"
        return centre.act(act, number, operator=operator, confirm=True, **args)

    def leader_says(self, kind: str, note: str = "") -> "Story":
        """片区长 杨建红 answers his newest order."""
        order = [message for _, topic, message in self.out if topic == f"paidan/{LEADER}/in/order"][-1]
        return self.unit_says(LEADER, "dahegou", order["id"], kind, note)

    def community_says(self, kind: str, note: str = "", media: tuple[str, ...] = ()) -> "Story":
        """Whoever has the community's newest order answers it."""
        orders = [(topic.split("/")[1], message) for _, topic, message in self.out if topic.endswith("/in/order")]
        unit, order = [(unit, order) for unit, order in orders if order["from"] == "dahegou"][-1]
        return self.unit_says(unit, "dahegou", order["id"], kind, note, media)

    def unit_works(self, unit: str, *kinds: str, note: str = "", centre: str = "pailou") -> "Story":
        """A unit answers its newest order with these receipts; `note` goes with the last."""
        order = [message for _, topic, message in self.out if topic == f"paidan/{unit}/in/order"][-1]
        for kind in kinds:
            self.unit_says(unit, centre, order["id"], kind, note if kind == kinds[-1] else "")
        return self

    def unit_notes(self, unit: str, text: str) -> "Story":
        """A unit sends words about its newest order."""
        order = [message for _, topic, message in self.out if topic == f"paidan/{unit}/in/order"][-1]
        note = {"id": f"{order['id']}-note-{self.second}", "order": order["id"], "kind": "info", "text": text, "from": unit}
        assert self.street.hear("paidan/pailou/in/note", note | {"time": iso(self.clock.now())})
        return self

    def unit_says(self, unit: str, centre: str, order: str, kind: str, note: str = "", media: tuple[str, ...] = ()) -> "Story":
        """Any unit answers an order of a desk."""
        receipt: dict[str, Any] = {"id": f"{order}-{unit}-{kind}-{self.second}", "order": order, "kind": kind, "by": unit, "from": unit, "note": note}
        receipt |= {"time": iso(self.clock.now()), "media": list(media)}
        desk = self.street if centre == "pailou" else self.community
        assert desk.hear(f"paidan/{centre}/in/receipt", receipt)
        return self

    def sent(self, what: str, to: str = "") -> list[tuple[int, dict[str, Any]]]:
        """Messages of a kind (`order`, `warn`, `note` …) that left so far, with their second."""
        return [(second, message) for second, topic, message in self.out if topic.endswith(f"/in/{what}") and to in topic]

    def cases(self) -> list[dict[str, Any]]:
        return self.street.all("cases")

    def calls(self) -> list[tuple[str, str]]:
        """The call list of the street: name and number, as a seat reads it."""
        return [(row.name, row.phone) for row in due(self.street.desk.conn)]

    def steps(self, number: int = 1) -> list[str]:
        return self.street.steps(number)

    def close(self) -> None:
        """The story is over: both journals must hold."""
        for centre in (self.street, self.community):
            assert verify(centre.desk.conn) is None
            centre.desk.conn.close()


def _furnish(street: Centre, *, dressed: bool, above: bool) -> None:
    home = street.settings.home
    if dressed:
        dress(home)
    if above:
        text = (home / "paidan.toml").read_text(encoding="utf-8")
        (home / "paidan.toml").write_text(text.replace('parent = ""', f'parent = "{DISTRICT}"', 1), encoding="utf-8")
        row = f'\n[[unit]]\nid = "{DISTRICT}"\nname = "区治理中心"\nkind = "centre"\nchannels = ["mqtt"]\n'
        (home / "units.toml").write_text((home / "units.toml").read_text(encoding="utf-8") + row, encoding="utf-8")
    street.settings = load(home)


def begin(
    folder: Path, at: int, devices: str = "", *, dressed: bool = False, above: bool = False,
    sensors: str = "", scenario: tuple[str, str, str] | None = None,
) -> Story:  # fmt: skip
    """Both desks, freshly made, at this moment; `devices` are lines of devices.csv (id,kind,sensor,grid), `sensors` of sensors.csv.

    `dressed`: with the demo's sensors, devices and contacts; `above`: with a district centre over the street; `scenario`: a district's own
    version of one that ships, by name, with a text exchanged for another.
    """
    clock = FakeClock(at)
    street, community = open_centre(folder / "pailou", "street", clock), open_centre(folder / "dahegou", "community", clock)
    if devices:
        (street.settings.home / "devices.csv").write_text(f"id,kind,sensor,grid\n{devices}\n", encoding="utf-8")
        street.settings = load(street.settings.home)
    if dressed or above:
        _furnish(street, dressed=dressed, above=above)
    home = street.settings.home
    with (home / "sensors.csv").open("a", encoding="utf-8") as file:
        file.write(sensors)
    if scenario:
        name, old, new = scenario
        text = (SCENARIOS / f"{name}.toml").read_text(encoding="utf-8")
        assert old in text
        (home / "scenarios").mkdir(exist_ok=True)
        (home / "scenarios" / f"{name}.toml").write_text(text.replace(old, new), encoding="utf-8")
    kinds = load_kinds(home)
    stage = Stage(
        scenarios=load_scenarios(home, kinds, street.settings.tables),
        tables=street.settings.tables,
        sensors=load_sensors(home / "sensors.csv", kinds),
        kinds=kinds,
    )
    with street.desk.transaction() as tx:
        sync_sensors(tx, stage.sensors)
    return Story(street=street, community=community, clock=clock, stage=stage, start=at)
