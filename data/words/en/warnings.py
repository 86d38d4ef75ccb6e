"""Words of warnings from above, English."""

WORDS: dict[str, str] = {
    "warning.tell": "{level} warning: {headline}. Please come on duty.",
    "warning.colour.1": "red",
    "warning.colour.2": "orange",
    "warning.colour.3": "yellow",
    "warning.colour.4": "blue",
    "warning.status.Exercise": "EXERCISE",
    "warning.status.System": "SYSTEM",
    "warning.status.Test": "TEST",
    "warning.status.Draft": "DRAFT",
    "warning.status.Actual": "",
    "warning.state.standing": "in force",
    "warning.state.expired": "expired",
    "warning.state.cancelled": "cancelled",
    "reason.history_warning_new": "warning received: {text}",
    "reason.history_warning_update": "warning updated: {text}",
    "reason.history_warning_cancel": "warning cancelled: {text}",
    "reason.history_warning_join": "warning joined with a newer one: {text}",
    "reason.history_warning_tell": "called up for a warning: {text}",
}
