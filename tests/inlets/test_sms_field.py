"""Replies by SMS as people type them."""

import pytest

from data.domain.errors import PayloadError
from data.domain.vocabulary import ReceiptKind
from data.inlets.sms import read

READ = [
    ("收到4821", "accepted", "4821", ""),
    ("1 4821", "accepted", "4821", ""),
    ("１、４８２１", "accepted", "4821", ""),
    ("ok4821", "accepted", "4821", ""),
    ("4821，1", "accepted", "4821", ""),
    ("签收【4821】", "accepted", "4821", ""),
    ("收到；工单4821号", "accepted", "4821", ""),
    ("回复1 4821", "accepted", "4821", ""),
    ("收到 4821 5分钟到", "accepted", "4821", "5分钟到"),
    ("\ufeff已签收：4821", "accepted", "4821", ""),
    ("4821号完成", "done", "4821", ""),
    ("完成！4821", "done", "4821", ""),
    ("完成（4821）已清理2车", "done", "4821", "已清理2车"),
    ("完成 #4821-2，已清理", "done", "4821-2", "已清理"),
    ("DONE 4821 clean", "done", "4821", "clean"),
    ("已到达 4821。", "arrived", "4821", ""),
    ("退单 4821 不在我辖区", "refused", "4821", "不在我辖区"),
]


@pytest.mark.parametrize(("text", "kind", "code", "note"), READ)
def test_a_reply(text: str, kind: str, code: str, note: str) -> None:
    """Wide digits and signs, brackets, the word in front or behind; what is left over is the note."""
    assert (ReceiptKind(kind), code, note) == read(text)


@pytest.mark.parametrize(
    "text",
    ["", "收到", "4821", "14821", "1-4821", "12345678901 1", "TD", "不是我们 4821", "没完成 4821", "4821 未收到", "完成 48-21-3", "1\n", "🙂 4821"],
)
def test_what_says_nothing_for_certain_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(PayloadError):
        read(text)
