"""Orders over a channel with 30 % errors, 10 % time-outs and 5 % half replies.

    python tests/bench/outbox.py [--quick] [--json]

Ours: the outbox with 16 workers. Baseline: a script that posts each order once and once more when it fails, as cron jobs do.
`unknown_to_sender` is the share of orders of which the sender at the end can neither say that they arrived nor why not;
`first_attempt_p95_s` is desk time from an order's moment to its first byte. It is 0 unless the breaker
opens (`breaker_opened`), which holds all orders back for 30 s: the script alone does not open it, a machine too busy to answer within the
deadline does; `starved` counts attempts without an answer that the script did not ask for. 10,000 orders, `--quick` 500.
"""

import argparse
import http.client
import itertools
import json
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

from tests.helpers.clock import FakeClock  # noqa: E402
from tests.helpers.couriers import channel, reached  # noqa: E402
from tests.helpers.http_far_side import FarSide, answer, half, silence  # noqa: E402

DEADLINE_S = 1.0
YES, NO = answer({"errcode": 0}), answer(b"", 500)
HALF = half(b"{")
STORM = (NO, YES, silence, YES, NO, YES, YES, NO, YES, HALF, NO, YES, YES, NO, YES, YES, silence, NO, YES, YES)


def ours(far: FarSide, home: Path, count: int) -> dict[str, float]:
    """Ten orders a second of desk time until all are sent or parked."""
    home.mkdir()
    table = channel(home, "hook", "webhook", far.url(), "workers = 16").replace("deadline_s = 1.0", f"deadline_s = {DEADLINE_S}")
    desk = reached(home, FakeClock(), table, ["hook"])
    started = time.monotonic()
    opened: set[int | None] = set()
    for number in range(count):
        desk.order(number + 1, grace=False)
        if number % 10 == 9:
            desk.pass_s(1)
            opened.add(desk.centre.desk.conn.execute("SELECT open_until FROM channels WHERE name='hook'").fetchone()[0])
    desk.until(lambda: {row["state"] for row in desk.centre.all("outbox")} <= {"sent", "failed"}, step_s=2, steps=5000)
    took = time.monotonic() - started
    rows, orders = desk.centre.all("outbox"), desk.centre.all("orders")
    waits = sorted((row["released_at"] - row["not_before"]) / 1000 for row in orders)
    desk.close()
    return {
        "sent": sum(row["state"] == "sent" for row in rows) / count,
        "parked_with_reason": sum(row["state"] == "failed" and bool(row["reason"]) for row in rows) / count,
        "unknown_to_sender": sum(row["state"] not in {"sent", "failed"} for row in rows) / count,
        "numbers_beyond_orders": len({asked.headers["idempotency-key"] for asked in far.asked}) - count,
        "orders_per_s": count / took,
        "first_attempt_p95_s": waits[int(len(waits) * 0.95)],
        "breaker_opened": len(opened - {None}),
        "starved": sum(row["doubts"] for row in rows) - sum(STORM[number % len(STORM)] in {silence, HALF} for number in range(len(far.asked))),
    }


def naive(far: FarSide, count: int) -> dict[str, float]:
    """Post, and once more if that fails; no memory."""
    started, sent = time.monotonic(), 0
    for number in range(count):
        sent += any(_post(far.url(), number) for _ in range(2))
    took = time.monotonic() - started
    return {"sent": sent / count, "parked_with_reason": 0.0, "unknown_to_sender": 1 - sent / count, "orders_per_s": count / took}


def _post(url: str, number: int) -> bool:
    request = urllib.request.Request(url, data=json.dumps({"id": number}).encode(), headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as reply:
            return bool(json.loads(reply.read())["errcode"] == 0)
    except (OSError, ValueError, http.client.HTTPException):
        return False


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    count = 500 if asked.quick else 10_000
    with tempfile.TemporaryDirectory() as folder, FarSide() as far, FarSide() as other:
        for side in (far, other):
            turns = itertools.cycle(STORM)
            side.then = lambda _, turns=turns: next(turns)  # type: ignore[misc]
        mine, theirs = ours(far, Path(folder) / "home", count), naive(other, min(count, 200))
    measures = {
        name: {"ours": round(value, 4), "baseline": round(theirs[name], 4) if name in theirs else None,
               "ratio": round(value / theirs[name], 3) if theirs.get(name) else None}
        for name, value in mine.items()
    }  # fmt: skip
    if asked.json:
        sys.stdout.write(json.dumps(measures) + "\n")
    else:
        for name, each in measures.items():
            sys.stdout.write(f"{name:22} ours {each['ours']:>10} baseline {each['baseline']}\n")


if __name__ == "__main__":
    main()
