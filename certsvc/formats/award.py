"""Awards as bytes: how an admitted row is kept (encrypted) until its certificate is drafted."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from certsvc.domain.certificate import Award
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level

_DATES = ("born_on", "acquired_on", "announcement_on")


def encode_award(award: Award) -> bytes:
    """JSON of every field; dates as ISO text."""
    return json.dumps(asdict(award), ensure_ascii=False, default=date.isoformat).encode()


def decode_award(stored: bytes) -> Award:
    """The award that `encode_award` wrote."""
    fields: dict[str, Any] = json.loads(stored)
    document = fields.pop("document")
    born = document["born_on"]
    return Award(
        **{
            **fields,
            **{name: date.fromisoformat(fields[name]) for name in _DATES},
            "level": Level(fields["level"]),
        },
        document=IdDocument(
            kind=IdKind(document["kind"]),
            number=document["number"],
            born_on=None if born is None else date.fromisoformat(born),
            male=document["male"],
        ),
    )
