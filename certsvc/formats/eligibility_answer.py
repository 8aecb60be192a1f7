"""The answer about a person's eligibility as bytes (docs/eligibility.md): canonical JSON, signed beside the body."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Final

from certsvc.domain.eligibility import NAME_DIFFERS, Eligibility, EligibilityQuestion, Reason, TenureStart
from certsvc.domain.facts import HeldTitle
from certsvc.domain.series import SERIES
from certsvc.domain.titles import title_name
from certsvc.domain.ways import WAYS
from certsvc.formats.canonical import JsonValue, encode_canonical_json

ELIGIBILITY_FORMAT: Final = "certsvc-eligibility/1"


def encode_eligibility(
    question: EligibilityQuestion, answer: Eligibility, raw_question: bytes, answered_at: datetime
) -> bytes:
    """`raw_question`: the body as it was sent; its digest binds the answer to it without repeating the person."""
    return encode_canonical_json(
        {
            "format": ELIGIBILITY_FORMAT,
            "question_sha256": sha256(raw_question).hexdigest(),
            "answered_at": answered_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "series": SERIES[question.series],
            "level": question.level.label,
            "way": question.way.label,
            "applied_on": question.applied_on.isoformat(),
            "eligible": answer.eligible,
            "reasons": [_reason(one) for one in answer.reasons],
            "free_on": None if answer.free_on is None else answer.free_on.isoformat(),
            "titles": [_title(one) for one in answer.titles],
            "base_title": None if answer.base is None else answer.base.number,
            "tenure_start": None if answer.tenure_start is None else _tenure(answer.tenure_start),
            "aid_incentive_used": answer.aid_incentive_used,
            "note": _note(answer),
        }
    )


def _note(answer: Eligibility) -> str | None:
    if answer.titles:
        return None
    if any(reason.code == NAME_DIFFERS for reason in answer.reasons):
        return "姓名核对一致以前，不提供职称记录。"
    return "本系统没有可提供的职称记录。"


def _reason(reason: Reason) -> JsonValue:
    return {
        "code": reason.code,
        "effect": reason.effect.value,
        "clause": reason.clause,
        "message": reason.message,
        "free_on": None if reason.free_on is None else reason.free_on.isoformat(),
    }


def _title(title: HeldTitle) -> JsonValue:
    return {
        "number": title.number,
        "series": SERIES[title.series],
        "level": title.level.label,
        "title": title_name(title.title),
        "way": None if title.way is None else WAYS.get(title.way),
        "dual_directed": title.dual_directed,
        "acquired_on": title.acquired_on.isoformat(),
    }


def _tenure(start: TenureStart) -> JsonValue:
    return {
        "on": start.on.isoformat(),
        "source": start.source.value,
        "number": start.number,
        "optional": start.optional,
        "otherwise_on": None if start.otherwise_on is None else start.otherwise_on.isoformat(),
    }
