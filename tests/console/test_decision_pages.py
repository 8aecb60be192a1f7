"""Search, trace and decisions on pages: reach, four eyes, dry run, stale pages, words that are only words."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest

from tests.access.desk import Desk
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES

HTML = {"Accept": "text/html"}
DOCUMENT = "吉人社函〔2026〕18号"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def numbers(desk: Desk) -> list[str]:
    """Certificates of 珲春市 (222404), which belongs to 延边州 (222400)."""
    report = desk.office.submit((EXAMPLES / DUAL_DIRECTED).read_bytes())
    return [one.draft.content.number for one in desk.office.issue(report)]


def holder(desk: Desk, number: str) -> tuple[str, str]:
    """Name and ID number of the holder of a certificate."""
    award = desk.office.office.certificates.versions(number)[-1].content.award
    return award.name, award.document.number


def posted(browser: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """A form of ours, sent as the browser would."""
    token = browser.headers["X-CSRF-Token"]
    return browser.post(path, data={"csrf_token": token} | fields, headers=HTML)


def previewed(browser: httpx.Client, number: str, kind: str = "revoke", **changed: Any) -> httpx.Response:
    """The dry run of a decision, its document uploaded with it."""
    fields = {
        "csrf_token": browser.headers["X-CSRF-Token"],
        "number": number,
        "kind": kind,
        "document": DOCUMENT,
        "decided_on": "2026-11-20",
        "ground": "申报材料不实",
    } | changed
    files = {"file": ("决定.pdf", PDF, "application/pdf")}
    return browser.post("/console/decisions/preview", data=fields, files=files, headers=HTML)


def hidden(page: str, form: str) -> dict[str, str]:
    """The hidden fields of the form that posts to an address."""
    (inside,) = re.findall(rf'<form method="post" action="{re.escape(form)}".*?</form>', page, re.S)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside)
    return {name: unescape(value) for name, value in found}


def proposed(browser: httpx.Client, number: str, kind: str = "revoke", **changed: Any) -> str:
    """A decision through dry run and proposal; its id."""
    dry = previewed(browser, number, kind, **changed)
    assert dry.status_code == 200, dry.text
    fields = hidden(dry.text, "/console/decisions")
    answer = posted(browser, "/console/decisions", **(fields | {"retyped": fields["document"]}))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/console/decisions/").partition("?")[0]


def test_certificates_are_found_by_number_and_filters_in_reach_alone(desk: Desk, numbers: list[str]) -> None:
    for user, seen in (("second", True), ("supervisor", True), ("city-checker", True), ("tonghua", False)):
        with desk.sign_in(user) as browser:
            page = browser.get("/console/search", params={"number": numbers[0].lower()}, headers=HTML)
            assert page.status_code == 200
            assert (numbers[0] in page.text.partition('id="found"')[2]) is seen, user
            listed = browser.get(
                "/console/search", params={"all": "1", "series": "1", "status": "1"}, headers=HTML
            )
            assert listed.status_code == 200
    with desk.sign_in("tonghua") as browser:
        assert browser.get("/console/search?place=222404", headers=HTML).status_code == 403
        assert browser.get(f"/console/certificates/{numbers[0]}", headers=HTML).status_code == 403


def test_a_person_is_found_by_name_or_number_and_no_address_names_them(
    desk: Desk, numbers: list[str]
) -> None:
    name, id_number = holder(desk, numbers[0])
    with desk.sign_in("second") as browser:
        for asked in (
            {"name": name},
            {"id_number": id_number},
            {"name": f" {name} ", "id_number": id_number},
        ):
            page = posted(browser, "/console/search", **asked)
            assert (page.status_code, page.url.query) == (200, b"")
            assert numbers[0] in page.text
        page = posted(browser, "/console/search", name=name, id_number="229901199001010015")
        assert numbers[0] not in page.text
        assert posted(browser, "/console/search").status_code == 400
        assert (
            browser.post(
                "/console/search",
                data={"name": name, "csrf_token": "x"},
                headers={**HTML, "X-CSRF-Token": "x"},
            ).status_code
            == 403
        )
    with desk.office.office.engine.begin() as connection:
        looks = connection.exec_driver_sql(
            "SELECT count(*) FROM personal_look"
            " WHERE viewer = 'second' AND purpose = '查询证书' AND channel = 'console'"
        ).scalar_one()
    assert looks >= 3


def test_the_trace_goes_from_result_to_event_with_sources_and_proofs(desk: Desk, numbers: list[str]) -> None:
    with desk.sign_in("supervisor") as browser:
        page = browser.get(f"/console/certificates/{numbers[0]}", headers=HTML).text
        for words in (
            "评审结果",
            "公示",
            "备案",
            "公布文件",
            "证书版本",
            "SHA-256",
            "存在证明已验证",
            "检查点",
            "封条",
        ):
            assert words in page, words
        assert "提出决定" not in page
        for file in ("document.pdf", "bundle.json", "past-bundle.json", "tlog-proof"):
            answer = browser.get(f"/console/certificates/{numbers[0]}/versions/1/{file}")
            assert answer.status_code == 200, file
            assert answer.headers["content-disposition"].startswith("attachment")
        assert browser.get(f"/console/certificates/{numbers[0]}/versions/9/bundle.json").status_code == 404
        day = browser.get(f"/console/certificates/{numbers[0]}?on=2026-11-20", headers=HTML).text
        assert "当日已有的记录" in day
        assert (
            browser.get(f"/console/certificates/{numbers[0]}?on=2030-01-01", headers=HTML).status_code == 400
        )


def test_two_persons_revoke_on_pages_and_undo_by_another_decision(desk: Desk, numbers: list[str]) -> None:
    number = numbers[0]
    with desk.sign_in("maker") as maker, desk.sign_in("second") as second:
        form = maker.get(f"/console/certificates/{number}/decide?kind=revoke", headers=HTML).text
        assert "不能由您本人确认" in form
        dry = previewed(maker, number)
        for words in (
            "由省人力资源和社会保障厅撤销其职称",
            "吉人社函〔2022〕38号 四（二）",
            "已撤销",
            "开立一条记录",
            "SHA-256",
        ):
            assert words in dry.text, words
        fields = hidden(dry.text, "/console/decisions")
        assert posted(maker, "/console/decisions", **(fields | {"retyped": "别的文号"})).status_code == 400
        decision = proposed(maker, number)
        assert proposed(maker, number) == decision
        own = maker.get(f"/console/decisions/{decision}?said=proposed", headers=HTML).text
        assert "已提出，等待第二人确认" in own
        assert f"/console/decisions/{decision}/confirmation" not in own
        path = f"/console/decisions/{decision}/confirmation"
        assert posted(maker, path, confirmed="确认撤销", seen="x" * 32).status_code in (403, 409)
        theirs = second.get(f"/console/decisions/{decision}", headers=HTML).text
        seen = hidden(theirs, path)["seen"]
        assert posted(second, path, confirmed="是", seen=seen).status_code == 400
        for _ in range(2):
            answer = posted(second, path, confirmed="确认撤销", seen=seen)
            assert (answer.status_code, answer.headers["location"]) == (
                303,
                f"/console/decisions/{decision}?said=confirmed",
            )
        served = posted(
            second, "/console/decisions/services", decision=decision, served_on="2026-11-20", method="postal"
        )
        assert served.headers["location"].endswith("?said=served")
        assert "邮寄送达" in second.get(f"/console/certificates/{number}", headers=HTML).text
        document = second.get(f"/console/decisions/{decision}/document")
        assert document.content == PDF
        assert posted(maker, f"/console/decisions/{decision}/withdrawal").status_code == 409
        undo = proposed(
            second, number, "reinstate", document="吉人社函〔2026〕19号", ground="经复核，原决定不成立"
        )
        page = maker.get(f"/console/decisions/{undo}", headers=HTML).text
        assert "撤回记录" in page
        seen = hidden(page, f"/console/decisions/{undo}/confirmation")["seen"]
        answer = posted(maker, f"/console/decisions/{undo}/confirmation", confirmed="确认恢复", seen=seen)
        assert answer.status_code == 303
    (certificate,) = desk.office.office.certificates.published(number=number)
    assert desk.office.check_qr(certificate)["status"] == "valid"


def test_a_stale_page_confirms_nothing(desk: Desk, numbers: list[str]) -> None:
    number = numbers[1]
    with desk.sign_in("maker") as maker, desk.sign_in("second") as second, desk.sign_in("checker") as third:
        correction = proposed(maker, number, "correct", set_specialty="小学数学", ground="专业有误")
        revocation = proposed(maker, number)
        path = f"/console/decisions/{revocation}/confirmation"
        seen = hidden(second.get(f"/console/decisions/{revocation}", headers=HTML).text, path)["seen"]
        first = f"/console/decisions/{correction}/confirmation"
        page = third.get(f"/console/decisions/{correction}", headers=HTML).text
        assert "小学数学" in page
        assert posted(third, first, confirmed="确认更正", seen=hidden(page, first)["seen"]).status_code == 303
        stale = posted(second, path, confirmed="确认撤销", seen=seen)
        assert stale.status_code == 409
        assert "情况有变" in stale.text
        fresh = hidden(second.get(f"/console/decisions/{revocation}", headers=HTML).text, path)["seen"]
        assert posted(second, path, confirmed="确认撤销", seen=fresh).status_code == 303
        late = posted(third, path, confirmed="确认撤销", seen=fresh)
        assert late.status_code == 409
        assert "已由另一位人员确认" in late.text


@pytest.mark.parametrize("user", ["supervisor", "tonghua"])
def test_who_may_not_decide_is_offered_nothing_and_refused_anyway(
    desk: Desk, numbers: list[str], user: str
) -> None:
    with desk.sign_in(user) as browser:
        assert browser.get(f"/console/certificates/{numbers[2]}/decide", headers=HTML).status_code == 403
        assert previewed(browser, numbers[2]).status_code == 403


def test_markup_in_a_ground_stays_text(desk: Desk, numbers: list[str]) -> None:
    ground = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    with desk.sign_in("maker") as maker:
        dry = previewed(maker, numbers[2], ground=ground)
        decision = proposed(maker, numbers[2], ground=ground)
        pages = (
            dry,
            maker.get(f"/console/decisions/{decision}", headers=HTML),
            maker.get("/console/decisions", headers=HTML),
        )
        for page in pages:
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert "<img src=x" not in page.text
        assert (
            posted(maker, f"/console/decisions/{decision}/withdrawal")
            .headers["location"]
            .endswith("said=withdrawn")
        )


def test_lists_of_decisions_are_filtered_paged_and_in_reach(desk: Desk, numbers: list[str]) -> None:
    with desk.sign_in("second") as browser:
        everything = browser.get("/api/v1/decisions?most=2").json()
        assert everything["total"] >= len(everything["decisions"]) == 2
        assert "changes" not in everything["decisions"][0]
        confirmed = browser.get(
            "/api/v1/decisions", params={"view": "confirmed", "number": numbers[0]}
        ).json()
        assert sorted(one["kind"] for one in confirmed["decisions"]) == ["reinstate", "revoke"]
        for view in ("waiting", "mine", "unserved", "withdrawn", "all"):
            assert browser.get(f"/console/decisions?view={view}&kind=revoke", headers=HTML).status_code == 200
    with desk.sign_in("tonghua") as browser:
        assert browser.get("/api/v1/decisions").json()["total"] == 0
    with desk.sign_in("city-checker") as browser:
        assert browser.get("/api/v1/decisions").json()["total"] == everything["total"]
