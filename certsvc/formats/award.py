"""Awards as bytes: how an admitted row is kept (encrypted) until its certificate is drafted."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any

from certsvc.domain.certificate import Award
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level

_DATES = ("born_on", "acquired_on", "announcement_on")
_AWARD = tuple(field.name for field in fields(Award))
_DOCUMENT = tuple(field.name for field in fields(IdDocument))
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=date.isoformat)


def encode_award(award: Award) -> bytes:
    """JSON of every field; dates as ISO text."""
    document = {name: getattr(award.document, name) for name in _DOCUMENT}
    written = {name: getattr(award, name) for name in _AWARD} | {"document": document}
    return _ENCODER.encode(written).encode()


def decode_award(stored: bytes) -> Award:
    """The award that `encode_award` wrote."""
    written: dict[str, Any] = json.loads(stored)
    document = written.pop("document")
    born = document["born_on"]
    return Award(
        **{
            **written,
            **{name: date.fromisoformat(written[name]) for name in _DATES},
            "level": Level(written["level"]),
        },
        document=IdDocument(
            kind=IdKind(document["kind"]),
            number=document["number"],
            born_on=None if born is None else date.fromisoformat(born),
            male=document["male"],
        ),
    )
