"""My titles in the portal: one's own and nobody else's, before the issue and after, with what was decided."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

from certsvc.domain.decision import DecisionKind
from certsvc.domain.english_titles import title_in_english
from certsvc.domain.titles import TITLES
from certsvc.entrypoints.portal.allowance import PER_HOLDER
from tests.portal.holders import HTML, Portal, number_of, page


def test_a_holder_sees_the_own_titles_and_what_their_area_means(portal: Portal) -> None:
    dual = portal.dual[0]
    with portal.signed_in(dual) as browser:
        told = page(browser.get("/portal"))
        assert number_of(dual) in told.text
        for other in (*portal.dual[1:], *portal.regular):
            assert number_of(other) not in told.text
        one = page(browser.get(f"/portal/certificates/{number_of(dual)}"))
    assert "仅限珲春市有效" in one.text
    assert "只兑现专业技术七级岗位" in one.text
    assert f"/portal/certificates/{number_of(dual)}/document" in one.links
    assert (portal.looks()[-1][1]) == number_of(dual)


def test_somebody_elses_certificate_is_answered_like_one_that_does_not_exist(portal: Portal) -> None:
    theirs = number_of(portal.regular[1])
    with portal.signed_in(portal.regular[0]) as browser:
        own = number_of(portal.regular[0])
        for way in ("", "/english", "/document", "/document?version=1"):
            asked = browser.get(f"/portal/certificates/{theirs}{way}")
            unknown = browser.get(f"/portal/certificates/{'0' * len(theirs)}{way}")
            assert asked.status_code == unknown.status_code == 404, way
            assert _without_request_number(asked.text) == _without_request_number(unknown.text)
        assert browser.get(f"/portal/certificates/{own.lower()}").status_code == 200
    assert (portal.looks()[-1][1]) == own


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(portal: Portal) -> None:
    with portal.desk.visitor() as browser:
        answer = browser.get("/portal/copies?number=1", headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/portal/sign-in?next=%2Fportal%2Fcopies%3Fnumber%3D1"


def test_the_document_is_the_sealed_one_and_all_of_them_come_with_a_list(portal: Portal) -> None:
    one = portal.regular[0]
    with portal.signed_in(one) as browser:
        document = browser.get(f"/portal/certificates/{number_of(one)}/document")
        assert sha256(document.content).hexdigest() == one.document_sha256
        together = browser.get("/portal/certificates.zip")
    assert together.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(together.content)) as archive:
        assert archive.testzip() is None
        listed, file = archive.namelist()
        assert (listed, file) == ("清单.csv", f"{number_of(one)}-v1.pdf")
        assert archive.read(file) == document.content
        rows = archive.read(listed).decode("utf-8-sig")
    assert number_of(one) in rows
    assert str(one.document_sha256) in rows
    assert number_of(portal.regular[1]) not in rows


def test_an_ended_certificate_gives_its_decision_and_no_document(portal: Portal) -> None:
    one = portal.regular[2]
    portal.decide(DecisionKind.REVOKE, one, ground="<img src=x onerror=alert(1)>学历证明系伪造")
    with portal.signed_in(one) as browser:
        answer = browser.get(f"/portal/certificates/{number_of(one)}")
        told = page(answer)
        for words in (
            "已撤销",
            "吉人社职决〔2026〕8号",
            "学历证明系伪造",
            "吉人社函〔2022〕38号 四（二）",
            "申诉",
        ):
            assert words in told.text
        assert "<img" not in answer.text  # what somebody wrote is words, never markup
        appeal = f"/portal/requests/new?kind=appeal&subject={number_of(one)}"
        assert appeal in told.links
        assert f'name="subject" value="{number_of(one)}"' in browser.get(appeal).text
        assert not [link for link in told.links if link.endswith("/document")]
        assert browser.get(f"/portal/certificates/{number_of(one)}/document").status_code == 409
        with ZipFile(BytesIO(browser.get("/portal/certificates.zip").content)) as archive:
            assert archive.namelist() == ["清单.csv"]
            assert "不再提供证书文件" in archive.read("清单.csv").decode("utf-8-sig")
        assert "已撤销" in page(browser.get("/portal")).text


def test_every_version_stays_with_the_newest_first(portal: Portal) -> None:
    one = portal.regular[3]
    portal.decide(DecisionKind.CORRECT, one, ground="专业名称有误", changes={"specialty": "隧道工程"})
    with portal.signed_in(one) as browser:
        told = page(browser.get(f"/portal/certificates/{number_of(one)}"))
        ways = [link for link in told.links if "version=" in link]
        assert ways == [f"/portal/certificates/{number_of(one)}/document?version={n}" for n in (2, 1)]
        assert "已换发" in told.text
        assert "隧道工程" in told.text
        assert browser.get(ways[1]).status_code == 200


def test_the_english_rendering_says_that_the_chinese_counts(portal: Portal) -> None:
    one = portal.dual[0]
    with portal.signed_in(one) as browser:
        told = page(browser.get(f"/portal/certificates/{number_of(one)}/english"))
    award = one.draft.content.award
    for words in (
        "The Chinese original is authoritative.",
        "Hunchun City only",
        award.name,
        number_of(one),
        f"{award.acquired_on.day} {award.acquired_on:%B %Y}",
    ):
        assert words in told.text
    assert title_in_english(TITLES[award.title]) in told.text.replace("\n", " ")


def test_whoever_has_nothing_is_told_the_likely_causes(portal: Portal) -> None:
    with portal.person("阿卜杜热合曼·" * 7 + "图", "229901198001011010") as browser:
        told = page(browser.get("/portal"))
        assert "没有查到您的职称" in told.text
        assert "姓名或证件号码有误" in told.text
        for address in ("/portal/copies", "/portal/shares", "/portal/look-ups"):
            assert "还没有已发的证书" in page(browser.get(address)).text
        with ZipFile(BytesIO(browser.get("/portal/certificates.zip").content)) as archive:
            assert archive.namelist() == ["清单.csv"]


def test_a_holder_may_ask_so_often_and_no_oftener(portal: Portal) -> None:
    with portal.person("问得多", "229901198001011010") as browser:
        answers = [browser.get("/portal/look-ups").status_code for _ in range(PER_HOLDER + 1)]
        assert answers[-1] == 429
        assert answers[0] == 200


def _without_request_number(text: str) -> str:
    return re.sub(r"<b>[0-9A-F]{8,}</b>|/portal/[^\"]*", "", text)
