"""Words about the machine beneath: its clock and its disk."""

WORDS: dict[str, str] = {
    "reason.history_clock_set": "the system clock was set: {text}; nothing is called late for five minutes",
    "reason.store_read_only": "{file} cannot be written ({error}): look whether the disk is read-only or full, and at its permissions",
    "reason.store_damaged": "the database is damaged ({error}): stop the centre and put the newest copy back with paidan backup --restore",
    "reason.history_restored": "backup {text} put back",
    "reason.backup_made": "copied and checked: {file}",
    "reason.backup_restored": "{file} put back; the old desk is {aside}",
    "status.free_mb": "free disk MB",
}
