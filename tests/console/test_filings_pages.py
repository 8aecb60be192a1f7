"""Filing in the console: a batch is filed, read, corrected, received, approved by one person and issued by another."""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from typing import Any

import httpx
import openpyxl
import pytest
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.workbook import read_workbook
from certsvc.bootstrap import open_office
from certsvc.domain.permission import Action
from certsvc.entrypoints.jobs.steps import resume_issues
from tests.access.desk import Desk
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES, FAULTY, REGULAR, sample

HTML = {"Accept": "text/html"}
PATH = "/console/filings"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("http://evil.example","x")'


@cache
def one_person(number: int) -> bytes:
    """A filing of one person of the dual-directed sample, with a document and a batch of its own."""
    return (
        sample(DUAL_DIRECTED)
        .with_rows([{}])
        .with_header(公布文号=f"延州人社发〔2023〕{500 + number}号", 批次编号=f"2023-页面-{number}")
        .xlsx()
    )


def uploaded(browser: httpx.Client, raw: bytes, name: str = "批次.xlsx") -> httpx.Response:
    """A file sent by the form of the page."""
    token = {"csrf_token": browser.headers["X-CSRF-Token"]}
    return browser.post(f"{PATH}/new", data=token, files={"file": (name, raw, XLSX)}, headers=HTML)


def posted(browser: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """A form of ours, sent as the browser would."""
    token = browser.headers["X-CSRF-Token"]
    return browser.post(path, data={"csrf_token": token} | fields, headers=HTML)


def filed(desk: Desk, raw: bytes, user: str = "maker") -> str:
    """File a batch by the page; its id."""
    with desk.sign_in(user) as browser:
        answer = uploaded(browser, raw)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix(PATH + "/").partition("?")[0]


def received(desk: Desk, filing: str) -> None:
    """The receipt of the city, recorded by its own account on the page."""
    with desk.sign_in("city") as browser:
        fields = {"level": "市州", "receipt": "YB-1", "received_on": "2023-11-28", "opinion": "同意"}
        (step,) = [one for one in desk.office.office.receipts.path(filing) if one.step == 1]
        fields |= {"receipt": step.claimed_ref or "YB-1", "received_on": str(step.claimed_on)}
        answer = posted(browser, f"{PATH}/{filing}/receipts", **fields)
        assert answer.status_code == 303, answer.text


def looked(desk: Desk, filing: str) -> set[str]:
    """Who looked at a filing, by the log of looks."""
    with desk.office.office.engine.begin() as connection:
        found = select(personal_look.c.viewer).where(personal_look.c.object == filing)
        return set(connection.scalars(found))


def test_a_file_is_filed_and_its_findings_stand_beside_the_rows(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        assert 'type="file"' in browser.get(f"{PATH}/new", headers=HTML).text
        answer = uploaded(browser, (EXAMPLES / FAULTY).read_bytes())
        assert answer.status_code == 303
        page = browser.get(answer.headers["location"], headers=HTML).text
        assert "已收到并审查完毕" in page
        assert "正确示例" in page
        again = uploaded(browser, (EXAMPLES / FAULTY).read_bytes())
        assert again.headers["location"].endswith("?said=known")
    filing = answer.headers["location"].removeprefix(PATH + "/").partition("?")[0]
    report = desk.office.office.filings.report(filing)
    for finding in report.findings[:5]:
        assert finding.message in page.replace("&#34;", '"').replace("&#39;", "'")
    assert "maker" in looked(desk, filing)


def test_rows_are_narrowed_by_outcome_and_rule_and_only_that_part_is_sent_to_htmx(desk: Desk) -> None:
    filing = filed(desk, (EXAMPLES / FAULTY).read_bytes())
    with desk.sign_in("maker") as browser:
        held = browser.get(f"{PATH}/{filing}?outcome=held", headers=HTML).text
        assert "第 1–3 条，共 3 条" in held
        one = browser.get(f"{PATH}/{filing}?rule=birth-differs", headers=HTML).text
        assert "第 1–1 条，共 1 条" in one
        everybody = browser.get(f"{PATH}/{filing}?view=all", headers=HTML).text
        assert "共 40 条" in everybody
        part = {**HTML, "HX-Request": "true", "HX-Target": "rows"}
        fragment = browser.get(f"{PATH}/{filing}?outcome=held", headers=part).text
        assert fragment.lstrip().startswith("<section")
        assert "<html" not in fragment
        assert browser.get(f"{PATH}/{filing}?outcome=nonsense", headers=HTML).status_code == 400


def test_what_is_no_filing_is_told_on_the_form_and_nothing_is_kept(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        for raw in (b"PK\x03\x04 not a workbook", b""):
            answer = uploaded(browser, raw)
            assert answer.status_code == 422
            assert 'role="alert"' in answer.text
            assert 'type="file"' in answer.text
        small = b"x" * 100
        with desk.visitor() as stranger:
            refused = stranger.post(f"{PATH}/new", files={"file": ("a.xlsx", small, XLSX)}, headers=HTML)
            assert refused.status_code == 401


def test_rows_that_failed_come_back_in_the_intake_format_and_are_filed_again(desk: Desk) -> None:
    batch = sample(REGULAR)
    rows = [dict(row) for row in batch.rows[:4]]
    rows[1]["出生日期"] = date(1970, 1, 1)
    rows[3]["公示结果"] = "有异议"
    faulty = batch.with_rows(rows).with_header(批次编号="2023-更正-1", 公布文号="吉人社发〔2023〕900号")
    filing = filed(desk, faulty.xlsx())
    counts = desk.office.office.filings.report(filing).rows
    assert (counts.admitted, counts.held, counts.refused) == (2, 1, 1)
    with desk.sign_in("maker") as browser:
        for form in ("xlsx", "csv"):
            answer = browser.get(f"{PATH}/{filing}/failed.{form}", headers=HTML)
            assert (
                answer.headers["content-disposition"] == f'attachment; filename="{filing}-to-correct.{form}"'
            )
            given = read_workbook(answer.content, f"again.{form}")
            assert given.columns[-1] == "审查意见"
            assert [float(str(row[0])) for row in given.rows] == [1, 2]
            assert "原序号 2。" in str(given.rows[0][-1])
            assert float(str(dict(given.header)["行数"])) == 2
        book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{PATH}/{filing}/failed.xlsx").content))
        sheet = book["汇总表"]
        heads = [cell.value for cell in sheet[1]]
        sheet.cell(2, heads.index("出生日期") + 1).value = batch.rows[1]["出生日期"]
        sheet.cell(3, heads.index("公示结果") + 1).value = "异议不成立"
        written = io.BytesIO()
        book.save(written)
        again = uploaded(browser, written.getvalue()).headers["location"]
        page = browser.get(again, headers=HTML).text
        assert filing in page
        assert "与前一次报送相比" in page
        assert "1 → 0" in page
        corrected = again.removeprefix(PATH + "/").partition("?")[0]
        assert corrected in browser.get(f"{PATH}/{filing}", headers=HTML).text
    report = desk.office.office.filings.report(corrected)
    assert (report.rows.total, report.rows.refused, report.rows.held) == (2, 0, 0)


def test_a_batch_goes_its_way_by_the_accounts_of_those_who_are_competent(desk: Desk) -> None:
    filing = filed(desk, one_person(1), "county")
    chain = f"{PATH}/{filing}/chain"
    with desk.sign_in("maker") as browser:
        page = browser.get(chain, headers=HTML).text
        assert "第 5 个工作日" in page
        assert "延边朝鲜族自治州人社局的人员以本人账号登记" in page
        forged = posted(
            browser,
            f"{PATH}/{filing}/receipts",
            level="市州",
            receipt="X",
            received_on="2023-11-28",
            opinion="好",
        )
        assert forged.status_code == 403
    received(desk, filing)
    with desk.sign_in("maker") as maker:
        page = maker.get(chain, headers=HTML).text
        assert "同意备案" in page
        codes = {
            one.code for one in desk.office.office.filing_face.desk.open(filing, _maker(), "console").warnings
        }
        if codes:
            refused = posted(maker, f"{PATH}/{filing}/approval")
            assert (refused.status_code, "没有逐项确认" in refused.text) == (409, True)
        for _ in range(2):  # pressed twice
            answer = posted(maker, f"{PATH}/{filing}/approval", confirmed=sorted(codes))
            assert answer.headers["location"] == f"{chain}?said=approved"
        told = maker.get(chain, headers=HTML).text
        assert "两步手续不能由同一人办理" in told
        assert f"{PATH}/{filing}/issue" not in told
        assert posted(maker, f"{PATH}/{filing}/issue").status_code == 403
    with desk.sign_in("checker") as checker:
        assert f"{PATH}/{filing}/issue" in checker.get(chain, headers=HTML).text
        for _ in range(2):
            answer = posted(checker, f"{PATH}/{filing}/issue")
            assert answer.headers["location"] == f"{chain}?said=issuing"
        waiting = checker.get(
            f"{PATH}/{filing}/progress", headers={**HTML, "HX-Request": "true", "HX-Target": "progress"}
        ).text
        assert 'hx-trigger="every 2s"' in waiting
        assert "已处理 0 / 1" in waiting
        # The process that took the order is killed; another one finds what it has to finish.
        other = open_office(desk.office.office.settings, desk.clock)
        resume_issues(other, lambda: False)
        resume_issues(other, lambda: False)
        other.close()
        done = checker.get(f"{PATH}/{filing}/progress", headers=HTML).text
        assert "已处理 1 / 1" in done
        assert "hx-trigger" not in done
        assert "已签发" in checker.get(chain, headers=HTML).text
    assert len(desk.office.office.certificates.published(filing=filing)) == 1
    steps = [action for _who, action in desk.actions(f"filing/{filing}")]
    assert steps.count(str(Action.FILING_APPROVE)) == 1
    assert steps.count(str(Action.FILING_ISSUE)) == 1


def _maker() -> Any:
    from certsvc.domain.caller import Caller, CallerRole

    return Caller("maker", CallerRole.MAKER, "220000")


@pytest.mark.parametrize("user", ["tonghua", "county", "city", "supervisor"])
@pytest.mark.parametrize("step", ["approval", "issue"])
def test_only_writers_of_the_province_decide(desk: Desk, user: str, step: str) -> None:
    filing = filed(desk, one_person(2))
    with desk.sign_in(user) as browser:
        assert posted(browser, f"{PATH}/{filing}/{step}").status_code == 403


def test_another_region_sees_nothing_of_a_filing(desk: Desk) -> None:
    filing = filed(desk, one_person(3))
    with desk.sign_in("tonghua") as browser:
        for path in ("", "/chain", "/progress", "/failed.xlsx", "/failed.csv"):
            answer = browser.get(f"{PATH}/{filing}{path}", headers=HTML)
            assert answer.status_code == 403, path
            assert "2023-页面-3" not in answer.text
        assert browser.get(f"{PATH}/new?corrects={filing}", headers=HTML).status_code == 403
        for path in (
            PATH,
            f"{PATH}?region=222404",
            "/console/deadlines",
            "/console/holds",
            "/api/v1/filings",
        ):
            answer = browser.get(path, headers=HTML)
            assert answer.status_code == 200, path
            assert filing not in answer.text
    with desk.sign_in("county") as browser:
        assert filing in browser.get(PATH, headers=HTML).text
        assert filing in browser.get("/api/v1/filings").text


def test_lists_are_narrowed_by_what_stands_in_the_address(desk: Desk) -> None:
    filing = filed(desk, one_person(4))
    with desk.sign_in("supervisor") as browser:
        for query, found in (
            ("status=examined&region=222404", True),
            ("status=issued&year=2023", False),
            ("due=overdue&committee=SDX-222404-NY", True),
            ("region=220500", False),
            ("year=1999", False),
        ):
            page = browser.get(f"{PATH}?{query}", headers=HTML)
            assert page.status_code == 200, query
            assert (f"{PATH}/{filing}" in page.text) == found, query
            listed = browser.get(f"/api/v1/filings?{query}").json()
            assert (filing in {one["filing"] for one in listed["filings"]}) == found, query
        assert browser.get(f"{PATH}?year=abc", headers=HTML).status_code == 400
        assert browser.get("/api/v1/filings?page=0").status_code == 422


def test_what_is_due_is_said_kindly_with_its_clause_and_counted_on_the_first_page(desk: Desk) -> None:
    filed(desk, one_person(5))
    with desk.sign_in("city") as browser:
        page = browser.get("/console/deadlines?office=own", headers=HTML).text
        assert "延边朝鲜族自治州人社局" in page
        assert "仍可办理" in page
        assert "吉人社函〔2022〕181号 三.6" in page
        home = browser.get("/console", headers=HTML).text
        assert "/console/deadlines" in home
        assert "项由本部门受理的备案" in home


def test_holds_say_why_and_what_settles_them_and_each_look_is_noted(desk: Desk) -> None:
    filing = filed(desk, (EXAMPLES / FAULTY).read_bytes())
    with desk.sign_in("second") as browser:
        page = browser.get("/console/holds", headers=HTML).text
        assert "异议不成立" in page
        assert f"{PATH}/{filing}/failed.xlsx?outcome=held" in page
        one = browser.get("/console/holds?rule=objection-open", headers=HTML).text
        assert "共 1 条" in one
        given = browser.get(f"{PATH}/{filing}/failed.xlsx?outcome=held")
        assert len(read_workbook(given.content, "held.xlsx").rows) == 3
    assert "second" in looked(desk, filing)


def test_whatever_a_file_says_is_only_text_on_every_page_and_in_every_download(desk: Desk) -> None:
    batch = sample(REGULAR)
    hostile = {column: HOSTILE for column in batch.columns if not isinstance(batch.rows[0].get(column), date)}
    formulas = dict.fromkeys(hostile, FORMULA)
    wrong = batch.with_rows(
        [hostile, formulas, {"公示结果": "有异议", "姓名": "林<b>晓", "备注": HOSTILE}, {}]
    )
    places = ("公示1平台", "公示2平台")
    headers = dict.fromkeys(
        ("公布文件标题", "公布文件发文单位", *places, "例会批复文号", "公布文号"), HOSTILE
    )
    raw = wrong.with_header(**headers, 批次编号=f"<b>{FORMULA}").csv()
    with desk.sign_in("maker") as browser:
        answer = uploaded(browser, raw, "<img src=x>.csv")
        assert answer.status_code == 303, answer.text
        filing = answer.headers["location"].removeprefix(PATH + "/").partition("?")[0]
        pages = (
            f"{PATH}/{filing}?view=all",
            f"{PATH}/{filing}/chain",
            PATH,
            "/console/deadlines",
            "/console/holds",
        )
        for path in (*pages, f"{PATH}/new?corrects={filing}", f"{PATH}/{filing}/progress"):
            page = browser.get(path, headers=HTML)
            assert page.status_code == 200, path
            for mark in ("<script>alert", "<img src=x", "<b>=", "onerror=alert(2)>", "林<b>"):
                assert mark not in page.text, (path, mark)
        csv_file = browser.get(f"{PATH}/{filing}/failed.csv").content.decode("utf-8-sig")
        assert "'=HYPERLINK" in csv_file
        for start in (",=", '"=', "\n="):
            assert start not in csv_file
        book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{PATH}/{filing}/failed.xlsx").content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert any(cell.value == FORMULA for cell in cells)
        assert not any(cell.data_type == "f" for cell in cells)


def test_template_and_words_are_what_the_intake_reads(desk: Desk) -> None:
    with desk.sign_in("county") as browser:
        empty = read_workbook(browser.get(f"{PATH}/template.xlsx").content, "template.xlsx")
        assert "姓名" in empty.columns
        told = browser.get(f"{PATH}/columns.csv").content.decode("utf-8-sig")
        assert all(f'"{column}"' in told for column in empty.columns)


def _regular(number: int) -> bytes:
    header = {"公布文号": f"吉人社职字〔2023〕{700 + number}号", "批次编号": f"2023-逾期-{number}"}
    return sample(REGULAR).with_rows([{}]).with_header(**header).xlsx()


def test_a_late_receipt_of_the_province_is_shown_asked_for_its_reason_and_stays_visible(desk: Desk) -> None:
    filing = filed(desk, _regular(1))
    opened = desk.office.office.filing_face.desk.open(filing, _maker(), "console")
    (step,) = opened.missing
    assert step.claimed_on is not None
    assert opened.workdays_left is not None
    assert opened.workdays_left < 0
    codes = sorted(one.code for one in opened.warnings)
    chain = f"{PATH}/{filing}/chain"
    with desk.sign_in("maker") as maker:
        form = maker.get(chain, headers=HTML).text.partition(f'action="{PATH}/{filing}/approval"')[2]
        for told in ("登记省级备案回执", step.claimed_ref or filing, f"{step.claimed_on.day}日", "逾期原因"):
            assert told in form
        refused = posted(maker, f"{PATH}/{filing}/approval", confirmed=codes)
        assert (refused.status_code, "请填写逾期原因" in refused.text) == (400, True)
        assert desk.office.office.receipts.receipts.recorded(filing) == ()
        fields = {"confirmed": codes, "late_reason": "材料<b>补正</b>"}
        assert posted(maker, f"{PATH}/{filing}/approval", **fields).status_code == 303
        page = maker.get(chain, headers=HTML).text
    assert "同意备案（逾期原因：材料&lt;b&gt;补正&lt;/b&gt;）" in page
    assert "日登记" in page or "受理晚于期限" in page


def test_programs_may_give_the_reason_of_a_late_receipt(desk: Desk) -> None:
    told, silent = filed(desk, _regular(2)), filed(desk, _regular(3))
    with desk.sign_in("maker") as maker:
        address = f"/api/v1/filings/{told}/approval"
        assert maker.post(address, json={"late_reason": "补正"}).status_code == 200
        assert maker.post(f"/api/v1/filings/{silent}/approval").status_code == 200
        assert maker.post(address, json={"reason": "补正"}).status_code == 422
    recorded = desk.office.office.receipts.receipts.recorded
    assert [one.opinion for one in recorded(told)] == ["同意备案（逾期原因：补正）"]
    assert [one.opinion for one in recorded(silent)] == ["同意备案"]


def test_no_reason_is_taken_where_nothing_is_late(desk: Desk) -> None:
    filing = filed(desk, one_person(40), "county")
    received(desk, filing)
    with desk.sign_in("maker") as maker:
        address = f"/api/v1/filings/{filing}/approval"
        assert maker.post(address, json={"late_reason": "补正"}).status_code == 400
