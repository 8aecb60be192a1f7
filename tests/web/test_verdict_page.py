"""The verdict page in a real browser: what a person at a counter sees."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from certsvc.entrypoints.public_api import create_app
from certsvc.formats.leaf import SlotStatus
from tests.support.old_browser import WITHOUT_ED25519, WITHOUT_SUBTLE
from tests.web.builders import (
    FOREIGN_KEY,
    TreePlan,
    annotated_record,
    dual_directed_record,
    forged_text,
    historical_record,
    qr_text,
    regular_record,
    served,
    write_tree,
)

OpenPage = Callable[..., Page]
STATUSES = {
    SlotStatus.SUSPENDED: ("已暂停", "suspended"),
    SlotStatus.REVOKED: ("已撤销", "revoked"),
    SlotStatus.WRITTEN_OFF: ("已核销", "written-off"),
    SlotStatus.VOIDED: ("无效", "voided"),
    SlotStatus.SUPERSEDED: ("已换发", "superseded"),
}
STATUS_SLOTS = {100 + status: status for status in STATUSES}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    statuses = {7: SlotStatus.VALID, 70_001: SlotStatus.VALID, 8: SlotStatus.HISTORICAL} | STATUS_SLOTS
    write_tree(folder, TreePlan(statuses))
    return folder


@pytest.fixture(scope="module")
def host(tree: Path) -> Iterator[str]:
    with served(create_app(tree)) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens an address in a fresh context; in the end no page may have complained about anything."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    complaints: list[str] = []
    tolerated: list[str] = []

    def opened(address: str, tolerate: str | None = None) -> Page:
        tolerated.extend([tolerate] if tolerate else [])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield opened
    context.close()
    assert [text for text in complaints if not any(word in text for word in tolerated)] == []


def verdict_of(page: Page) -> dict[str, Any]:
    expect(page.locator("[data-basis]")).to_be_visible()
    verdict: dict[str, Any] = json.loads(page.locator("[data-verdict-json]").text_content() or "")
    return verdict


def codes_of(page: Page) -> list[str]:
    return [finding["code"] for finding in verdict_of(page)["findings"]]


def says(page: Page, word: str, label: str, mark: str) -> None:
    """The three parts of the answer: word, label, and the shape of the mark."""
    expect(page.locator("[data-verdict]")).to_contain_text(word)
    expect(page.locator("[data-label]")).to_contain_text(label)
    expect(page.locator("[data-answer]")).to_have_attribute("data-mark", mark)


def test_a_genuine_certificate_passes_and_shows_what_it_says(host: str, open_page: OpenPage) -> None:
    page = open_page(f"{host}/v#{qr_text(regular_record())}")
    says(page, "通过核验", "有效", "passed")
    fields = page.locator("[data-fields]")
    for words in (
        "林晓棠",
        "1022",
        "高级工程师",
        "工程技术人员",
        "副高级",
        "2023年10月7日（星期六）",
        "JL05202300000017",
    ):
        expect(fields).to_contain_text(words)
    verdict = verdict_of(page)
    assert (verdict["verdict"], verdict["authentic"], verdict["status"]) == ("passed", "yes", "valid")
    assert verdict["holder"] == "林**"
    assert verdict["valid_here"] == "not_asked"
    assert verdict["not_established"] == ["no-witnesses"]
    assert 0 <= verdict["checkpoint_age"] < 600
    expect(page.locator("[data-test-banner]")).to_be_visible()
    expect(page.locator("[data-place]")).to_be_hidden()


def test_a_statement_of_historical_data_shows_the_words_of_the_old_papers(
    host: str, open_page: OpenPage
) -> None:
    page = open_page(f"{host}/v#{qr_text(historical_record(8))}")
    says(page, "通过核验", "历史数据", "historical")
    fields = page.locator("[data-fields]")
    for words in ("王建国", "中学高级教师", "1998-06", "B（仅有名单）", "H00000000980312A"):
        expect(fields).to_contain_text(words)
    verdict = verdict_of(page)
    assert (verdict["status"], verdict["certificate"], verdict["holder"]) == ("historical", None, "王**")
    assert verdict["historical"]["title"] == "中学高级教师"


def test_an_annotated_copy_names_its_recipient_until_its_last_day_is_over(
    host: str, open_page: OpenPage
) -> None:
    page = open_page(f"{host}/v#{qr_text(annotated_record(ends_on=date(2099, 12, 31)))}")
    says(page, "通过核验", "加注件，仅供特定用途", "limited")
    expect(page.locator("[data-fields]")).to_contain_text("长春市第一建筑公司")
    expect(page.locator("[data-unchecked]")).to_contain_text("是否已提前停用")
    page = open_page(f"{host}/v#{qr_text(annotated_record(ends_on=date(2024, 1, 1)))}")
    says(page, "未通过核验", "加注件已到期", "stale")
    expect(page.locator("[data-text]")).to_contain_text("证书本身的状态：有效")


def test_the_question_where_it_is_used_decides_for_a_dual_directed_title(
    host: str, open_page: OpenPage
) -> None:
    page = open_page(f"{host}/v#{qr_text(dual_directed_record())}")
    says(page, "通过核验", "仅限珲春市有效", "limited")
    assert verdict_of(page)["validity_area"] == {"code": "222404", "name": "珲春市"}
    select = page.locator("[data-place-select]")
    answers = (
        ("222404", "通过核验", "在珲春市有效", "yes", "limited"),
        ("222401", "未通过核验", "在此不适用", "no", "elsewhere"),
        ("222400", "无法判定", "使用地不够具体", "undetermined", "where"),
        ("", "通过核验", "仅限珲春市有效", "not_asked", "limited"),
    )
    for place, word, label, valid_here, mark in answers:
        select.select_option(place)
        says(page, word, label, mark)
        assert verdict_of(page)["valid_here"] == valid_here
    select.select_option("222401")
    expect(page.locator("[data-text]")).to_contain_text(
        "仅在珲春市范围内有效。您选择的使用地是延吉市：在此不适用。"
    )


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.name.lower())
def test_a_genuine_certificate_that_no_longer_counts_fails_and_says_why(
    host: str, open_page: OpenPage, status: SlotStatus
) -> None:
    label, code = STATUSES[status]
    page = open_page(f"{host}/v#{qr_text(regular_record(100 + status))}")
    expect(page.locator("[data-verdict]")).to_contain_text("未通过核验")
    expect(page.locator("[data-label]")).to_contain_text(label)
    assert verdict_of(page)["authentic"] == "yes"
    assert code in codes_of(page)


def test_a_historical_record_passes_and_is_named_so(host: str, open_page: OpenPage) -> None:
    page = open_page(f"{host}/v#{qr_text(regular_record(8))}")
    says(page, "通过核验", "历史数据", "historical")


UNPROVEN = {
    "forged": (forged_text(regular_record()), "未通过核验", "签名不符", "forged", "no", "record-forged"),
    "altered": (qr_text(regular_record())[:-1] + "X", "未通过核验", "内容被改动", "forged", "no", "record-altered"),
    "cut off": (qr_text(regular_record())[:-40] + "Z", "无法判定", "读不出内容", "unreadable", "unknown", "record-unreadable"),
    "a stranger's key": (
        qr_text(regular_record(), FOREIGN_KEY), "无法判定", "签发密钥未知", "key-unknown", "unknown", "record-key-unknown",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNPROVEN)
def test_what_the_authority_did_not_sign_is_told_apart(host: str, open_page: OpenPage, case: str) -> None:
    text, word, label, mark, authentic, code = UNPROVEN[case]
    page = open_page(f"{host}/v#{text}")
    says(page, word, label, mark)
    verdict = verdict_of(page)
    assert (verdict["authentic"], verdict["status"], verdict["certificate"]) == (authentic, "unknown", None)
    assert code in codes_of(page)


def test_a_slot_that_nothing_was_written_to_is_no_answer(host: str, open_page: OpenPage) -> None:
    page = open_page(f"{host}/v#{qr_text(regular_record(9))}")
    says(page, "无法判定", "账本中未登记", "undetermined")


def test_without_the_ledger_the_signature_still_counts_but_the_status_is_open(
    tmp_path: Path, tree: Path, open_page: OpenPage
) -> None:
    shutil.copytree(tree, tmp_path / "tree")
    (tmp_path / "tree" / "checkpoint").unlink()
    with served(create_app(tmp_path / "tree")) as address:
        page = open_page(f"{address}/v#{qr_text(regular_record())}", tolerate="404")
        says(page, "无法判定", "查不到当前状态", "offline")
        assert verdict_of(page)["authentic"] == "yes"
        assert codes_of(page) == ["tree-missing", "test-environment"]
        shutil.copy(tree / "checkpoint", tmp_path / "tree" / "checkpoint")
        page.get_by_role("button", name="重新核验").click()
        says(page, "通过核验", "有效", "passed")


def test_off_line_nothing_is_claimed(host: str, open_page: OpenPage) -> None:
    page = open_page(f"{host}/v", tolerate="ERR_")
    page.route("**/trust-list.json", lambda route: route.abort())
    page.get_by_label("粘贴二维码的内容").fill(f"https://host/v#{qr_text(regular_record())}")
    page.get_by_role("button", name="核验", exact=True).click()
    says(page, "无法判定", "取不到信任清单", "offline")
    expect(page.locator("[data-unproven]")).to_be_visible()


@pytest.mark.parametrize(
    ("shift", "label", "code"),
    [(-3 * 86_400, "状态信息已过时", "checkpoint-stale"), (3_600, "本机时间不对", "checkpoint-from-future")],
)
def test_a_ledger_that_is_not_of_now_is_no_answer(
    tmp_path: Path, open_page: OpenPage, shift: int, label: str, code: str
) -> None:
    write_tree(tmp_path, TreePlan(cosigned_at=int(time.time()) + shift))
    with served(create_app(tmp_path)) as address:
        page = open_page(f"{address}/v#{qr_text(regular_record())}")
        says(page, "无法判定", label, "stale")
        assert code in codes_of(page)


def test_a_revocation_counts_however_old_the_ledger_is(tmp_path: Path, open_page: OpenPage) -> None:
    write_tree(tmp_path, TreePlan({7: SlotStatus.REVOKED}, cosigned_at=int(time.time()) - 30 * 86_400))
    with served(create_app(tmp_path)) as address:
        says(open_page(f"{address}/v#{qr_text(regular_record())}"), "未通过核验", "已撤销", "revoked")


def test_a_shard_with_one_changed_bit_is_not_believed(
    tmp_path: Path, tree: Path, open_page: OpenPage
) -> None:
    shutil.copytree(tree, tmp_path / "tree")
    (shard,) = (tmp_path / "tree" / "status" / "shard").iterdir()
    content = bytearray(shard.read_bytes())
    content[40_000] ^= 1
    shard.write_bytes(content)
    with served(create_app(tmp_path / "tree")) as address:
        page = open_page(f"{address}/v#{qr_text(regular_record())}")
        says(page, "无法判定", "账本内容不一致", "offline")
        assert codes_of(page) == ["no-witnesses", "tree-inconsistent", "test-environment"]


def test_a_browser_without_ed25519_checks_with_a_script_and_without_that_says_so(
    host: str, browser: Browser
) -> None:
    context = browser.new_context(service_workers="block")  # which would bring the script all the same
    context.add_init_script(WITHOUT_ED25519)
    page = context.new_page()
    page.goto(f"{host}/v#{qr_text(regular_record())}")
    says(page, "通过核验", "有效", "passed")
    page.goto("about:blank")
    page.route("**/ed25519_fallback.js", lambda route: route.abort())
    page.goto(f"{host}/v#{qr_text(regular_record())}")
    says(page, "无法判定", "浏览器版本较旧", "undetermined")
    context.close()


def test_a_page_that_was_not_opened_over_https_says_that_it_cannot_check(host: str, browser: Browser) -> None:
    context = browser.new_context()
    context.add_init_script(WITHOUT_SUBTLE)
    page = context.new_page()
    page.goto(f"{host}/v#{qr_text(regular_record())}")
    says(page, "无法判定", "页面未加密打开", "undetermined")
    context.close()


def test_without_a_record_the_page_explains_and_takes_a_pasted_text(host: str, open_page: OpenPage) -> None:
    page = open_page(f"{host}/v")
    expect(page.locator("[data-verdict]")).to_contain_text("核验证书")
    text = qr_text(regular_record())
    page.get_by_label("粘贴二维码的内容").fill(f"  {host}/v#{text[:60]}\n{text[60:]} ")
    page.get_by_role("button", name="核验", exact=True).click()
    says(page, "通过核验", "有效", "passed")


def test_the_start_page_carries_a_pasted_text_to_the_verdict_page(host: str, open_page: OpenPage) -> None:
    page = open_page(host)
    page.get_by_label("粘贴二维码的内容").fill(f"{host}/v#{qr_text(regular_record())}")
    page.get_by_role("button", name="核验", exact=True).click()
    says(page, "通过核验", "有效", "passed")
    assert page.url.startswith(f"{host}/v#")


def test_the_language_switch_changes_every_text_and_leaves_no_trace(host: str, open_page: OpenPage) -> None:
    page = open_page(f"{host}/v#{qr_text(dual_directed_record())}")
    says(page, "通过核验", "仅限珲春市有效", "limited")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("通过核验Verified")
    assert page.locator("[data-verdict] [data-for=zh]").is_hidden()
    assert page.locator("[data-verdict] [data-for=en]").is_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_server_never_learns_which_certificate_is_checked(host: str, browser: Browser) -> None:
    asked: list[list[str]] = []
    for record in (regular_record(), dual_directed_record()):
        context = browser.new_context()
        page = context.new_page()
        requests: list[str] = []
        page.on(
            "request",
            lambda request, seen=requests: seen.append(f"{request.method} {request.url.split('#')[0]}"),
        )
        page.goto(f"{host}/v#{qr_text(record)}")
        expect(page.locator("[data-basis]")).to_be_visible()
        asked.append(sorted(requests))
        context.close()
    assert asked[0] == asked[1]
    assert all(request.startswith(f"GET {host}/") for request in asked[0])


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_name_of_fifty_characters_never_widens_the_page(host: str, browser: Browser, width: int) -> None:
    name = "阿卜杜热合曼·" * 7 + "图"
    assert len(name) == 50
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{host}/v#{qr_text(regular_record(name=name))}")
    expect(page.locator("[data-fields]")).to_contain_text(name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_without_script_the_page_says_that_it_cannot_tell(host: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{host}/v#{qr_text(regular_record())}")
    expect(page.locator("noscript p")).to_contain_text("无法判定")
    assert page.locator("[data-answer]").is_hidden()
    context.close()
