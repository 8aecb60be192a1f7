"""The camera: a film is held before it, and the page says what it sees. Nothing leaves the browser."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from certsvc.entrypoints.public_api import create_app
from certsvc.formats.leaf import SlotStatus
from tests.qr.printed import blurred, slanted, turned
from tests.support.chromium import browser_with_camera
from tests.support.films import write_film
from tests.web.builders import TreePlan, dual_directed_record, qr_text, regular_record, served, write_tree
from tests.web.pictures import around_symbol, beside, certificate_page, foreign_symbol, symbol

PREFIX = "http://127.0.0.1/v#"
REVOKED = regular_record(8)
Frames = list[Image.Image]
Show = Callable[[Frames], None]
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tree")
    write_tree(folder, TreePlan({7: SlotStatus.VALID, 8: SlotStatus.REVOKED, 70_001: SlotStatus.VALID}))
    with served(create_app(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("camera") / "film.y4m"
    write_film(path, [Image.new("L", (640, 480), 90)])
    return path


@pytest.fixture(scope="module")
def filming(browser: Browser, film: Path) -> Iterator[Browser]:
    with browser_with_camera(browser, film) as running:
        yield running


@pytest.fixture
def show(film: Path) -> Show:
    """What the camera shows from its next opening on."""
    return lambda frames: write_film(film, frames)


@pytest.fixture
def open_page(filming: Browser, host: str) -> Iterator[OpenPage]:
    """A page that may use the camera; in the end it has asked this host alone, and only for files."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    requests: list[str] = []

    def opened(
        path: str = "/v", width: int = 390, allowed: bool = True, script: str = "", keeps: bool = True
    ) -> Page:
        context = filming.new_context(
            locale="zh-CN",
            viewport={"width": width, "height": 844 if width < 600 else 800},
            permissions=["camera"] if allowed else [],
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        context.on("request", lambda request: requests.append(f"{request.method} {request.url}"))
        if script:
            page.add_init_script(script)
        page.goto(f"{host}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert all(request.startswith(f"GET {host}/") for request in requests), requests


def opening(page: Page) -> Locator:
    """Press the button; the viewfinder's line of words."""
    page.get_by_role("button", name="扫描二维码").click()
    return page.locator("[data-scanner-told]")


def held_by_hand(page: Image.Image) -> Frames:
    """A certificate comes into view: out of focus first, askew, from the side, then still."""
    near = around_symbol(page, 0.3)
    return [blurred(6)(near), turned(9)(near), blurred(2)(slanted(near)), turned(-4)(near), near, near]


def says(page: Page, word: str, label: str) -> None:
    expect(page.locator("[data-verdict]")).to_contain_text(word, timeout=30_000)
    expect(page.locator("[data-label]")).to_contain_text(label)


@pytest.mark.parametrize(("path", "width"), [("/v", 390), ("/", 1280)])
def test_a_certificate_held_before_the_camera_gets_its_verdict(
    show: Show, open_page: OpenPage, path: str, width: int
) -> None:
    show(held_by_hand(certificate_page(PREFIX, regular_record(), 200)))
    page = open_page(path, width)
    opening(page)
    says(page, "通过核验", "有效")
    expect(page.locator(".viewfinder")).to_have_count(0)


def test_a_reader_that_does_not_load_is_said_and_can_be_tried_again(
    filming: Browser, host: str, show: Show
) -> None:
    show([symbol(PREFIX + qr_text(REVOKED))])
    context = filming.new_context(locale="zh-CN", permissions=["camera"], service_workers="block")
    page = context.new_page()
    context.route("**/symbol_worker.js", lambda route: route.fulfill(status=503))
    page.goto(f"{host}/v")
    told = opening(page)
    expect(told).to_contain_text("识别程序没有加载成功", timeout=15_000)
    expect(told).to_contain_text("校验码")
    expect(page.locator(".viewfinder")).to_have_attribute("data-scanner-state", "refused")
    context.unroute("**/symbol_worker.js")
    page.get_by_role("button", name="重新打开摄像头").click()
    says(page, "未通过核验", "已撤销")
    context.close()


def test_a_revoked_certificate_is_said_to_be_revoked(show: Show, open_page: OpenPage) -> None:
    show([symbol(PREFIX + qr_text(REVOKED))])
    page = open_page()
    opening(page)
    says(page, "未通过核验", "已撤销")


def test_somebody_elses_symbol_is_named_and_never_opened(show: Show, open_page: OpenPage) -> None:
    show([foreign_symbol("https://pay.example/88A1?to=me"), foreign_symbol("WIFI:S:guest;;")])
    page = open_page(width=1280)
    told = opening(page)
    expect(told).to_contain_text("这不是证书二维码，没有打开它", timeout=20_000)
    shown(page, "foreign")
    page.set_viewport_size({"width": 390, "height": 844})
    shown(page, "foreign")
    page.get_by_role("button", name="关闭").click()
    assert page.url.endswith("/v")


def test_our_record_behind_a_foreign_address_is_warned_of(show: Show, open_page: OpenPage) -> None:
    show([symbol("https://zc-jilin.example/v#" + qr_text(regular_record()))])
    page = open_page()
    opening(page)
    says(page, "通过核验", "有效")
    expect(page.locator("[data-notes] .warning")).to_contain_text("不是发证机关公布的地址")


def test_of_two_certificates_in_view_the_reader_chooses(show: Show, open_page: OpenPage) -> None:
    both = beside(
        symbol(PREFIX + qr_text(regular_record())), symbol(PREFIX + qr_text(dual_directed_record()))
    )
    show([both])
    page = open_page()
    told = opening(page)
    expect(told).to_contain_text("要核验哪一份", timeout=20_000)
    expect(page.locator(".viewfinder-choices button")).to_have_count(3)
    shown(page, "several")
    page.get_by_role("button", name=dual_directed_record().number).click()
    says(page, "通过核验", "仅限珲春市有效")


def failing(name: str) -> str:
    return f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{name}'); }};"


REFUSALS = {
    "missing": (failing("NotFoundError"), "没有找到摄像头"),
    "in-use": (failing("NotReadableError"), "正被其他程序使用"),
    "unsupported": (
        "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });",
        "不能使用摄像头",
    ),
    "insecure": (
        "Object.defineProperty(window, 'isSecureContext', { value: false });",
        "不是通过 https 打开",
    ),
}


def test_without_a_camera_the_page_says_why_and_what_to_do_instead(open_page: OpenPage) -> None:
    page = open_page()
    for reason, (script, sentence) in REFUSALS.items():
        page.evaluate(f"() => {{ {script} }}")
        told = opening(page)
        expect(told).to_contain_text(sentence)
        expect(told).to_contain_text("校验码" if reason != "insecure" else "手机相机")
        shown(page, reason)
        page.keyboard.press("Escape")
        expect(page.locator(".viewfinder")).to_have_count(0)


def test_whoever_says_no_to_the_camera_is_told_how_to_go_on(open_page: OpenPage) -> None:
    page = open_page(allowed=False)
    told = opening(page)
    expect(told).to_contain_text("没有使用摄像头的权限")
    expect(told).to_contain_text("选择照片、粘贴二维码的内容，或输入校验码")
    shown(page, "denied")
    page.context.grant_permissions(["camera"])
    page.get_by_role("button", name="重新打开摄像头").click()
    expect(told).to_contain_text("画面只在本机识别", timeout=20_000)
    with page.expect_file_chooser():
        page.get_by_role("button", name="改用照片").click()
    expect(page.locator(".viewfinder")).to_have_count(0)


def test_a_device_without_any_camera_is_told_so(browser: Browser, host: str) -> None:
    context = browser.new_context(permissions=["camera"])
    page = context.new_page()
    page.goto(f"{host}/v")
    expect(opening(page)).to_contain_text("没有找到摄像头")
    context.close()


STILL_ON = "window.cameras.some((stream) => stream.getTracks().some((track) => track.readyState === 'live'))"
NOTING_CAMERAS = """
    window.cameras = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await open(wish);
        window.cameras.push(stream);
        return stream;
    };
"""
LEAVING = {
    "its button": lambda page: page.get_by_role("button", name="关闭").click(),
    "escape": lambda page: page.keyboard.press("Escape"),
    "the browser's back": lambda page: page.go_back(),
    "hiding the page": lambda page: page.evaluate(
        """Object.defineProperty(document, "hidden", { value: true });
           document.dispatchEvent(new Event("visibilitychange"));"""
    ),
}


def test_the_camera_is_off_as_soon_as_the_viewfinder_is_closed(
    show: Show, open_page: OpenPage, host: str
) -> None:
    show([Image.new("L", (640, 480), 90)])
    page = open_page(script=NOTING_CAMERAS)
    for leave in LEAVING.values():
        expect(opening(page)).to_contain_text("画面只在本机识别", timeout=20_000)
        assert page.evaluate(STILL_ON)
        leave(page)
        expect(page.locator(".viewfinder")).to_have_count(0)
        assert not page.evaluate(STILL_ON)
        assert page.url == f"{host}/v"


def test_the_viewfinder_holds_the_focus_and_gives_it_back(show: Show, open_page: OpenPage) -> None:
    show([Image.new("L", (640, 480), 90)])
    page = open_page()
    expect(opening(page)).to_contain_text("画面只在本机识别", timeout=20_000)
    expect(page.get_by_role("dialog", name="扫描证书上的二维码")).to_be_visible()
    expect(page.locator("[data-scanner-told]")).to_have_attribute("role", "status")
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    shown(page, "looking")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="扫描二维码")).to_be_focused()


SWITCHES = """
    MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
    MediaStreamTrack.prototype.applyConstraints = async ({ advanced: [{ torch }] }) => { window.light = torch; };
    navigator.mediaDevices.enumerateDevices = async () => ["front", "back"].map((deviceId) => ({ kind: "videoinput", deviceId }));
    window.asked = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wish) => {
        window.asked.push(wish.video.deviceId?.exact ?? wish.video.facingMode.ideal);
        return open({ video: true });
    };
"""


def test_light_and_another_camera_are_offered_where_the_device_has_them(
    show: Show, open_page: OpenPage
) -> None:
    show([Image.new("L", (640, 480), 90)])
    page = open_page(script=SWITCHES)
    expect(opening(page)).to_contain_text("画面只在本机识别", timeout=20_000)
    light = page.get_by_role("button", name="补光")
    for pressed in ("true", "false"):
        light.click()
        expect(light).to_have_attribute("aria-pressed", pressed)
        assert page.evaluate("window.light") is (pressed == "true")
    light.click()
    page.get_by_role("button", name="切换摄像头").click()
    expect(light).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.asked") == ["environment", "front"]
    shown(page, "switches")


NOTHING_KEPT = "Object.defineProperty(navigator, 'serviceWorker', { value: undefined });"
"""Else the reader is fetched beforehand, for use off line."""
DEVICE_READER = """
    globalThis.BarcodeDetector = class {
        static async getSupportedFormats() { return ["qr_code"]; }
        async detect() { return TEXTS.map((rawValue) => ({ rawValue })); }
    };
"""


@pytest.mark.parametrize("sees", [True, False])
def test_the_devices_own_reader_is_asked_first_and_not_trusted_to_see_all(
    show: Show, open_page: OpenPage, sees: bool
) -> None:
    text = PREFIX + qr_text(regular_record())
    show([symbol(text)])
    page = open_page(script=NOTHING_KEPT)
    loaded: list[str] = []
    page.context.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))

    def with_reader(route: Route) -> None:
        script = DEVICE_READER.replace("TEXTS", json.dumps([text] if sees else []))
        answer = route.fetch()
        route.fulfill(response=answer, body=script + answer.text())

    page.context.route("**/symbol_worker.js", with_reader)
    opening(page)
    says(page, "通过核验", "有效")
    assert ("zxing_reader.wasm" in loaded) is not sees


def test_a_reader_that_does_not_load_is_said_to_have_failed(show: Show, filming: Browser, host: str) -> None:
    show([symbol(PREFIX + qr_text(regular_record()))])
    context = filming.new_context(permissions=["camera"])
    page = context.new_page()
    page.goto(f"{host}/v")
    context.route("**/*.wasm", lambda route: route.abort())
    expect(opening(page)).to_contain_text("识别程序没有加载成功", timeout=20_000)
    context.close()


def shown(page: Page, name: str) -> None:
    """Nothing overflows; with SCREENS in the environment, the picture is kept in that folder."""
    assert (
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    ), name
    folder, size = os.environ.get("SCREENS"), page.viewport_size
    if folder is not None and size is not None:
        page.screenshot(path=Path(folder) / f"scanner-{name}-{size['width']}.png")
