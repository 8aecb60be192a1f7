"""The private payload of an event `historical` (docs/formats/history.md): canonical JSON, and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from certsvc.domain.credit import CreditRecord
from certsvc.domain.history import HistoricalTitle, Quality
from certsvc.domain.history_dates import acquired_from_text
from certsvc.domain.id_numbers import read_id
from certsvc.domain.identity import IdKind
from certsvc.domain.levels import Level
from certsvc.errors import IntegrityError
from certsvc.formats.canonical import encode_canonical_json
from certsvc.formats.content import CONTENT_FORMAT

HISTORY_FORMAT = "certsvc-history/1"


def encode_history(reference: str, version: int, slot: int | None, title: HistoricalTitle) -> bytes:
    """The canonical bytes that the ledger's commitment binds; without a slot, as they are kept before publication."""
    return encode_canonical_json(
        {
            "format": HISTORY_FORMAT,
            "event": "historical",
            "reference": reference,
            "version": version,
            "slot": slot,
            "row": title.row,
            "source": title.source,
            "as_recorded": dict(title.written),
            "name": title.name,
            "id_kind": title.document.kind.value,
            "id_number": title.document.number,
            "sex": title.sex,
            "born_on": title.born_on.isoformat(),
            "series": title.series,
            "level": None if title.level is None else int(title.level),
            "title": title.title,
            "acquired": title.acquired.text,
            "quality": title.quality.value,
            "unit_region": title.unit_region,
        }
    )


def decode_history(payload: bytes) -> HistoricalTitle:
    """The title of stored canonical bytes. Raises IntegrityError when they are not what `encode_history` writes."""
    fields: dict[str, Any] = json.loads(payload)
    document = read_id(IdKind(fields["id_kind"]), fields["id_number"]).document
    if document is None:
        raise IntegrityError("历史记录的证件号码无法解读，已停止处理。")
    title = HistoricalTitle(
        row=fields["row"],
        written=fields["as_recorded"],
        name=fields["name"],
        document=document,
        sex=fields["sex"],
        born_on=date.fromisoformat(fields["born_on"]),
        series=fields["series"],
        level=None if fields["level"] is None else Level(fields["level"]),
        title=fields["title"],
        acquired=acquired_from_text(fields["acquired"]),
        quality=Quality(fields["quality"]),
        unit_region=fields["unit_region"],
        source=fields["source"],
    )
    if encode_history(fields["reference"], fields["version"], fields["slot"], title) != payload:
        raise IntegrityError("历史记录与其规范形式不一致，已停止处理。")
    return title


def encode_history_change(
    event: str,
    reference: str,
    version: int,
    slot: int,
    basis: str,
    recorded_on: date,
    replaced_by: int | None,
    decided_on: date | None = None,
) -> bytes:
    """The payload of `corrected` or `revoked` on a version of a record; `basis` is the document it rests on."""
    return encode_canonical_json(
        {
            "format": HISTORY_FORMAT,
            "event": event,
            "reference": reference,
            "version": version,
            "slot": slot,
            "basis": basis,
            "decided_on": None if decided_on is None else decided_on.isoformat(),
            "recorded_on": recorded_on.isoformat(),
            "replaced_by": replaced_by,
        }
    )


def encode_history_credit(
    record: CreditRecord,
    reference: str,
    title: HistoricalTitle,
    document_ref: str,
    decided_on: date,
    ground: str,
) -> bytes:
    """The payload of `credit_opened` by the revocation of a record: the words of docs/formats/content.md."""
    return encode_canonical_json(
        {
            "format": CONTENT_FORMAT,
            "event": "credit_opened",
            "record": record.id,
            "slot": record.slot,
            "decision": record.decision,
            "number": reference,
            "name": title.name,
            "id_kind": title.document.kind.value,
            "id_number": title.document.number,
            "document_ref": document_ref,
            "decided_on": decided_on.isoformat(),
            "recorded_on": record.recorded_on.isoformat(),
            "from_on": record.recorded_on.isoformat(),
            "until_on": record.until_on.isoformat(),
            "ground": ground,
        }
    )
