"""Bad inputs of the file itself: wrong encodings, what cells do not show, photographs, packages that are no workbooks."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.schema import filing
from certsvc.errors import UnreadableInput
from tests.regulation.bad_input import regular
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import Batch

FACE = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
OTHER_FACE = FACE[::-1]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeUnderTest]:
    office = OfficeUnderTest(
        tmp_path_factory.mktemp("files"), FixedClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
    )
    yield office
    office.close()


def filings_kept(opened: OfficeUnderTest) -> int:
    with opened.office.engine.begin() as connection:
        return connection.scalar(select(func.count()).select_from(filing)) or 0


@pytest.mark.parametrize(
    ("raw", "case"),
    [
        (b"\xff\xfe" + regular().csv().decode().encode("utf-16-le"), 85),
        (b"\x81\xff\xff", 85),
        (b"", 88),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), 92),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_leaves_nothing(
    raw: bytes, case: int, opened: OfficeUnderTest
) -> None:
    """Cases 85, 88 and 92; more weapons in test_hostile_files."""
    before = filings_kept(opened)
    with pytest.raises(UnreadableInput) as refused:
        opened.submit(raw, "报送.csv")
    assert refused.value.case == case
    assert "请" in str(refused.value)
    assert filings_kept(opened) == before


def test_text_read_in_the_wrong_encoding_is_recognised(opened: OfficeUnderTest) -> None:
    """Case 85: a GBK file read as UTF-8 and saved, or the other way round."""
    for written_in, read_as in (("gb18030", "utf-8"), ("utf-8", "gb18030")):
        garbled = regular().csv().decode().encode(written_in).decode(read_as, "replace").encode()
        report = opened.submit(garbled, "报送.csv")
        assert {(f.code, f.severity.value, f.case) for f in report.findings if f.case == 85} == {
            ("mojibake", "error", 85)
        }
        assert report.rows.admitted == 0


def changed(change: Callable[[Any], Any]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(regular().xlsx()))
    change(book["汇总表"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda sheet: sheet.merge_cells("AD2:AE2"), "合并单元格（AD2:AE2）"),
        (lambda sheet: sheet.cell(2, 31, "=1+1"), "公式（AE2）"),
        (lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True), "隐藏的行（第3行）"),
        (lambda sheet: setattr(sheet.column_dimensions["D"], "hidden", True), "隐藏的列（第4列）"),
        (lambda sheet: setattr(sheet, "sheet_state", "hidden"), "隐藏"),
    ],
)
def test_what_cells_do_not_show_stops_the_filing(
    change: Callable[[Any], Any], what: str, opened: OfficeUnderTest
) -> None:
    """Case 87."""
    report = opened.submit(changed(change), "报送.xlsx")
    assert {(f.code, f.case, f.row) for f in report.findings} == {("sheet-oddity", 87, None)}
    assert what in report.findings[0].message
    assert report.rows.admitted == 0


def with_photographs(*cells: tuple[str | None, str | None]) -> Batch:
    """The regular sample with the columns of photographs; further rows have none."""
    batch = regular()
    given = [*cells, *[(None, None)] * (len(batch.rows) - len(cells))]
    rows = tuple(
        {**row, "照片文件名": name, "照片摘要": digest}
        for row, (name, digest) in zip(batch.rows, given, strict=True)
    )
    return replace(batch, rows=rows, columns=(*batch.columns, "照片文件名", "照片摘要"))


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([("a.png", digest_of(FACE)), ("b.png", digest_of(OTHER_FACE).upper())], []),
        ([("a.png", "见附件")], [("photo-digest-shape", 1, "照片摘要")]),
        ([("a.png", None)], [("photo-digest-shape", 1, "照片摘要")]),
        ([(None, digest_of(FACE))], [("photo-name-missing", 1, "照片文件名")]),
        (
            [("a.png", digest_of(FACE)), ("b.png", digest_of(FACE))],
            [("photo-shared", 1, "照片摘要"), ("photo-shared", 2, "照片摘要")],
        ),
        (
            [("a.png", digest_of(FACE)), ("a.png", digest_of(OTHER_FACE))],
            [("photo-shared", 1, "照片文件名"), ("photo-shared", 2, "照片文件名")],
        ),
    ],
)
def test_photograph_and_digest_belong_together(
    cells: list[tuple[str | None, str | None]],
    told: list[tuple[str, int, str]],
    opened: OfficeUnderTest,
) -> None:
    """Case 91."""
    batch = with_photographs(*cells)
    for raw, name in ((batch.xlsx(), "a.xlsx"), (batch.csv(), "a.csv"), (batch.json(), "a.json")):
        report = opened.submit(raw, name)
        assert [(f.code, f.row, f.column) for f in report.findings] == told
        assert {(f.case, f.severity.value) for f in report.findings} <= {(91, "error")}
        assert report.rows.admitted == 3 - len(told)


@pytest.mark.parametrize(("picture", "differs"), [(FACE, False), (OTHER_FACE, True)])
def test_a_picture_within_the_workbook_has_the_digest_that_its_row_says(
    picture: bytes, differs: bool, opened: OfficeUnderTest
) -> None:
    """Case 91."""
    written = io.BytesIO(with_photographs(("image1.png", digest_of(FACE))).xlsx())
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/image1.png", picture)
    report = opened.submit(written.getvalue(), "报送.xlsx")
    told = [("photo-differs", 91, 1, "照片摘要")] if differs else []
    assert [(f.code, f.case, f.row, f.column) for f in report.findings] == told
    assert report.rows.admitted == 3 - differs
