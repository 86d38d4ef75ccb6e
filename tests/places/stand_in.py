"""A small Office over view-models in memory, for tests in which the store is not the point."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from msgspec.structs import replace

from data.acts import Done, Refused
from data.domain.reason import Reason, because
from data.domain.vocabulary import Freshness, Level, State
from data.pinyin import matches
from data.views.models.cases import CaseDetail, CaseRow, Choice, Duplicate, Grace, HistoryLine, OrderFacts, Proposal, QueuePage, ReportLine
from data.views.models.past import JournalLine, JournalPage
from data.views.models.seat import Arrivals, Banner, Counts, Link, SeatInfo
from data.views.models.sensors import AreaCount, Areas, Board, FoundSensor, KindCount, SensorPanel

NOW = 1_795_588_328_000  # 2026-11-25 14:32:08 in Shanghai
MINUTE = 60_000
_CASES = (
    (1, -1, "open", "山洪", "石峡子沟2号雨量 1小时52毫米，超红线", "红星社区"),
    (1, 2, "open", "跌倒呼叫", "陈秀英(82岁独居)床头按钮，未应答", "大河沟社区"),
    (1, 4, "sent", "危岩", "翠屏山3号裂缝计 24时位移6.2毫米", "翠屏社区"),
    (2, 8, "open", "内涝", "望江路下穿道积水 27厘米，仍在涨", "望江社区"),
    (2, 11, "open", "桥隧", "驸马隧道CO浓度 96，风机2号停", "驸马社区"),
    (2, 18, "open", "垃圾", "星都会6号楼车库垃圾堵门，异味", "大河沟社区"),
    (2, 22, "working", "噪声", "江南广场坝坝舞 82分贝，第3次", "江南社区"),
    (2, 24, "sent", "内涝", "白岩路井盖顶托，附近有学校", "白岩社区"),
    (2, 29, "sent", "燃气", "北滨路7栋101 浓度8%LEL", "北山社区"),
    (2, 33, "working", "呼叫按钮", "李国富(77岁)卫生间拉绳，已回话", "枇杷坪社区"),
    (3, 41, "open", "垃圾", "五桥农贸市场后门建渣混堆", "五桥社区"),
    (3, 47, "open", "噪声", "南门口夜市音响扰民", "南门社区"),
    (3, 52, "open", "噪声", "五桥滨河步道 坝坝舞 71分贝", "五桥社区"),
    (3, 55, "triage", "", "翠屏路行道树压线", "翠屏社区"),
    (3, 66, "working", "路灯", "天城大道17-23号杆不亮", "天城社区"),
    (3, 72, "open", "飞线", "枇杷坪12栋电动车飞线充电", "枇杷坪社区"),
    (3, 77, "open", "犬只", "沙龙小区未拴犬", "沙龙社区"),
    (3, 80, "to_verify", "占道", "北山观菜贩占消防通道", "北山社区"),
    (3, 84, "open", "积水", "驸马路口雨后积水 6厘米", "驸马社区"),
    (3, 91, "open", "广告", "天城大道广告牌松动", "天城社区"),
    (4, 240, "open", "虫情", "高峰镇2号灯诱 柑橘小实蝇偏高", "高峰村"),
)
_PANELS = (
    (1, "雨量", "石峡子沟2号", 52.0, "毫米", 1, 1, 40.0, 1),
    (1, "裂缝", "翠屏山3号", 6.2, "毫米/日", 1, 1, 5.0, 1),
    (2, "积水", "望江路下穿道", 27.0, "厘米", 0, 1, 25.0, 2),
    (2, "一氧化碳", "驸马隧道", 96.0, "ppm", 0, 0, 80.0, 2),
    (2, "噪声", "江南广场", 82.0, "分贝", 0, -1, 75.0, 2),
    (3, "水位", "苎溪河万安桥", 168.4, "米", 1, 1, 168.0, 3),
)
GOOD = Link(running=True, heartbeat_age_s=0.4, broker_up=True, broker_down_since=None, waiting=0, reading_age_s=0.4)
NO_NEWS = Arrivals(cursor=1, cases=0, critical=0, best=None)
INFO = SeatInfo(centre="pailou", centre_name="牌楼街道治理中心", short_name="牌楼", operator="王梅", language="zh", zone="Asia/Shanghai")
MINE = frozenset({State.TRIAGE, State.OPEN, State.RETURNED, State.TO_VERIFY})


def rows() -> list[CaseRow]:
    """The cases of the drawings."""
    return [row(2041 + index, *each) for index, each in enumerate(_CASES)]


def row(number: int, level: int, left_min: int, state: str, class_name: str, text: str, place: str) -> CaseRow:
    """One case with this much time left."""
    return CaseRow(
        id=f"case-{number}",
        number=number,
        version=1,
        level=Level(level),
        state=State(state),
        due=NOW + left_min * MINUTE,
        class_name=class_name,
        text=text,
        place=place,
        waits_on_me=State(state) in MINE,
        failed=False,
        upper="",
    )


def panels() -> tuple[SensorPanel, ...]:
    """The sensors of the drawings, and one that is silent."""
    live = tuple(_panel(index, *each) for index, each in enumerate(_PANELS))
    lost = replace(live[0], sensor="YL-0101", place="龙溪沟1号", value=None, age_s=5220.0, freshness=Freshness.STALE, level=Level.HIGH)
    return (*live, replace(lost, limit=None))


def _panel(
    index: int, level: int, kind: str, place: str, value: float, unit: str, precision: int, trend: int, limit: float, line: int
) -> SensorPanel:
    samples = tuple(value * (0.5 + 0.5 * step / 23) for step in range(24))
    return SensorPanel(
        sensor=f"S-{index}",
        kind="x",
        kind_name=kind,
        place=place,
        value=value,
        unit_name=unit,
        precision=precision,
        observed_at=NOW - 3000,
        age_s=3.0,
        freshness=Freshness.LIVE,
        level=Level(level),
        trend=trend,
        spark=samples,
        low=0.0,
        high=value,
        limit=limit,
        limit_level=Level(line),
    )


@dataclass
class StandInSensors:
    """A board of these panels and no register."""

    panels: tuple[SensorPanel, ...]

    def board(self, limit: int, spark: int) -> Board:
        return Board(panels=self.panels[:limit], abnormal=46, lost=118)

    def find(self, text: str, limit: int) -> tuple[FoundSensor, ...]:
        """None: this desk has no register."""
        return ()


@dataclass
class StandIn:
    """The contract of `Office` over a list of rows; acts are noted and move states as little as the screens need."""

    lines: list[CaseRow] = field(default_factory=rows)
    time: int = NOW
    link_now: Link = GOOD
    acted: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    warnings: tuple[Reason, ...] = ()
    arrived: Arrivals = NO_NEWS
    broken: Exception | None = None
    grace_now: Grace | None = None
    dirty: bool = False
    board_panels: tuple[SensorPanel, ...] = field(default_factory=panels)
    info: SeatInfo = INFO
    above: tuple[Banner, ...] = ()

    @property
    def cases(self) -> Self:
        """This, as are all services but the sensors: one list of rows has them all."""
        return self

    acts = news = status = alarms = trends = journal = shift = cases

    @property
    def sensors(self) -> "StandInSensors":
        return StandInSensors(self.board_panels)

    def close(self) -> None: ...

    def now(self) -> int:
        return self.time

    def changed(self) -> bool:
        if self.broken:
            raise self.broken
        dirty, self.dirty = self.dirty, False
        return dirty

    def queue(self, limit: int, offset: int = 0) -> QueuePage:
        if self.broken:
            raise self.broken
        return QueuePage(rows=tuple(self.lines[offset : offset + limit]), offset=offset, total=len(self.lines))

    def row_of(self, case_id: str) -> CaseRow | None:
        return next((row for row in self.lines if row.id == case_id), None)

    def position(self, case_id: str) -> int | None:
        return next((index for index, row in enumerate(self.lines) if row.id == case_id), None)

    def first_mine(self) -> str | None:
        return next((row.id for row in self.lines if row.waits_on_me), None)

    def counts(self) -> Counts:
        states = [row.state for row in self.lines]
        late = sum(row.due is not None and row.due < self.time for row in self.lines)
        critical = sum(row.level == 1 and row.waits_on_me for row in self.lines)
        return Counts(
            open=states.count(State.OPEN),
            sent=states.count(State.SENT),
            working=states.count(State.WORKING),
            to_verify=states.count(State.TO_VERIFY),
            late=late,
            sensors=337_000,
            abnormal=46,
            lost=118,
            critical_waiting=critical,
        )

    def areas(self, community: str | None = None) -> Areas:
        names = ("大河沟社区", "红星社区", "翠屏社区", "望江社区", "驸马社区", "江南社区", "白岩社区")
        rows = tuple(AreaCount(id=f"a{n}", name=name, levels=(n % 3, n % 2, n, 0), lost=n) for n, name in enumerate(names))
        return Areas(rows=rows, kinds=tuple(KindCount(kind=f"k{n}", name=f"第{n}种", abnormal=n, lost=0, hour=(n,) * 12) for n in range(6)))

    def page(self, limit: int, *, until: int | None = None, case_id: str = "") -> JournalPage:
        line = JournalLine(seq=1, at=self.time, act="open", operator="", subject="", number=2041, what=because("history_open"))
        return JournalPage(lines=(line,), first=1, last=1)

    def proposal(self, case_id: str) -> Proposal | None:
        row = self.row_of(case_id)
        if row is None:
            return None
        step = {State.TRIAGE: "classify", State.OPEN: "dispatch", State.TO_VERIFY: "close"}.get(row.state)
        common = {"case_id": row.id, "number": row.number, "version": row.version, "state": row.state, "level": row.level}
        refusals = (("note", None), ("close", self.why_not("close", row.id)))
        if step is None:
            return Proposal(**common, step=None, awaited=self.facts(row), refusals=refusals)
        if step == "classify":
            return Proposal(**common, step=step, problem=because("no_unit"), text=row.text, refusals=refusals, digest=row.id)
        return Proposal(
            **common,
            step=step,
            unit="hongxing",
            unit_name=row.place,
            person="林晓燕",
            channel="mqtt",
            accept_min=15,
            done_min=120,
            text=f"{row.class_name}：{row.text}。请即到场处置并回传照片。",
            result="已清运" if step == "close" else "",
            warnings=self.warnings,
            refusals=refusals,
            digest=f"{row.id}/{row.version}",
        )

    def facts(self, row: CaseRow) -> OrderFacts:
        at = self.time - 60_000
        return OrderFacts(
            order_id="o",
            case_number=row.number,
            unit_name=row.place,
            not_before=at,
            sent_at=at,
            delivered_at=at + 1000,
            seen_at=None,
            accepted_at=None,
            arrived_at=None,
            done_at=None,
            accept_by=at + 900_000,
            done_by=at + 7_200_000,
        )

    def grace(self) -> Grace | None:
        return self.grace_now

    def detail(self, case_id: str) -> CaseDetail | None:
        row = self.row_of(case_id)
        if row is None:
            return None
        report = ReportLine(at=self.time - 600_000, kind="resident", name="周", phone="138****0117", text="水都漫到路上来了…快来看看 [/b] 😀")
        step = HistoryLine(at=self.time - 600_000, act="open", operator="", what=because("history_open"))
        return CaseDetail(
            row=row,
            grid_name="红星社区4组",
            address="石峡子沟左岸",
            source="alarm",
            opened_at=self.time - 628_000,
            accept_by=self.time + 900_000,
            done_by=None,
            triage=None,
            result="",
            orders=(self.facts(row),),
            reports=(report,),
            history=(step,),
            panel=self.board_panels[0],
        )

    def see(self, case_id: str) -> None:
        self.seen.append(case_id)

    def why_not(self, act: str, case_id: str) -> Reason | None:
        row = self.row_of(case_id)
        if act == "close" and row is not None and row.state is State.OPEN:
            return because("wrong_state", act="@act.close", state=f"@state.{row.state}")
        if act == "decline" and row is not None and row.state not in {State.TRIAGE, State.OPEN, State.RETURNED}:
            return because("wrong_state", act="@act.decline", state=f"@state.{row.state}")
        if act == "undo":
            return because("already_left")
        if act == "withdraw" and row is not None and row.state not in {State.SENT, State.WORKING}:
            return because("no_order")
        return None

    def choices(self, act: str, case_id: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        if act == "classify":
            classes = tuple(Choice(value=f"c{n}", name=name) for n, name in enumerate(("垃圾", "噪声", "树障", "内涝", "路灯")))
            units = tuple(Choice(value=f"u{n}", name=f"{n}号社区") for n in range(12))
            return (("class", classes), ("unit", units))
        if act == "close":
            return (("result", (Choice(value="已解决", name="已解决"), Choice(value="误报", name="误报"))),)
        if act == "decline":
            return (("reason", tuple(Choice(value=name, name=name) for name in ("误报", "重复", "非本辖区", "无此事"))),)
        if act == "withdraw":
            return (("reason", tuple(Choice(value=name, name=name) for name in ("误派", "重复", "已解决"))),)
        return ()

    def do(self, act: str, case_id: str, *, version: int | None = None, shown: str = "", confirm: bool = False, **args: str) -> Done | Refused:
        row = self.row_of(case_id)
        assert row is not None
        if self.warnings and act == "dispatch" and not confirm:
            return Refused(because("warned"))
        self.acted.append((act, case_id, args))
        if act == "dispatch":
            self.grace_now = Grace(case_id=row.id, number=row.number, class_name=row.class_name, unit_name=row.place, not_before=self.time + 5000)
            self._set(row, State.SENT)
        elif act in {"classify", "withdraw"}:
            self._set(row, State.OPEN)
        elif act in {"close", "decline"}:
            self.lines.remove(row)
        return Done(case_id, because(f"did_{act}", number=row.number))

    def rows_of(self, ids: Sequence[str]) -> tuple[CaseRow, ...]:
        return tuple(row for row in self.lines if row.id in ids)

    def faults(self) -> tuple[CaseRow, ...]:
        return tuple(row for row in self.lines if row.failed or (row.due or 0) < self.time)

    def incidents(self, keep: str = "") -> tuple[CaseRow, ...]:
        return tuple(self.lines)

    def members(self, case_id: str) -> tuple[CaseRow, ...]:
        me = self.row_of(case_id)
        return tuple(row for row in self.lines if me and (row.class_name, row.place) == (me.class_name, me.place))

    def search(self, text: str, everything: bool = False, limit: int = 50, offset: int = 0) -> QueuePage:
        found = [row for row in self.lines if text in row.text or matches(text, row.place)]
        return QueuePage(rows=tuple(found[:limit]), offset=0, total=len(found))

    def find(self, text: str) -> str | None:
        return next((row.id for row in self.lines if text.lstrip("#") == str(row.number)), None)

    def of_case(self, case_id: str) -> str | None:
        return None

    def named(self, text: str) -> str | None:
        return None

    def duplicates(self, case_id: str) -> tuple[Duplicate, ...]:
        return ()

    def _set(self, row: CaseRow, state: State) -> None:
        index = self.lines.index(row)
        self.lines[index] = replace(row, state=state, version=row.version + 1, waits_on_me=state in MINE)

    def undo_newest(self) -> Done | Refused | None:
        if self.grace_now is None:
            return None
        row = self.row_of(self.grace_now.case_id)
        assert row is not None
        self._set(row, State.OPEN)
        self.grace_now = None
        return Done(row.id, because("did_undo", number=row.number))

    def is_unhanded(self) -> bool:
        return False

    def link(self) -> Link:
        return self.link_now

    def banners(self) -> tuple[Banner, ...]:
        return self.above

    def arrivals(self, cursor: int | None) -> Arrivals:
        return self.arrived if cursor is not None else Arrivals(cursor=0, cases=0, critical=0, best=None)

    def ensure_centre(self) -> bool:
        return False
