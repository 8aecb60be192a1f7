"""A statement as an HTTP answer, the same for everybody and for the portal of holders."""

from __future__ import annotations

from fastapi.responses import Response

from certsvc.stages.statements import GivenStatement


def pdf_of(given: GivenStatement) -> Response:
    """The exact bytes, to be saved under a name that tells reference and version."""
    name = f'attachment; filename="statement-{given.reference}-v{given.version}.pdf"'
    return Response(
        given.document,
        media_type="application/pdf",
        headers={"Cache-Control": "no-store", "Content-Disposition": name},
    )
