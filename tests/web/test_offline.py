"""The verification page without network, in a real browser: what it still answers, and how old it says its knowledge is."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from certsvc.entrypoints.public_api import application, create_app
from certsvc.formats.leaf import SlotStatus
from tests.web.builders import (
    ORIGIN,
    TreePlan,
    dual_directed_record,
    forged_text,
    qr_text,
    regular_record,
    write_tree,
)
from tests.web.hosts import Host

Begin = Callable[..., BrowserContext]
VALID, REVOKED = SlotStatus.VALID, SlotStatus.REVOKED
OTHER_SHARD = 131_072 + 9
STATUSES = {7: VALID, 8: REVOKED, 70_001: VALID, OTHER_SHARD: VALID}
EARLIER = TreePlan(STATUSES, slots=262_144)
LATER = TreePlan(STATUSES | {7: REVOKED}, leaves=5, slots=262_144)
GENUINE = qr_text(regular_record())
KEPT = """async () => {
    const names = await caches.keys();
    const files = async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await files(name)])));
}"""
SPOILT = """async () => {
    const cache = await caches.open("kept-shards");
    for (const key of await cache.keys()) {
        const raw = new Uint8Array(await (await cache.match(key)).arrayBuffer());
        raw[40000] ^= 1;
        await cache.put(key, new Response(raw));
    }
}"""
PICTURES = (
    ("passed", GENUINE, 3),
    ("panel", "", 3),
    ("too-old", GENUINE, 8),
    ("not-kept", qr_text(regular_record(OTHER_SHARD)), 1),
    ("revoked", qr_text(regular_record(8)), 3),
)
EVERYTHING = """async () => {
    const texts = [location.pathname];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const raw = new Uint8Array(await (await cache.match(request)).arrayBuffer());
            texts.push(request.method, request.url, new TextDecoder().decode(raw));
        }
    }
    texts.push(JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, await indexedDB.databases()]));
    return texts.join("\\n");
}"""


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.stop()


@pytest.fixture
def begin(browser: Browser) -> Iterator[Begin]:
    """Opens a browser with nothing in it, as a person has one."""
    begun: list[BrowserContext] = []

    def opened(width: int = 390, height: int = 844) -> BrowserContext:
        context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": height})
        begun.append(context)
        return context

    yield opened
    for context in begun:
        context.close()


@pytest.fixture(scope="module")
def away(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BrowserContext, str]]:
    """A browser that has checked one certificate, and has no network since."""
    folder, host = tmp_path_factory.mktemp("tree"), Host()
    write_tree(folder, EARLIER)
    host.start(create_app(folder))
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    check_on_line(context, host)
    host.stop()
    yield context, host.address
    context.close()


def check_on_line(context: BrowserContext, host: Host, text: str = GENUINE) -> Page:
    """Check a certificate, and wait until everything for times without network is kept."""
    page = context.new_page()
    page.goto(f"{host.address}/v#{text}")
    fields = page.locator("[data-kept-fields]")
    expect(fields).to_contain_text("已保存，没有网络也能打开", timeout=15_000)
    expect(fields).to_contain_text("北京时间", timeout=15_000)
    return page


def check_at(
    context: BrowserContext, address: str, text: str = GENUINE, after: timedelta = timedelta()
) -> Page:
    """Check a certificate, on a device whose clock says that much more than now."""
    page = context.new_page()
    page.clock.set_fixed_time(datetime.now(UTC) + after)  # of the whole context: it holds until the next one
    page.goto(f"{address}/v#{text}")
    expect(page.locator("[data-basis]")).to_be_visible(timeout=15_000)
    return page


def verdict_of(page: Page) -> dict[str, Any]:
    verdict: dict[str, Any] = json.loads(page.locator("[data-verdict-json]").text_content() or "")
    page.close()
    return verdict


def codes_of(verdict: dict[str, Any]) -> list[str]:
    return [
        item["code"]
        for item in verdict["findings"]
        if item["code"] not in ("test-environment", "no-witnesses")
    ]


def says(page: Page, *words: str) -> None:
    for text in words:
        expect(page.locator("[data-answer]")).to_contain_text(text)


def kept(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.evaluate(KEPT)
    return found


Away = tuple[BrowserContext, str]


def test_off_line_a_genuine_certificate_passes_and_the_answer_says_on_which_ledger(away: Away) -> None:
    page = check_at(*away, after=timedelta(days=3))
    asked = datetime.now(UTC) + timedelta(hours=8)
    says(
        page,
        "通过核验",
        "离线核验",
        f"核验依据：{asked:%Y-%m-%d} ",
        "的公开账本；离线，已 3 天未更新。",
        "联网后请重新核验",
    )
    expect(page.locator("[data-text]")).not_to_contain_text("目前有效")
    verdict = verdict_of(page)
    assert (verdict["verdict"], verdict["authentic"], verdict["status"]) == ("passed", "yes", "valid")
    assert 3 * 86_400 <= verdict["checkpoint_age"] < 3 * 86_400 + 600
    assert codes_of(verdict) == []


@pytest.mark.parametrize(
    ("after", "code", "label"),
    [
        (timedelta(days=8), "checkpoint-stale", "离线过久，状态已过时"),
        (timedelta(hours=-1), "checkpoint-from-future", "本机时间不对"),
    ],
)
def test_off_line_a_kept_ledger_counts_for_seven_days_and_never_before_its_time(
    away: Away, after: timedelta, code: str, label: str
) -> None:
    page = check_at(*away, after=after)
    says(page, "无法判定", label, "离线核验")
    verdict = verdict_of(page)
    assert (verdict["verdict"], codes_of(verdict)) == ("undetermined", [code])
    assert "7 天" in json.dumps(verdict["findings"], ensure_ascii=False) or code != "checkpoint-stale"


@pytest.mark.parametrize("days", [0, 8])
def test_off_line_a_revocation_that_is_kept_is_told_however_old(away: Away, days: int) -> None:
    page = check_at(*away, qr_text(regular_record(8)), timedelta(days=days))
    says(page, "未通过核验", "已撤销", "离线核验")
    assert "revoked" in codes_of(verdict_of(page))


def test_off_line_a_forged_record_is_told_as_on_line(away: Away) -> None:
    page = check_at(*away, forged_text(regular_record()))
    says(page, "未通过核验", "签名不符")
    page.close()


def test_off_line_the_place_of_use_still_decides(away: Away) -> None:
    page = check_at(*away, qr_text(dual_directed_record()))
    says(page, "通过核验", "仅限珲春市有效")
    page.locator("[data-place-select]").select_option("222401")
    says(page, "未通过核验", "在此不适用", "离线核验")
    page.close()


def test_off_line_a_certificate_whose_shard_was_never_fetched_is_left_open(away: Away) -> None:
    page = check_at(*away, qr_text(regular_record(OTHER_SHARD)))
    says(page, "无法判定", "离线，查不到当前状态", "本机没有保存这份证书所在的状态分片", "下载全部状态分片")
    verdict = verdict_of(page)
    assert (verdict["authentic"], verdict["status"], codes_of(verdict)) == (
        "yes",
        "unknown",
        ["tree-missing"],
    )


def test_both_pages_open_without_network_and_say_what_is_kept(away: Away) -> None:
    context, address = away
    for path in ("/", "/v"):
        page = context.new_page()
        page.goto(f"{address}{path}")
        expect(page.locator("[data-kept-fields]")).to_contain_text("1 / 2，64 KB")
        page.close()


def test_nothing_that_is_kept_tells_which_certificate_was_checked(away: Away) -> None:
    page = check_at(*away)
    everything = page.evaluate(EVERYTHING)
    page.close()
    assert "certsvc-trust-list/1" in everything
    for personal in (GENUINE[:40], "林晓棠", "JL05202300000017", "\nPOST\n"):
        assert personal not in everything, personal
    assert everything.endswith("[{},{},null,[]]")


def test_all_shards_can_be_fetched_beforehand_and_removed_again(
    host: Host, begin: Begin, tmp_path: Path
) -> None:
    write_tree(tmp_path, EARLIER)
    host.start(create_app(tmp_path))
    context = begin()
    page = context.new_page()
    page.goto(f"{host.address}/")
    expect(page.locator("[data-off-line-use]")).to_be_visible()
    assert not any(name.startswith("kept") for name in kept(page))
    page.get_by_role("button", name="准备离线使用").click()
    expect(page.locator("[data-kept-fields]")).to_contain_text("0 / 2，0 KB")
    page.get_by_role("button", name="下载全部 2 个分片（还需 128 KB）").click()
    expect(page.locator("[data-kept-fields]")).to_contain_text("2 / 2，128 KB")
    expect(page.get_by_role("button", name="现在更新")).to_be_visible()
    expect(page.locator("[data-kept-fields]")).to_contain_text("已保存，没有网络也能打开", timeout=15_000)
    host.stop()
    says(check_at(context, host.address, qr_text(regular_record(OTHER_SHARD))), "通过核验", "离线核验")
    page.get_by_role("button", name="现在更新").click()
    expect(page.locator("[data-kept-told]")).to_contain_text("本机保存的内容没有改变")
    page.get_by_role("button", name="删除本机保存的账本").click()
    expect(page.locator("[data-kept-told]")).to_contain_text("已删除")
    assert [name for name in kept(page) if name.startswith("kept")] == ["kept-seen"]
    says(check_at(context, host.address), "无法判定", "取不到信任清单")


def test_a_checkpoint_of_today_is_never_read_with_a_shard_of_yesterday(
    host: Host, begin: Begin, tmp_path: Path
) -> None:
    write_tree(tmp_path, EARLIER)
    host.start(create_app(tmp_path))
    context = begin()
    opened = check_on_line(context, host)
    says(opened, "通过核验")
    write_tree(tmp_path, LATER)
    other = check_at(context, host.address, qr_text(regular_record(OTHER_SHARD)))
    expect(other.locator("[data-kept-fields]")).to_contain_text("2 / 2")
    (name,) = (name for name in kept(other) if name.startswith("kept-set-"))
    assert name.startswith("kept-set-5-")
    other.evaluate("fetch('/api/v1/verify', {method: 'POST', body: '{}'})")
    assert [path for files in kept(other).values() for path in files if path.startswith("/api")] == []
    host.stop()
    opened.reload()
    says(opened, "未通过核验", "已撤销", "离线核验")


def test_a_damaged_file_is_not_believed_and_repairs_itself_on_line(
    host: Host, begin: Begin, tmp_path: Path
) -> None:
    write_tree(tmp_path, EARLIER)
    host.start(create_app(tmp_path))
    context = begin()
    page = check_on_line(context, host)
    page.evaluate(SPOILT)
    host.stop()
    page.reload()
    says(page, "无法判定", "本机保存的账本已损坏")
    host.start(create_app(tmp_path))
    page.get_by_role("button", name="重新核验").click()
    says(page, "通过核验")
    expect(page.locator("[data-off-line]")).to_be_hidden()
    page.wait_for_timeout(500)
    host.stop()
    page.reload()
    says(page, "通过核验", "离线核验")


def test_a_server_that_shows_an_older_ledger_or_trust_list_is_seen(
    host: Host, begin: Begin, tmp_path: Path
) -> None:
    write_tree(tmp_path / "later", replace(LATER, statuses=LATER.statuses | {9_000: VALID}))
    write_tree(tmp_path / "earlier", replace(EARLIER, statuses=EARLIER.statuses | {9_000: VALID}))
    renumber_trust_list(tmp_path / "later", 2)
    renumber_trust_list(tmp_path / "earlier", 2)
    host.start(create_app(tmp_path / "later"))
    context = begin()
    kept_page = check_on_line(context, host)
    host.start(create_app(tmp_path / "earlier"))
    # What was valid at both times is left open; what was revoked meanwhile stays revoked.
    for slot, word, label in ((9_000, "无法判定", "账本倒退"), (7, "未通过核验", "已撤销")):
        page = check_at(context, host.address, qr_text(regular_record(slot)))
        says(page, word, label, "现在收到的账本不能采信")
        assert "tree-inconsistent" in codes_of(verdict_of(page))
    kept_page.get_by_role("button", name="删除本机保存的账本").click()
    expect(kept_page.locator("[data-kept-told]")).to_contain_text("已删除")
    page = check_at(context, host.address)
    says(page, "无法判定", "账本倒退")
    assert codes_of(verdict_of(page)) == ["tree-inconsistent"]
    kept_page.get_by_role("button", name="准备离线使用").click()
    expect(kept_page.locator("[data-kept-told]")).to_contain_text("比这台设备以前核对过的还旧")
    renumber_trust_list(tmp_path / "earlier", 1)
    page = check_at(context, host.address)
    says(page, "无法判定", "账本倒退")
    assert codes_of(verdict_of(page)) == ["trust-unreadable"]


REMEMBER = """async (seen) => {
    const cache = await caches.open("kept-seen");
    await cache.put("/kept-facts.json", new Response(JSON.stringify(seen)));
}"""
HOW_FAR = """async () => {
    const found = await caches.match("/kept-facts.json", { cacheName: "kept-seen" });
    return found ? found.json() : null;
}"""
OTHER_LOGS: tuple[Any, ...] = (
    {"origin": "another.example/log", "root": "anchor x", "size": 9_000, "sequence": 400},
    {"origin": ORIGIN, "root": "anchor of another page", "size": 9_000, "sequence": 400},
    {"origin": ORIGIN, "size": 9_000, "sequence": 400},
    {},
    [],
    {"origin": ORIGIN, "root": 7, "size": "9000", "sequence": None},
)


@pytest.fixture(scope="module")
def fresh(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that has checked one certificate, on line."""
    folder, host = tmp_path_factory.mktemp("tree"), Host()
    write_tree(folder, EARLIER)
    host.start(create_app(folder))
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    yield check_on_line(context, host)
    context.close()
    host.stop()


@pytest.mark.parametrize("seen", OTHER_LOGS, ids=json.dumps)
def test_how_far_another_log_had_come_or_a_damaged_note_of_it_locks_nobody_out(
    fresh: Page, seen: Any
) -> None:
    fresh.evaluate(REMEMBER, seen)
    fresh.reload()
    says(fresh, "通过核验", "有效")
    expect(fresh.locator("[data-off-line]")).to_be_hidden()
    fresh.wait_for_function(f"async () => (await ({HOW_FAR})())?.sequence === 1")
    assert fresh.evaluate(HOW_FAR)["origin"] == ORIGIN


def test_whoever_knows_why_a_ledger_went_back_can_forget_the_one_before(fresh: Page) -> None:
    seen = fresh.evaluate(HOW_FAR)
    fresh.evaluate(REMEMBER, seen | {"size": seen["size"] + 1_000})
    fresh.reload()
    says(fresh, "无法判定", "账本倒退", "忘记以前见过的账本")
    fresh.get_by_text("提示“账本倒退”怎么办？").click()
    expect(fresh.locator("[data-seen]")).to_contain_text("只有发证机关确认账本已经重新建立")
    fresh.get_by_role("button", name="忘记以前见过的账本").click()
    expect(fresh.locator("[data-kept-told]")).to_contain_text("已忘记")
    expect(fresh.locator("[data-seen]")).to_be_hidden()
    fresh.get_by_role("button", name="重新核验").click()
    says(fresh, "通过核验", "有效")


def renumber_trust_list(folder: Path, sequence: int) -> None:
    """Give an unsigned trust list another number."""
    path = folder / "trust-list.json"
    told = json.loads(path.read_bytes())
    path.write_text(json.dumps(told | {"sequence": sequence}, ensure_ascii=False), encoding="utf-8")


def patiently(context: BrowserContext, address: str) -> Page:
    """As `check_at`, asked anew on another page where Chromium keeps a navigation that falls into a take-over."""
    for _ in range(6):
        page = context.new_page()
        try:
            page.goto(f"{address}/v#{qr_text(regular_record())}", timeout=10_000)
        except TimeoutError:
            page.close()
        else:
            return page
    raise AssertionError("no page opened")


def activated(context: BrowserContext, host: Host) -> Page:
    """A page of which nothing newer waits. Chromium may keep a navigation that falls into a take-over: then a new page asks."""
    for _ in range(8):
        page = context.new_page()
        try:
            page.goto(f"{host.address}/v", timeout=15_000)
            page.evaluate("navigator.serviceWorker.getRegistration().then((one) => { one.update(); })")
            page.wait_for_function(
                "navigator.serviceWorker.getRegistration().then(({ installing, waiting, active }) =>"
                " !installing && !waiting && active.state === 'activated')",
                timeout=15_000,
            )
            if len([name for name in kept(page) if name.startswith("shell-")]) == 2:
                return page
        except TimeoutError:
            pass
        page.close()
    raise AssertionError("the new release never took over")


def test_a_release_takes_over_whole_or_not_at_all(
    host: Host, begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, EARLIER)
    first = create_app(tmp_path)
    assets = application.load_assets()
    monkeypatch.setattr(application, "load_assets", lambda: replace(assets, digest="0123456789abcdef"))
    second = create_app(tmp_path)
    host.start(first)
    context = begin()
    page = check_on_line(context, host)
    assert release_of(page) == assets.digest

    host.start(without(second, "/"))
    for _ in range(
        5
    ):  # on line, the page of today counts; a host that is only starting may be slower than the patience
        page.reload()
        if release_of(page) != assets.digest:
            break
    assert release_of(page) == "0123456789abcdef"
    for _ in range(3):
        updated(page)
    host.stop()
    page.reload()
    says(page, "通过核验", "离线核验")
    assert release_of(page) == assets.digest
    expect(page.locator("[data-release-failing]")).to_contain_text("新版页面没有保存成功")

    host.start(second)
    page.close()  # a release waits for answers that the one before still gives
    page = activated(context, host)
    assert len([name for name in kept(page) if name.startswith("shell-")]) == 2
    host.stop()
    page = patiently(context, host.address)
    says(page, "通过核验", "离线核验")
    assert release_of(page) == "0123456789abcdef"


def test_pages_are_no_longer_kept_where_the_server_says_so(host: Host, begin: Begin, tmp_path: Path) -> None:
    write_tree(tmp_path, EARLIER)
    host.start(create_app(tmp_path))
    context = begin()
    page = check_on_line(context, host)
    host.start(create_app(tmp_path, keeps_pages=False))
    page.reload()
    page.wait_for_function("async () => !(await caches.keys()).some((name) => name.startsWith('shell-'))")
    page.wait_for_function("async () => (await navigator.serviceWorker.getRegistrations()).length === 0")
    page.reload()
    says(page, "通过核验", "有效")
    expect(page.locator("[data-kept-fields]")).to_contain_text("还没有保存完")
    page.wait_for_timeout(500)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(({ length }) => length)") == 0


@pytest.mark.parametrize(("days", "served"), [(0, False), (4, True)])
def test_a_kept_page_serves_while_the_server_is_slow_and_only_for_some_days(
    host: Host, begin: Begin, tmp_path: Path, days: int, served: bool
) -> None:
    write_tree(tmp_path, EARLIER)
    app = create_app(tmp_path)
    host.start(app)
    context = begin()
    page = check_on_line(context, host)
    page.evaluate(AGED, days)
    host.start(slow(app, "/v", 3.6))
    page.reload()
    assert (page.evaluate("performance.getEntriesByType('navigation')[0].responseStart") > 3_500) is served


AGED = """async (days) => {
    for (const name of await caches.keys()) {
        if (!name.startsWith("shell-")) continue;
        const cache = await caches.open(name);
        const kept = await cache.match("/v");
        const headers = new Headers(kept.headers);
        headers.set("x-kept-at", String(Date.now() - days * 86_400_000));
        await cache.put("/v", new Response(await kept.arrayBuffer(), { headers }));
    }
}"""


def slow(app: FastAPI, path: str, seconds: float) -> ASGIApp:
    """The application, but for one page that takes its time."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == path:
            await asyncio.sleep(seconds)
        await app(scope, receive, send)

    return answer


def release_of(page: Page) -> str:
    address = page.locator("link[rel=icon]").get_attribute("href") or ""
    return address.split("/")[2]


def updated(page: Page) -> None:
    """Let the browser look for a new release, and wait for what comes of it."""
    page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.getRegistration();
            await registration.update().catch(() => {});
            const coming = registration.installing;
            if (coming) await new Promise((done) => coming.addEventListener("statechange", () => {
                if (coming.state !== "installing") done();
            }));
        }"""
    )


def without(app: FastAPI, path: str) -> ASGIApp:
    """The application, but for one file that is lost on the way."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == path:
            scope = {**scope, "path": "/nothing", "raw_path": b"/nothing"}
        await app(scope, receive, send)

    return answer


def test_the_page_can_be_installed(browser: Browser, host: Host, tmp_path: Path) -> None:
    write_tree(tmp_path / "tree", EARLIER)
    host.start(create_app(tmp_path / "tree"))
    executable = shutil.which("chromium")
    context = browser.browser_type.launch_persistent_context(
        tmp_path / "profile", executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
    )
    page = context.new_page()
    page.goto(f"{host.address}/v")
    developer = context.new_cdp_session(page)
    manifest = developer.send("Page.getAppManifest")
    assert (manifest["url"], manifest["errors"]) == (f"{host.address}/manifest.webmanifest", [])
    told = json.loads(manifest["data"])
    assert (told["start_url"], told["scope"], told["display"]) == ("/v", "/", "standalone")
    for icon in told["icons"]:
        assert page.request.get(f"{host.address}{icon['src']}").headers["content-type"] == icon["type"]
    assert developer.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    context.close()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)])
def test_the_panel_and_the_answer_fit_phones_and_desks(away: Away, width: int, height: int) -> None:
    """With SCREENS in the environment, the pictures are kept in that folder."""
    context, address = away
    for name, text, days in PICTURES if "SCREENS" in os.environ else PICTURES[:2]:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=days))
        page.goto(f"{address}/v#{text}" if text else f"{address}/")
        expect(page.locator("[data-kept-fields]")).to_contain_text("1 / 2")
        if text:
            says(page, "离线核验")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if "SCREENS" in os.environ:
            page.screenshot(path=Path(os.environ["SCREENS"]) / f"offline-{name}-{width}.png", full_page=True)
        page.close()


def test_a_frozen_server_is_seen_by_its_age(host: Host, begin: Begin, tmp_path: Path) -> None:
    write_tree(tmp_path, replace(EARLIER, cosigned_at=int(time.time()) - 7200))
    host.start(create_app(tmp_path))
    page = check_at(begin(), host.address)
    says(page, "无法判定", "状态信息已过时")
    expect(page.locator("[data-off-line]")).to_be_hidden()
    assert codes_of(verdict_of(page)) == ["checkpoint-stale"]
