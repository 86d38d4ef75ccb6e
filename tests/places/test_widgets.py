"""Lines drawn from view-models: what stands on them, and that they fill the screen to the cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from wcwidth import wcswidth

from data.domain.reason import because
from data.domain.vocabulary import Freshness, Level
from data.kinds import Kind, load_kinds
from data.views.models.cases import HistoryLine
from data.views.models.seat import Link
from data.views.models.sensors import Board
from data.words import Words
from tests.places.stand_in import NOW, StandIn, panels, row
from widgets.bars import banner
from widgets.case_list import row_line, window
from widgets.detail import brief_lines, detail_lines
from widgets.lines import Line, draw
from widgets.sensor_panel import cells_beside, panel_line
from widgets.strip import Said, StripView, strip_lines
from widgets.theme import Depth, Theme

WORDS = Words("zh")
THEME = Theme(Depth.TRUE)
ZONE = "Asia/Shanghai"


def _text(line: Line, width: int = 80, theme: Theme = THEME) -> str:
    return draw(line, width, theme).text


def _strip(view: StripView, now: int = NOW, theme: Theme = THEME) -> list[str]:
    return [_text(each).rstrip() for each in strip_lines(view, now=now, zone=ZONE, words=WORDS, width=80, theme=theme)]


def test_a_row_stands_in_the_columns_of_the_design() -> None:
    """The first line of the drawn queue, to the cell."""
    late = row(2041, 1, -1, "open", "山洪", "石峡子沟2号雨量 1小时52毫米，超红线", "红星社区")
    line = row_line(late, cursor=True, now=NOW, words=WORDS, width=80)

    assert _text(line) == ">1特急  超1分  待派 山洪     石峡子沟2号雨量 1小时52毫米，超红线    红星社区    "


def test_a_failed_order_is_marked_on_its_row() -> None:
    """`!!` stands before the text."""
    failed = replace(row(2041, 1, 5, "open", "山洪", "雨", "红星社区"), failed=True)

    assert "!! 雨" in _text(row_line(failed, cursor=False, now=NOW, words=WORDS, width=80))


@pytest.mark.parametrize(
    ("position", "line", "height", "total", "top", "kept"),
    [(5, 3, 10, 100, 2, 3), (55, 3, 10, 100, 52, 3), (0, 3, 10, 100, 0, 0), (99, 3, 10, 100, 90, 9), (2, 5, 10, 4, 0, 2)],
)
def test_the_window_keeps_the_cursor_on_its_line(position: int, line: int, height: int, total: int, top: int, kept: int) -> None:
    """The scroll offset shifts so that the screen line stays, as far as the queue's ends allow."""
    found = window(position, line, height, total)

    assert (top, kept) == (found.top, found.line)


@given(st.integers(0, 500), st.integers(-5, 50), st.integers(0, 60), st.integers(0, 500))
def test_the_window_always_shows_the_cursor(position: int, line: int, height: int, total: int) -> None:
    """Whatever the numbers, a case of the queue is on the screen."""
    total = max(total, position + 1)
    found = window(position, line, height, total)

    assert position == found.top + found.line
    assert 0 <= found.line < max(height, 1)


def test_a_silent_sensor_shows_its_age_and_never_a_value() -> None:
    """Even if a value were handed over, a stale panel shows `-`, 失联 and the age."""
    stale = replace(panels()[0], freshness=Freshness.STALE, age_s=5400.0)
    text = _text(panel_line(stale, old=False, words=WORDS, cells=80))

    assert "52" not in text
    assert "失联 -" in text
    assert text.rstrip().endswith("1时前")


def test_values_are_marked_while_the_broker_is_down() -> None:
    """An old value has a tilde before it."""
    assert "~52.0毫米 " in _text(panel_line(panels()[0], old=True, words=WORDS, cells=80))


@pytest.mark.parametrize("kind", load_kinds().values(), ids=lambda kind: kind.name)
def test_no_english_kind_is_cut_on_the_board(kind: Kind) -> None:
    """At 80 columns its name or the short one stands whole, before a blank; on a wide screen the long one."""
    panel = replace(panels()[0], kind_name=kind.label.en, kind_short=kind.short("en"), place="PLACE")
    narrow, wide = (_text(panel_line(panel, old=False, words=Words("en"), cells=cells), cells) for cells in (80, cells_beside(140)))
    shown = kind.label.en if len(kind.label.en) <= 12 else kind.english_short

    assert shown == narrow.split("PLACE")[0].rstrip()[-len(shown) :]
    assert "~" not in narrow.split("PLACE")[0]
    assert f" {kind.label.en} " in wide
    assert (80, 100) == (wcswidth(narrow), wcswidth(wide))


def test_a_kind_without_a_short_name_is_cut() -> None:
    """A home's own kind need not have one."""
    panel = replace(panels()[0], kind_name="carbon monoxide", kind_short="")

    assert " carbon mono~ " in _text(panel_line(panel, old=False, words=Words("en"), cells=80))


def test_a_trend_is_a_word() -> None:
    """升, 平, 降 tell the direction; no arrow does."""
    lines = [_text(panel_line(each, old=False, words=WORDS, cells=80)) for each in panels()]

    assert all(f" {word} " in lines[index] for index, word in ((0, "升"), (3, "平"), (4, "降")))


def test_the_strip_names_all_that_goes_out_before_the_key() -> None:
    """Form 1: step, unit, person, channel, deadlines; the text; the other acts."""
    office = StandIn()
    first, second, third = _strip(StripView(proposal=office.acts.proposal("case-2041")))

    assert first.startswith(" F2/d  派单 给 红星社区 值班 林晓燕 经 ")
    assert first.endswith("限 15分签收 2时办结")
    assert second == " 文 山洪：石峡子沟2号雨量 1小时52毫米，超红线。请即到场处置并回传照片。"
    assert third.startswith(" b备注 c不能结案：现在是待派")


def test_a_key_cap_stands_in_brackets_without_colour() -> None:
    """In mono `[F2/d]`."""
    view = StripView(proposal=StandIn().proposal("case-2041"))

    assert _strip(view, theme=Theme(Depth.MONO))[0].startswith("[F2/d] 派单 ")


def test_the_grace_counts_down_with_its_undo_key() -> None:
    """Form 2: on the third line while the first two already show the next case; gone is the key when it is over."""
    office = StandIn()
    office.acts.do("dispatch", "case-2041")
    view = StripView(proposal=office.acts.proposal("case-2042"), grace=office.acts.grace())

    assert _strip(view)[2].startswith(" 已派 #2041 山洪 -> 红星社区  5秒后发出")
    assert _strip(view)[2].endswith("[F8/u] 撤回")
    assert "撤回" not in _strip(view, NOW + 5000)[2]
    # Still here long after it: nobody pretends that it is leaving, and it can be taken back.
    assert "存待发" in _strip(view, NOW + 9000)[2]
    assert _strip(view, NOW + 9000)[2].endswith("[F8/u] 撤回")


def test_a_sentence_leaves_the_grace_on_the_screen() -> None:
    """A key pressed once too often is refused; that it was dispatched, and how to take it back, stays beside it, whole."""
    office = StandIn()
    office.acts.do("dispatch", "case-2041")
    view = StripView(proposal=office.acts.proposal("case-2042"), grace=office.acts.grace(), said=Said(text="不能派单：现在是待发" * 6, bad=True))

    assert _strip(view)[2].startswith(" 不能派单：现在是待发")
    assert _strip(view)[2].endswith("已派 #2041 5秒 [F8/u] 撤回")
    assert "已派" not in _strip(view, NOW + 5000)[2]


def test_receipts_are_four_separate_times() -> None:
    """Form 3: what has not happened is `--:--`; the limit that runs stands behind."""
    office = StandIn()
    first = _strip(StripView(proposal=office.acts.proposal("case-2043")))[0]

    assert first == " #2043 翠屏社区 发出14:31:08 送达14:31:09 阅知--:-- 签收--:-- (限14:46)"


def test_a_failure_says_where_it_failed() -> None:
    """Form 4: `!!`, the number, that it is dispatched and kept here, and why."""
    office = StandIn()
    waiting = office.acts.proposal("case-2043")
    assert waiting is not None
    assert waiting.awaited is not None
    failed = replace(waiting, awaited=replace(waiting.awaited, failure=because("broker_down")))

    assert _strip(StripView(proposal=failed))[0].startswith(" !! #2043 已派,存待发 ")


def test_an_order_that_has_not_left_says_that_it_is_kept() -> None:
    """Between its grace and the first fact of it: dispatched, and stored; never four empty times."""
    unsent = replace(StandIn().facts(StandIn().lines[0]), sent_at=None, delivered_at=None)

    assert " 已派 #2041 -> 红星社区  存待发,一通即发" == _strip(StripView(proposal=None, followed=unsent))[2]


def test_a_sentence_takes_the_third_line_only() -> None:
    """A refusal never hides what the key would do."""
    view = StripView(proposal=StandIn().proposal("case-2041"), said=Said(text="不能结案", bad=True))

    assert _strip(view)[2] == " 不能结案"
    assert "派单" in _strip(view)[0]


def test_warnings_take_the_place_of_the_text() -> None:
    """They are read before the first press, and the second is asked for after it."""
    office = StandIn(warnings=(because("alarm_stands"),))
    shown = _strip(StripView(proposal=office.acts.proposal("case-2041"), warned=True))

    assert shown[1].startswith(" 注意 ")
    assert shown[1].endswith("再按一次即办")


def test_the_banner_names_the_worst_fault() -> None:
    """An unreadable store before a stopped centre before a broker; nothing when all is well."""
    good = StandIn().link_now
    stopped = replace(good, running=False, waiting=2)
    down = replace(good, broker_up=False, broker_down_since=NOW - 138_000)

    assert banner(good, "", NOW, NOW, ZONE, WORDS) is None
    assert "引擎停 -- 工单已存 2 件未发" in _text(_line(stopped))
    assert "14:29:50 起收不到新读数(总线断 2分)" in _text(_line(down))


def _line(link: Link) -> Line:
    line = banner(link, "", NOW, NOW, ZONE, WORDS)
    assert line is not None
    return line


@given(st.text(st.characters(codec="utf-8"), max_size=80), st.integers(1, 200))
def test_any_text_fills_a_line_to_the_cell(text: str, width: int) -> None:
    """Texts from outside, markup and escapes included, never tear a row."""
    case = replace(row(1, 1, 5, "open", text, text, text), failed=True)
    for theme in (THEME, Theme(Depth.MONO)):
        strip = draw(row_line(case, cursor=True, now=NOW, words=WORDS, width=width), width, theme)
        assert width == wcswidth(strip.text) == strip.cell_length


def test_markup_in_a_report_is_only_text() -> None:
    """`[/b]` from a citizen is shown as it is."""
    office = StandIn()
    detail = office.cases.detail("case-2041")
    assert detail is not None
    lines = detail_lines(detail, None, now=NOW, zone=ZONE, words=WORDS, width=40)

    assert any("[/b]" in _text(line, 40) for line in lines)


def test_a_deadline_that_was_kept_is_not_late_for_ever() -> None:
    """An hour on: accepted in time it says so, accepted behind it by how much, and only what still waits counts on."""
    office = StandIn()
    case = office.cases.detail("case-2041")
    assert case is not None
    by, later = NOW + 900_000, NOW + 3_600_000

    def said(met: int | None) -> str:
        lines = detail_lines(replace(case, accept_by=by, accepted_at=met), None, now=later, zone=ZONE, words=WORDS, width=80)
        return next(_text(line) for line in lines if "签收限" in _text(line)).split()[-1]

    assert (said(by - 1), said(by + 120_000), said(None)) == ("按时", "迟2分", "超45分")


def test_equal_neighbours_are_one_segment() -> None:
    """A plain row of one look is sent with few changes of colour."""
    plain = row(2051, 3, 41, "open", "垃圾", "五桥农贸市场后门建渣混堆", "五桥社区")
    strip = draw(row_line(plain, cursor=False, now=NOW, words=WORDS, width=80), 80, THEME)

    assert len(list(strip)) <= 5


def test_board_levels_are_words() -> None:
    """Every panel of the board tells its level by digit and word."""
    board = Board(panels=panels(), abnormal=7, lost=1)
    texts = [_text(panel_line(each, old=False, words=WORDS, cells=80)) for each in board.panels]

    assert [f"{int(each.level or Level.NOTE)}" for each in board.panels] == [text[1] for text in texts]


def test_the_detail_of_a_narrow_screen_has_the_sensor_now_and_four_steps() -> None:
    """The design's body F: value, limit, hour and trend in the source's line; steps in two columns; what came back beside who reported."""
    street = StandIn(lines=[row(2041, 1, -1, "open", "山洪", "石峡子沟2号雨量 1小时52毫米，超红线", "红星社区")])
    known = street.detail(street.lines[0].id)
    assert known is not None and known.panel is not None and known.panel.limit is not None
    steps = tuple(HistoryLine(at=NOW + n * 60_000, act="open", operator="", what=because("history_open")) for n in range(6))
    detail = replace(known, history=steps, result="已清理")
    lines = [_text(each) for each in brief_lines(detail, "1/9", now=NOW, zone=ZONE, words=WORDS, width=80)]

    assert 6 == len(lines)
    assert [80] * 6 == [wcswidth(line) for line in lines]
    source = next(line for line in lines if "来源" in line)
    assert f"{known.panel.limit:g}" in source
    assert 6 <= sum(0x2800 <= ord(sign) <= 0x28FF for sign in source)
    said = WORDS.say(because("history_open"))
    assert [2, 2] == [line.count(said) for line in lines if said in line]
    assert ["经过"] == [name for line in lines if (name := line[1:3]) == "经过"]
    assert any("已清理" in line and WORDS("detail.reports") in line for line in lines)


def test_the_detail_of_a_new_case_gives_its_one_step_the_whole_line() -> None:
    """Nothing stands beside it that would cut it."""
    street = StandIn(lines=[row(2041, 1, -1, "open", "山洪", "雨", "红星社区")])
    known = street.detail(street.lines[0].id)
    assert known is not None
    long = because("history_open")
    detail = replace(known, history=(HistoryLine(at=NOW, act="open", operator="", what=long),), panel=None, reports=())
    lines = [_text(each).rstrip() for each in brief_lines(detail, "", now=NOW, zone=ZONE, words=WORDS, width=80)]

    assert lines[-1].startswith(" 经过 ") and lines[-1].endswith(WORDS.say(long))
    assert 4 == len(lines)


def test_steps_that_two_columns_would_cut_stand_one_under_another() -> None:
    """The newest three, whole."""
    street = StandIn(lines=[row(2041, 1, -1, "open", "山洪", "雨", "红星社区")])
    known = street.detail(street.lines[0].id)
    assert known is not None
    long = because("history_urge", who="周敏", text="现场已提醒：红星二网格红星桥管理房值守人员到场")
    steps = tuple(HistoryLine(at=NOW + n, act="urge", operator="", what=long if n == 2 else because("history_open")) for n in range(4))
    detail = replace(known, history=steps, panel=None, reports=())
    lines = [_text(each).rstrip() for each in brief_lines(detail, "", now=NOW, zone=ZONE, words=WORDS, width=80)]

    assert [True, True, True] == [line.endswith(WORDS.say(step.what)) for line, step in zip(lines[-3:], steps[1:], strict=True)]
    assert [True, False, False] == [line.startswith(" 经过 ") for line in lines[-3:]]
