"""Run a seat over the stand-in Office; the terminal tests start this in a pty. Argument `boom`: a key that crashes the app."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.app import ConsoleApp, sit
from data.domain.reason import because
from tests.places.stand_in import StandIn


class Crashing(ConsoleApp):
    """Fails outside every boundary when told to."""

    def on_resize(self, event: object) -> None:
        if self.desk.place == "cases":
            raise RuntimeError("boom")
        super().on_resize(event)  # type: ignore[arg-type]  # only handed through


def main() -> int:
    office = StandIn()
    app = Crashing if "boom" in sys.argv else ConsoleApp
    if "warn" in sys.argv:
        office.warnings = (because("alarm_stands"),)
    return sit(app(office))  # type: ignore[arg-type]  # the stand-in keeps Office's contract


if __name__ == "__main__":
    sys.exit(main())
