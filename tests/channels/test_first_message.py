"""What a start costs is not the far side's fault: the first messages of all workers at once are in time."""

import json
import subprocess
import sys
from pathlib import Path

from tests.helpers.http_far_side import FarSide, answer

ROOT = Path(__file__).resolve().parents[2]
_TEN_AT_ONCE = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from data.channels.shared.http import Request, ask
from data.channels.webhook import Config
config = Config(name="hook", kind="webhook", url_env="X", json={}, allow_http=True, allow_private=True, deadline_s=0.5)
late = "httpx" not in sys.modules
with ThreadPoolExecutor(10) as workers:
    found = list(workers.map(lambda _: ask(config, Request(url=sys.argv[1])).status, range(10)))
print(json.dumps([late, found]))
"""


def test_ten_first_messages_at_once_are_in_time() -> None:
    """Half a second is the deadline of each; the library and its certificates take longer for ten at once."""
    with FarSide() as far:
        far.then = lambda _: answer({"errcode": 0})
        done = subprocess.run([sys.executable, "-c", _TEN_AT_ONCE, far.url()], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    assert json.loads(done.stdout) == [True, [200] * 10]
