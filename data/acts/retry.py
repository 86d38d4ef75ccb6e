"""立即重试: what waits for its next try, or was given up, is due now; the same message with the same number, so that no unit gets it twice."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import FINISHED, State
from data.store.desk import Entry
from data.store.outbox import move
from data.store.sqlite import sqlite3

ROW = Row(states=frozenset(State) - FINISHED, any_version=True)


def guard(scene: Scene) -> Reason | None:
    """Something of the case has not gone out."""
    return None if _stuck(scene) else because("nothing_to_retry", number=scene.case.number)


def effect(scene: Scene, entry: Entry) -> Reason:
    """All of it at once, by the channel it has."""
    rows = _stuck(scene)
    for row in rows:
        move(scene.tx, row, row["channel"], None)
    entry.remark(count=len(rows))
    return because("did_retry", number=scene.case.number, count=len(rows))


def _stuck(scene: Scene) -> list[sqlite3.Row]:
    """Never what is still in its grace, or was taken back."""
    return scene.tx.conn.execute(
        "SELECT o.* FROM outbox o LEFT JOIN orders d ON d.id = o.order_id WHERE o.case_id=? AND o.sent_at IS NULL"
        " AND (o.state IN ('unknown', 'failed') OR o.state = 'ready' AND o.tries > 0)"
        " AND coalesce(d.not_before, 0) <= ? AND (d.cancelled_at IS NULL OR o.kind = 'cancel')",
        (scene.case.id, scene.now),
    ).fetchall()
