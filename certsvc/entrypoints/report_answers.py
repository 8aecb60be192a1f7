"""Reports as JSON objects that command line and HTTP give alike (docs/reports.md)."""

from __future__ import annotations

from collections.abc import Iterable

from certsvc.domain.quota_counters import QuotaLine
from certsvc.domain.report_table import ReportStatement
from certsvc.domain.sampling import DrawnItem, Sample
from certsvc.domain.statistics import FIELD_WORDS, Standing, Statistics, StatisticsRow, word_of
from certsvc.ports.information import Attestation
from certsvc.stages.report_tables import statistics_notes
from certsvc.stages.reports import SupervisionReport

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def statistics_object(statistics: Statistics) -> dict[str, object]:
    """Counts by standing, structure ratios, completeness."""
    question = statistics.question
    return {
        "as_of": question.as_of.isoformat(),
        "basis": question.basis.value,
        "region": question.region,
        "by": [one.value for one in question.dimensions],
        "rows": [_row(statistics, row) for row in statistics.rows],
        "total": _numbers(statistics, statistics.total),
        "completeness": [
            {
                "field": one.field,
                "label": FIELD_WORDS[one.field],
                "filled": one.filled,
                "applicable": one.applicable,
                "percent": one.percent or None,
            }
            for one in statistics.completeness
        ],
        "not_entered": statistics.not_entered,
        "small_cells": statistics.has_small_cells,
        "notes": list(statistics_notes(statistics)),
    }


def _row(statistics: Statistics, row: StatisticsRow) -> dict[str, object]:
    keys = [
        {"code": key, "label": word_of(dimension, key)}
        for dimension, key in zip(statistics.question.dimensions, row.keys, strict=True)
    ]
    return {"keys": keys, **_numbers(statistics, row)}


def _numbers(statistics: Statistics, row: StatisticsRow) -> dict[str, object]:
    return {
        "counts": {one.value: row.counts.get(one, 0) for one in Standing},
        "in_force": row.in_force,
        "share_percent": statistics.share(row) or None,
        "total": row.total,
    }


def quotas_object(year: int, lines: Iterable[QuotaLine]) -> dict[str, object]:
    """The counters of a review year."""
    return {
        "year": year,
        "counters": [
            {
                "name": one.name,
                "counted": one.counted,
                "plan": one.plan,
                "used_percent": one.used or None,
                "remark": one.remark,
                "clause": one.clause,
            }
            for one in lines
        ],
    }


def supervision_object(report: SupervisionReport) -> dict[str, object]:
    """The supervision lists, line by line."""
    return {
        "as_of": report.as_of.strftime(_INSTANT),
        "region": report.region,
        "year": report.year,
        "lines": [
            {
                "concern": one.concern.value,
                "label": one.concern.label,
                "filing": one.filing,
                "batch_ref": one.batch_ref,
                "committee": one.committee_code,
                "committee_name": one.committee_name,
                "place": one.place,
                "due_on": None if one.due_on is None else one.due_on.isoformat(),
                "done_on": None if one.done_on is None else one.done_on.isoformat(),
                "remark": one.remark,
                "clause": one.clause,
            }
            for one in report.lines
        ],
    }


def statement_object(statement: ReportStatement) -> dict[str, object]:
    """What an export says of itself."""
    return {
        "report": statement.name,
        "title": statement.title,
        "as_of": statement.as_of.strftime(_INSTANT),
        "told": dict(statement.told),
        "by": statement.by,
        "rows": statement.rows,
        "sha256": statement.digest,
    }


def sample_object(sample: Sample) -> dict[str, object]:
    """A sample with everything that drawing it again needs."""
    return {
        "sample": sample.id,
        "of": sample.subject.value,
        "region": sample.region,
        "document": sample.document_ref,
        "ratio_percent": sample.ratio_percent,
        "crossed": sample.crossed,
        "seed": sample.seed,
        "seed_given": sample.seed_given,
        "population": len(sample.population),
        "population_sha256": sample.population_digest,
        "clause": sample.subject.clause,
        "actor": sample.actor,
        "opened_at": sample.opened_at.strftime(_INSTANT),
        "drawn_at": None if sample.drawn_at is None else sample.drawn_at.strftime(_INSTANT),
        "items": [_item(one) for one in sample.items],
    }


def _item(one: DrawnItem) -> dict[str, object]:
    found = one.finding
    return {
        "position": one.position,
        "item": one.item,
        "place": one.place,
        "inspector": one.inspector,
        "outcome": None if found is None else found.outcome.value,
        "note": None if found is None else found.note,
        "document": None if found is None else found.document_ref,
        "recorded_by": None if found is None else found.actor,
    }


def attestation_object(attestation: Attestation) -> dict[str, object]:
    """The supervision of a meeting."""
    return {
        "approval": attestation.approval_ref,
        "committee": attestation.committee_code,
        "by_office": attestation.by_office,
        "on": attestation.attested_on.isoformat(),
        "actor": attestation.actor,
        "recorded_at": attestation.recorded_at.strftime(_INSTANT),
    }
