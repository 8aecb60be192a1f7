"""Historical records as JSON objects that command line and HTTP give alike (docs/history.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from certsvc.domain.history import HistoricalRecord, HistoryDispute, HistoryImport
from certsvc.entrypoints.answers import finding_object
from certsvc.stages.historical_import import ImportAnswer


def import_answer_object(answer: ImportAnswer) -> dict[str, object]:
    """The answer to a file: `status` is `refused` when nothing of it was kept."""
    findings = [finding_object(one) for one in answer.findings]
    if answer.kept is None:
        return {
            "import": answer.import_id,
            "status": "refused",
            "rows": answer.total,
            "records": {},
            "qualities": {},
            "findings": findings,
        }
    return {**import_object(answer.kept), "rows": answer.total, "findings": findings}


def import_object(kept: HistoryImport) -> dict[str, object]:
    """An import: who, from where, and how many of its records are in each state."""
    return {
        "import": kept.id,
        "status": "imported" if kept.checker is None else "confirmed",
        "rows": sum(kept.records.values()),
        "records": dict(kept.records),
        "qualities": dict(kept.qualities),
        "source": kept.source,
        "place": kept.place,
        "maker": kept.maker,
        "imported_at": _instant(kept.imported_at),
        "checker": kept.checker,
        "confirmed_at": _instant(kept.confirmed_at),
    }


def record_object(record: HistoricalRecord, disputes: Iterable[HistoryDispute] = ()) -> dict[str, object]:
    """A version of a record for officials: as recorded, and today's codes beside it. Holds personal data."""
    title = record.title
    return {
        "reference": record.reference,
        "version": record.version,
        "import": record.import_id,
        "state": record.state.value,
        "quality": title.quality.value,
        "as_recorded": dict(title.written),
        "name": title.name,
        "id_number": title.document.number,
        "series": title.series,
        "level": None if title.level is None else int(title.level),
        "title": title.title,
        "acquired": title.acquired.text,
        "precision": title.acquired.precision.value,
        "basis": record.basis,
        "maker": record.maker,
        "recorded_at": _instant(record.recorded_at),
        "checker": record.checker,
        "confirmed_at": _instant(record.confirmed_at),
        "disputes": [dispute_object(one) for one in disputes if one.version == record.version],
    }


def record_line(record: HistoricalRecord) -> dict[str, object]:
    """A record in a list: nothing personal."""
    return {
        "reference": record.reference,
        "version": record.version,
        "import": record.import_id,
        "row": record.title.row,
        "state": record.state.value,
        "quality": record.title.quality.value,
    }


def dispute_object(dispute: HistoryDispute) -> dict[str, object]:
    """An objection, and how it ended."""
    return {
        "dispute": dispute.id,
        "reference": dispute.reference,
        "version": dispute.version,
        "ground": dispute.ground,
        "recorded_by": dispute.recorded_by,
        "recorded_at": _instant(dispute.recorded_at),
        "outcome": dispute.outcome,
        "settled_by": dispute.settled_by,
        "settled_at": _instant(dispute.settled_at),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
