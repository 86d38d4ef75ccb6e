"""Words about a group of cases that goes as one order, and about assisting units that a home lacks."""

WORDS: dict[str, str] = {
    "settings_no_assist": "this centre has no such assisting unit and orders go without it; if there is one, add it to units.toml",
    "reason.scenario_no_assist": "this centre has no assisting unit {unit}; orders go without it",
    "field.group": "cases to go with it as one order",
    "group.marked": "F2 sends {n} cases to {unit} as one order",
    "group.apart": "; {n} stay out (#{number} {reason})",
    "group.none": "these {n} cannot go as one order; F2 sends each its own",
    "group.sure": "send {n} cases to {unit} as one order",
    "group.chip": "{n} as one",
    "order.joined": ", {n} cases in all",
    "reason.group_critical": "level 1 is never joined",
    "reason.group_exercise": "an exercise is not joined to what is real",
    "reason.group_unit": "is for {name}",
    "reason.group_unfit": "#{number} has changed, nothing was sent: press V again",
    "reason.did_group": "sent {n} cases as one order #{number} -> {name}",
    "reason.did_undo_group": "#{number} taken back, {n} cases stand by themselves",
}
