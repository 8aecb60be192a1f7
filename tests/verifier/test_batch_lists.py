"""`certverify batch`: nothing of a list vanishes, and a row passes only when what it shows is what it names."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from certverify import batch as running
from certverify.batch_items import Asked, Column, place_code
from certverify.batch_list import list_rows
from certverify.cli import main
from certverify.typed_codes import shown_number
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.domain.bulk_file import HEADINGS
from tests.verifier.builders import DUAL, FIELDS, NOW, PREFIX, Log, record_text

VECTORS = Path(__file__).parents[1] / "vectors"
GOOD = PREFIX + record_text(DUAL)
FORGED = GOOD[:-1] + "Y"
OTHER = PREFIX + record_text(FIELDS | {"slot": 9})
NUMBER, NAME = "2205202600000018", "林晓燕"
CODES = {
    "number": Column.NUMBER,
    "name": Column.NAME,
    "id_last4": Column.LAST4,
    "code": Column.CODE,
    "qr": Column.QR,
    "place": Column.PLACE,
    "row": Column.LABEL,
}


@pytest.fixture
def batch(dual_tree: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: object) -> tuple[int, Any]:
        capsys.readouterr()
        code = main(["batch", *map(str, arguments), "--trust", str(dual_tree), "--json"], clock=lambda: NOW)
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def answers(batch: Any, tmp_path: Path) -> Any:
    """Outcome and first code of each row of a list of such cells."""

    def run(*rows: Sequence[str]) -> list[tuple[str, str]]:
        path = tmp_path / "list.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return [(row["outcome"], row["codes"].split()[0]) for row in batch(path)[1]["rows"]]

    return run


def test_a_stray_quote_spoils_its_own_row_and_hides_none(batch: Any, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "bad.txt").write_text(FORGED)
    for ending in ("bad.txt,y\n", 'bad.txt,"\n', 'bad.txt,"y\n'):
        (tmp_path / "q.csv").write_text(f'文件,备注\ngood.txt,"15寸\nbad.txt,x\n{ending}')
        code, told = batch(tmp_path / "q.csv")
        assert [row["row"] for row in told["rows"]] == [2, 3, 4]
        assert [row["codes"].split()[0] for row in told["rows"]][:2] == ["row-unreadable", "record-altered"]
        assert code == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text('",;\tab \x1c#', max_size=8), max_size=12), st.sampled_from(["utf-8", "utf-16"]))
def test_every_line_with_anything_in_it_is_a_row(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], encoding: str
) -> None:
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    filled = [number for number, line in enumerate(lines, 1) if set(line) & set("ab#")]
    told = [row.number for row in list_rows(path)]
    assert set(filled) <= set(told), "lines of separators and empty quotes may be told too"
    assert told == sorted(set(told))
    assert all(lines[number - 1].strip() for number in told if number is not None)


def test_the_words_of_the_heads_are_those_of_the_service() -> None:
    vector = json.loads((VECTORS / "list-headings.json").read_text(encoding="utf-8"))
    assert {field: list(words) for field, words in HEADINGS.items()} == vector
    assert {field: list(column.value) for field, column in CODES.items()} == vector


def test_a_row_is_asked_for_its_own_place(answers: Any) -> None:
    told = answers(
        ["二维码内容", "使用地"],
        [GOOD, "222404"],
        [GOOD, "珲春市"],
        [GOOD, "吉林省珲春市"],
        [GOOD, "220102"],
        [GOOD, "某地"],
    )
    assert [outcome for outcome, _ in told] == ["passed"] * 3 + ["failed"] + ["undetermined"]


def test_a_place_is_named_by_one_name_alone() -> None:
    regions = {
        "220000": "吉林省",
        "220100": "长春市",
        "220102": "南关区",
        "220200": "吉林市",
        "220202": "南关区",
    }
    assert place_code("南关区", regions) == "南关区"
    assert place_code(" 长春市 南关区", regions) == "220102"
    assert place_code("吉林省", regions) == "220000"


@pytest.mark.parametrize(
    ("cells", "outcome", "code"),
    [
        ([GOOD, "", NUMBER, NAME, ""], "passed", "no-witnesses"),
        ([GOOD, "good.txt", NUMBER, " 林晓燕 ", ""], "passed", "no-witnesses"),
        ([GOOD, "", "2205202600000026", "", ""], "failed", "row-differs"),
        ([GOOD, "", NUMBER, "林晓棠", ""], "failed", "row-differs"),
        (["", "good.txt", "", "林晓棠", ""], "failed", "row-differs"),
        ([GOOD, "", "", "", "22222-22222-22222"], "failed", "row-differs"),
        ([GOOD, "", NUMBER, "林**", ""], "undetermined", "row-not-compared"),
        ([GOOD, "bad.txt", NUMBER, "", ""], "failed", "record-altered"),
        ([GOOD, "none.png", NUMBER, "", ""], "undetermined", "file-missing"),
        ([FORGED, "", NUMBER, "林晓棠", ""], "failed", "record-altered"),
    ],
)
def test_a_row_passes_only_when_all_that_it_names_and_shows_agrees(
    cells: list[str], outcome: str, code: str, answers: Any, tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "bad.txt").write_text(FORGED)
    assert answers(["二维码", "文件", "编号", "姓名", "校验码"], cells) == [(outcome, code)]


def test_two_certificates_in_one_row_are_not_one(answers: Any, tmp_path: Path) -> None:
    other = PREFIX + record_text(DUAL | {"number": "2205202600000026"})
    (tmp_path / "other.txt").write_text(other)
    assert answers(["二维码", "文件"], [GOOD, "other.txt"]) == [("failed", "row-differs")]


def test_without_heads_a_number_is_known_by_its_shape(answers: Any) -> None:
    assert answers(["1", NUMBER, GOOD], ["2", "2205202600000026", GOOD]) == [
        ("passed", "no-witnesses"),
        ("failed", "row-differs"),
    ]


def test_titles_stand_above_the_heads_and_data_never_do(answers: Any) -> None:
    assert answers(["二〇二六年名单", ""], ["二维码", "姓名"], [GOOD, NAME]) == [("passed", "no-witnesses")]
    assert len(answers([FORGED, ""], ["二维码", "姓名"], [GOOD, NAME])) == 3


def test_one_thing_has_one_column(batch: Any, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"文件,图片\na.png,{GOOD}\n")
    code, told = batch(tmp_path / "list.csv")
    assert (code, told["rows"], "文件、图片" in told["error"]) == (2, None, True)


def test_further_sheets_are_told(batch: Any, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "list.xlsx"))
    for content in ("", GOOD, FORGED, ""):
        sheet = book.add_worksheet()
        if content:
            sheet.write(0, 0, content)
    book.close()
    code, told = batch(tmp_path / "list.xlsx")
    assert [(row["row"], row["given"], row["codes"].split()[0]) for row in told["rows"]] == [
        (1, "", "no-witnesses"),
        (None, "工作表 sheet 3", "sheet-not-read"),
    ]
    assert code == 2


def test_a_row_of_too_many_columns_is_not_cut(batch: Any, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "list.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, GOOD)
    sheet.write(1, 0, GOOD)
    sheet.write(1, 70, "x")
    book.close()
    codes = [row["codes"].split()[0] for row in batch(tmp_path / "list.xlsx")[1]["rows"]]
    assert codes == ["no-witnesses", "row-unreadable"]


def test_a_folder_leaves_nothing_out(batch: Any, tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    for name, content in {
        "a.txt": GOOD.encode(), "b": GOOD.encode(), "c.tif": b"II*\0....", "d.heic": b"\0\0\0\x18ftypheic",
        ".hidden": b"", ".DS_Store": b"x", "Thumbs.db": b"x", "._a.txt": b"x",
    }.items():  # fmt: skip
        (folder / name).write_bytes(content)
    (folder / "e").symlink_to(folder)
    code, told = batch(folder)
    assert [(row["given"], row["outcome"]) for row in told["rows"]] == [
        (".hidden", "undetermined"),
        ("a.txt", "passed"),
        ("b", "passed"),
        ("c.tif", "undetermined"),
        ("d.heic", "undetermined"),
        ("e", "undetermined"),
    ]
    assert code == 2
    assert batch(folder, "--out", folder / "results.csv")[0] == 2
    assert not (folder / "results.csv").exists()


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError("full")])
def test_a_run_that_stops_tells_a_whole_object(
    failure: Any, batch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.csv").write_text(f"{GOOD}\n{GOOD}\n")
    check, asked = running.check_record, 0

    def failing(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise failure
        return check(*arguments)

    monkeypatch.setattr(running, "check_record", failing)
    code, told = batch(tmp_path / "list.csv")
    assert (code, told["rows"], told["counts"], bool(told["error"])) == (2, None, None, True)


def test_results_hold_no_names_and_nothing_that_was_not_understood(batch: Any, tmp_path: Path) -> None:
    rows = [
        f"{NAME},{NUMBER},123X",
        f"{NAME}",
        f"吉高职字980312,{NAME}",
        "22222-22222-22222",
        f"{GOOD},{NAME}",
    ]
    (tmp_path / "list.csv").write_text("\n".join(rows))
    told = batch(tmp_path / "list.csv")[1]
    assert NAME not in json.dumps(told, ensure_ascii=False)
    assert [row["given"] for row in told["rows"]] == [NUMBER, "", "", "22222-*****-*****", ""]


def test_numbers_of_other_shapes_are_starred() -> None:
    assert shown_number("22012419900101123X") == "22**************3X"
    assert shown_number("林晓棠") == "***"
    assert Asked(number=NUMBER).given == NUMBER


def test_a_bundle_of_the_row_is_held_against_it(answers: Any, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps(Log(fields=dict(DUAL), filler=3).bundle()))
    assert answers(["文件", "姓名"], ["b.json", NAME], ["b.json", "林晓棠"]) == [
        ("passed", "no-witnesses"),
        ("failed", "row-differs"),
    ]
