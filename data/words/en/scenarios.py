"""Words of scenarios, English."""

WORDS: dict[str, str] = {
    "settings_want_class": "name a class code that exists",
    "settings_want_trigger": "give at least one [[trigger]]",
    "settings_want_kind_or_class": "give kind or class, and only one of them",
    "settings_want_rule": "name a rule of that kind",
    "settings_want_to_and_text": "warn and tell want `to` and `text`",
    "reason.history_story_begin": "scenario begins",
    "reason.history_story_takes": "handled by scenario",
    "reason.history_story_opens": "scenario opens the case",
    "reason.history_story_joins": "another signal: {text}",
    "reason.history_story_turn": "scenario moves on",
    "reason.history_story_ring": "nobody took it, ringing again",
    "reason.history_story_warn": "warned on site: {text}",
    "reason.history_story_no_device": "no device on site: {text}",
    "reason.history_story_tell": "please call: {text}",
    "reason.history_story_no_contact": "no such contact: {text}",
    "reason.history_story_not_escalated": "not passed up: {text}",
    "reason.history_story_end": "scenario ends",
}
