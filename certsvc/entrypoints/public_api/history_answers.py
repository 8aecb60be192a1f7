"""How a certificate stood on a past day, as JSON (docs/api.md), with the schema and an example for the description."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from certsvc.domain.certificate_past import CertificateEvent, PastEvent, Standing
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.entrypoints.public_api.answers import ASKED, Answers, problem_answers
from certsvc.entrypoints.public_api.sample_verdicts import SAMPLE
from certsvc.stages.past_answers import PastAnswer

SCHEMA = "certsvc-history/1"
NOTHING = "not_recorded", "尚无记录"
_DAY = {"type": "string", "format": "date"}
_TEXT_OR_NULL = {"type": ["string", "null"]}


def past_object(answer: PastAnswer) -> dict[str, Any]:
    """Both views, the events that lead to them, and what the certificate is; the holder's name is masked."""
    verdict = answer.verdict.as_json()
    return {
        "schema": SCHEMA,
        "on": answer.on.isoformat(),
        "recorded_then": _standing(answer.recorded_then),
        "known_now": _standing(answer.known_now),
        "events": [_event(one) for one in answer.events],
        **{key: verdict[key] for key in ("certificate", "holder", "validity_area", "valid_here", "as_of")},
    }


def _standing(standing: Standing) -> dict[str, Any]:
    status = standing.status
    word, zh = NOTHING if status is None else (status.word, status.label)
    return {"status": word, "zh": zh, "version": standing.version}


def _event(event: CertificateEvent) -> dict[str, Any]:
    return {
        "event": event.kind.value,
        "zh": event.kind.label,
        "effective_on": event.effective_on.isoformat(),
        "recorded_on": event.recorded_on.isoformat(),
        "reference": event.reference,
        "ground": event.ground,
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_STATUSES = [one.word for one in CertificateStatus if one is not CertificateStatus.SUPERSEDED]
_STANDING = _object(
    {
        "status": {"enum": [*_STATUSES, NOTHING[0]]},
        "zh": {"type": "string"},
        "version": {"type": ["integer", "null"], "minimum": 1},
    }
)
_EVENT = _object(
    {
        "event": {"enum": [one.value for one in PastEvent]},
        "zh": {"type": "string"},
        "effective_on": _DAY,
        "recorded_on": _DAY,
        "reference": _TEXT_OR_NULL,
        "ground": _TEXT_OR_NULL,
    }
)
_OF_VERDICT = {
    key: {"$ref": f"#/components/schemas/Verdict/properties/{key}"}
    for key in ("certificate", "holder", "validity_area", "valid_here", "as_of")
}
_HISTORY = _object(
    {
        "schema": {"const": SCHEMA},
        "on": _DAY,
        "recorded_then": _STANDING,
        "known_now": _STANDING,
        "events": {"type": "array", "items": _EVENT},
        **_OF_VERDICT,
    }
)
_VOIDED = date(2024, 4, 10)
_ACQUIRED = date(2023, 10, 7)
_EXAMPLE = PastAnswer(
    date(2024, 1, 15),
    Standing(CertificateStatus.VALID, 1),
    Standing(CertificateStatus.VOIDED, 1),
    (
        CertificateEvent(PastEvent.ISSUED, _ACQUIRED, date(2023, 11, 2)),
        CertificateEvent(
            PastEvent.VOIDED, _ACQUIRED, _VOIDED, "吉人社职效〔2024〕1号", "未按规定程序开展评审"
        ),
    ),
    SAMPLE,
)
HISTORY_ANSWERS: Answers = {
    200: {
        "description": "How the certificate stood, by what was recorded then and by what is known now.",
        "content": {"application/json": {"schema": _HISTORY, "example": past_object(_EXAMPLE)}},
    },
    **problem_answers(*ASKED, HTTPStatus.NOT_FOUND),
}
