"""What a story does by itself: open the case, warn on the site, tell people, ring, pass up. In the writer's transaction."""

import json
from typing import Any

import msgspec

from data.acts import Refused, perform_in
from data.centre.intake import SEAT, SYSTEM, open_from_alarm, raise_level
from data.centre.stories import Site, Stage, devices, level_of, remark, site_of
from data.clock import iso
from data.dispatch import MINUTE
from data.domain.case import case_from
from data.domain.messages import WarnMessage
from data.domain.tables import Contact, Device, Tables
from data.domain.vocabulary import Level
from data.ids import new_id
from data.scenarios.engine import Opening
from data.scenarios.spec import Scenario, Step
from data.store import orders, outbox
from data.store.desk import Entry, Transaction
from data.store.sqlite import sqlite3
from data.words import Words

TELL, VOICE = 1, 2
"""`callbacks.tells`: words to a contact that an SMS may carry, or that a person must say; 0 is the answer to a reporter."""


def do(stage: Stage, tx: Transaction, scenario: Scenario, story: sqlite3.Row, moment: Opening | Step) -> None:
    """Do one moment that is due and applies."""
    if isinstance(moment, Opening):
        _open(stage, tx, scenario, story)
        return
    match moment.what:
        case "warn":
            _warn(stage, tx, story, moment)
        case "tell":
            _tell(stage, tx, story, moment)
        case "ring":
            _ring(tx, story)
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
    alarm = dict(worst) | {"level": int(level_of(stage, tx, scenario, story))}
    case_id = open_from_alarm(stage.tables, tx, alarm, sensor, kind, worst["said"], tx.now)
    with tx.entry("story_opens", subject=case_id, operator=SYSTEM, seat=SEAT) as entry:
        entry.update("stories", story["id"], {"case_id": case_id})
        shape(stage.tables, tx, entry, scenario, case_id)
        entry.remark(text=scenario.label(stage.tables.language))
        for row in rows:
            entry.update("alarms", row["id"], {"case_id": case_id})


def shape(tables: Tables, tx: Transaction, entry: Entry, scenario: Scenario, case_id: str) -> None:
    """What the scenario says of its case: unit, assists, deadlines. What a person has chosen stays; without its lead here the tables say who."""
    case = tx.one("SELECT * FROM cases WHERE id=?", case_id)
    assert case is not None
    opens = case["source"] == "alarm"  # a report's case keeps the deadlines of its class
    values: dict[str, Any] = {"scenario": scenario.name}
    if scenario.close is not None:
        values["needs"] = json.dumps(scenario.close.needs)
    if scenario.open.assists:
        values["assists"] = json.dumps(scenario.open.assists)
    if scenario.open.lead in tables.units and not case["unit_chosen"] and case["state"] == "open":
        values["unit"] = scenario.open.lead
    if opens and scenario.open.accept_min and case["taken_at"] is None:
        values["accept_by"] = case["opened_at"] + scenario.open.accept_min * MINUTE
    if opens and scenario.open.done_min and not case["done_by_chosen"]:
        values["done_by"] = case["opened_at"] + scenario.open.done_min * MINUTE
    entry.update("cases", case_id, values)


def _filled(text: str, site: Site) -> str:
    """`{sensor}`, `{place}` and `{grid}` of the story's site. Not `format`: the text is a district's own and may hold braces."""
    for name, value in (("sensor", site.sensor), ("place", site.place), ("grid", site.grid)):
        text = text.replace("{" + name + "}", value)
    return text


def _named(stage: Stage, what: str, kind: str) -> str:
    """A kind of device or contact in the centre's language; one of a district's own stands as it is written."""
    words = Words(stage.tables.language)
    return words(f"{what}.{kind}") if words.has(f"{what}.{kind}") else kind


def _warn(stage: Stage, tx: Transaction, story: sqlite3.Row, step: Step) -> None:
    """Loudspeakers or boards on the site; where there is none, that is journaled."""
    site = site_of(stage, tx, story)
    text, told = _filled(step.text, site), devices(stage, site, step)
    if _is_exercise(tx, story):
        remark(tx, story, "story_warn_exercise", {"text": text})
        return
    worst = tx.one("SELECT min(a.level) AS level FROM story_alarms s JOIN alarms a ON a.id = s.alarm WHERE s.story=?", story["id"])
    for device in told:
        id = f"{story['id']}-{story['done']}-{device.id}"
        message = WarnMessage(
            id=id, text=text, level=(worst["level"] if worst else None) or int(Level.MEDIUM),
            until=iso(tx.now + step.until_min * MINUTE), from_=stage.tables.centre,
        )  # fmt: skip
        outbox.enqueue(tx, what="warn", to=device.id, id=id, message=message, case_id=story["case_id"] or "", order_id=id)
        remark(tx, story, "story_warn", {"text": f"{_stands(stage, device)} {text}", "device": device.id})
    if not told:
        remark(tx, story, "story_no_device", {"text": _named(stage, "device", step.to)})


def _stands(stage: Stage, device: Device) -> str:
    """Where a device is and what it is, as a person calls it: of several in a valley each is another."""
    sensor = stage.sensors.get(device.sensor)
    grid = stage.tables.grids.get(device.grid)
    place = (sensor.place or sensor.name) if sensor else grid.name if grid else ""
    return f"{place or device.id} {_named(stage, 'device', device.kind)}"


def _tell(stage: Stage, tx: Transaction, story: sqlite3.Row, step: Step) -> None:
    """The contacts of the place: each is a call to make, with the number, until somebody has made it."""
    site = site_of(stage, tx, story)
    text = (Words(stage.tables.language)("order.exercise") if _is_exercise(tx, story) else "") + _filled(step.text, site)
    people = [
        who for who in stage.tables.contacts if who.kind == step.to and (who.sensor == site.sensor if who.sensor else who.grid in {site.grid, ""})
    ]
    for who in people:
        _owe_call(tx, story, who, text)
    if not people:
        remark(tx, story, "story_no_contact", {"text": _named(stage, "contact", step.to)})


def _owe_call(tx: Transaction, story: sqlite3.Row, who: Contact, text: str) -> None:
    """The call list (待回访) has name, number and what to say. Level 1 wants a voice; else an SMS channel, where there is one, may say it."""
    case = tx.one("SELECT level, exercise FROM cases WHERE id=?", story["case_id"]) if story["case_id"] else None
    voice = case is not None and (case["level"] == Level.CRITICAL or case["exercise"])  # an exercise touches no SMS
    with tx.entry("story_tell", subject=story["case_id"] or f"story:{story['id']}", operator=SYSTEM, seat=SEAT) as entry:
        entry.insert("callbacks", {
            "id": new_id(tx.now), "case_id": story["case_id"] or "", "report": f"story:{story['id']}", "name": who.name, "phone": who.phone,
            "text": text, "way": "call", "tells": VOICE if voice else TELL, "created_at": tx.now,
        })  # fmt: skip
        entry.remark(text=f"{who.name} {who.phone} {text}", name=who.name, phone=who.phone)


def _is_exercise(tx: Transaction, story: sqlite3.Row) -> bool:
    return bool(story["case_id"] and tx.one("SELECT 1 FROM cases WHERE id=? AND exercise", story["case_id"]))


def _ring(tx: Transaction, story: sqlite3.Row) -> None:
    """A rung, by which the seats ring. A story without a case has nothing yet that anybody could take."""
    if not story["case_id"]:
        return
    with tx.entry("story_ring", subject=story["case_id"], operator=SYSTEM, seat=SEAT) as entry:
        orders.ring(tx, entry, story["case_id"], "story", f"{story['id']}/ring/{story['done']}")


def _escalate(stage: Stage, tx: Transaction, scenario: Scenario, story: sqlite3.Row) -> None:
    row = tx.one("SELECT * FROM cases WHERE id=?", story["case_id"]) if story["case_id"] else None
    if row is None:
        return
    outcome = perform_in(tx, stage.tables, "escalate", case_from(row), {"reason": scenario.label(stage.tables.language)})
    if isinstance(outcome, Refused):
        remark(tx, story, "story_not_escalated", {"text": Words(stage.tables.language).say(outcome.reason)})


