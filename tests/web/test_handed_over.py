"""Whatever is dropped on the page: a PDF goes to the service, a picture stays in the browser; names decide nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from certsvc.adapters.clock import FixedClock
from tests.api.asking import PublicOffice
from tests.support.office import OfficeUnderTest
from tests.web.test_pictures_in_browser import hand_over


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    under_test = OfficeUnderTest(
        tmp_path_factory.mktemp("handed"), clock, verify_per_minute=1_000_000, examine_per_minute=1_000_000
    )
    opened = PublicOffice(under_test, persons=1)
    yield opened
    opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def photo_of(raw_pdf: bytes) -> bytes:
    """The certificate as somebody photographs it from a screen."""
    written = BytesIO()
    with pypdfium2.PdfDocument(raw_pdf) as document:
        picture: Image.Image = document[0].render(scale=2.5).to_pil()
    picture.convert("L").save(written, "JPEG", quality=70)
    return written.getvalue()


@pytest.mark.parametrize("path", ["/", "/v"])
def test_a_pdf_dropped_anywhere_is_uploaded_once_and_a_picture_never(
    page: Page, office: PublicOffice, path: str
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{office.address}{path}")
    raw = office.document(office.regular[0])
    hand_over(page, "drop", ("照片.jpg", raw))
    expect(page.locator("[data-comparison-rows] tr").first).to_be_visible(timeout=60_000)
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
    assert sent == [f"{office.address}/api/v1/verify/pdf"]

    sent.clear()
    hand_over(page, "drop", ("证书.pdf", photo_of(raw)))
    expect(page.locator("[data-fields]")).to_contain_text(
        office.regular[0].draft.content.award.name, timeout=60_000
    )
    assert sent == []


def test_a_photo_chosen_in_the_field_for_files_is_read_here(page: Page, office: PublicOffice) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{office.address}/v")
    photo = photo_of(office.document(office.regular[0]))
    page.set_input_files("#file", {"name": "证书.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.locator("[data-fields]")).to_contain_text(
        office.regular[0].draft.content.award.name, timeout=60_000
    )
    assert sent == []
