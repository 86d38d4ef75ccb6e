"""备注: words kept with the case. They change nothing else."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.text import one_line
from data.domain.vocabulary import State
from data.store.desk import Entry

ROW = Row(states=frozenset(State), fields=("text",), asks=frozenset({"no_text"}), any_version=True)


def guard(scene: Scene) -> Reason | None:
    """There must be words."""
    return None if "text" not in scene.args or one_line(scene.args["text"]) else because("no_text")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Keep them in the journal."""
    entry.remark(text=one_line(scene.args.get("text", ""), 500))
    return because("did_note", number=scene.case.number)
