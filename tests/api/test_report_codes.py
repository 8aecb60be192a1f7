"""Verification reports found again by their codes: what they said, whether they have ended, and how it stands now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.report_schema import verification_report
from certsvc.adapters.report_store import DatabaseReportStore
from certsvc.domain.decision import DecisionKind
from certsvc.errors import UnavailableError
from certsvc.formats.report_code import new_report_code
from tests.api.asking import PublicOffice, qr_text

CODE = re.compile(r"报告查验码(B[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{6}-[2-9A-HJKMNP-Z]{6})")


def made(public: PublicOffice, **question: Any) -> tuple[bytes, str, str]:
    """A report: the file, its code as printed, and the text of its page."""
    asked = {"qr": qr_text(public.regular[0])} | question
    answer = public.client.post("/api/v1/report", json=asked)
    assert answer.status_code == 200, answer.text
    text = re.sub(r"\s", "", PdfReader(BytesIO(answer.content)).pages[0].extract_text())
    found = CODE.search(text)
    assert found is not None, text
    return answer.content, found[1], text


def check(public: PublicOffice, code: str) -> httpx.Response:
    return public.client.post("/api/v1/report/check", json={"code": code})


def told(public: PublicOffice, code: str) -> dict[str, Any]:
    answer = check(public, code)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    said: dict[str, Any] = answer.json()
    return said


def later(public: PublicOffice, days: int) -> None:
    clock = public.clock
    assert isinstance(clock, FixedClock)
    public.office.republish()
    clock.instant = clock.now() + timedelta(days=days)
    public.office.republish()


def test_the_code_leads_to_what_the_report_said_and_to_its_file(shared: PublicOffice) -> None:
    raw, code, text = made(shared)
    said = told(shared, code)
    report = said["report"]
    assert report["document_sha256"] == sha256(raw).hexdigest()
    assert report["number"] in text
    assert (report["made_at"], report["ends_on"], report["ended"]) == (
        "2026-11-20T08:00:00Z",
        "2026-12-20",
        False,
    )
    assert "至2026年12月20日" in text
    assert said["then"] == said["now"] == shared.verify({"qr": qr_text(shared.regular[0])})
    assert said["changed"] is False


@pytest.mark.parametrize(("days", "ends_on"), [(1, "2026-11-21"), (90, "2027-02-18"), (180, "2027-05-19")])
def test_the_asker_chooses_when_it_ends(shared: PublicOffice, days: int, ends_on: str) -> None:
    _, code, _ = made(shared, days=days)
    assert told(shared, code)["report"]["ends_on"] == ends_on


@pytest.mark.parametrize("days", [0, 181, -1, "30", 1.5])
def test_no_report_lasts_longer_than_half_a_year(shared: PublicOffice, days: object) -> None:
    question = {"qr": qr_text(shared.regular[0]), "days": days}
    assert shared.client.post("/api/v1/report", json=question).status_code == 422


def test_the_place_of_use_is_asked_about_again(shared: PublicOffice) -> None:
    question = {"qr": qr_text(shared.dual[0]), "place": "222401"}
    said = told(shared, made(shared, **question)[1])
    assert said["report"]["place"] == "222401"
    assert (said["then"]["valid_here"], said["now"]["valid_here"]) == ("no", "no")


def test_the_code_is_taken_as_people_type_it(shared: PublicOffice) -> None:
    _, code, _ = made(shared)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.replace("-", ""))
    for typed in (code.lower(), code.replace("-", " "), wide, f" {code.replace('-', '')} "):
        assert told(shared, typed)["report"]["ended"] is False


def test_a_revocation_stands_beside_what_the_report_said_and_an_ended_report_says_so(
    public: PublicOffice,
) -> None:
    raw, code, _ = made(public, days=2)
    public.decide(DecisionKind.REVOKE, public.regular[0])
    said = told(public, code)
    assert (said["then"]["status"], said["now"]["status"], said["changed"]) == ("valid", "revoked", True)
    later(public, 2)
    assert told(public, code)["report"]["ended"] is False  # its last day
    assert "report-ended" not in found_in(public.verify_pdf(raw))
    later(public, 1)
    assert told(public, code)["report"]["ended"] is True
    assert {"document-is-report", "report-ended", "revoked"} <= found_in(public.verify_pdf(raw))


def found_in(verdict: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in verdict["findings"]}


def test_after_its_retention_a_report_is_gone_and_its_code_like_one_that_never_was(
    public: PublicOffice,
) -> None:
    unknown = check(public, new_report_code(lambda size: b"\x05" * size))
    _, code, _ = made(public, days=1)
    _, kept, _ = made(public, days=180)
    later(public, 1 + public.office.settings.report_keep_days)
    public.office.report_desk.retention.work(lambda: False)
    assert check(public, code).status_code == 200  # the last day that it is kept
    later(public, 1)
    public.office.report_desk.retention.work(lambda: False)
    gone = check(public, code)
    assert (gone.status_code, unknown.status_code) == (404, 404)
    assert _without_instance(gone) == _without_instance(unknown)
    assert told(public, kept)["report"]["ended"] is True


def _without_instance(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "instance"}


def test_what_is_kept_names_nobody_and_no_code(public: PublicOffice) -> None:
    certificate = public.regular[0]
    _, code, _ = made(public)
    with public.office.engine.begin() as connection:
        row = connection.execute(select(verification_report)).one()
    stored = repr(tuple(row)).encode() + bytes(row.sealed_content)
    for secret in (code.replace("-", ""), certificate.draft.content.award.name, "fail", "passed", "valid"):
        assert secret.encode() not in stored
    assert row.certificate_number == certificate.draft.content.number


def test_a_report_whose_signature_failed_is_found_by_nobody(
    public: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[str] = []

    def begun(store: DatabaseReportStore, report: Any, code: str) -> None:
        codes.append(code)
        begin(store, report, code)

    begin = DatabaseReportStore.begin
    monkeypatch.setattr(DatabaseReportStore, "begin", begun)
    monkeypatch.setattr("certsvc.adapters.signers.HeldDocumentSigner.sign", _away)
    answer = public.client.post("/api/v1/report", json={"qr": qr_text(public.regular[0])})
    assert answer.status_code == 503
    assert check(public, codes[0]).status_code == 404


def _away(_signer: object, _message: bytes) -> bytes:
    raise UnavailableError("away")


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("B22222-222222-222222", "check-symbol"),
        ("22222222222222222", "group-3"),
        ("B2222O-222222-222222", "group-1"),
        ("C22222-222222-222222", "group-1"),
        ("B22222-22!222-222222", "group-2"),
        ("B22222-222222-2222222", "group-3"),
    ],
)
def test_a_mistyped_code_is_named_with_its_group(shared: PublicOffice, code: str, place: str) -> None:
    answer = check(shared, code)
    assert (answer.status_code, answer.json()["code"]) == (422, "report-code-mistyped")
    assert answer.json()["errors"] == [{"pointer": "#/code", "code": place}]


def test_asking_notes_a_look_up_and_reading_is_refused(shared: PublicOffice) -> None:
    assert shared.client.get("/api/v1/report/check").status_code == 405
    assert shared.client.post("/api/v1/report/check", json={}).status_code == 422
    assert datetime.fromisoformat(told(shared, made(shared)[1])["report"]["made_at"]).tzinfo is not None


def test_the_page_shows_what_the_report_said_beside_what_holds_now(
    shared: PublicOffice, browser: Browser
) -> None:
    raw, code, _ = made(shared)
    page = browser.new_page(locale="zh-CN")
    page.goto(shared.address)
    _type(page, code)
    told_then = page.locator("[data-report-told]")
    expect(told_then).to_contain_text("通过核验")
    expect(told_then).to_contain_text(sha256(raw).hexdigest())
    expect(told_then).to_contain_text("没有变化")
    expect(page.locator("[data-answer]")).to_contain_text("通过核验")
    assert code.replace("-", "") not in page.url.replace("-", "")
    script = """async ([address, code]) => {
        const { decodeReportCode } = await import(`${address}report_code.js`);
        const { shapeOf } = await import(`${address}shapes.js`);
        const typed = [code, code.toLowerCase(), code.replaceAll("-", " "), "C" + code.slice(1), code + "2", "DBUQW-ES83H-MV8M8"];
        return typed.map((text) => [shapeOf(text).kind, decodeReportCode(text)]);
    }"""
    assets = (page.locator("link[rel=stylesheet]").get_attribute("href") or "").rpartition("/")[0]
    symbols = code.replace("-", "")
    assert page.evaluate(script, [f"{assets}/", code]) == [
        *[["report", symbols]] * 3,
        ["code", None],
        ["report", None],
        ["code", None],
    ]
    page.goto(shared.address)
    _type(page, code[:-1] + ("2" if code[-1] != "2" else "3"))
    expect(page.locator("[data-answer]")).to_contain_text("报告查验码有误")
    expect(told_then).to_be_hidden()
    page.close()


def _type(page: Page, code: str) -> None:
    page.locator("[data-typed-field]").fill(code)
    page.keyboard.press("Enter")
