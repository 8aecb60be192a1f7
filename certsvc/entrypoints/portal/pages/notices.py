"""Notices on change: the inbox, and the addresses for e-mail and SMS."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from certsvc.domain.holder_notice import NoticeChannel
from certsvc.domain.permission import Action
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.portal.access import SignedHolder, office_of
from certsvc.entrypoints.portal.pages.access import COUNTED, Posting, Viewing
from certsvc.entrypoints.portal.pages.showing import show
from certsvc.errors import ConflictError, RequestError

router = APIRouter(include_in_schema=False, dependencies=[COUNTED])
PATH: Final = "/portal/notices"
SETTINGS: Final = "/portal/notices/settings"
SAID: Final = {
    "read": ("已标为已读。", "Marked as read."),
    "code": ("验证码已发出，10 分钟内有效。", "A code was sent; it is valid for 10 minutes."),
    "confirmed": ("地址已确认，变动时会通知您。", "The address is confirmed: you will be told of changes."),
    "on": ("已打开通知。", "Switched on."),
    "off": ("已关闭通知。变动仍可在通知中查看。", "Switched off; the inbox still tells you."),
    "removed": ("地址已删除。", "The address was removed."),
}
Said = Annotated[str, Query(max_length=16)]
_ROWS: Final = 20


@router.get(PATH)
@needs(Action.NOTICE_READ, on="notice")
def inbox(request: Request, signed: Viewing, number: PageNumber = 1, said: Said = "") -> Response:
    """What happened to the holder's, the unread first."""
    asked = Paging(PATH, number, 0, rows=_ROWS)
    page = office_of(request).notice_desk.holders.page(signed.holder, signed.caller, asked.offset, _ROWS)
    paging = Paging(PATH, number, page.total, rows=_ROWS)
    return show(
        request, signed, "notices.html.j2", fragment="entries", page=page, paging=paging, said=SAID.get(said)
    )


@router.post(PATH)
@needs(Action.NOTICE_READ, on="notice")
def mark_read(request: Request, posting: Posting) -> Response:
    """One entry, or all of them."""
    written = posting.form.text("notice", 20)
    if written and not (written.isascii() and written.isdigit()):
        raise RequestError("没有这条通知。请刷新页面。")
    notice = int(written) if written else None
    office_of(request).notice_desk.holders.mark_read(posting.holder, posting.caller, notice)
    return go_to(f"{PATH}?said=read")


@router.get(SETTINGS)
@needs(Action.NOTICE_SET, on="notice-address")
def settings(request: Request, signed: Viewing, said: Said = "") -> Response:
    """The ways that are offered, and what the holder gave."""
    return _settings(request, signed, said=said)


@router.post(SETTINGS)
@needs(Action.NOTICE_SET, on="notice-address")
def change(request: Request, posting: Posting) -> Response:
    """Enter an address, confirm it, switch it, remove it."""
    own = office_of(request).notice_desk.holders
    holder, by, form = posting.holder, posting.caller, posting.form
    channel = _channel(form.text("channel", 16))
    step = form.text("step", 16)
    try:
        match step:
            case "code":
                own.enter(holder, by, channel, form.text("address", 400))
            case "confirmed":
                own.confirm(holder, by, channel, form.text("code", 40))
            case "on" | "off":
                own.switch(holder, by, channel, on=step == "on")
            case "removed":
                own.remove(holder, by, channel)
            case _:
                raise RequestError("没有这一步。请刷新页面。")
    except (RequestError, ConflictError) as error:
        status = 409 if isinstance(error, ConflictError) else 400
        return _settings(request, posting.signed, fault=(channel, str(error)), status=status)
    return go_to(f"{SETTINGS}?said={step}")


def _settings(
    request: Request,
    signed: SignedHolder,
    *,
    said: str = "",
    fault: tuple[NoticeChannel, str] | None = None,
    status: int = 200,
) -> Response:
    ways = office_of(request).notice_desk.holders.ways(signed.holder, signed.caller)
    return show(
        request,
        signed,
        "notice_settings.html.j2",
        status=status,
        ways=ways,
        said=SAID.get(said),
        fault=fault,
        sms=NoticeChannel.SMS,
    )


def _channel(text: str) -> NoticeChannel:
    try:
        return NoticeChannel(text)
    except ValueError:
        raise RequestError("没有这种通知方式。请刷新页面。") from None
