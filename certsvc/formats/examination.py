"""The answer of an examination as bytes: equal answers give equal bytes, so that two examinations can be compared."""

from __future__ import annotations

import json
from dataclasses import asdict

from certsvc.domain.admission import Admission, Examination, Hold, Outcome
from certsvc.domain.certificate import Award
from certsvc.domain.examined_answer import AnsweredRow, ExaminedAnswer
from certsvc.domain.findings import Finding, stops
from certsvc.formats.award import encode_award
from certsvc.formats.canonical import encode_canonical_json


def answer_of(examination: Examination) -> ExaminedAnswer:
    """The answer as it is stored: a refused header lets nobody through."""
    lets_through = not stops(examination.header_findings)
    told = (finding for outcome in examination.outcomes for finding in outcome.findings)
    return ExaminedAnswer(
        rule_set=examination.rule_set,
        findings=(*examination.header_findings, *told),
        rows=tuple(_row(outcome, lets_through=lets_through) for outcome in examination.outcomes),
    )


def encode_answer(answer: ExaminedAnswer) -> bytes:
    """Canonical JSON of findings, outcomes and awards, rows by number; without the rule set's version."""
    rows = sorted(answer.rows, key=lambda row: row.row)
    return encode_canonical_json(
        {
            "format": "certsvc-answer/1",
            "findings": [_finding(one) for one in answer.findings],
            "rows": [{"row": row.row, "outcome": row.outcome, "award": _award(row.award)} for row in rows],
        }
    )


def differing_rows(first: ExaminedAnswer, second: ExaminedAnswer) -> tuple[int | None, ...]:
    """The rows that were answered differently, in order; None first: the header."""
    sides = [_by_row(answer) for answer in (first, second)]
    differ = {row for row in sides[0].keys() | sides[1].keys() if sides[0].get(row) != sides[1].get(row)}
    return tuple(sorted(differ, key=lambda row: -1 if row is None else row))


def _by_row(answer: ExaminedAnswer) -> dict[int | None, list[object]]:
    found: dict[int | None, list[object]] = {None: []}
    for row in answer.rows:
        found[row.row] = [row.outcome, row.award]
    for finding in answer.findings:
        found.setdefault(finding.row, []).append(finding)
    return found


def _row(outcome: Outcome, *, lets_through: bool) -> AnsweredRow:
    match outcome:
        case Admission() if lets_through:
            return AnsweredRow(outcome.row, "admitted", outcome.award)
        case Hold():
            return AnsweredRow(outcome.row, "held", None)
        case _:
            return AnsweredRow(outcome.row, "refused", None)


def _finding(finding: Finding) -> dict[str, str | int | None]:
    return {**asdict(finding), "severity": finding.severity.value}


def _award(award: Award | None) -> dict[str, str | int | None] | None:
    if award is None:
        return None
    fields: dict[str, str | int | None] = json.loads(encode_award(award))
    return fields
