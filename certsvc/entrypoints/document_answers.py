"""A sealed document as an HTTP answer: the exact bytes, to be saved, and kept by nobody on the way."""

from __future__ import annotations

from fastapi.responses import Response

from certsvc.stages.statements import GivenStatement


def document_answer(document: bytes, file_name: str) -> Response:
    """The PDF under the name that a browser saves it by (ASCII, without quotation marks)."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(document, media_type="application/pdf", headers=headers)


def statement_answer(given: GivenStatement) -> Response:
    """A statement, the same for everybody and for the portal of holders, by reference and version."""
    return document_answer(given.document, f"statement-{given.reference}-v{given.version}.pdf")
