"""The closed word sets. Members have no behaviour; what may follow what is in the acts' table."""

from enum import IntEnum, StrEnum


class State(StrEnum):
    """Where a case stands. This list is the only one."""

    TRIAGE = "triage"  # 待研判: unit or class is missing
    OPEN = "open"  # 待派
    SENDING = "sending"  # 派单中: in grace, or waiting for the line
    SENT = "sent"  # 待收: left this desk, not yet accepted
    WORKING = "working"  # 处置
    TO_VERIFY = "to_verify"  # 待核
    CLOSED = "closed"  # 结案
    HELD = "held"  # 挂起
    RETURNED = "returned"  # 退回
    DECLINED = "declined"  # 不予立案
    MERGED = "merged"  # 并入
    VOID = "void"  # 作废


FINISHED = frozenset({State.CLOSED, State.DECLINED, State.MERGED, State.VOID})
"""States that a case leaves only by a person's act; they send nothing but answers to reporters."""

WAITS_ON_ME = frozenset({State.TRIAGE, State.OPEN, State.RETURNED, State.TO_VERIFY})
"""States in which this desk has the next move."""


class Level(IntEnum):
    """How urgent; the digit is shown beside the word everywhere."""

    CRITICAL = 1  # 特急
    HIGH = 2  # 紧急
    MEDIUM = 3  # 一般
    NOTE = 4  # 提示


class Role(StrEnum):
    """What a person may do at a desk; configuration belongs to the files' owner, not to a role."""

    VIEWER = "viewer"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class ReceiptKind(StrEnum):
    """A fact that a unit reports about an order. None is inferred from another."""

    DELIVERED = "delivered"  # 送达: the other centre has committed it
    SEEN = "seen"  # 阅知: a seat there first opened it
    ACCEPTED = "accepted"  # 签收
    REFUSED = "refused"  # 退单
    ARRIVED = "arrived"  # 到场
    DONE = "done"  # 办结
    DELAY_REQUEST = "delay_request"  # 申请延期


class NoteKind(StrEnum):
    """What a note between centres carries."""

    URGE = "urge"  # 催办
    REWORK = "rework"  # 返工
    DEADLINE = "deadline"  # 改时限
    INFO = "info"  # 告知
    CLOSED = "closed"  # 上级已结


class Freshness(StrEnum):
    """How far a value on the screen may be trusted."""

    LIVE = "live"
    STALE = "stale"  # 失联: silent for longer than its kind allows; the value is not shown
    NEVER = "never"  # no reading yet
    RETAINED = "retained"  # 留存: replayed by the broker; its age is known only where it said its time
