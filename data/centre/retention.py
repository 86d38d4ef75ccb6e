"""How long readings stay: `[history]` and `[history.keep]` of paidan.toml, handed to the history's writer."""

from datetime import UTC, datetime

from data.centre.register import Register
from data.files import mistake
from data.settings import Settings
from data.store.history.writer import Writer

NIGHT = range(1, 5)
"""Hours of the desk's zone for work that can wait; judgement."""


def keep_only_what_is_wanted(history: Writer, settings: Settings, register: Register) -> None:
    """Set the writer's terms. Raises `SettingsError` for a kind that there is not."""
    wanted, zone = settings.file.history, settings.zone
    for kind in wanted.keep:
        if not register.has_kind(kind):
            raise mistake(settings.home / "paidan.toml", f"history.keep.{kind}", "settings_want_kind")
    upkeep = history.upkeep
    upkeep.keep_days, upkeep.keep = wanted.keep_days, wanted.keep
    upkeep.sensors_of = register.all_of
    upkeep.is_night = lambda now: datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).hour in NIGHT
