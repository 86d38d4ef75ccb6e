"""Scenarios at work: alarms and reports begin stories, stories open cases and do by themselves what their file says.

A story is a row of `stories`: it survives a restart, moves by `next_at`, and each move is journaled. Runs in the centre's
writer: `on_alarm` and `on_level` inside the transaction of the readings, `advance` once a beat.
"""

from collections.abc import Mapping

from data.centre.exercises import open_exercise
from data.centre.intake import SEAT, SYSTEM, open_from_alarm, raise_level
from data.centre.scene_steps import do, shape
from data.centre.stories import Site, Stage, brings_together, facts_of, level_of, signal_of, story_at, text_of, witnessed
from data.domain.sensor import Sensor
from data.domain.tables import Tables
from data.domain.vocabulary import FINISHED, Level
from data.kinds import Kind
from data.scenarios import engine
from data.scenarios.engine import Signal
from data.scenarios.roll import tally
from data.scenarios.spec import Scenario
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

BATCH = 200
"""Most reports and stories looked at in one beat; the rest come with the next."""


def on_alarm(stage: Stage, tx: Transaction, alarm: Mapping[str, object], sensor: Sensor, kind: Kind, text: str, now: int) -> str | None:
    """A new or worse alarm: the id of its case, or None while its story waits. Without a scenario the kind's class opens at once."""
    signal = signal_of(alarm, sensor)
    for other, row in witnessed(stage, tx, signal):
        raise_level(tx, row["case_id"], int(level_of(stage, tx, other, row)), tx.now)
    scenario = engine.by_alarm(stage.scenarios, signal)
    if scenario is None:
        return open_from_alarm(stage.tables, tx, alarm, sensor, kind, text, now) if kind.opens else None
    # A call that comes just after the last one was closed must not be tied to what is over.
    key = _key(scenario, sensor, stage.tables)
    _end(tx, scenario.name, key)
    story = story_at(stage, tx, scenario, key, Site(sensor.id, sensor.place or sensor.name, sensor.grid))
    tx.conn.execute("INSERT OR IGNORE INTO story_alarms (story, alarm, text) VALUES (?,?,?)", (story["id"], str(alarm["id"]), text))
    if story["next_at"] is not None and story["next_at"] <= tx.now:
        _play(stage, tx, story["id"])
    return _join(stage, tx, scenario, story["id"], str(alarm["id"]), signal)


def _key(scenario: Scenario, sensor: Sensor, tables: Tables) -> str:
    match scenario.key:
        case "sensor":
            return sensor.id
        case "grid":
            return sensor.grid or sensor.id
        case "place":
            return sensor.place or sensor.grid or sensor.id
        case "valley" if reach := tables.valleys.get(sensor.grid):
            return f"valley:{reach.valley}"
        case _:
            grid = tables.grids.get(sensor.grid)
            return grid.centre if grid and grid.centre else tables.centre


def _join(stage: Stage, tx: Transaction, scenario: Scenario, story_id: str, alarm_id: str, signal: Signal) -> str | None:
    """Tie an alarm to its story's case, and make the case as urgent as the story is now."""
    story = tx.one("SELECT * FROM stories WHERE id=?", story_id)
    if story is None or story["case_id"] is None:
        return None
    alarm = tx.one("SELECT case_id FROM alarms WHERE id=?", alarm_id)
    if alarm is not None and alarm["case_id"] != story["case_id"]:
        with tx.entry("story_joins", subject=story["case_id"], operator=SYSTEM, seat=SEAT) as entry:
            entry.update("alarms", alarm_id, {"case_id": story["case_id"]})
            entry.remark(text=text_of(tx, story_id, alarm_id))
    # Signals that say something only together are looked at together; else nothing but the new one can make it more urgent.
    only = None if brings_together(stage, tx, scenario, story["id"], signal) else signal
    case = tx.one("SELECT level FROM cases WHERE id=?", story["case_id"])
    if case is not None and case["level"] > Level.CRITICAL:
        raise_level(tx, story["case_id"], int(level_of(stage, tx, scenario, story, only)), tx.now)
    return str(story["case_id"])


def on_level(stage: Stage, tx: Transaction, case_id: str) -> None:
    """A signal of a case changed: the case becomes as urgent as its story now is, never less."""
    story = tx.one("SELECT * FROM stories WHERE case_id=? AND ended_at IS NULL", case_id)
    if story is not None and (scenario := stage.scenarios.get(story["scenario"])):
        raise_level(tx, case_id, int(level_of(stage, tx, scenario, story)), tx.now)


def advance(stage: Stage, tx: Transaction) -> int | None:
    """Begin the stories of new reports, move those whose time has come, end those that are over. When the next one moves."""
    _begin_from_reports(stage, tx)
    _begin_exercises(stage, tx)
    for (story_id,) in tx.conn.execute("SELECT id FROM stories WHERE next_at <= ? LIMIT ?", (tx.now, BATCH)).fetchall():
        _play(stage, tx, story_id)
    _count_rolls(stage, tx)
    _end(tx)
    row = tx.one("SELECT min(next_at) AS at FROM stories WHERE next_at IS NOT NULL")
    return row["at"] if row else None


def _begin_from_reports(stage: Stage, tx: Transaction) -> None:
    """Reports are filed by the inbox; the journal says which are new."""
    last = tx.one("SELECT seq FROM story_cursor")
    seen = last["seq"] if last else 0
    rows = tx.conn.execute(
        "SELECT j.seq, j.act, c.* FROM journal j LEFT JOIN cases c ON c.id = j.subject AND j.act IN ('file', 'classify', 'order_in')"
        " WHERE j.seq > ? ORDER BY j.seq LIMIT ?",
        (seen, BATCH * 5),
    ).fetchall()
    for row in rows:
        if row["source"] == "order" and row["act"] == "order_in":
            _passed_up(stage, tx, row)
        scenario = engine.by_report(stage.scenarios, row["class"]) if row["id"] and row["source"] == "report" else None
        known = tx.one("SELECT 1 FROM stories WHERE case_id=?", row["id"]) if scenario else None
        if scenario is not None and known is None and row["state"] not in FINISHED:
            _report_story(stage, tx, scenario, row)
    if rows:
        tx.conn.execute("INSERT INTO story_cursor (one, seq) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET seq=excluded.seq", (rows[-1]["seq"],))


def _passed_up(stage: Stage, tx: Transaction, case: sqlite3.Row) -> None:
    """A case that a centre below could not solve gets this desk's lead and assists. Nothing is done by itself: below, it was done already.

    An order from above gets none of it: who works on it here is for the tables and the person to say.
    """
    scenario = engine.by_report(stage.scenarios, case["class"])
    if scenario is None or case["order_from"] == stage.tables.parent or case["state"] in FINISHED:
        return
    with tx.entry("story_takes", subject=case["id"], operator=SYSTEM, seat=SEAT) as entry:
        shape(stage.tables, tx, entry, scenario, case["id"])
        entry.remark(text=scenario.label(stage.tables.language))


def _report_story(stage: Stage, tx: Transaction, scenario: Scenario, case: sqlite3.Row) -> None:
    reach = stage.tables.valleys.get(case["grid"] or "")
    keys = {"grid": case["grid"], "place": case["address"] or case["grid"], "valley": f"valley:{reach.valley}" if reach else None}
    key = keys.get(scenario.key) or f"case:{case['id']}"
    running = tx.one("SELECT 1 FROM stories WHERE scenario=? AND place=? AND ended_at IS NULL", scenario.name, key)
    # Another case's story runs there: whether the two are one trouble is the duplicates' question, not ours.
    site = Site("", case["address"] or "", case["grid"] or "")
    _adopt(stage, tx, scenario, case, f"case:{case['id']}" if running else key, site)


def _begin_exercises(stage: Stage, tx: Transaction) -> None:
    """What was asked for begins as a case of its own, marked, beside whatever runs at that place."""
    for asked in tx.conn.execute("SELECT * FROM exercises WHERE begun_at IS NULL ORDER BY asked_at LIMIT ?", (BATCH,)).fetchall():
        scenario = stage.scenarios.get(asked["scenario"])
        case = open_exercise(stage, tx, scenario, asked)
        if scenario is not None and case is not None:
            site = Site(asked["sensor"] or "", case["address"] or "", case["grid"] or "")
            _adopt(stage, tx, scenario, case, f"exercise:{asked['id']}", site)


def _adopt(stage: Stage, tx: Transaction, scenario: Scenario, case: sqlite3.Row, key: str, site: Site) -> None:
    """A case that is there already becomes a story's."""
    story = story_at(stage, tx, scenario, key, site, case["id"])
    with tx.entry("story_takes", subject=case["id"], operator=SYSTEM, seat=SEAT) as entry:
        shape(stage.tables, tx, entry, scenario, case["id"])
        entry.remark(text=scenario.label(stage.tables.language))
    raise_level(tx, case["id"], int(level_of(stage, tx, scenario, story)), tx.now)
    _play(stage, tx, story["id"])


def _play(stage: Stage, tx: Transaction, story_id: str) -> None:
    """Do what is due of one story, each moment once."""
    story = tx.one("SELECT * FROM stories WHERE id=?", story_id)
    scenario = stage.scenarios.get(story["scenario"]) if story else None
    if story is None or scenario is None or story["ended_at"] is not None:
        return
    for moment in list(engine.due(scenario, facts_of(tx, story), tx.now)):
        story = tx.one("SELECT * FROM stories WHERE id=?", story_id)
        assert story is not None  # it is only ever ended, never removed
        if engine.applies(moment, facts_of(tx, story)):
            do(stage, tx, scenario, story, moment)
        _turn(tx, scenario, story_id)


def _turn(tx: Transaction, scenario: Scenario, story_id: str) -> None:
    """One moment is over, whether it was done or left."""
    story = tx.one("SELECT * FROM stories WHERE id=?", story_id)
    assert story is not None
    facts = facts_of(tx, story, done=story["done"] + 1)
    with tx.entry("story_turn", subject=f"story:{story_id}", operator=SYSTEM, seat=SEAT) as entry:
        entry.update("stories", story_id, {"done": facts.done, "next_at": engine.next_at(scenario, facts)})


_SAID = """
SELECT at, who, text FROM (
  SELECT r.received_at AS at, o.unit AS who, r.note AS text FROM receipts r JOIN orders o ON o.id = r.order_id WHERE o.case_id = :case
  UNION ALL SELECT at, operator, after FROM journal WHERE subject = :case AND act = 'note_info'
) WHERE text IS NOT NULL ORDER BY at"""
"""What units said of a case, in receipts and in notes (a journal row's JSON holds the words)."""


def _count_rolls(stage: Stage, tx: Transaction) -> None:
    """Sum what the units have counted off; a new sum is a line of the case's history."""
    names = [name for name, scenario in stage.scenarios.items() if scenario.roll]
    marks = ",".join("?" * len(names))
    running = f"SELECT * FROM stories WHERE ended_at IS NULL AND case_id IS NOT NULL AND scenario IN ({marks}) LIMIT ?"
    for story in tx.conn.execute(running, (*names, BATCH)).fetchall():
        roll = stage.scenarios[story["scenario"]].roll
        assert roll is not None  # only such were asked for
        said = ((row["who"], row["text"]) for row in tx.conn.execute(_SAID, {"case": story["case_id"]}))
        count = tally(roll, said)
        text = f"{roll.words[0]} {count}"
        if count is not None and text != story["roll"]:
            with tx.entry("story_roll", subject=story["case_id"], operator=SYSTEM, seat=SEAT) as entry:
                entry.update("stories", story["id"], {"roll": text})
                entry.remark(text=text)


_OVER = """
SELECT s.id FROM stories s LEFT JOIN cases c ON c.id = s.case_id WHERE s.ended_at IS NULL AND
(c.closed_at IS NOT NULL OR (s.case_id IS NULL AND NOT EXISTS
 (SELECT 1 FROM story_alarms l JOIN alarms a ON a.id = l.alarm WHERE l.story = s.id AND a.cleared_at IS NULL)))"""


def _end(tx: Transaction, *at: str) -> None:
    """A story is over when its case is, or when its signal went away before there was one. `at`: scenario and place, else all."""
    over = tx.conn.execute(f"{_OVER} AND s.scenario=? AND s.place=?" if at else _OVER, at).fetchall()
    for (story_id,) in over:
        with tx.entry("story_end", subject=f"story:{story_id}", operator=SYSTEM, seat=SEAT) as entry:
            entry.update("stories", story_id, {"ended_at": tx.now, "next_at": None})
