"""When does a reading mean something: rules as data (`spec`) and the functions that apply them. Pure: no clock, no disk.

    state, events = take(rule, state, reading, scene)      # one reading after another
    state, events = tick(rule, state, now)                 # when none comes

A rule never looks at history: all it remembers is its `RuleState`, a few numbers that survive as JSON. So a redelivered
reading is recognised, and 337,000 of them fit in memory.
"""

from data.rules.apply import take, tick, waits
from data.rules.events import Cleared, Event, LevelChanged, Raised, Repeated
from data.rules.limits import Force, Scene, in_force
from data.rules.spec import Absence, Limit, Press, Rule, Step, Threshold, Window
from data.rules.state import QUIET, RuleState, dump_state, load_state, must_keep, rule_time

__all__ = [
    "QUIET",
    "Absence",
    "Cleared",
    "Event",
    "Force",
    "LevelChanged",
    "Limit",
    "Press",
    "Raised",
    "Repeated",
    "Rule",
    "RuleState",
    "Scene",
    "Step",
    "Threshold",
    "Window",
    "dump_state",
    "in_force",
    "load_state",
    "must_keep",
    "rule_time",
    "take",
    "tick",
    "waits",
]
