"""An annotated copy as an object, the same for portal and command line."""

from __future__ import annotations

from datetime import date, datetime

from certsvc.domain.annotated_copy import AnnotatedCopy


def copy_object(copy: AnnotatedCopy, today: date) -> dict[str, object]:
    """`standing` is `live`, `ended`, `withdrawn` or `not-in-force` on that day; `ready`: the document is kept."""
    standing = copy.standing(today)
    return {
        "copy": copy.id,
        "number": copy.number,
        "version": copy.version,
        "recipient": copy.words.recipient,
        "purpose": copy.words.purpose,
        "made_at": _instant(copy.made_at),
        "ends_on": copy.ends_on.isoformat(),
        "standing": standing.value,
        "standing_label": standing.label,
        "ready": copy.ready,
        "withdrawn_at": None if copy.withdrawn_at is None else _instant(copy.withdrawn_at),
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
