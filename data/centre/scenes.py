"""Scenarios at work: alarms and reports begin stories, stories open cases and do by themselves what their file says.

A story is a row of `stories`: it survives a restart, moves by `next_at`, and each move is journaled. Runs in the centre's
writer: `on_alarm` and `on_level` inside the transaction of the readings, `advance` once a beat.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from data.acts import Refused, perform_in
from data.centre.intake import SEAT, SYSTEM, open_from_alarm, raise_level
from data.clock import iso
from data.dispatch import MINUTE
from data.domain.case import case_from
from data.domain.messages import WarnMessage
from data.domain.sensor import Sensor
from data.domain.tables import Tables
from data.domain.text import is_id
from data.domain.vocabulary import FINISHED, Level
from data.ids import new_id
from data.kinds import Kind
from data.scenarios import engine
from data.scenarios.engine import Facts, Opening, Signal
from data.scenarios.spec import Scenario, Step
from data.store import outbox
from data.store.desk import Entry, Transaction
from data.store.sqlite import sqlite3

DAY = 86_400_000
BATCH = 200
"""Most reports and stories looked at in one beat; the rest come with the next."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What stories are played with: the recipes, the centre's tables and its register of sensors."""

    scenarios: Mapping[str, Scenario]
    tables: Tables
    sensors: Mapping[str, Sensor]
    kinds: Mapping[str, Kind]


def on_alarm(stage: Stage, tx: Transaction, alarm: Mapping[str, object], sensor: Sensor, kind: Kind, text: str, now: int) -> str | None:
    """A new or worse alarm: the id of its case, or None while its story waits. Without a scenario the kind's class opens at once."""
    signal = _signal(alarm, sensor)
    scenario = engine.by_alarm(stage.scenarios, signal)
    if scenario is None:
        return open_from_alarm(stage.tables, tx, alarm, sensor, kind, text, now) if kind.opens else None
    story = _story(tx, scenario, _key(scenario, sensor, stage.tables), now)
    tx.conn.execute("INSERT OR IGNORE INTO story_alarms (story, alarm, text) VALUES (?,?,?)", (story["id"], str(alarm["id"]), text))
    _play(stage, tx, story["id"])
    return _join(stage, tx, story["id"], str(alarm["id"]))


def _signal(alarm: Mapping[str, object], sensor: Sensor) -> Signal:
    return Signal(
        kind=sensor.kind, rule=str(alarm["rule"]), sensor=sensor.id, level=Level(int(str(alarm["level"]))), raised_at=int(str(alarm["raised_at"]))
    )


def _key(scenario: Scenario, sensor: Sensor, tables: Tables) -> str:
    match scenario.key:
        case "sensor":
            return sensor.id
        case "grid":
            return sensor.grid or sensor.id
        case "place":
            return sensor.place or sensor.grid or sensor.id
        case "centre":
            grid = tables.grids.get(sensor.grid)
            return grid.centre if grid and grid.centre else tables.centre


def _story(tx: Transaction, scenario: Scenario, key: str, now: int, case_id: str | None = None) -> sqlite3.Row:
    """The story that runs at this key, else a new one."""
    sql = "SELECT * FROM stories WHERE scenario=? AND place=? AND ended_at IS NULL"
    if running := tx.one(sql, scenario.name, key):
        return running
    row = {"id": new_id(now), "scenario": scenario.name, "place": key, "started_at": now, "done": 0, "next_at": now, "case_id": case_id}
    with tx.entry("story_begin", subject=case_id or f"story:{row['id']}", operator=SYSTEM, seat=SEAT) as entry:
        entry.insert("stories", row)
    return tx.one(sql, scenario.name, key)  # type: ignore[return-value]  # just inserted


def _join(stage: Stage, tx: Transaction, story_id: str, alarm_id: str) -> str | None:
    """Tie an alarm to its story's case, and make the case as urgent as the story is now."""
    story = tx.one("SELECT * FROM stories WHERE id=?", story_id)
    if story is None or story["case_id"] is None:
        return None
    alarm = tx.one("SELECT case_id FROM alarms WHERE id=?", alarm_id)
    if alarm is not None and alarm["case_id"] != story["case_id"]:
        with tx.entry("story_joins", subject=story["case_id"], operator=SYSTEM, seat=SEAT) as entry:
            entry.update("alarms", alarm_id, {"case_id": story["case_id"]})
            entry.remark(text=_text_of(tx, story_id, alarm_id))
    on_level(stage, tx, story["case_id"])
    return str(story["case_id"])


def on_level(stage: Stage, tx: Transaction, case_id: str) -> None:
    """A signal of a case changed: the case becomes as urgent as its story now is, never less."""
    story = tx.one("SELECT * FROM stories WHERE case_id=? AND ended_at IS NULL", case_id)
    if story is not None and (scenario := stage.scenarios.get(story["scenario"])):
        raise_level(tx, case_id, int(_level(stage, tx, scenario, story)), tx.now)


def _level(stage: Stage, tx: Transaction, scenario: Scenario, story: sqlite3.Row) -> Level:
    earlier = tx.one(
        "SELECT count(*) AS n FROM stories WHERE scenario=? AND place=? AND id != ? AND case_id IS NOT NULL AND started_at > ?",
        scenario.name, story["place"], story["id"], tx.now - (scenario.grade.days if scenario.grade else 0) * DAY,
    )  # fmt: skip
    return engine.level(scenario, _signals(stage, tx, story["id"]), earlier["n"] if earlier else 0, now=tx.now)


def _signals(stage: Stage, tx: Transaction, story_id: str) -> list[Signal]:
    rows = tx.conn.execute(
        "SELECT a.* FROM story_alarms s JOIN alarms a ON a.id = s.alarm WHERE s.story=? AND a.cleared_at IS NULL", (story_id,)
    ).fetchall()
    return [_signal({name: row[name] for name in ("rule", "level", "raised_at")}, stage.sensors[row["sensor"]]) for row in rows if row["sensor"] in stage.sensors]


def _text_of(tx: Transaction, story_id: str, alarm_id: str) -> str:
    row = tx.one("SELECT text FROM story_alarms WHERE story=? AND alarm=?", story_id, alarm_id)
    return str(row["text"]) if row else ""


def advance(stage: Stage, tx: Transaction) -> int | None:
    """Begin the stories of new reports, move those whose time has come, end those that are over. When the next one moves."""
    _begin_from_reports(stage, tx)
    for (story_id,) in tx.conn.execute("SELECT id FROM stories WHERE next_at <= ? LIMIT ?", (tx.now, BATCH)).fetchall():
        _play(stage, tx, story_id)
    _end(tx)
    row = tx.one("SELECT min(next_at) AS at FROM stories WHERE next_at IS NOT NULL")
    return row["at"] if row else None


def _begin_from_reports(stage: Stage, tx: Transaction) -> None:
    """Reports are filed by the inbox; the journal says which are new."""
    last = tx.one("SELECT seq FROM story_cursor")
    seen = last["seq"] if last else 0
    rows = tx.conn.execute(
        "SELECT j.seq, c.* FROM journal j LEFT JOIN cases c ON c.id = j.subject AND j.act IN ('file', 'classify') WHERE j.seq > ? ORDER BY j.seq LIMIT ?",
        (seen, BATCH * 5),
    ).fetchall()
    for row in rows:
        scenario = engine.by_report(stage.scenarios, row["class"]) if row["id"] and row["source"] == "report" else None
        known = tx.one("SELECT 1 FROM stories WHERE case_id=?", row["id"]) if scenario else None
        if scenario is not None and known is None and row["state"] not in FINISHED:
            _report_story(stage, tx, scenario, row)
    if rows:
        tx.conn.execute("INSERT INTO story_cursor (one, seq) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET seq=excluded.seq", (rows[-1]["seq"],))


def _report_story(stage: Stage, tx: Transaction, scenario: Scenario, case: sqlite3.Row) -> None:
    key = {"grid": case["grid"], "place": case["address"] or case["grid"]}.get(scenario.key) or f"case:{case['id']}"
    running = tx.one("SELECT 1 FROM stories WHERE scenario=? AND place=? AND ended_at IS NULL", scenario.name, key)
    # Another case's story runs there: whether the two are one trouble is the duplicates' question, not ours.
    story = _story(tx, scenario, f"case:{case['id']}" if running else key, tx.now, case["id"])
    with tx.entry("story_takes", subject=case["id"], operator=SYSTEM, seat=SEAT) as entry:
        _shape(tx, entry, scenario, case["id"])
    raise_level(tx, case["id"], int(_level(stage, tx, scenario, story)), tx.now)
    _play(stage, tx, story["id"])


def _play(stage: Stage, tx: Transaction, story_id: str) -> None:
    """Do what is due of one story, each moment once."""
    story = tx.one("SELECT * FROM stories WHERE id=?", story_id)
    scenario = stage.scenarios.get(story["scenario"]) if story else None
    if story is None or scenario is None or story["ended_at"] is not None:
        return
    for moment in list(engine.due(scenario, _facts(tx, story), tx.now)):
        story = tx.one("SELECT * FROM stories WHERE id=?", story_id)
        assert story is not None  # it is only ever ended, never removed
        if engine.applies(moment, _facts(tx, story)):
            _do(stage, tx, scenario, story, moment)
        _turn(tx, scenario, story_id)


def _turn(tx: Transaction, scenario: Scenario, story_id: str) -> None:
    """One moment is over, whether it was done or left."""
    story = tx.one("SELECT * FROM stories WHERE id=?", story_id)
    assert story is not None
    facts = _facts(tx, story, done=story["done"] + 1)
    with tx.entry("story_turn", subject=story["case_id"] or f"story:{story_id}", operator=SYSTEM, seat=SEAT) as entry:
        entry.update("stories", story_id, {"done": facts.done, "next_at": engine.next_at(scenario, facts)})


def _facts(tx: Transaction, story: sqlite3.Row, done: int | None = None) -> Facts:
    alarms = tx.one(
        "SELECT count(*) AS n, count(*) FILTER (WHERE a.cleared_at IS NULL) AS standing FROM story_alarms s JOIN alarms a ON a.id = s.alarm WHERE s.story=?",
        story["id"],
    )
    case = tx.one("SELECT state, taken_at, acknowledged_at FROM cases WHERE id=?", story["case_id"]) if story["case_id"] else None
    return Facts(
        started_at=story["started_at"],
        done=story["done"] if done is None else done,
        stands=alarms is None or alarms["n"] == 0 or alarms["standing"] > 0,
        opened=case is not None,
        taken=case is not None and case["taken_at"] is not None,
        finished=case is not None and case["state"] in FINISHED,
    )


def _do(stage: Stage, tx: Transaction, scenario: Scenario, story: sqlite3.Row, moment: Opening | Step) -> None:
    if isinstance(moment, Opening):
        _open(stage, tx, scenario, story)
        return
    match moment.what:
        case "warn":
            _warn(stage, tx, story, moment)
        case "tell":
            _tell(stage, tx, story, moment)
        case "ring":
            _note(tx, story, "story_ring", {})
        case "level":
            if story["case_id"]:
                raise_level(tx, story["case_id"], moment.level or int(Level.CRITICAL), tx.now)
        case "escalate":
            _escalate(stage, tx, scenario, story)


def _open(stage: Stage, tx: Transaction, scenario: Scenario, story: sqlite3.Row) -> None:
    """Open the story's case of its worst standing alarm, and tie all its alarms to it."""
    rows = tx.conn.execute(
        "SELECT a.*, s.text AS said FROM story_alarms s JOIN alarms a ON a.id = s.alarm WHERE s.story=? AND a.cleared_at IS NULL"
        " ORDER BY a.level, a.raised_at",
        (story["id"],),
    ).fetchall()
    worst = next((row for row in rows if row["sensor"] in stage.sensors), None)
    if worst is None:
        return
    sensor = stage.sensors[worst["sensor"]]
    kind = msgspec.structs.replace(stage.kinds[sensor.kind], opens=scenario.class_)
    alarm = dict(worst) | {"level": int(_level(stage, tx, scenario, story))}
    case_id = open_from_alarm(stage.tables, tx, alarm, sensor, kind, worst["said"], tx.now)
    with tx.entry("story_opens", subject=case_id, operator=SYSTEM, seat=SEAT) as entry:
        entry.update("stories", story["id"], {"case_id": case_id})
        _shape(tx, entry, scenario, case_id)
        for row in rows:
            entry.update("alarms", row["id"], {"case_id": case_id})


def _shape(tx: Transaction, entry: Entry, scenario: Scenario, case_id: str) -> None:
    """What the scenario says of its case: unit, assists, deadlines. What a person has chosen stays."""
    case = tx.one("SELECT * FROM cases WHERE id=?", case_id)
    assert case is not None
    values: dict[str, Any] = {"scenario": scenario.name}
    if scenario.open.assists:
        values["assists"] = json.dumps(scenario.open.assists)
    if scenario.open.lead and not case["unit_chosen"] and case["state"] == "open":
        values["unit"] = scenario.open.lead
    if scenario.open.accept_min and case["taken_at"] is None:
        values["accept_by"] = case["opened_at"] + scenario.open.accept_min * MINUTE
    if scenario.open.done_min and not case["done_by_chosen"]:
        values["done_by"] = case["opened_at"] + scenario.open.done_min * MINUTE
    entry.update("cases", case_id, values)


def _filled(stage: Stage, tx: Transaction, story: sqlite3.Row, text: str) -> str:
    """`{sensor}`, `{place}` and `{grid}` of the story's newest alarm; a story of a report has its case's place."""
    row = tx.one("SELECT a.sensor FROM story_alarms s JOIN alarms a ON a.id = s.alarm WHERE s.story=? ORDER BY a.raised_at DESC LIMIT 1", story["id"])
    sensor = stage.sensors.get(row["sensor"]) if row else None
    case = tx.one("SELECT address, grid FROM cases WHERE id=?", story["case_id"]) if story["case_id"] else None
    place = (sensor.place or sensor.name) if sensor else (case["address"] or case["grid"] or "") if case else ""
    grid = sensor.grid if sensor else (case["grid"] or "") if case else ""
    fields = {"sensor": sensor.id if sensor else "", "place": place, "grid": grid}
    for name, value in fields.items():
        text = text.replace("{" + name + "}", value)
    return text


def _warn(stage: Stage, tx: Transaction, story: sqlite3.Row, step: Step) -> None:
    """A loudspeaker or board on the site. A device that the story cannot name is left, and that is journaled."""
    device = _filled(stage, tx, story, step.to)
    if not is_id(device):
        _note(tx, story, "story_no_device", {"text": step.to})
        return
    text = _filled(stage, tx, story, step.text)
    id = f"{story['id']}-{story['done']}"
    level = tx.one("SELECT min(a.level) AS level FROM story_alarms s JOIN alarms a ON a.id = s.alarm WHERE s.story=?", story["id"])
    message = WarnMessage(
        id=id, text=text, level=(level["level"] if level else None) or int(Level.MEDIUM),
        until=iso(tx.now + step.until_min * MINUTE), from_=stage.tables.centre,
    )  # fmt: skip
    outbox.enqueue(tx, what="warn", to=device, id=id, message=message, case_id=story["case_id"] or "", order_id=id)
    _note(tx, story, "story_warn", {"text": text, "device": device})


def _tell(stage: Stage, tx: Transaction, story: sqlite3.Row, step: Step) -> None:
    """The contacts of the place: each is a call to make, with the number, until somebody has made it."""
    text = _filled(stage, tx, story, step.text)
    sensor, grid = _filled(stage, tx, story, "{sensor}"), _filled(stage, tx, story, "{grid}")
    people = [who for who in stage.tables.contacts if who.kind == step.to and (who.sensor == sensor or (not who.sensor and who.grid in {grid, ""}))]
    for who in people:
        _note(tx, story, "story_tell", {"text": text, "name": who.name, "phone": who.phone})
    if not people:
        _note(tx, story, "story_no_contact", {"text": step.to})


def _escalate(stage: Stage, tx: Transaction, scenario: Scenario, story: sqlite3.Row) -> None:
    row = tx.one("SELECT * FROM cases WHERE id=?", story["case_id"]) if story["case_id"] else None
    if row is None:
        return
    outcome = perform_in(tx, stage.tables, "escalate", case_from(row), {"reason": scenario.label(stage.tables.language)})
    if isinstance(outcome, Refused):
        _note(tx, story, "story_not_escalated", {"text": outcome.reason.code})


def _note(tx: Transaction, story: sqlite3.Row, act: str, remarks: Mapping[str, str]) -> None:
    with tx.entry(act, subject=story["case_id"] or f"story:{story['id']}", operator=SYSTEM, seat=SEAT) as entry:
        entry.remark(**remarks)


def _end(tx: Transaction) -> None:
    """A story is over when its case is, or when its signal went away before there was one."""
    over = tx.conn.execute(
        "SELECT s.id, s.case_id FROM stories s LEFT JOIN cases c ON c.id = s.case_id WHERE s.ended_at IS NULL AND"
        " (c.closed_at IS NOT NULL OR (s.case_id IS NULL AND NOT EXISTS"
        "  (SELECT 1 FROM story_alarms l JOIN alarms a ON a.id = l.alarm WHERE l.story = s.id AND a.cleared_at IS NULL)))"
    ).fetchall()
    for story_id, case_id in over:
        with tx.entry("story_end", subject=case_id or f"story:{story_id}", operator=SYSTEM, seat=SEAT) as entry:
            entry.update("stories", story_id, {"ended_at": tx.now, "next_at": None})
