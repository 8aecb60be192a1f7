"""Announced results for everybody 结果公开 (吉人社函〔2022〕38号 六（三）): documents and counts, never a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from certsvc.domain.announced_document import AnnouncedDocument, public_count, public_title
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.public_api import create_app
from certsvc.entrypoints.public_api.joining import public_service
from tests.announced.lists import (
    ANNOUNCED_ON,
    BODY,
    CORRECTED,
    CORRECTED_ON,
    DOCUMENT,
    LOADER,
    announced,
    batch,
    correct,
    issue,
    people,
    put_in_force,
)
from tests.support.office import OfficeUnderTest
from tests.web.builders import served

PERSONS = people(6)
TITLE = "关于公布评审结果的通知"
LONG_BODY = "吉林省延边朝鲜族自治州" + "人力资源和社会保障事务管理与公共服务" * 5 + "局"


def told(office: OfficeUnderTest, page: int = 1) -> Any:
    """What everybody is told, as JSON."""
    with served(create_app(office.office.settings.public_folder, public_service(office.office))) as host:
        return httpx.get(f"{host}/api/v1/announced-documents", params={"page": page}).json()


def document(**given: Any) -> dict[str, Any]:
    """The document of the tests as it is told unless something else is given."""
    return {
        "document_ref": DOCUMENT,
        "announcing_body": BODY,
        "announced_on": ANNOUNCED_ON.isoformat(),
        "title": TITLE,
        "corrects": [],
        "announced": 6,
        "certified": 0,
        "coverage": "0.0",
        **given,
    }


def test_a_document_is_told_once_a_second_person_has_confirmed_its_list(office: OfficeUnderTest) -> None:
    loaded = office.office.announced.load(announced(PERSONS).xlsx(), "list.xlsx", LOADER)
    assert loaded.kept is not None, loaded.findings
    nothing = {"first_announced_on": None, "last_announced_on": None, "series": []}
    before = told(office)
    assert (before["documents"], before["number"], before["scope"]) == ([], 0, nothing)
    put_in_force(office, announced(PERSONS))
    after = told(office)
    assert after["documents"] == [document()]
    assert after["clause"] == "吉人社函〔2022〕38号 六（三）"


def test_counts_grow_with_the_certificates_and_hide_what_became_of_them(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    certificates = issue(office, batch([*PERSONS[:5], {**PERSONS[5], "公示结果": "有异议"}]))
    assert told(office)["documents"] == [document(certified=5, coverage="83.3")]
    decided = office.office.deciding.propose(
        DecisionKind.REVOKE,
        certificates[0].draft.content.number,
        "吉人社撤〔2026〕9号",
        office.clock.today(),
        "经核查不实",
        "maker",
    )
    office.office.confirm_decision(decided, "checker")
    answer = told(office)
    assert answer["documents"] == [document(certified=5, coverage="83.3")]
    day = ANNOUNCED_ON.isoformat()
    assert answer["scope"] == {
        "first_announced_on": day,
        "last_announced_on": day,
        "series": ["工程技术人员"],
    }


def test_a_corrected_document_stands_for_the_one_that_it_corrects(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    issue(office, batch(PERSONS))
    correct(office, announced(PERSONS).but(2, 单位="示例设计院").named(CORRECTED))
    newer = document(
        document_ref=CORRECTED,
        announced_on=CORRECTED_ON.isoformat(),
        corrects=[DOCUMENT],
        certified=6,
        coverage="100.0",
    )
    assert told(office)["documents"] == [newer]


def test_no_person_stands_in_page_or_answer(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    issue(office, batch(PERSONS))
    with served(create_app(office.office.settings.public_folder, public_service(office.office))) as host:
        answer = httpx.get(f"{host}/api/v1/announced-documents")
        page = httpx.get(f"{host}/announced")
        known = httpx.get(f"{host}/announced", headers={"If-None-Match": page.headers["etag"]})
        wrong = httpx.get(f"{host}/api/v1/announced-documents", params={"page": 0})
        start = httpx.get(f"{host}/")
    for text in (answer.text, page.text):
        assert DOCUMENT in text
        for person in PERSONS:
            assert person["姓名"] not in text
            assert str(person["证件号码"])[-4:] not in text
        assert not {LOADER, "list-checker"} & set(text.replace('"', " ").split())
    assert (known.status_code, wrong.status_code) == (304, 422)
    assert 'href="/announced"' in start.text


@pytest.mark.parametrize(
    "title", ["关于确认张三同志职称的通知", "关于公布张三等12人职称的通知", "关于李四等三名人员的通知"]
)
def test_a_title_that_may_name_a_person_is_not_told(title: str) -> None:
    assert public_title(title) is None
    assert public_title(TITLE) == TITLE


@pytest.mark.parametrize(
    ("on_list", "certified", "shown", "coverage"),
    [
        (4, 3, None, None),
        (4, 0, None, None),
        (4, 4, 4, "100.0"),
        (5, 4, 4, "80.0"),
        (3000, 2999, 2999, "99.9"),
        (6, 7, 6, "100.0"),
    ],
)
def test_a_count_points_at_nobody_and_is_never_rounded_up(
    on_list: int, certified: int, shown: int | None, coverage: str | None
) -> None:
    count = public_count(on_list, certified)
    one = AnnouncedDocument(DOCUMENT, BODY, ANNOUNCED_ON, None, (), on_list, count)
    assert (count, one.coverage) == (shown, coverage)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_holds_long_names_and_many_documents(
    office: OfficeUnderTest, browser: Browser, width: int
) -> None:
    for index in range(21):
        named = announced(PERSONS[:5]).named(
            f"吉人社职字〔2023〕{200 + index}号",
            ANNOUNCED_ON + timedelta(days=index),
            公布文件发文单位=LONG_BODY,
            公布文件标题="关于公布" + "工程技术人员" * 20 + "评审结果的通知",
        )
        put_in_force(office, named)
    with served(create_app(office.office.settings.public_folder, public_service(office.office))) as host:
        page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
        page.goto(f"{host}/announced")
        expect(page.locator("article.notice")).to_have_count(20)
        expect(page.locator("article.notice h2").first).to_contain_text("220号")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.get_by_role("link", name="下一页").click()
        expect(page.locator("article.notice")).to_have_count(1)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Announced results")).to_be_visible()
    assert wide == 0
