"""`certverify batch`: one verdict a row, whatever the list holds; results never overwrite, never compute, and runs go on."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import qrcode
import xlsxwriter
from certverify import batch_list, extras
from certverify.batch_list import list_rows
from certverify.batch_results import inert
from certverify.cli import main
from certverify.errors import BatchError

from tests.verifier.builders import DUAL, FIELDS, NOW, PREFIX, Log, record_text

GOOD = PREFIX + record_text(DUAL)
FORGED = GOOD[:-1] + "Y"
UNKNOWN = PREFIX + record_text(FIELDS | {"slot": 9})


@pytest.fixture
def batch(dual_tree: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["batch", *map(str, arguments), "--trust", str(dual_tree)], clock=lambda: NOW)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def picture(path: Path, text: str) -> None:
    qrcode.make(text, box_size=4).get_image().convert("L").save(path, "PNG")


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], first: int = 0) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for number, row in enumerate(rows, first):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return path


def outcomes(out: str) -> list[tuple[int, str, str]]:
    return [(row["row"], row["outcome"], row["codes"].split()[0]) for row in json.loads(out)["rows"]]


MIXED = [
    ["序号", "二维码内容", "图片", "证书编号", "姓名", "后四位"],
    ["1", GOOD, "", "", "", ""],
    ["2", FORGED, "", "", "", ""],
    ["3", "", "good.png", "", "", ""],
    ["4", "", "", "2205202600000018", "林晓燕", "123X"],
    ["", "", "", "", "", ""],
    ["5", "", "../outside.png", "", "", ""],
    ["6", "", "none.png", "", "", ""],
    ["7", UNKNOWN, "", "", "", ""],
]
EXPECTED = [
    (2, "passed", "no-witnesses"),
    (3, "failed", "record-altered"),
    (4, "passed", "no-witnesses"),
    (5, "undetermined", "on-line-only"),
    (7, "undetermined", "file-unreadable"),
    (8, "undetermined", "file-missing"),
    (9, "undetermined", "no-witnesses"),
]


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "xlsx"])
def test_every_row_has_its_verdict_whatever_the_form_of_the_list(
    kind: str, batch: Any, tmp_path: Path
) -> None:
    picture(tmp_path / "good.png", GOOD)
    name = tmp_path / ("list.xlsx" if kind == "xlsx" else "list.csv")
    write_xlsx(name, MIXED) if kind == "xlsx" else write_csv(name, MIXED, kind)
    code, out, err = batch(name, "--json")
    assert outcomes(out) == EXPECTED
    assert (code, json.loads(out)["counts"]) == (1, {"total": 7, "passed": 2, "failed": 1, "undetermined": 4})
    assert "7 行" in err


def test_a_list_without_a_head_row_is_read_by_the_look_of_its_cells(batch: Any, tmp_path: Path) -> None:
    picture(tmp_path / "good.png", GOOD)
    rows = [
        ["1", GOOD],
        ["2", "good.png"],
        ["2205202600000018", "林晓燕", "123X"],
        ["22222-22222-22222"],
        ["什么"],
    ]
    code, out, _ = batch(write_csv(tmp_path / "list.txt", rows), "--json")
    assert [item[1:] for item in outcomes(out)] == [
        ("passed", "no-witnesses"),
        ("passed", "no-witnesses"),
        ("undetermined", "on-line-only"),
        ("undetermined", "on-line-only"),
        ("undetermined", "record-unreadable"),
    ]
    assert code == 2


@pytest.mark.parametrize(
    ("rows", "code"),
    [([[GOOD]], 0), ([[GOOD], ["x"]], 2), ([[GOOD], ["x"], [FORGED]], 1), ([], 2), ([["二维码"]], 2)],
)
def test_the_exit_code_is_that_of_the_worst_row(
    rows: list[list[str]], code: int, batch: Any, tmp_path: Path
) -> None:
    assert batch(write_csv(tmp_path / "list.csv", rows))[0] == code


def test_a_folder_of_certificates_is_a_list_too(batch: Any, tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    (folder / "more").mkdir(parents=True)
    picture(folder / "a.png", GOOD)
    picture(folder / "more" / "b.png", FORGED)
    (folder / "c.json").write_text(json.dumps(Log(fields=dict(DUAL), filler=3).bundle()))
    (folder / "notes.txt").write_text("not a certificate")
    (folder / ".hidden.png").write_bytes(b"")
    (folder / "link.png").symlink_to("/etc/hostname")
    code, out, _ = batch(folder, "--json")
    assert [(row["given"], row["outcome"]) for row in json.loads(out)["rows"]] == [
        (".hidden.png", "undetermined"),
        ("a.png", "passed"),
        ("c.json", "passed"),
        ("link.png", "undetermined"),
        ("more/b.png", "failed"),
        ("notes.txt", "undetermined"),
    ]
    assert code == 1


@pytest.mark.parametrize(
    "named",
    [
        "/etc/passwd",
        "..\\x.png",
        "C:\\x.png",
        "\\\\server\\share\\x.png",
        "link.png",
        "pipe.png",
        "sub",
        "a\0.png",
        "x" * 2000 + ".png",
    ],
)
def test_a_list_names_plain_files_beside_it_and_no_others(named: str, batch: Any, tmp_path: Path) -> None:
    (tmp_path / "lists" / "sub").mkdir(parents=True)
    picture(tmp_path / "outside.png", GOOD)
    (tmp_path / "lists" / "link.png").symlink_to(tmp_path / "outside.png")
    os.mkfifo(tmp_path / "lists" / "pipe.png")
    _, out, _ = batch(write_csv(tmp_path / "lists" / "list.csv", [["文件"], [named]]), "--json")
    assert outcomes(out) == [(2, "undetermined", "file-unreadable")]


def test_only_what_is_asked_for_is_told(batch: Any, tmp_path: Path) -> None:
    rows = write_csv(tmp_path / "list.csv", [[GOOD], [FORGED], ["x"]])
    for only, shown in (("failed", ["failed"]), ("problems", ["failed", "undetermined"])):
        code, out, _ = batch(rows, "--only", only, "--json")
        assert [item[1] for item in outcomes(out)] == shown
        assert (code, json.loads(out)["counts"]["total"]) == (1, 3)
    assert batch(rows, "--only", "failed")[1].startswith("2　未通过核验 failed")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_results_are_a_new_table_and_overwrite_nothing(suffix: str, batch: Any, tmp_path: Path) -> None:
    rows, out = write_csv(tmp_path / "list.csv", [[GOOD], [FORGED]]), tmp_path / f"results.{suffix}"
    code, told, _ = batch(rows, "--out", out, "--json")
    assert (code, json.loads(told)["out"]) == (1, str(out))
    table = read_results(out)
    assert [line[2] for line in table[1:]] == ["通过核验 passed", "未通过核验 failed"]
    assert (table[1][4], table[1][5], table[1][10]) == ("2205202600000018", "林**", "珲春市 222404")
    before = out.read_bytes()
    assert batch(rows, "--out", out)[0] == 2
    assert batch(rows, "--out", rows)[0] == 2
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", f"results.{suffix}"]


def read_results(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    sheet = python_calamine.load_workbook(str(path)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1+1", "\u200b=1", '=HYPERLINK("http://x")']
HOSTILE += ["'=1", "\r=1", "\u22121"]


def test_no_cell_becomes_a_formula(batch: Any, tmp_path: Path) -> None:
    rows = write_csv(tmp_path / "list.csv", [["文件"], *([text] for text in HOSTILE)])
    batch(rows, "--out", tmp_path / "out.csv")
    given = [line[1] for line in read_results(tmp_path / "out.csv")[1:]]
    assert given.count("") == 1, "a cell of two lines is not read"
    assert all(text.startswith("'") for text in given if text)
    batch(rows, "--out", tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    assert b"<f" not in sheet
    assert b"hyperlink" not in sheet
    assert inert("公路") == "公路"


def test_an_interrupted_run_goes_on_where_it_was(
    batch: Any, dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = write_csv(tmp_path / "list.csv", [["二维码"], *([GOOD] if n % 3 else [FORGED] for n in range(60))])
    out, journal = tmp_path / "out.csv", tmp_path / "out.csv.progress"
    child = os.fork()
    if child == 0:
        sys.stdout = sys.stderr = io.StringIO()
        from certverify import batch as running

        checked = 0
        check, running._SECONDS_UNWRITTEN = running.check_record, 0.0

        def counted(*arguments: Any) -> Any:
            nonlocal checked
            checked += 1
            if checked == 41:
                os.kill(os.getpid(), signal.SIGKILL)
            return check(*arguments)

        running.check_record = counted  # type: ignore[assignment]
        main(["batch", str(rows), "--trust", str(dual_tree), "--out", str(out)], clock=lambda: NOW)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert (out.exists(), journal.read_bytes().count(b"\n")) == (False, 41)
    journal.write_bytes(journal.read_bytes()[:-20])
    assert batch(rows, "--out", out)[0] == 2, "not without being asked to go on"
    code, _, err = batch(rows, "--out", out, "--resume")
    assert (code, "60 行" in err, journal.exists()) == (1, True, False)
    assert [line[0] for line in read_results(out)[1:]] == [str(number) for number in range(2, 62)]


def test_a_run_does_not_go_on_over_another_list_or_other_options(batch: Any, tmp_path: Path) -> None:
    rows, out = write_csv(tmp_path / "list.csv", [[GOOD]]), tmp_path / "out.csv"
    (tmp_path / "out.csv.progress").write_text('{"format":"certverify-batch-journal/1"}\n')
    code, _, err = batch(rows, "--out", out, "--resume")
    assert (code, "不能继续" in err) == (2, True)
    assert batch(rows, "--resume")[0] == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xlsx", b""),
        ("noise.xlsx", b"PK\x03\x04 noise"),
        ("book.csv", b"PK\x03\x04"),
        ("old.xls", b"\xd0\xcf\x11\xe0"),
        ("noise.csv", bytes(range(128, 256)) * 3),
    ],
)
def test_what_is_no_list_is_told_as_such(name: str, content: bytes, batch: Any, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    code, out, err = batch(tmp_path / name)
    assert (code, out) == (2, "")
    assert "无法完成" in err
    told = json.loads(batch(tmp_path / name, "--json")[1])
    assert (told["rows"], "无法完成" in told["error"]) == (None, True)


@pytest.mark.parametrize("declared", [10, 600 << 20])
def test_a_bomb_is_refused_whatever_it_declares(declared: int, tmp_path: Path) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", bytes(1 << 20))
    packed, size = bytearray(raw.getvalue()), declared.to_bytes(4, "little")
    packed[22:26] = size
    at = packed.index(b"PK\x01\x02") + 24
    packed[at : at + 4] = size
    (tmp_path / "bomb.xlsx").write_bytes(packed)
    with pytest.raises(BatchError):
        list(list_rows(tmp_path / "bomb.xlsx"))


def test_a_cell_in_the_farthest_corner_ends_no_more_than_the_reading(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "wide.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(BatchError):
        list(list_rows(tmp_path / "wide.xlsx"))


def test_rows_keep_their_numbers_below_empty_ones(tmp_path: Path) -> None:
    rows = list_rows(write_xlsx(tmp_path / "list.xlsx", [["a"], [""], [12.0], [True]], first=4))
    assert [(row.number, row.cells) for row in rows] == [(5, ("a",)), (7, ("12",)), (8, ("True",))]


def test_endless_lines_and_open_quotes_are_rows_that_cannot_be_read(batch: Any, tmp_path: Path) -> None:
    lines = ["x" * 300_000, GOOD, '"' + "y" * 20_000, "", GOOD]
    (tmp_path / "list.csv").write_text("\n".join(lines))
    _, out, _ = batch(tmp_path / "list.csv", "--json")
    assert outcomes(out) == [
        (1, "undetermined", "row-unreadable"),
        (2, "passed", "no-witnesses"),
        (3, "undetermined", "row-unreadable"),
        (5, "passed", "no-witnesses"),
    ]


def test_a_missing_library_is_named_and_csv_needs_none(
    batch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    code, _, err = batch(write_xlsx(tmp_path / "list.xlsx", [[GOOD]]))
    assert (code, "pip install './verifier[batch]'" in err) == (2, True)
    assert batch(write_csv(tmp_path / "list.csv", [[GOOD]]), "--out", tmp_path / "out.csv")[0] == 0


def test_memory_does_not_grow_with_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_list, "_MAX_LINE", 100)
    read = 0

    class Counting(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            nonlocal read
            read += len(found := super().read1(size))
            return found

    lines = batch_list._lines(Counting(b"a,b\n" * 100_000), "utf-8")
    assert next(lines) == "a,b"
    assert read < 20_000
    assert list(batch_list._lines(io.BytesIO(b"x" * 101 + b"\n" + b"y" * 100), "utf-8")) == [None, "y" * 100]
