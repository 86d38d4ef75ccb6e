"""Words about the machine beneath: its clock and its disk."""

WORDS: dict[str, str] = {
    "reason.history_clock_set": "the system clock was set: {text}; nothing is called late for five minutes",
    "reason.store_read_only": "{file} cannot be written ({error}): look whether the disk is read-only or full, and at its permissions",
    "status.free_mb": "free disk MB",
}
