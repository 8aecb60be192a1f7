"""My requests 我的申请: making one with evidence, following it, completing and withdrawing it."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.domain.holder_request import LARGEST_FILE, MOST_FILES, RequestKind, RequestState
from certsvc.domain.permission import Action
from certsvc.entrypoints.evidence_answers import evidence_answer
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.portal.access import SignedHolder, office_of
from certsvc.entrypoints.portal.pages.access import COUNTED, Posting, Viewing
from certsvc.entrypoints.portal.pages.showing import show
from certsvc.errors import ConflictError, RequestError, UnknownReference
from certsvc.stages.holder_requests import RequestForm

router = APIRouter(include_in_schema=False, dependencies=[COUNTED])
PATH: Final = "/portal/requests"
NEW: Final = "/portal/requests/new"
COMPLETION: Final = "/portal/requests/completion"
LARGEST: Final = MOST_FILES * LARGEST_FILE + 256 * 1024
UPLOADS: Final = dict.fromkeys((NEW, COMPLETION), LARGEST)
"""Bytes of the addresses that take files."""
SAID: Final = {
    "made": ("申请已收到。请记下受理编号。", "Your request was received. Please note its number."),
    "completed": ("补正材料已收到。", "What was missing was received."),
    "withdrawn": ("申请已撤回。", "The request was withdrawn."),
}
_OPEN: Final = frozenset({RequestState.RECEIVED, RequestState.ASSIGNED, RequestState.ASKED})
_ROWS: Final = 20
Said = Annotated[str, Query(max_length=16)]
Number = Annotated[str, Path(max_length=10)]


@router.get(PATH)
@needs(Action.OWN_REQUEST_READ, on="request")
def requests(request: Request, signed: Viewing, number: PageNumber = 1) -> Response:
    """Every request of the holder, newest first."""
    desk = office_of(request).request_desk.holders
    asked = Paging(PATH, number, 0, rows=_ROWS)
    total, found = desk.listed(signed.holder, signed.caller, asked.offset, _ROWS)
    paging = Paging(PATH, number, total, rows=_ROWS)
    return show(request, signed, "requests.html.j2", found=found, paging=paging)


@router.get(NEW)
@needs(Action.REQUEST_MAKE, on="request")
def new(
    request: Request,
    signed: Viewing,
    kind: Annotated[str, Query(max_length=16)] = "",
    subject: Annotated[str, Query(max_length=32, pattern="^[0-9A-Za-z-]*$")] = "",
) -> Response:
    """First the kind, then its form."""
    return _form(request, signed, kind, {"subject": subject, "form": token_urlsafe(16)})


@router.post(NEW)
@needs(Action.REQUEST_MAKE, on="request")
def make(request: Request, posting: Posting) -> Response:
    """Hand it in; what is wrong is told above the form, with what was written."""
    form = posting.form
    names = "subject", "wrong", "right", "old_number", "form"
    written = {name: form.text(name, 4000) for name in names}
    kind = form.text("kind", 16)
    try:
        if not written["form"]:
            raise RequestError("表单已过期。请重新填写。")
        given = RequestForm(
            _kind(kind),
            written["subject"],
            written["wrong"],
            written["right"],
            written["old_number"],
            _files(form),
            written["form"],
        )
        number = office_of(request).request_desk.holders.make(posting.holder, posting.caller, given)
    except (RequestError, ConflictError, UnknownReference) as error:
        status = {RequestError: 400, ConflictError: 409}.get(type(error), 404)
        return _form(request, posting.signed, kind, written, fault=str(error), status=status)
    return go_to(f"{PATH}/{number}?said=made")


@router.post(COMPLETION)
@needs(Action.REQUEST_MAKE, on="request")
def complete(request: Request, posting: Posting) -> Response:
    """Hand in what was asked back."""
    form, number = posting.form, posting.form.text("number", 10)
    desk = office_of(request).request_desk.holders
    desk.complete(posting.holder, posting.caller, number, form.text("words", 4000), _files(form))
    return go_to(f"{PATH}/{number}?said=completed")


@router.get(PATH + "/{number}")
@needs(Action.OWN_REQUEST_READ, on="request/{number}")
def one(request: Request, number: Number, signed: Viewing, said: Said = "") -> Response:
    """One request: what was asked, what happened, the answer."""
    office = office_of(request)
    whole = office.request_desk.holders.show(signed.holder, signed.caller, number)
    return show(
        request,
        signed,
        "request.html.j2",
        whole=whole,
        may_withdraw=whole.request.state in _OPEN,
        is_asked=whole.request.state is RequestState.ASKED,
        most_files=MOST_FILES,
        said=SAID.get(said),
        calendar=office.policies.calendar(),
    )


@router.get(PATH + "/{number}/files/{place}")
@needs(Action.OWN_REQUEST_READ, on="request/{number}")
def file(
    request: Request, number: Number, place: Annotated[int, Path(ge=1, le=99)], signed: Viewing
) -> Response:
    """A file that the holder handed in."""
    found = office_of(request).request_desk.holders.file(signed.holder, signed.caller, number, place)
    return evidence_answer(number, place, *found)


@router.post(PATH + "/{number}/withdrawal")
@needs(Action.REQUEST_MAKE, on="request/{number}")
def withdraw(request: Request, number: Number, posting: Posting) -> Response:
    """Take it back."""
    office_of(request).request_desk.holders.withdraw(posting.holder, posting.caller, number)
    return go_to(f"{PATH}/{number}?said=withdrawn")


def _form(
    request: Request,
    signed: SignedHolder,
    kind: str,
    written: dict[str, str],
    *,
    fault: str = "",
    status: int = 200,
) -> Response:
    known = next((one for one in RequestKind if one == kind), None)
    blank = dict.fromkeys(("subject", "wrong", "right", "old_number", "form"), "")
    return show(
        request,
        signed,
        "request_new.html.j2",
        status=status,
        kinds=tuple(RequestKind),
        kind=known,
        by_number=known is RequestKind.ID_NUMBER,
        written=blank | written,
        fault=fault,
        days=office_of(request).settings.request_work_days,
        most_files=MOST_FILES,
    )


def _kind(text: str) -> RequestKind:
    try:
        return RequestKind(text)
    except ValueError:
        raise RequestError("请先选择申请的种类。") from None


def _files(form: GivenForm) -> tuple[bytes, ...]:
    given = (form.file(f"evidence_{place}") for place in range(1, MOST_FILES + 1))
    return tuple(one.content for one in given if one is not None)
