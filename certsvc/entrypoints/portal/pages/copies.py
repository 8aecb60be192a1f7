"""Annotated copies 加注件 of one's own: made, listed, downloaded, ended early."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.domain.annotated_copy import LONGEST_DAYS, LONGEST_PURPOSE, LONGEST_RECIPIENT, MOST_LIVE
from certsvc.domain.permission import Action
from certsvc.entrypoints.document_answers import document_answer
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.portal.access import SignedHolder, office_of
from certsvc.entrypoints.portal.allowance import require_holders_allowance
from certsvc.entrypoints.portal.pages.access import Posting, Viewing
from certsvc.entrypoints.portal.pages.choosing import CHANNEL, own_choices
from certsvc.entrypoints.portal.pages.showing import show
from certsvc.errors import ConflictError, RequestError, UnknownReference
from certsvc.stages.annotated_copies import CopyWish

PATH: Final = "/portal/copies"
DAYS: Final = (7, 15, 30, 60, LONGEST_DAYS)
SAID: Final = {
    "made": (
        "加注件已办好，可以下载。",
        "The copy is made: you may download it.",
    ),
    "withdrawn": (
        "加注件已停用。别人再联网核验时，会看到它已停用。",
        "The copy is ended. Whoever checks it on line is told so.",
    ),
}
CopyId = Annotated[str, Path(pattern="^J[0-9A-Z]{15}$")]
Code = Annotated[str, Query(max_length=32)]
router = APIRouter(include_in_schema=False)


@router.get(PATH)
@needs(Action.COPY_READ, on="annotated-copy")
def listed(request: Request, signed: Viewing, number: Code = "", said: Code = "") -> Response:
    """The form, and the copies with how they stand."""
    office_of(request).permits.require(Action.COPY_READ, signed.caller, "annotated-copy")
    require_holders_allowance(request, signed)
    return _shown(request, signed, number=number, notice=SAID.get(said))


@router.post(PATH)
@needs(Action.COPY_MAKE, on="annotated-copy")
def make(request: Request, post: Posting) -> Response:
    """Make a copy; the same form sent again makes nothing twice."""
    office = office_of(request)
    number = post.form.text("number", 32)
    office.permits.require(Action.COPY_MAKE, post.caller, f"certificate/{number}")
    require_holders_allowance(request, post.signed)
    try:
        wish = CopyWish(
            number,
            post.form.text("recipient", 200),
            post.form.text("purpose", 200),
            office.clock.today() + timedelta(days=_days(post.form)),
            post.form.text("request", 64),
        )
        office.copies.make(post.holder, wish, post.caller)
    except UnknownReference:
        raise
    except (RequestError, ConflictError) as error:
        return _shown(request, post.signed, number=number, complaint=error, form=post.form)
    return go_to(f"{PATH}?said=made")


@router.get(PATH + "/{copy}/document")
@needs(Action.COPY_READ, on="annotated-copy/{copy}")
def document(request: Request, copy: CopyId, signed: Viewing) -> Response:
    """The PDF while it may be used; the look is written down first."""
    office = office_of(request)
    office.permits.require(Action.COPY_READ, signed.caller, f"annotated-copy/{copy}")
    require_holders_allowance(request, signed)
    raw = office.copies.document(copy, signed.caller, CHANNEL, signed.holder)
    return document_answer(raw, f"{copy}.pdf")


@router.post(PATH + "/{copy}/withdrawal")
@needs(Action.COPY_WITHDRAW, on="annotated-copy/{copy}")
def withdraw(request: Request, copy: CopyId, post: Posting) -> Response:
    """End a copy; again: nothing new."""
    office = office_of(request)
    office.permits.require(Action.COPY_WITHDRAW, post.caller, f"annotated-copy/{copy}")
    office.copies.withdraw(copy, post.caller, post.holder)
    return go_to(f"{PATH}?said=withdrawn")


def _shown(
    request: Request,
    signed: SignedHolder,
    *,
    number: str,
    notice: tuple[str, str] | None = None,
    complaint: RequestError | ConflictError | None = None,
    form: GivenForm | None = None,
) -> Response:
    office = office_of(request)
    today = office.clock.today()
    copies = office.copies.of_holder(signed.holder)
    given = {
        name: "" if form is None else form.text(name, 2000)[:200] for name in ("recipient", "purpose", "days")
    }
    return show(
        request,
        signed,
        "copies.html.j2",
        status=200 if complaint is None else (409 if isinstance(complaint, ConflictError) else 400),
        choices=own_choices(office, signed),
        number=number,
        copies=[(one, one.standing(today)) for one in copies],
        today=today,
        notice=notice,
        complaint=None if complaint is None else str(complaint),
        given=given,
        days=[(days, today + timedelta(days=days)) for days in DAYS],
        longest_recipient=LONGEST_RECIPIENT,
        longest_purpose=LONGEST_PURPOSE,
        most=MOST_LIVE,
        request_word=token_urlsafe(12),
    )


def _days(form: GivenForm) -> int:
    """The days that were chosen; of what is none a sentence."""
    text = form.text("days", 8)
    days = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= days <= LONGEST_DAYS:
        raise RequestError(f"使用期限须为 1 至 {LONGEST_DAYS} 天。请重新选择。")
    return days
