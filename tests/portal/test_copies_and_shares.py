"""Annotated copies and share grants in the portal: forms that work without JavaScript, for one's own certificates alone."""

from __future__ import annotations

import re

import httpx

from certsvc.stages.share_grants import Holder
from tests.portal.holders import Portal, number_of, page

EMPTY = {"said": ""}


def _field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None
    return found[1]


def _form(browser: httpx.Client, address: str, **fields: str | list[str]) -> dict[str, str | list[str]]:
    """The hidden fields of a page's form, with what somebody fills in; the token comes in the field, as browsers send it."""
    text = browser.get(address).text
    return {"csrf_token": _field(text, "csrf_token"), "request": _field(text, "request"), **fields}


def test_a_copy_is_made_once_downloaded_and_ended(portal: Portal) -> None:
    one = portal.regular[0]
    with portal.signed_in(one) as browser:
        del browser.headers["X-CSRF-Token"]
        form = _form(
            browser,
            "/portal/copies",
            number=number_of(one),
            recipient="<b>松原市第二测绘院</b>",
            purpose="投标",
            days="30",
        )
        for _ in range(2):
            made = browser.post("/portal/copies", data=form)
            assert (made.status_code, made.headers["location"]) == (303, "/portal/copies?said=made")
        told = page(browser.get("/portal/copies?said=made"))
        assert "加注件已办好" in told.text
        assert "<b>松原市第二测绘院</b>" in told.text
        (way,) = [link for link in told.links if link.endswith("/document")]
        assert browser.get(way).content.startswith(b"%PDF-")
        with portal.signed_in(portal.regular[1]) as other:
            assert other.get(way).status_code == 404
            assert other.post(way.replace("document", "withdrawal"), data=EMPTY).status_code == 404
            assert "松原市第二测绘院" not in page(other.get("/portal/copies")).text
        ended = browser.post(way.replace("document", "withdrawal"), data={"csrf_token": form["csrf_token"]})
        assert ended.headers["location"] == "/portal/copies?said=withdrawn"
        told = page(browser.get(ended.headers["location"]))
        assert "已停用" in told.text
        assert way not in told.links
        assert browser.get(way).status_code == 409


def test_what_cannot_be_made_is_said_beside_what_was_filled_in(portal: Portal) -> None:
    one = portal.regular[0]
    with portal.signed_in(one) as browser:
        form = _form(
            browser, "/portal/copies", number=number_of(one), recipient="单" * 50, purpose="投标", days="30"
        )
        answer = browser.post("/portal/copies", data=form)
        assert answer.status_code == 400
        assert "单" * 50 in answer.text
        assert "接收单位" in answer.text
        for days in ("91", "0", "x", ""):
            answer = browser.post("/portal/copies", data={**form, "recipient": "学校", "days": days})
            assert answer.status_code == 400
        theirs = browser.post(
            "/portal/copies", data={**form, "recipient": "学校", "number": number_of(portal.regular[1])}
        )
        assert theirs.status_code == 404


def test_without_the_token_of_the_session_nothing_is_made(portal: Portal) -> None:
    with portal.signed_in(portal.regular[0]) as browser:
        del browser.headers["X-CSRF-Token"]
        for address in ("/portal/copies", "/portal/shares"):
            assert browser.post(address, data={"number": number_of(portal.regular[0])}).status_code == 403


def test_a_code_is_shown_once_opens_what_was_chosen_and_is_cancelled(portal: Portal) -> None:
    one = portal.regular[4]
    with portal.signed_in(one) as browser:
        form = _form(
            browser,
            "/portal/shares",
            number=number_of(one),
            recipient="某某学校<script>alert(1)</script>",
            days="7",
            fields=["name", "title"],
        )
        made = browser.post("/portal/shares", data=form)
        told = page(made)
        assert "<script>alert" not in made.text
        code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", told.text)
        assert code is not None
        again = browser.post("/portal/shares", data=form)  # the page loaded anew
        assert again.headers["location"] == "/portal/shares?said=already"
        assert len(portal.desk.office.office.share_grants.listed(_holder(portal, 4))) == 1
        opened = browser.post("/api/v1/share-grants/open", json={"code": code[0]})
        assert opened.status_code == 200
        listed = browser.get("/portal/shares")
        assert code[0] not in listed.text
        assert "被打开 1 次" in listed.text
        looks = page(browser.get(f"/portal/look-ups?number={number_of(one)}"))
        assert "某某学校" in looks.text
        (way,) = [link for link in page(listed).links if link.endswith("/cancellation")]
        with portal.signed_in(portal.regular[1]) as other:
            assert other.post(way, data=EMPTY).status_code == 404
        assert browser.post(way, data=form).headers["location"] == "/portal/shares?said=cancelled"
        assert browser.post("/api/v1/share-grants/open", json={"code": code[0]}).status_code == 404


def test_a_grant_without_fields_or_of_somebody_else_is_not_made(portal: Portal) -> None:
    one = portal.regular[0]
    with portal.signed_in(one) as browser:
        form = _form(browser, "/portal/shares", number=number_of(one), recipient="学校", days="7")
        answer = browser.post("/portal/shares", data=form)
        assert answer.status_code == 400
        assert "请选择要出示的内容" in answer.text
        theirs = _form(
            browser,
            "/portal/shares",
            number=number_of(portal.regular[1]),
            recipient="学校",
            days="7",
            fields=["name"],
        )
        assert browser.post("/portal/shares", data=theirs).status_code == 404


def _holder(portal: Portal, row: int) -> Holder:
    award = portal.regular[row].draft.content.award
    return Holder(award.name, award.document.number)
