"""What the forms of decisions hold, read strictly: kinds, days, corrections, uploaded documents, the word that confirms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_changes import CORRECTABLE
from certsvc.domain.decision_document import DecisionDocument
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.pages.access import Posted
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference

_One = TypeVar("_One")
_Found = TypeVar("_Found")


def kind_of(text: str) -> DecisionKind:
    """A kind of decision. Raises RequestError for any other word."""
    try:
        return DecisionKind(text)
    except ValueError:
        raise RequestError("没有这一种决定。请从列表中选择。") from None


def day_of(text: str) -> date:
    """A day. Raises RequestError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RequestError("日期请写成 2026-11-20 的形式，与文书上的日期一致。") from None


def whole_number(text: str) -> int:
    """A whole number of at most six digits. Raises RequestError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise RequestError("请填写数字。")
    return int(text)


def changes_in(form: GivenForm, kind: DecisionKind) -> Mapping[str, str]:
    """The fields of a correction that were filled in; nothing for every other kind."""
    if kind is not DecisionKind.CORRECT:
        return {}
    written = {name: form.text(f"set_{name}", 500) for name in CORRECTABLE}
    return {name: text for name, text in written.items() if text}


def uploaded_document(office: Office, posting: Posted) -> str | None:
    """The digest of the document of a form: of the file in it, else the one that was uploaded before. None: neither."""
    given = posting.form.file("file")
    if given is None or not given.content:
        return posting.form.text("document_sha256", 64) or None
    office.permits.require_role(Action.DECISION_DOCUMENT, posting.caller, "document")
    return office.decision_documents.upload(given.content, posting.caller.name)


def confirm_word(kind: DecisionKind) -> str:
    """What the second person writes to confirm."""
    return f"确认{'暂停' if kind is DecisionKind.SUSPEND else kind.label}"


def still(look: Callable[[_One], _Found], at: _One) -> tuple[_Found | None, str | None]:
    """What a dry run says now; or why it cannot be done any more."""
    try:
        return look(at), None
    except (ConflictError, NotPermitted, RequestError, UnknownReference) as refused:
        return None, str(refused)


def file_answer(found: DecisionDocument, name: str) -> Response:
    """A file to be kept, never to be shown inside a page of ours."""
    file_name = f"{name}-{found.sha256[:8]}{found.media_type.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return Response(found.content, media_type=found.media_type.value, headers=headers)
