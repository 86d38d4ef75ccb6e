"""The catalogue: a table is taken in whole or not at all, and every sensor is found again."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalogue.find import Finder
from data.catalogue.grams import _token, matches, needed, pack, plain, sound_runs, text_runs, unpack, words
from data.catalogue.index import _sounds, catch_up, index_apart, index_path, is_behind, readings_of
from data.catalogue.intake import take_in, template
from data.centre.register import Register
from data.init import init_home
from data.kinds import load_kinds
from data.kinds.register import load_sensors, next_version, put_staged, stage_sensors
from data.store.desk import Desk
from data.store.schema import open_desk
from data.store.sqlite import connect
from data.words import Words
from tests.helpers.clock import FakeClock, at
from tests.helpers.waiting import wait_until

HEAD = "id,kind,name,place,grid,area_class,lat,lon,parent,unit\n"
ROWS = (
    "DHG-07,noise,桥头噪声,大河沟桥,DHG-01,2,,,,\n"
    "cq-1,rain,雨量计,重庆路长江口,JN-01,,29.5,106.5,gw-1,\n"
    "b-9,call_button,呼叫按钮,北坡独居户3号,BP-02,,,,,\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    init_home(made, "empty")
    return made


def table(home: Path, text: str, encoding: str = "utf-8", name: str = "more.csv") -> Path:
    path = home / name
    path.write_bytes(text.encode(encoding))
    return path


def take(home: Path, text: str, **more: Any) -> Any:
    return take_in(home, table(home, text, **more), operator="王梅", seat="tty1", progress=lambda *_: None)


def find(home: Path, text: str, limit: int = 10) -> list[str]:
    conn, finder = open_desk(home / "desk.db"), Finder(home)
    try:
        return finder.find(conn, text, limit)
    finally:
        finder.close()
        conn.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DHG-07", "DHG-07"), ("dhg07", "DHG-07"), ("G-0", "DHG-07"), ("大河沟", "DHG-07"), ("河沟", "DHG-07"), ("沟桥", "DHG-07"), ("噪", "DHG-07"),
        ("dahegou", "DHG-07"), ("hegou", "DHG-07"), ("dh", "DHG-07"), ("hgq", "DHG-07"), ("qtzs", "DHG-07"), ("qiaotou", "DHG-07"),
        ("chongqing", "cq-1"), ("zhongqing", "cq-1"), ("cql", "cq-1"), ("zql", "cq-1"), ("changjiang", "cq-1"), ("zhangjiang", "cq-1"),
        ("雨量 重庆", "cq-1"), ("ylj cqlu", None), ("yuliang chongqinglu", "cq-1"), ("独居户3", "b-9"), ("djh3", "b-9"), ("3号", "b-9"),
        ("沟大", None), ("hedagou", None), ("xyz", None), ("", None), ("·—", None), ("q", "DHG-07"), ('a" OR b', None), ("NEAR(", None),
    ],
)  # fmt: skip
def test_found(home: Path, text: str, found: str | None) -> None:
    """By code, name, place, any run of signs, initials and pinyin with every reading; two signs and one are enough."""
    take(home, HEAD + ROWS)
    assert ([found] if found else []) == find(home, text)[:1]


def test_the_very_code_comes_first(home: Path) -> None:
    """A code that is also the beginning of others is at the top."""
    take(home, HEAD + "".join(f"a{n},noise,,,,,,,,\n" for n in range(20)))
    assert "a1" == find(home, "a1")[0]
    assert 5 == len(find(home, "a", 5))


@pytest.mark.parametrize(("text", "found"), [("e", "z-e9"), ("ng", "z-ng"), ("en", "z-e9"), ("eng", "z-e9")])
def test_letters_within_a_syllable_hide_nothing(home: Path, monkeypatch: pytest.MonkeyPatch, text: str, found: str) -> None:
    """Pinyin counts from the beginning of a sign on; a register full of `ceng` does not use up what is looked at."""
    monkeypatch.setattr("data.catalogue.find.CANDIDATES", 2)
    take(home, HEAD + "".join(f"a{n},noise,,曾家,,,,,,\n" for n in range(9)) + "z-ng,noise,,,,,,,,\nz-e9,noise,,鞥,,,,,,\n")
    assert [found] == [one for one in find(home, text) if not one.startswith("a")][:1]


def test_without_an_index_texts_are_found(home: Path) -> None:
    """The index may be deleted at any time: code, name and place are still found, and it is made again."""
    take(home, HEAD + ROWS)
    index_path(home).unlink()
    assert (["DHG-07"], []) == (find(home, "河沟"), find(home, "dahegou"))
    assert (["DHG-07"], ["DHG-07"], ["b-9"]) == (find(home, "dhg-0"), find(home, "dhg07"), find(home, "独居户 3号"))
    assert 3 == catch_up(home)
    assert (["DHG-07"], 0) == (find(home, "dahegou"), catch_up(home))


def test_retired_ones_are_not_found_and_not_deleted(home: Path) -> None:
    """What sensors.csv no longer lists leaves the search; its row stays."""
    table(home, HEAD + ROWS, name="sensors.csv")
    take(home, HEAD + "x1,noise,,星都会,,,,,,\n")
    seed(home)
    catch_up(home)
    assert ["cq-1"] == find(home, "重庆")
    table(home, HEAD, name="sensors.csv")
    register = seed(home)
    catch_up(home)
    assert ([], ["x1"]) == (find(home, "重庆"), list(register.sensors))
    assert 4 == open_desk(home / "desk.db").execute("SELECT count(*) FROM sensors").fetchone()[0]


def seed(home: Path) -> Register:
    desk = Desk(open_desk(home / "desk.db"), FakeClock(at("2026-11-24 20:30")))
    register = Register(home, load_kinds(home))
    with desk.transaction() as tx:
        register.seed(tx)
    return register


def test_the_same_table_again_changes_nothing(home: Path) -> None:
    """Repeatable: added, then nothing, then only what differs; each import is in the journal."""
    first, again = take(home, HEAD + ROWS), take(home, HEAD + ROWS)
    other = take(home, HEAD + ROWS.replace("大河沟桥", "小河沟桥"))
    assert [(3, 3, 0), (3, 0, 0), (3, 0, 1)] == [(one.rows, one.added, one.changed) for one in (first, again, other)]
    assert (["DHG-07"], []) == (find(home, "小河沟"), find(home, "大河沟"))
    conn = open_desk(home / "desk.db")
    assert 3 == conn.execute("SELECT count(*) FROM journal WHERE act='import' AND operator='王梅'").fetchone()[0]


def test_what_another_import_changed_meanwhile_is_put_right(home: Path) -> None:
    """A table is laid ready before its transaction; a change between the two is not taken for the table's own."""
    take(home, HEAD + ROWS)
    conn = open_desk(home / "desk.db")
    desk, rows = Desk(conn, FakeClock(at("2026-11-24 20:30"))), list(load_sensors(home / "more.csv").values())
    since = next_version(conn) - 1
    stage_sensors(conn, rows)
    take(home, HEAD + ROWS.replace("大河沟桥", "小河沟桥"))
    with desk.transaction() as tx:
        assert 1 == put_staged(tx, next_version(conn), since=since)
    assert "大河沟桥" == conn.execute("SELECT place FROM sensors WHERE id='DHG-07'").fetchone()[0]


def test_every_bad_row_is_told_and_none_is_taken(home: Path) -> None:
    """Line and column of each mistake; the good rows beside them wait for a good table."""
    bad = HEAD + ROWS + "b 1,noise,,,,,,,,\nDHG-07,noise,,,,,,,,\nb2,nose,,,,,,,,\nb3,noise,,,,,91,,,\n"
    taken = take(home, bad)
    told = [dict(mistake.args)["key"] for mistake in taken.mistakes]
    assert ["line 5, id = 'b 1'", "line 6, id = 'DHG-07'", "line 7, kind = 'nose'", "line 8, lat = '91'"] == told
    assert (7, 0) == (taken.rows, taken.added)
    assert not (home / "desk.db").exists()
    assert all("line" in Words("zh").say(mistake) for mistake in taken.mistakes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_tables_of_spreadsheets(home: Path, encoding: str) -> None:
    """UTF-8 with and without BOM, GBK with a note, and Windows line ends."""
    taken = take(home, (HEAD + ROWS).replace("\n", "\r\n"), encoding=encoding)
    assert (3, ["more.csv 是 GBK，已按 GBK 读"] if encoding == "gbk" else []) == (taken.added, [Words("zh").say(note) for note in taken.notes])


def test_a_running_centre_takes_it_up(home: Path) -> None:
    """The centre's own register follows imports without a restart."""
    take(home, HEAD + ROWS)
    register, conn = seed(home), open_desk(home / "desk.db")
    assert (3, False) == (len(register.sensors), register.poll(conn))
    take(home, HEAD + "n1,noise,新点,新处,,,,,,\n" + ROWS.replace("北坡", "南坡"))
    assert register.poll(conn)
    assert ("新处", "南坡独居户3号", 4) == (register.sensors["n1"].place, register.sensors["b-9"].place, len(register.sensors))


def paidan(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "console", *words], capture_output=True, text=True, check=False)


def test_from_the_command_line(home: Path) -> None:
    """Template, import, search; mistakes leave with 1 and say how many."""
    assert HEAD in paidan("import", "sensors", "--template").stdout
    file = table(home, template())
    done = paidan("import", "sensors", str(file), "--home", str(home))
    assert (0, "1") == (done.returncode, done.stdout.split()[1])
    rows = json.loads(paidan("sensors", "--home", str(home), "--find", "jngc", "--json").stdout)
    assert ["jn-02-rain"] == [row["id"] for row in rows]
    refused = paidan("import", "sensors", str(table(home, HEAD + "?,noise,,,,,,,,\n")), "--home", str(home))
    assert 1 == refused.returncode
    assert "line 2, id" in refused.stderr
    assert "import_refused" not in refused.stderr


def test_a_search_does_not_load_pypinyin(home: Path) -> None:
    """The seat finds by pinyin without it."""
    take(home, HEAD + ROWS)
    code = (
        "import sys, pathlib; from data.catalogue.find import Finder; from data.store.schema import open_desk; h = pathlib.Path(sys.argv[1]); "
        "assert ['DHG-07'] == Finder(h).find(open_desk(h / 'desk.db'), 'dahegou', 5); assert 'pypinyin' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(home)], check=True)


@given(st.text(alphabet="大重长单行乐江沟额阿恩安3bA-", min_size=1, max_size=8), st.data())
def test_every_spelling_leads_to_the_name(name: str, data: st.DataObject) -> None:
    """Whatever reading of each sign: every run of initials or of whole syllables has its runs indexed and passes the check."""
    text = plain(name)
    readings = readings_of(text)
    assert [list(sign) for sign in readings] == unpack(pack(readings))
    start = data.draw(st.integers(0, max(len(readings) - 1, 0)))
    spelt = [data.draw(st.sampled_from(list(sign))) for sign in readings[start:]]
    runs = text_runs(text) | sound_runs(readings)
    for space, word in (("t", text), ("p", "".join(spelt)), ("i", "".join(one[0] for one in spelt))):
        if word:
            assert matches(word, [text], [readings])
            assert all(any(run == token or (is_prefix and run.startswith(token)) for run in runs) for token, is_prefix in needed(space, word))
    assert ([text] if text else []) == words(name)


def test_import_and_centre_wait_for_each_other(home: Path) -> None:
    """Whoever indexes holds the file for a moment; the other waits longer than SQLite would by itself, and goes on."""
    take(home, HEAD + "".join(ROWS))
    other = connect(index_path(home))
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(catch_up, home)
        with pytest.raises(TimeoutError):
            going.result(timeout=6)
        other.execute("ROLLBACK")
        assert 0 == going.result(timeout=10)
    other.close()


def test_what_made_the_index_is_let_go_of(home: Path) -> None:
    """A district's spellings were some 280 MB that a centre never gave back."""
    take(home, HEAD + "".join(f"x{n},noise,点位{n},江南街{n % 9}号,,2,,,,\n" for n in range(6_000)))
    index_path(home).unlink()
    slices: list[int] = []
    assert 6_000 == catch_up(home, slices.append)
    assert slices == [5_000, 1_000]
    assert 4_000 >= (_sounds.cache_info().maxsize or 0)
    assert [0, 0, 0] == [cache.cache_info().currsize for cache in (_sounds, text_runs, _token)]
    assert "x5999" in find(home, "dianwei5999")


def test_a_large_register_is_indexed_by_a_process_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its centre never loads the table of readings; nothing is started when nothing changed, and what fails is tried again."""
    monkeypatch.setattr("data.centre.register.APART", 1)
    take(home, HEAD + "".join(ROWS))
    index_path(home).unlink()
    started: list[Path] = []
    monkeypatch.setattr("data.centre.register.index_apart", lambda where: (started.append(where), index_apart(where)))
    register = Register(home, load_kinds())
    conn = open_desk(home / "desk.db")
    register.poll(conn)
    wait_until(lambda: index_path(home).exists() and not is_behind(home))
    assert ["DHG-07"] == find(home, "dahegou")
    register.start_index()
    wait_until(lambda: not any(thread.name == "catalogue" for thread in threading.enumerate()))
    assert [home] == started
    conn.close()


def test_why_the_process_of_the_index_failed_is_said(tmp_path: Path) -> None:
    """Not only that it ended: the centre's log has the last it said."""
    with pytest.raises(ChildProcessError, match="OperationalError"):
        index_apart(tmp_path / "nowhere")
