"""A file of evidence as both faces hand it out: to be saved, never shown in place."""

from __future__ import annotations

from fastapi.responses import Response

from certsvc.domain.decision_document import MediaType


def evidence_answer(number: str, place: int, media_type: MediaType, content: bytes) -> Response:
    """The bytes under the kind that their beginning told, with a name of our own."""
    name = f"{number}-{place}{media_type.suffix}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type.value, headers=headers)
