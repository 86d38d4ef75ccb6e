"""A line that is closed ends the thread that listens to it: a seat whose terminal went away must not wait for it at its end."""

import os
import pty
import threading
from threading import Event

from console.terminal.listening import messages


def test_a_closed_line_ends_the_listening() -> None:
    """Nobody says `ended`; the terminal's other side is gone."""
    master, slave = pty.openpty()
    listening = threading.Thread(target=lambda: list(messages(slave, Event(), debug=False)), daemon=True)
    listening.start()
    os.close(master)
    listening.join(5)
    assert not listening.is_alive()
    os.close(slave)
