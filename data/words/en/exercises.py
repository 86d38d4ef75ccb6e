"""Words of exercises, English."""

WORDS: dict[str, str] = {
    "order.exercise": "[EXERCISE] ",
    "reason.history_story_warn_exercise": "exercise, not played: {text}",
    "reason.history_exercise_ask": "exercise asked for",
    "reason.history_exercise_begin": "exercise begins",
    "reason.history_exercise_none": "no such scenario, no exercise",
    "reason.exercise_asked": "exercise {id} asked for; --report {id} shows its times",
    "reason.exercise_none": "no exercise yet",
    "reason.exercise_unknown": "no scenario {scenario}; `paidan scenario list` names them",
    "reason.exercise_no_place": "{scenario} has no sensor here; say where with --grid",
    "exercise.head": "exercise {scenario}  case {case}  {by}  {state} (seconds since it was asked for)",
    "exercise.opened_at": "opened",
    "exercise.taken_at": "taken",
    "exercise.closed_at": "closed",
    "exercise.issued_at": "ordered",
    "exercise.sent_at": "sent",
    "exercise.delivered_at": "delivered",
    "exercise.seen_at": "seen",
    "exercise.accepted_at": "accepted",
    "exercise.arrived_at": "arrived",
    "exercise.done_at": "done",
}
