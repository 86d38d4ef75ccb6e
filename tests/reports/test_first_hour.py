"""What somebody new mistypes is answered by one sentence that says what to do, and never by a traceback."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.check import check
from data.init import init_home
from tests.helpers.homes import environment
from tests.helpers.waiting import wait_until

NOW = 1_780_000_000_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A street's settings."""
    init_home(tmp_path / "pailou", "street")
    return tmp_path / "pailou"


def paidan(*words: str) -> tuple[int, str]:
    """Exit code and stderr of the program, without a terminal."""
    done = subprocess.run([sys.executable, "-m", "console", *words], env=environment(), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    return done.returncode, done.stderr.strip()


def test_a_seat_without_a_terminal_says_what_to_use(home: Path) -> None:
    """It neither draws into the file nor waits, and no centre is started for it."""
    assert paidan("--home", str(home), "--as", "周敏") == (1, "席位要在终端里打开；没有终端（管道、脚本）时用 paidan --plain")
    assert not (home / "broker").exists()


def test_a_table_that_is_not_there_is_called_so(home: Path) -> None:
    """By its path."""
    assert paidan("import", "sensors", "none.csv", "--home", str(home)) == (1, "没有这个文件：none.csv，请核对路径")


def named_password(home: Path) -> Path:
    """paidan.toml that names broker.pw."""
    file = home / "paidan.toml"
    text = file.read_text(encoding="utf-8").replace('broker = "embedded"', 'broker = "mqtt://pailou@127.0.0.1:1"')
    file.write_text(text.replace('broker_password_file = ""', 'broker_password_file = "broker.pw"'), encoding="utf-8")
    return file


def test_a_broker_password_that_others_can_read_is_refused(home: Path) -> None:
    """By the check and by the start, in the words that every secret has."""
    file = named_password(home)
    (home / "broker.pw").write_text("s3cret\n", encoding="utf-8")
    (home / "broker.pw").chmod(0o644)
    assert [(one.file, one.key, one.remedy) for one in check(home, NOW)] == [
        ("paidan.toml", "broker_password_file = 'broker.pw'", "settings_want_0600")
    ]
    code, said = paidan("serve", "--home", str(home))
    assert (code, said.splitlines()) == (1, [f"{file} 的 broker_password_file = 'broker.pw' 有误：别人也能读，请执行 chmod 600"])
    (home / "broker.pw").chmod(0o600)
    assert [] == check(home, NOW)


def test_a_broker_password_that_cannot_be_read_names_its_key(home: Path) -> None:
    """By the check beforehand, and by the start."""
    file = named_password(home)
    assert [(one.file, one.key, one.remedy) for one in check(home, NOW)] == [
        ("paidan.toml", "broker_password_file = 'broker.pw'", "settings_want_file")
    ]
    code, said = paidan("serve", "--home", str(home))
    assert (code, said.splitlines()) == (1, [f"{file} 的 broker_password_file = 'broker.pw' 有误：文件要在，而且读得到"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--bogus"], ["没有 --bogus 这个选项", "用法见 paidan --help"]),
        (["nosuch"], ["没有 nosuch 这个命令", "用法见 paidan --help"]),
        (["cases"], ["缺 --home", "用法见 paidan cases --help"]),
        (["cases", "--jsno"], ["没有 --jsno 这个选项，是不是 --json", "用法见 paidan cases --help"]),
        (["scenario", "nosuch"], ["没有 nosuch 这个命令", "用法见 paidan scenario --help"]),
        (["scenario", "check", "none.toml", "--home", "x"], ["FILE 填得不对：没有这个文件或目录，请核对路径", "用法见 paidan scenario check --help"]),
        (["import", "sensors"], ["缺 FILE", "用法见 paidan import sensors --help"]),
        (["import", "sensors", "x.csv"], ["缺 --home", "用法见 paidan import sensors --help"]),
        (["try", "/", "--home", "x"], ["FILE 填得不对：这是目录，要一个文件", "用法见 paidan try --help"]),
        (["try", __file__, "--home", "x", "--since", "2w"], ["--since 填得不对：2w（写 30d、12h 或 90m）", "用法见 paidan try --help"]),
        (["journal", "--limit", "x", "--home", "x"], ["--limit 填得不对：要填数字", "用法见 paidan journal --help"]),
    ],
)
def test_words_that_are_not_understood_are_answered_in_the_language_of_the_reader(typed: list[str], said: list[str]) -> None:
    """What is wrong, and where help is; exit 2, as click has it."""
    code, text = paidan(*typed)
    assert (code, text.splitlines()) == (2, said)


@pytest.mark.parametrize("typed", [["init", "{}"], ["demo", "--headless", "--seconds", "1", "--home", "{}"]])
def test_a_folder_that_cannot_be_made_is_named(typed: list[str], tmp_path: Path) -> None:
    """Where a file stands in the way, as where one may not write."""
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "home"
    code, said = paidan(*(word.format(folder) for word in typed))
    assert (code, "Traceback" in said) == (1, False)
    assert said.splitlines()[-1].endswith(f"{folder} 建不了或写不进去（Not a directory），请换一个目录")


def test_a_broker_that_was_never_reached_is_told_of_once(home: Path) -> None:
    """In the centre's log, which is where somebody looks when nothing comes in; by each of its two connections, however often they try."""
    file = home / "paidan.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('broker = "embedded"', 'broker = "mqtt://127.0.0.1:1"'), encoding="utf-8")
    log = home / "log"
    with log.open("w", encoding="utf-8") as stderr:
        centre = subprocess.Popen([sys.executable, "-m", "console", "serve", "--home", str(home)], env=environment(), stderr=stderr)
        try:
            wait_until(lambda: "broker mqtt://127.0.0.1:1 down: ConnectionRefusedError" in log.read_text(encoding="utf-8"), 20, "the log says it")
            time.sleep(2)  # an absence has no condition to wait for: it tries again after one second
        finally:
            centre.terminate()
            assert centre.wait(20) == 0
    assert log.read_text(encoding="utf-8").count("ConnectionRefusedError") <= 2
