"""The watched folder: whole files, each line a report once, bad lines named, done files aside."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from data.domain.messages import ReportMessage
from data.domain.reason import Reason
from data.inlets.lines import csv_lines, decoded, json_lines

LINES = [
    {"id": "f-1", "text": "菜市场后门垃圾两天没清", "grid": "HX-01", "name": "周女士", "phone": "13800000076"},
    {"text": "滨江路货车撒漏，路面全是泥浆", "grid": "JN-02", "level": "2", "lat": "29.5", "lon": 106.5},
]


def drop(street: object, name: str, raw: bytes) -> Path:
    """Put a file into the folder as a careful sender does: written aside, renamed into place."""
    folder = street.centre.settings.home / "inlet"  # type: ignore[attr-defined]
    folder.mkdir(exist_ok=True)
    (folder / f".{name}").write_bytes(raw)
    return (folder / f".{name}").rename(folder / name)


def as_lines(rows: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def test_each_line_is_a_report_and_the_file_goes_aside(open_street: Callable) -> None:
    street = open_street()
    path = drop(street, "a.jsonl", as_lines(LINES))
    street.until((path.parent / "done" / "a.jsonl").exists, "file is aside")
    assert not path.exists()
    assert [(row["class"], row["grid"], row["level"]) for row in street.centre.all("cases")] == [("0102", "HX-01", 3), ("0104", "JN-02", 2)]
    assert [(row["inlet"], row["phone"]) for row in street.centre.all("reports")] == [("file", "13800000076"), ("file", None)]
    assert not list((path.parent / "done").glob("*.errors"))


def test_the_same_lines_in_another_file_are_the_same_reports(open_street: Callable) -> None:
    """By their id, or by the line itself where it has none."""
    street = open_street()
    for name in ("a.jsonl", "b.jsonl"):
        drop(street, name, as_lines(LINES))
    done = street.centre.settings.home / "inlet" / "done"
    street.until(lambda: (done / "a.jsonl").exists() and (done / "b.jsonl").exists(), "both are aside")
    assert len(street.centre.all("reports")) == 2
    assert street.inlet("file")["taken"] == 2


def test_bad_lines_are_named_and_stop_nothing(open_street: Callable) -> None:
    street = open_street()
    raw = as_lines(LINES[:1]) + b"{broken\n" + b'["list"]\n' + b'{"id": "x", "text": "  "}\n\n' + as_lines(LINES[1:])
    raw += b'{"text": "a", "lat": "north"}\n'
    path = drop(street, "a.jsonl", raw)
    errors = path.parent / "done" / "a.jsonl.errors"
    street.until((path.parent / "done" / "a.jsonl").exists, "file is aside")
    assert len(street.centre.all("cases")) == 2
    assert [line.split("\t")[0] for line in errors.read_text(encoding="utf-8").splitlines()] == ["2", "3", "4", "7"]
    assert street.inlet("file")["bad"] == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_spreadsheets_csv_is_read_as_it_was_saved(open_street: Callable, encoding: str) -> None:
    """UTF-8 with or without BOM, GBK; quoted line breaks; columns in any order."""
    street = open_street()
    text = 'ID,Text,grid,name,phone,class\r\nc-1,"垃圾堆在门口\r\n两天了",HX-01,周女士,13800000076,0102\r\nc-2,,HX-01,,,\r\n'
    path = drop(street, "a.csv", text.encode(encoding))
    street.until((path.parent / "done" / "a.csv").exists, "file is aside")
    [report] = street.centre.all("reports")
    assert (report["message"], report["text"], report["name"]) == ("c-1", "垃圾堆在门口\n两天了", "周女士")
    assert (path.parent / "done" / "a.csv.errors").read_text(encoding="utf-8").startswith("4\t")


def test_a_file_that_is_none_goes_aside_with_the_reason(open_street: Callable) -> None:
    street = open_street()
    path = drop(street, "a.csv", b"one,two\n1,2\n")
    other = drop(street, "b.jsonl", b"\xff\xfe\xff\xff\x80\n")
    street.until(lambda: not path.exists() and not other.exists(), "both are aside")
    assert len(list((path.parent / "done").glob("*.errors"))) == 2
    assert street.centre.all("cases") == []


def test_half_written_hidden_and_linked_files_are_left_alone(open_street: Callable, tmp_path: Path) -> None:
    """A file that still grows waits; a link never leads out of the folder."""
    street = open_street()
    secret = tmp_path / "secret.jsonl"
    secret.write_bytes(as_lines(LINES))
    folder = street.centre.settings.home / "inlet"
    folder.mkdir(exist_ok=True)
    (folder / "link.jsonl").symlink_to(secret)
    (folder / ".hidden.jsonl").write_bytes(as_lines(LINES))
    os.mkfifo(folder / "pipe.csv")
    growing = folder / "growing.jsonl"
    for number in range(20):
        with growing.open("ab") as file:
            file.write(as_lines([{"id": f"g-{number}", "text": f"第{number}号井盖破损", "grid": "HX-01"}]))
        street.inlets._folder.look()
    assert growing.exists()
    marker = drop(street, "z.jsonl", as_lines(LINES[:1]))
    street.until((folder / "done" / marker.name).exists, "the marker is aside")
    street.until((folder / "done" / "growing.jsonl").exists, "it stood still at last")
    assert {path.name for path in folder.iterdir() if path.name != "done"} == {"link.jsonl", ".hidden.jsonl", "pipe.csv"}
    assert secret.exists()


def test_a_second_file_of_one_name_overwrites_nothing(open_street: Callable) -> None:
    street = open_street()
    done = street.centre.settings.home / "inlet" / "done"
    drop(street, "a.jsonl", as_lines(LINES[:1]))
    street.until((done / "a.jsonl").exists, "the first is aside")
    drop(street, "a.jsonl", as_lines(LINES[1:]))
    street.until((done / "a-2.jsonl").exists, "the second is aside")
    assert len(street.centre.all("reports")) == 2


def test_a_file_is_read_again_when_the_centre_died_before_it_was_aside(open_street: Callable) -> None:
    """Nothing lost, nothing doubled."""
    street = open_street()
    street.inlets.close()
    path = drop(street, "a.jsonl", as_lines(LINES))
    street.centre.report(id="f-1", text=LINES[0]["text"], grid="HX-01")
    again = type(street.inlets)(street.centre.settings)
    again.start(street.centre.desk)
    street.inlets = again
    street.until((path.parent / "done" / "a.jsonl").exists, "file is aside")
    again.close()
    assert len(street.centre.all("reports")) == 2


def test_lines_without_an_id_get_that_of_their_bytes() -> None:
    [(_, _, one)], [(_, _, same)] = (list(json_lines(text)) for text in ('{"text": "a"}\n', '{"text": "a"}  '))
    assert isinstance(one, ReportMessage)
    assert one == same
    assert one.id.startswith("line-")


def test_a_csv_of_a_broken_quote_names_its_line() -> None:
    found = list(csv_lines('text,grid\n"a"b,c\nd,e\n'))
    assert [type(item) for _, _, item in found] == [Reason, ReportMessage]
    assert decoded("﻿text".encode()) == "text"
