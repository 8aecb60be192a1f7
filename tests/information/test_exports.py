"""Exports of reports: private files that say what they are, noted in the audit trail with their digest."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.person_links import DatabasePersonLinks
from certsvc.bootstrap.information import save_export
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR, official
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.report_table import CountedRows, ReportTable
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import NotPermitted, RequestError
from certsvc.ports.credit import LinkedDocuments
from tests.decisions.deciders import Deciders
from tests.support.workbooks import EXAMPLES, RURAL, sample

CITY = official(Actor("city", Role.MAKER, "222400"))


def rural(deciders: Deciders, count: int = 4) -> None:
    batch = sample(RURAL)
    rows = [dict(row) for row in batch.rows[:count]]
    deciders.under_test.issue(deciders.under_test.submit(batch.with_rows(rows).xlsx()))


def roster(deciders: Deciders, file: Path, who: Any = OPERATOR, region: str | None = None) -> Any:
    reports = deciders.office.information.reports
    with reports.subsidy_roster(2023, region, who, "cli") as table:
        return save_export(reports, table, who, region, file)


def csv_lines(file: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


def test_a_roster_says_what_it_is_and_its_digest_is_in_the_audit_trail(
    deciders: Deciders, tmp_path: Path
) -> None:
    rural(deciders)
    statement = roster(deciders, tmp_path / "名册.csv")
    lines = csv_lines(tmp_path / "名册.csv")
    end = lines.index([])
    head, body = lines[0], lines[1:end]
    assert statement.rows == len(body) == 4
    digest = sha256("".join("\x1f".join(line) + "\n" for line in [head, *body]).encode()).hexdigest()
    told = {line[0]: line[1] for line in lines[end + 1 :] if line[0] != "注"}
    assert told["摘要（SHA-256）"] == digest == statement.digest
    assert (told["行数"], told["导出人"], told["年度"]) == ("4", "operator", "2023")
    assert told["数据时点"] == "2024-06-03 10:00:00（北京时间）"
    amounts = [int(line[head.index("金额（元）")]) for line in body]
    assert str(sum(amounts)) == told["应发合计（元）"]
    (entry,) = deciders.office.trail.entries("report/subsidy/2023")
    assert (entry.action, entry.after) == ("console:report:export", digest)
    assert ((tmp_path / "名册.csv").stat().st_mode & 0o777) == 0o600


def test_every_person_of_a_roster_was_noted_as_looked_at(deciders: Deciders, tmp_path: Path) -> None:
    rural(deciders, 3)
    roster(deciders, tmp_path / "a.csv")
    with deciders.office.engine.begin() as connection:
        looks = connection.execute(
            select(personal_look).where(personal_look.c.purpose.contains("乡村人才补贴"))
        ).all()
    numbers = {line[5] for line in csv_lines(tmp_path / "a.csv")[1:4]}
    assert {look.object for look in looks} == numbers
    assert {look.viewer for look in looks} == {"operator"}


def test_a_roster_as_workbook_holds_text_numbers_and_dates(deciders: Deciders, tmp_path: Path) -> None:
    rural(deciders, 2)
    roster(deciders, tmp_path / "名册.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "名册.xlsx").active
    assert sheet is not None
    head, first, *_ = sheet.iter_rows(values_only=True)
    line = dict(zip(head, first, strict=True))
    assert isinstance(line["证件号码"], str)
    assert (line["金额（元）"], str(line["取得时间"])[:10]) == (2000, "2023-08-22")


def test_text_that_could_act_in_a_spreadsheet_is_inert(deciders: Deciders, tmp_path: Path) -> None:
    table = ReportTable("supervision", "监督事项", ("批次编号",), [("=HYPERLINK(1)",), ("+1",), ("@x",)])
    save_export(deciders.office.information.reports, table, OPERATOR, None, tmp_path / "a.csv")
    save_export(deciders.office.information.reports, table, OPERATOR, None, tmp_path / "a.xlsx")
    for line in csv_lines(tmp_path / "a.csv")[1:4]:
        assert not line[0].startswith(("=", "+", "-", "@"))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert [sheet.cell(row, 1).data_type for row in (2, 3, 4)] == ["s", "s", "s"]


def test_a_city_exports_its_own_part_and_leaves_no_file_when_it_may_not(
    deciders: Deciders, tmp_path: Path
) -> None:
    rural(deciders, 10)
    roster(deciders, tmp_path / "own.csv", CITY)
    assert {line[1][:4] for line in csv_lines(tmp_path / "own.csv")[1:] if line and len(line) > 5} == {"2224"}
    with pytest.raises(NotPermitted):
        roster(deciders, tmp_path / "other.csv", CITY, "220600")
    assert [file.name for file in tmp_path.glob("*.csv*")] == ["own.csv"]


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(
    deciders: Deciders, tmp_path: Path
) -> None:
    rural(deciders, 1)
    with pytest.raises(RequestError, match="不能写入"):
        roster(deciders, tmp_path / "none" / "a.csv")


def test_an_export_of_a_hundred_thousand_rows_streams() -> None:
    from certsvc.formats.spreadsheet_text import write_csv

    seen = 0

    def rows() -> Any:
        nonlocal seen
        for number in range(100_000):
            seen += 1
            yield number, f"第{number}行"

    from datetime import UTC, datetime

    counted = CountedRows(ReportTable("t", "表", ("号", "行"), rows()), datetime(2024, 1, 1, tzinfo=UTC), "x")
    pieces = write_csv(counted.lines())
    next(pieces)
    assert seen < 2_000
    assert sum(len(piece) for piece in pieces) > 1_000_000
    assert counted.statement is not None
    assert counted.statement.rows == 100_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An initialised home, in force for the commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "100")
    assert run("init").exit_code == 0
    assert run("registry", "load", str(EXAMPLES / "registry.json")).exit_code == 0
    return tmp_path


def run(*words: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(certsvc, words)


@pytest.mark.usefixtures("home")
def test_an_empty_base_is_told_in_words() -> None:
    answer = run("report", "statistics", "--by", "city")
    assert answer.exit_code == 0, answer.output
    assert "没有符合条件的职称" in answer.output
    assert "没有需要关注的事项" in run("report", "supervision").output
    assert "珲春市双定向" in run("report", "quotas", "--year", "2023").output


@pytest.mark.usefixtures("home")
def test_the_commands_answer_in_json_and_refuse_in_words() -> None:
    answer = json.loads(run("report", "statistics", "--by", "series", "--then-by", "level", "--json").stdout)
    assert (answer["by"], answer["rows"], answer["not_entered"]) == (["series", "level"], [], 0)
    assert len(answer["completeness"]) == 17
    assert json.loads(run("report", "fill", "--json").stdout) == {
        "entries": 0,
        "filings": 0,
        "contents": 0,
        "codes": 0,
        "outlines": 0,
        "names": 0,
        "persons": 0,
        "passed_over": 0,
    }
    assert run("report", "subsidy", "--year", "2023").exit_code == 2
    assert run("report", "quotas", "--year", "2023", "--csv", "a.csv", "--xlsx", "a.xlsx").exit_code == 2
    assert isinstance(run("report", "statistics", "--by", "city", "--level", "院士").exception, RequestError)


def test_samples_and_attestations_on_the_command_line(home: Path) -> None:
    drawn = run(
        *("sample", "draw", "--of", "committees", "--ratio", "50%", "--document", "抽查1号"),
        *("--seed", "08-13-22", "--cross", "--actor", "maker", "--json"),
    )
    assert drawn.exit_code == 0, drawn.output
    sample_id = json.loads(drawn.stdout)["sample"]
    item = json.loads(drawn.stdout)["items"][0]["item"]
    shown = run("sample", "show", sample_id, "--check")
    assert (shown.exit_code, "一致" in shown.output) == (0, True)
    note = ("--outcome", "qualified", "--note", "制度健全", "--actor", "maker")
    assert run("sample", "record", sample_id, item, *note).exit_code == 0
    assert "待查1个" in run("sample", "list").output
    assert "待查0个" in run("sample", "list", "--item", item).output
    attest = ("--by-office", "驻省人社厅纪检监察组", "--on", "2023-09-18", "--actor", "maker")
    assert run("attestation", "record", "吉人社职例〔2023〕17号", *attest).exit_code == 0
    assert "吉人社职例〔2023〕17号" in run("attestation", "list").output
    exported = run("report", "quotas", "--year", "2023", "--xlsx", str(home / "q.xlsx"), "--json")
    assert json.loads(exported.stdout)["rows"] == 5


def test_two_documents_of_one_person_are_owed_once(deciders: Deciders, tmp_path: Path) -> None:
    rural(deciders)
    file = tmp_path / "名册.csv"

    def told() -> list[tuple[str, str]]:
        roster(deciders, file)
        lines = csv_lines(file)
        head, body = lines[0], lines[1 : lines.index([])]
        amount, word = head.index("金额（元）"), head.index("发放情况")
        return [(line[word], line[amount]) for line in body]

    before = told()
    one, other = (IdDocument(IdKind.CITIZEN, str(row["证件号码"])) for row in sample(RURAL).rows[:2])
    office = deciders.office
    DatabasePersonLinks(office.engine, office.keys.cipher).link(
        LinkedDocuments(one, other, "吉人社核〔2026〕1号"), deciders.clock.now()
    )
    file.unlink()
    after = told()
    assert sorted(word for word, _yuan in before) == ["发放"] * 4
    assert sorted(word for word, _yuan in after) == ["发放"] * 3 + ["同一人按较高级别发放"]
    assert sum(int(yuan) for _word, yuan in after) < sum(int(yuan) for _word, yuan in before)
