"""Share grants 授权查验 of one's own: made with chosen fields, the code shown once, cancelled; how often they were opened."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.domain.permission import Action
from certsvc.domain.share_grant import DEFAULT_DAYS, LONGEST_DAYS, LONGEST_RECIPIENT, SHAREABLE
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.portal.access import SignedHolder, office_of
from certsvc.entrypoints.portal.allowance import is_first, require_holders_allowance
from certsvc.entrypoints.portal.pages.access import Posting, Viewing
from certsvc.entrypoints.portal.pages.choosing import own_choices
from certsvc.entrypoints.portal.pages.showing import show
from certsvc.errors import RequestError, UnknownReference

PATH: Final = "/portal/shares"
DAYS: Final = (1, 3, DEFAULT_DAYS, 30, 90, LONGEST_DAYS)
FIELDS: Final = {
    key: (field.label, english)
    for (key, field), english in zip(
        SHAREABLE.items(),
        (
            "Name",
            "Title",
            "Level",
            "Series",
            "Specialty",
            "Way of acquisition",
            "Acquired on",
            "Valid in",
            "Certificate number",
            "Review committee",
            "Announcement document",
            "Employer",
        ),
        strict=True,
    )
}
CHOSEN_AT_FIRST: Final = frozenset({"name", "title", "level", "specialty", "acquired_on", "validity_area"})
SAID: Final = {
    "cancelled": (
        "授权已取消，授权码从现在起打不开。",
        "The grant is cancelled: its code opens nothing from now on.",
    ),
    "already": (
        "这项授权刚才已经办好。授权码只显示一次；没有记下的，请取消后重新办理。",
        "That grant was made just now. Its code is shown once: if you did not keep it, cancel it and make another.",
    ),
}
GrantId = Annotated[str, Path(pattern="^[A-Z0-9]{1,20}$")]
Code = Annotated[str, Query(max_length=32)]
router = APIRouter(include_in_schema=False)


@router.get(PATH)
@needs(Action.SHARE_READ, on="share-grant")
def listed(request: Request, signed: Viewing, number: Code = "", said: Code = "") -> Response:
    """The form, and every grant with its openings."""
    office_of(request).permits.require(Action.SHARE_READ, signed.caller, "share-grant")
    require_holders_allowance(request, signed)
    return _shown(request, signed, number=number, notice=SAID.get(said))


@router.post(PATH)
@needs(Action.SHARE_MAKE, on="share-grant")
def make(request: Request, post: Posting) -> Response:
    """Make a grant and show its code, this once; it stands in no address. A page loaded anew makes no second one."""
    office = office_of(request)
    number = post.form.text("number", 32)
    office.permits.require(Action.SHARE_MAKE, post.caller, f"certificate/{number}")
    require_holders_allowance(request, post.signed)
    if not is_first(request, post.signed, post.form.text("request", 64)):
        return go_to(f"{PATH}?said=already")
    try:
        fields = post.form.choices("fields")
        days = _days(post.form)
        made = office.share_grants.make(
            post.holder, number, fields, post.form.text("recipient", 200), post.caller, days
        )
    except UnknownReference:
        raise
    except RequestError as error:
        return _shown(request, post.signed, number=number, complaint=str(error), form=post.form)
    link = f"{office.settings.public_url}/share#{made.code}"
    return show(
        request, post.signed, "share_code.html.j2", made=made, link=link, qr=_squares(link), fields=FIELDS
    )


@router.post(PATH + "/{grant}/cancellation")
@needs(Action.SHARE_CANCEL, on="share-grant/{grant}")
def cancel(request: Request, grant: GrantId, post: Posting) -> Response:
    """End a grant at once; again: nothing new."""
    office = office_of(request)
    office.permits.require(Action.SHARE_CANCEL, post.caller, f"share-grant/{grant}")
    office.share_grants.cancel(post.holder, grant, post.caller)
    return go_to(f"{PATH}?said=cancelled")


def _shown(
    request: Request,
    signed: SignedHolder,
    *,
    number: str,
    notice: tuple[str, str] | None = None,
    complaint: str | None = None,
    form: GivenForm | None = None,
) -> Response:
    office = office_of(request)
    return show(
        request,
        signed,
        "shares.html.j2",
        status=200 if complaint is None else 400,
        choices=own_choices(office, signed),
        number=number,
        grants=office.share_grants.listed(signed.holder),
        now=office.clock.now(),
        notice=notice,
        complaint=complaint,
        recipient="" if form is None else form.text("recipient", 2000)[:200],
        ticked=CHOSEN_AT_FIRST if form is None else frozenset(form.choices("fields")),
        chosen_days=DEFAULT_DAYS if form is None else form.text("days", 2000),
        fields=FIELDS,
        days=DAYS,
        longest_recipient=LONGEST_RECIPIENT,
        request_word=token_urlsafe(12),
    )


def _days(form: GivenForm) -> int:
    """The days that were chosen; of what is none a sentence."""
    text = form.text("days", 8)
    days = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= days <= LONGEST_DAYS:
        raise RequestError(f"授权期限须为 1 至 {LONGEST_DAYS} 天。请重新选择。")
    return days


def _squares(text: str) -> tuple[int, str]:
    """The QR symbol of a text for an SVG: squares along a side with the quiet zone, and the path of the dark ones."""
    import qrcode

    symbol = qrcode.QRCode(border=4, error_correction=qrcode.ERROR_CORRECT_M)
    symbol.add_data(text)
    symbol.make()
    rows = symbol.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return len(rows), "".join(dark)
