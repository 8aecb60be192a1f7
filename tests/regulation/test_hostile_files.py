"""Files as weapons: each is answered clearly, soon, and in less than 300 MB of memory."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.errors import UnreadableInput
from tests.regulation.bad_input import regular
from tests.regulation.weapons import TABLE, WEAPONS, rebuilt, write_weapon
from tests.support.memory import run_measured
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import Batch

MOST_MEMORY = 300  # MiB
LONGEST = 20  # seconds, on a busy machine


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    OfficeUnderTest(folder, FixedClock(datetime(2026, 11, 20, 8, tzinfo=UTC))).close()
    return folder


SUBMIT = """
import contextlib, io, json, os, sys, time
os.environ["CERTSVC_HOME"] = sys.argv[1]
from certsvc.entrypoints.cli import main
out, err, started = io.StringIO(), io.StringIO(), time.monotonic()
sys.argv = ["certsvc", "filing", "submit", sys.argv[2], "--json"]
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
    try:
        code = main()
    except SystemExit as ended:
        code = ended.code
told({"code": code, "said": json.loads(out.getvalue()), "err": err.getvalue(), "took": time.monotonic() - started})
"""


@pytest.mark.parametrize(
    ("form", "make", "words"), [pytest.param(*given, id=name) for name, *given in WEAPONS]
)
def test_a_weapon_is_answered_soon_and_in_little_memory(
    form: str, make: Callable[[], bytes], words: str, home: Path, tmp_path: Path
) -> None:
    path = write_weapon(tmp_path, form, make())
    answer, peak = run_measured(SUBMIT, str(home), str(path))
    assert (peak < MOST_MEMORY, answer["took"] < LONGEST) == (True, True), (peak, answer["took"])
    findings = answer["said"]["findings"]
    assert answer["code"] == (0 if not words else 2 if answer["said"]["filing"] is None else 1)
    assert words in "".join(finding["message"] + str(finding["column"]) for finding in findings)
    assert "Traceback" not in answer["err"]
    assert answer["said"]["rows"]["admitted"] == (0 if words else 3)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeUnderTest]:
    office = OfficeUnderTest(
        tmp_path_factory.mktemp("weapons"), FixedClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
    )
    yield office
    office.close()


GOOD = regular().xlsx()


def twice_the_same_member() -> bytes:
    written = io.BytesIO(GOOD)
    with zipfile.ZipFile(written, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr(TABLE, b"<worksheet/>")
    return written.getvalue()


def with_member(name: str) -> bytes:
    return rebuilt({name: [b"x"]})


REFUSED: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("truncated", "a.xlsx", lambda: GOOD[:-40], "损坏"),
    ("no workbook under the name of one", "a.xlsx", regular().csv, "不是 .xlsx"),
    ("the same member twice", "a.xlsx", twice_the_same_member, "重名"),
    ("a name that climbs", "a.xlsx", lambda: with_member("xl/../../../etc/passwd"), "文件名异常"),
    ("a name from the root", "a.xlsx", lambda: with_member("/etc/passwd"), "文件名异常"),
    ("a name of another system", "a.xlsx", lambda: with_member("..\\evil.exe"), "文件名异常"),
    ("UTF-16", "a.csv", lambda: b"\xff\xfe" + regular().csv().decode().encode("utf-16-le"), "UTF-16"),
    ("lone surrogates as bytes", "a.csv", lambda: regular().csv() + b"\xed\xa0\x80", "编码"),
    ("a deep JSON", "a.json", lambda: b'{"a":' * 900 + b"1" + b"}" * 900, "最外层"),
    ("a lone surrogate as a key", "a.json", lambda: b'{"\\ud800": 1}', "最外层"),
]


@pytest.mark.parametrize(
    ("name", "make", "words"), [pytest.param(*given, id=what) for what, *given in REFUSED]
)
def test_a_damaged_or_tricky_file_is_refused_in_plain_words(
    name: str, make: Callable[[], bytes], words: str, opened: OfficeUnderTest
) -> None:
    with pytest.raises(UnreadableInput, match=words) as refused:
        opened.submit(make(), name)
    assert "请" in str(refused.value)
    assert json.dumps(str(refused.value), ensure_ascii=False).encode()


def test_a_workbook_under_another_name_is_known_by_its_bytes(opened: OfficeUnderTest) -> None:
    assert opened.submit(GOOD, "报送.csv").rows.admitted == 3


@pytest.mark.parametrize("member", ["xl/vbaProject.bin", "xl/macros/vbaProject.bin"])
def test_macros_stop_a_filing(member: str, opened: OfficeUnderTest) -> None:
    (finding,) = opened.submit(with_member(member), "a.xlsx").findings
    assert (finding.code, finding.case) == ("sheet-oddity", 87)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\u200b="])
def test_a_text_that_a_spreadsheet_would_run_is_told(start: str, opened: OfficeUnderTest) -> None:
    """In whatever form: as a true text cell too, which openpyxl would write as a formula."""
    batch = regular()
    rows = (batch.rows[0], {**batch.rows[1], "备注": f"{start}HYPERLINK(1)"}, batch.rows[2])
    for raw, name in ((_with_rows(rows).csv(), "a.csv"), (_with_rows(rows).json(), "a.json")):
        report = opened.submit(raw, name)
        assert {(f.row, f.column, f.severity.value) for f in report.findings} == {(2, "备注", "error")}
        assert {f.code for f in report.findings} <= {"formula-text", "forbidden-character"}
        assert report.rows.admitted == 2


def test_a_dash_says_that_there_is_nothing(opened: OfficeUnderTest) -> None:
    batch = regular()
    rows = tuple({**row, "备注": "-"} for row in batch.rows)
    assert opened.submit(_with_rows(rows).csv(), "a.csv").rows.admitted == 3


def _with_rows(rows: tuple[Any, ...]) -> Batch:
    return replace(regular(), rows=rows)
