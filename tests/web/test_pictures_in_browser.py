"""Photos and screenshots of certificates, read in the browser: chosen, dropped, pasted; never uploaded."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from certsvc.entrypoints.public_api import create_app
from tests.qr.printed import as_jpeg, blurred, slanted, turned
from tests.web.builders import TreePlan, dual_directed_record, qr_text, regular_record, served, write_tree
from tests.web.pictures import beside, certificate_page, foreign_symbol, jpeg, png, symbol

ReadPicture = Callable[[bytes], str]
PREFIX = "http://127.0.0.1/v#"
"""The address that the tests' trust list has published."""
TURN_BY_ORIENTATION = {3: 180, 6: 90, 8: 270}
"""EXIF orientation -> degrees (counter-clockwise) by which a picture has to be stored for it."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tree")
    write_tree(folder, TreePlan())
    with served(create_app(folder)) as address:
        yield address


@pytest.fixture
def requests() -> list[str]:
    return []


@pytest.fixture(params=[390, 1280])
def page(browser: Browser, host: str, requests: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": request.param, "height": 844})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda one: requests.append(f"{one.method} {one.url}"))
    opened.goto(f"{host}/v")
    yield opened
    context.close()
    assert complaints == []
    assert all(one.startswith(f"GET {host}/") for one in requests), requests


def choose(page: Page, raw: bytes, name: str = "证书.jpg") -> None:
    page.locator("[data-picture]").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": raw})


def hand_over(page: Page, event: str, *files: tuple[str, bytes]) -> None:
    """Drop or paste files, as a file manager and the clipboard hand them over."""
    page.evaluate(
        """([kind, files]) => {
            const list = new DataTransfer();
            for (const [name, content] of files) {
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                list.items.add(new File([bytes], name));
            }
            const details = { bubbles: true, cancelable: true };
            const event = kind === "drop" ? new DragEvent(kind, { ...details, dataTransfer: list })
                : new ClipboardEvent(kind, { ...details, clipboardData: list });
            document.body.dispatchEvent(event);
        }""",
        [event, [[name, base64.b64encode(content).decode()] for name, content in files]],
    )


def says(page: Page, word: str, label: str) -> None:
    expect(page.locator("[data-verdict]")).to_contain_text(word, timeout=30_000)
    expect(page.locator("[data-label]")).to_contain_text(label)


def whole_page(dpi: int = 150) -> Image.Image:
    return certificate_page(PREFIX, regular_record(), dpi)


PHOTOS: dict[str, Callable[[], bytes]] = {
    "a scan of the page": lambda: png(whole_page()),
    "a messenger's JPEG of quality 40": lambda: jpeg(as_jpeg(40)(whole_page()), 40),
    "turned by a quarter": lambda: jpeg(whole_page().rotate(90, expand=True)),
    "laid askew": lambda: jpeg(turned(17)(whole_page())),
    "from the side": lambda: jpeg(slanted(whole_page())),
    "out of focus": lambda: jpeg(blurred(1.2)(whole_page(200))),
    "of twelve megapixels and more": lambda: jpeg(whole_page(400)),
}


@pytest.fixture(scope="module")
def read_picture(browser: Browser, host: str) -> Iterator[ReadPicture]:
    """What the page's own module reads from the bytes of a picture: the number of the record, or the code."""
    page = browser.new_page()
    page.goto(f"{host}/v")
    address = page.locator("link[rel=stylesheet]").first.get_attribute("href") or ""

    def read(raw: bytes) -> str:
        answer: str = page.evaluate(
            """async ([folder, content]) => {
                const [{ recordInPicture }, { numberIn }] =
                    await Promise.all([import(`${folder}/picture.js`), import(`${folder}/scanned.js`)]);
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                const { text, code } = await recordInPicture(new File([bytes], "photo"));
                return text === null ? code : numberIn(text);
            }""",
            [address.rpartition("/")[0], base64.b64encode(raw).decode()],
        )
        return answer

    yield read
    page.close()


@pytest.mark.parametrize("photo", PHOTOS)
def test_a_photo_of_a_certificate_is_read(read_picture: ReadPicture, photo: str) -> None:
    assert read_picture(PHOTOS[photo]()) == regular_record().number


@pytest.mark.parametrize("orientation", TURN_BY_ORIENTATION)
def test_a_photo_is_read_whichever_way_the_camera_was_held(
    read_picture: ReadPicture, orientation: int
) -> None:
    stored = whole_page().rotate(TURN_BY_ORIENTATION[orientation], expand=True)
    assert read_picture(jpeg(stored, orientation=orientation)) == regular_record().number


def test_two_certificates_in_one_photo_are_both_seen(read_picture: ReadPicture) -> None:
    other = certificate_page(PREFIX, dual_directed_record())
    assert read_picture(jpeg(beside(whole_page(), other))) == "qr-several"


@pytest.mark.parametrize("page", [390], indirect=True)
def test_a_chosen_photo_is_checked(page: Page) -> None:
    choose(page, jpeg(whole_page(), 40))
    says(page, "通过核验", "有效")


@pytest.mark.parametrize(("way", "page"), [("drop", 1280), ("paste", 390)], indirect=["page"])
def test_a_picture_is_taken_from_anywhere_and_known_by_its_bytes(page: Page, way: str) -> None:
    hand_over(page, way, ("文件.pdf", png(whole_page())))
    says(page, "通过核验", "有效")


@pytest.mark.parametrize("page", [1280], indirect=True)
def test_words_pasted_into_the_field_for_words_stay_words(page: Page) -> None:
    """Text programs copy a picture of the words beside them."""
    left_alone = page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File(["GIF8"], "words.gif"));
            clipboardData.setData("text/plain", "words");
            const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData });
            return document.querySelector("[data-typed] input").dispatchEvent(event);
        }"""
    )
    assert left_alone
    expect(page.locator("[data-verdict]")).not_to_contain_text("无法判定")


@pytest.mark.parametrize("page", [1280], indirect=True)
def test_the_start_page_takes_pictures_too(page: Page, host: str) -> None:
    page.goto(host)
    hand_over(page, "drop", ("a.png", png(whole_page())))
    says(page, "通过核验", "有效")
    assert page.url.startswith(f"{host}/v#")


ELSEWHERE = "https://zc-jilin.example/v#"
NO_RECORD = {
    "qr-not-found": (lambda: jpeg(Image.new("L", (900, 700), 200)), "没有找到二维码"),
    "qr-several": (
        lambda: png(beside(symbol(PREFIX + qr_text(regular_record())), symbol(PREFIX + qr_text(dual_directed_record())))),
        "有多份证书",
    ),
    "image-unreadable": (lambda: b"\xff\xd8\xff" + bytes(3000), "图片读不出来"),
    "foreign-symbol": (lambda: png(foreign_symbol("https://qr.payment.example/88a1?to=me")), "不是证书二维码"),
    "neither-picture-nor-pdf": (lambda: b"PK\x03\x04" + bytes(100), "不是图片或 PDF"),
    "no-file-check": (lambda: b"%PDF-1.7\n" + bytes(100), "这里不核验 PDF 文件"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "page"),
    [(code, 390 if at % 2 else 1280) for at, code in enumerate(NO_RECORD)],
    indirect=["page"],
)
def test_a_picture_without_one_record_gets_no_verdict_but_advice(
    page: Page, requests: list[str], host: str, code: str
) -> None:
    make, label = NO_RECORD[code]
    hand_over(page, "drop", ("证书.png", make()))
    says(page, "无法判定", label)
    expect(page.locator("[data-answer]")).to_have_attribute("data-code", code)
    expect(page.locator("[data-next]")).not_to_be_empty()
    expect(page.get_by_role("button", name="扫描二维码")).to_be_visible()
    assert page.url == f"{host}/v"
    if code in ("qr-not-found", "qr-several"):
        shown(page, f"photo-{code}")


@pytest.mark.parametrize("page", [1280], indirect=True)
def test_an_earlier_answer_never_stands_beside_a_picture_that_gave_none(page: Page, host: str) -> None:
    hand_over(page, "drop", ("a.png", png(whole_page())))
    says(page, "通过核验", "有效")
    hand_over(page, "drop", ("b.png", png(Image.new("L", (300, 300), 128))))
    says(page, "无法判定", "没有找到二维码")
    for section in ("[data-record]", "[data-basis]"):
        expect(page.locator(section)).to_be_hidden()
    assert page.url == f"{host}/v"
    hand_over(page, "drop", ("a.png", b"GIF8"), ("b.png", b"GIF8"))
    says(page, "无法判定", "请一次一个文件")


@pytest.mark.parametrize("page", [390], indirect=True)
def test_our_record_behind_an_address_of_somebody_else_is_warned_of_and_not_visited(page: Page) -> None:
    hand_over(page, "paste", ("a.png", png(symbol(ELSEWHERE + qr_text(regular_record())))))
    says(page, "通过核验", "有效")
    expect(page.locator("[data-notes] .warning")).to_contain_text("不是发证机关公布的地址")


def shown(page: Page, name: str) -> None:
    """Nothing overflows; with SCREENS in the environment, the picture is kept in that folder."""
    assert (
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    ), name
    folder, size = os.environ.get("SCREENS"), page.viewport_size
    if folder is not None and size is not None:
        page.screenshot(path=Path(folder) / f"scanner-{name}-{size['width']}.png", full_page=True)
