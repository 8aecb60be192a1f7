"""Units that gave false material are named publicly (吉人社函〔2022〕38号 四（二）): by two persons, for everybody to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.unit_codes import read_unit_code
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.entrypoints.public_api import create_app
from certsvc.entrypoints.public_api.joining import public_service
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from tests.decisions.deciders import SUN
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR, sample
from tests.web.builders import served

CODE = "91229901MA00000159"
GROUND = "为申报人员出具虚假业绩材料"
DECIDED_ON = date(2024, 6, 3)
LONG_NAME = "延边朝鲜族自治州" + "某某农业科技开发与推广服务" * 10 + "有限责任公司"


@pytest.fixture
def clock() -> FixedClock:
    """2024-06-04, ten in the morning in Shanghai."""
    return FixedClock(datetime(2024, 6, 4, 2, 0, tzinfo=UTC))


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    """An office with a supervisor and people of a city."""
    opened = OfficeUnderTest(tmp_path / "home", clock, database_url)
    for person in (Actor("watcher", Role.SUPERVISOR, "220000"), Actor("city-two", Role.CHECKER, "222400")):
        opened.office.actors.register_actor(person, clock.now())
    yield opened
    opened.close()


def propose(desk: OfficeUnderTest, unit: str = "示例工程有限公司", **given: Any) -> str:
    """A proposal that is right unless something else is given."""
    return desk.office.unit_notices.propose(
        unit,
        given.get("code", CODE),
        given.get("document", "吉人社通〔2024〕1号"),
        given.get("decided_on", DECIDED_ON),
        given.get("ground", GROUND),
        given.get("actor", "maker"),
        given.get("certificates", ()),
    )


def named(desk: OfficeUnderTest) -> list[str]:
    return [one.unit_name for one in desk.office.notice_board.published(0, 100)]


def test_a_unit_is_named_once_the_second_person_confirmed(desk: OfficeUnderTest) -> None:
    step = propose(desk)
    assert named(desk) == []
    confirmed = desk.office.unit_notices.confirm(step, "checker")
    assert (confirmed.status, confirmed.maker, confirmed.checker) == (
        DecisionStatus.CONFIRMED,
        "maker",
        "checker",
    )
    (shown,) = desk.office.notice_board.published(0, 10)
    assert (shown.unit_name, shown.unit_code, shown.ground) == ("示例工程有限公司", CODE, GROUND)
    assert (shown.decided_on, shown.published_on) == (DECIDED_ON, date(2024, 6, 4))


def test_asking_again_changes_nothing(desk: OfficeUnderTest) -> None:
    step = propose(desk)
    assert propose(desk) == step
    first = desk.office.unit_notices.confirm(step, "checker")
    assert desk.office.unit_notices.confirm(step, "checker") == first
    assert propose(desk) == step
    assert named(desk) == ["示例工程有限公司"]
    actions = [e.action for e in desk.office.trail.entries(f"unit-notice/{step}")]
    assert actions == ["console:unit_notice:propose", "console:unit_notice:confirm"]


def test_a_lifted_notice_is_public_no_more_and_stays_on_record(desk: OfficeUnderTest) -> None:
    notices = desk.office.unit_notices
    step = propose(desk)
    notices.confirm(step, "checker")
    lifting = notices.propose_lifting(
        step, "吉人社通〔2024〕2号", date(2024, 6, 4), "复查后认定材料属实", "checker"
    )
    assert named(desk) == ["示例工程有限公司"]
    notices.confirm(lifting, "maker")
    assert named(desk) == []
    assert {one.id for one in notices.store.listed(DecisionStatus.CONFIRMED)} == {step, lifting}
    with pytest.raises(ConflictError, match="另有撤销决定"):
        notices.propose_lifting(step, "吉人社通〔2024〕3号", date(2024, 6, 4), "再次撤销", "maker")


def test_a_proposal_may_be_taken_back_until_it_is_confirmed(desk: OfficeUnderTest) -> None:
    notices = desk.office.unit_notices
    step = propose(desk)
    assert notices.withdraw(step, "checker").status is DecisionStatus.WITHDRAWN
    assert notices.withdraw(step, "checker").status is DecisionStatus.WITHDRAWN
    with pytest.raises(ConflictError, match="已撤回"):
        notices.confirm(step, "checker")
    again = propose(desk)
    assert again != step
    notices.confirm(again, "checker")
    with pytest.raises(ConflictError, match="已经生效"):
        notices.withdraw(again, "maker")


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"actor": "nobody"}, UnknownReference, "没有登记"),
        ({"actor": "watcher"}, NotPermitted, "监督人员"),
        ({"actor": "city"}, NotPermitted, "省级人力资源和社会保障部门"),
        ({"unit": " "}, RequestError, "请填写单位名称"),
        ({"unit": "字" * 201}, RequestError, "不能超过"),
        ({"unit": "魏昭霭"}, RequestError, "机构的全称"),
        ({"unit": "欧阳李园"}, RequestError, "机构的全称"),
        ({"unit": "魏昭霭（北川分公司）"}, RequestError, "机构的全称"),
        ({"unit": "魏·昭·霭"}, RequestError, "机构的全称"),
        ({"unit": "王建设局"}, RequestError, "机构的全称"),
        ({"code": None}, RequestError, "请填写单位的统一社会信用代码"),
        ({"code": " "}, RequestError, "请填写单位的统一社会信用代码"),
        ({"certificates": ["222023061000999X"]}, UnknownReference, "没有编号为 222023061000999X 的证书"),
        ({"ground": "为229906197605300515出具虚假材料"}, RequestError, "身份证件号码"),
        ({"unit": "孙某229906 19760530 0515工作室"}, RequestError, "身份证件号码"),
        ({"ground": "一\n二"}, RequestError, "无法显示"),
        ({"code": "91229901MA00000150"}, RequestError, "统一社会信用代码有误"),
        ({"decided_on": DECIDED_ON + timedelta(days=2)}, RequestError, "不能晚于今天"),
        ({"decided_on": date(2022, 4, 19)}, RequestError, "不能早于吉人社函〔2022〕38号印发之日"),
    ],
)
def test_a_notice_is_refused_for(
    desk: OfficeUnderTest, given: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        propose(desk, **given)
    assert desk.office.unit_notices.store.listed() == ()


@pytest.mark.parametrize(
    "unit",
    [
        "示例工程有限公司",
        "延边医院",
        "长春市第三建筑厂",
        "示例律师事务所（特殊普通合伙）",
        "魏某工作室",
        "珲春市林业局",
    ],
)
def test_organisations_bear_names_of_organisations(desk: OfficeUnderTest, unit: str) -> None:
    desk.office.unit_notices.confirm(propose(desk, unit), "checker")
    assert named(desk) == [unit]


def test_nobody_of_the_unit_is_named(desk: OfficeUnderTest) -> None:
    batch = sample(REGULAR).with_rows([{**SUN, "统一社会信用代码": CODE}])
    desk.submit(batch.xlsx())
    for given in (
        {"ground": "孙建国的业绩材料造假"},
        {"ground": "孙 建 国等人造假"},
        {"document": "关于孙建国的通报"},
    ):
        with pytest.raises(RequestError, match="请不要写持证人的姓名"):
            propose(desk, **given)
    with pytest.raises(RequestError, match="请不要写持证人的姓名"):
        propose(desk, "孙建国工程有限公司")
    assert desk.office.unit_notices.store.listed() == ()


def test_nobody_whom_the_case_is_about_is_named_and_the_numbers_stay_inside(desk: OfficeUnderTest) -> None:
    (issued,) = desk.issue(desk.submit(sample(REGULAR).with_rows([SUN]).xlsx()))
    number = issued.draft.content.number
    other = "91229901MA000020XX"
    assert read_unit_code(other).code is not None
    with pytest.raises(RequestError, match="请不要写持证人的姓名"):
        propose(desk, code=other, ground="为孙建国出具虚假材料", certificates=[number])
    step = propose(desk, code=other, certificates=[number])
    assert desk.office.unit_notices.confirm(step, "checker").notice.certificates == (number,)
    with pytest.raises(RequestError, match="请不要写持证人的姓名"):
        desk.office.unit_notices.propose_lifting(
            step, "吉人社通〔2024〕2号", date(2024, 6, 4), "孙建国的材料属实", "maker"
        )
    with served(create_app(desk.office.settings.public_folder, public_service(desk.office))) as host:
        texts = [httpx.get(f"{host}{path}").text for path in ("/api/v1/unit-notices", "/notices")]
    assert all("示例工程有限公司" in text and number not in text for text in texts)


def test_who_was_admitted_after_the_proposal_is_not_named_by_its_confirmation(desk: OfficeUnderTest) -> None:
    step = propose(desk, ground="为孙建国出具虚假材料")
    desk.submit(sample(REGULAR).with_rows([{**SUN, "统一社会信用代码": CODE}]).xlsx())
    with pytest.raises(RequestError, match="请不要写持证人的姓名"):
        desk.office.unit_notices.confirm(step, "checker")
    assert named(desk) == []


def test_the_same_person_cannot_confirm_and_a_refusal_is_written_down(desk: OfficeUnderTest) -> None:
    step = propose(desk)
    for actor, words in (("maker", "同一人"), ("watcher", "监督人员"), ("city-two", "同一部门")):
        with pytest.raises(NotPermitted, match=words):
            desk.office.unit_notices.confirm(step, actor)
    refused = [
        entry.actor
        for entry in desk.office.trail.entries(f"unit-notice/{step}")
        if entry.action == "console:unit_notice:confirm.refused"
    ]
    assert refused == ["maker", "watcher", "city-two"]
    assert named(desk) == []


def test_everybody_reads_the_notices_and_no_person_stands_in_them(desk: OfficeUnderTest) -> None:
    desk.office.unit_notices.confirm(propose(desk), "checker")
    with served(create_app(desk.office.settings.public_folder, public_service(desk.office))) as host:
        answer = httpx.get(f"{host}/api/v1/unit-notices")
        page = httpx.get(f"{host}/notices")
        known = httpx.get(f"{host}/notices", headers={"If-None-Match": page.headers["etag"]})
        beyond = httpx.get(f"{host}/api/v1/unit-notices", params={"page": 2}).json()
        wrong = httpx.get(f"{host}/api/v1/unit-notices", params={"page": 0})
    assert answer.json()["notices"][0]["unit_name"] == "示例工程有限公司"
    assert (answer.json()["number"], answer.json()["clause"]) == (1, "吉人社函〔2022〕38号 四（二）")
    assert "示例工程有限公司" in page.text
    assert {"maker", "checker"} & set(answer.text.replace('"', " ").split()) == set()
    assert (known.status_code, beyond["notices"], wrong.status_code) == (304, [], 422)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_holds_long_names_and_many_units(
    desk: OfficeUnderTest, clock: FixedClock, browser: Browser, width: int
) -> None:
    for index in range(21):
        desk.office.unit_notices.confirm(propose(desk, f"{index}号" + LONG_NAME), "checker")
        clock.advance(timedelta(seconds=1))
    with served(create_app(desk.office.settings.public_folder, public_service(desk.office))) as host:
        page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
        page.goto(f"{host}/notices")
        expect(page.locator("article.notice")).to_have_count(20)
        expect(page.locator("article.notice h2").first).to_contain_text("20号")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.get_by_role("link", name="下一页").click()
        expect(page.locator("article.notice")).to_have_count(1)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Units named publicly")).to_be_visible()
    assert wide == 0


def test_the_command_line_proposes_confirms_and_lists(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    OfficeUnderTest(tmp_path / "home", clock).close()
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "home"))
    words = ["--document", "吉人社通〔2024〕1号", "--decided-on", "2024-06-03", "--ground", GROUND]
    run = CliRunner()
    proposed = run.invoke(
        certsvc,
        ["notice", "propose", "示例工程有限公司", "--unit-code", CODE, *words, "--actor", "maker", "--json"],
    )
    step = json.loads(proposed.stdout)["notice"]
    confirmed = run.invoke(certsvc, ["notice", "confirm", step, "--actor", "checker", "--json"])
    assert json.loads(confirmed.stdout)["status"] == "confirmed"
    lifting = run.invoke(certsvc, ["notice", "lift", step, *words, "--actor", "checker", "--json"])
    withdrawn = run.invoke(
        certsvc, ["notice", "withdraw", json.loads(lifting.stdout)["notice"], "--actor", "maker"]
    )
    assert "已撤回" in withdrawn.stdout
    listed = run.invoke(certsvc, ["notice", "list", "--status", "confirmed"])
    assert "已公布" in listed.stdout
    assert "示例工程有限公司" in listed.stdout
