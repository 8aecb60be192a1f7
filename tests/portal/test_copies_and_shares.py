"""Annotated copies and share grants in the portal: forms that work without JavaScript, for one's own certificates alone."""

from __future__ import annotations

import re
from datetime import date

import httpx
import pytest

from certsvc.adapters.person_links import DatabasePersonLinks
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.errors import UnknownReference
from certsvc.ports.credit import LinkedDocuments
from certsvc.stages.annotated_copies import CopyWish
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


def test_a_linked_number_may_do_what_the_number_on_the_certificate_may_and_nobody_else(
    portal: Portal,
) -> None:
    office, one = portal.desk.office.office, portal.regular[2]
    award, number = one.draft.content.award, number_of(one)
    passport = "E98765432"
    linked, stranger = Holder(award.name, passport), Holder("周敏", passport)
    by = office.holder_sign_in.caller_of(linked)
    pages = (f"/portal/look-ups?number={number}", f"/portal/shares?number={number}")
    with portal.person(award.name, passport) as browser:
        assert all("还没有已发的证书" in page(browser.get(path)).text for path in pages), (
            "before two officials linked it"
        )
    links = DatabasePersonLinks(office.engine, office.keys.cipher)
    card = IdDocument(IdKind.CITIZEN, award.document.number)
    links.link(
        LinkedDocuments(card, IdDocument(IdKind.PASSPORT, passport), "吉人社函〔2026〕1号"),
        office.clock.now(),
    )
    with portal.person(award.name, passport) as browser:
        assert all(number in page(browser.get(path)).text for path in pages)
        assert "曾用写法" not in page(browser.get(f"/portal/certificates/{number}")).text
    made = office.share_grants.make(linked, number, ["name"], "某公司", by)
    copy = office.copies.make(linked, CopyWish(number, "某公司", "投标", date(2026, 12, 1), "linked-1"), by)
    assert office.copies.document(copy.id, by, "portal", linked).startswith(b"%PDF-")
    old = Holder(award.name, award.document.number)
    assert [grant.id for grant, _ in office.share_grants.listed(old)] == [made.grant.id], "the same person's"
    assert office.holder_look_ups.of(linked, number).number == number
    for who in (stranger, Holder(award.name, "E11111111"), _holder(portal, 3)):
        with pytest.raises(UnknownReference):
            office.share_grants.make(who, number, ["name"], "某公司", by)
        with pytest.raises(UnknownReference):
            office.copies.document(copy.id, by, "portal", who)
        with pytest.raises(UnknownReference):
            office.copies.make(who, CopyWish(number, "某公司", "投标", date(2026, 12, 1), "linked-2"), by)
        with pytest.raises(UnknownReference):
            office.holder_look_ups.of(who, number)
        with pytest.raises(UnknownReference):
            office.share_grants.cancel(who, made.grant.id, by)
        assert office.share_grants.listed(who) == office.copies.of_holder(who) == ()
    assert office.share_grants.cancel(old, made.grant.id, by).cancelled_at is not None
