"""The schemas of answers to programs, where the routes themselves have none."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from certsvc.domain.share_grant import SHAREABLE
from certsvc.entrypoints.console.platform_examples import ELIGIBILITY, HOLDER, KEYS

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_TEXT_OR_NULL: Final[dict[str, Any]] = {"type": ["string", "null"]}
_INSTANT: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_INSTANT_OR_NULL: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date-time"}
_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date"}
_DAY_OR_NULL: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date"}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}


def _whole(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with exactly these members."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }


def _many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_GRANT: Final = {
    "grant": _TEXT,
    "number": _TEXT,
    "fields": _many({"enum": list(SHAREABLE)}),
    "recipient": _TEXT,
    "made_at": _INSTANT,
    "ends_at": _INSTANT,
    "cancelled_at": _INSTANT_OR_NULL,
}
_COPY: Final = _whole(
    {
        "copy": _TEXT,
        "number": _TEXT,
        "version": {"type": "integer", "minimum": 1},
        "recipient": _TEXT,
        "purpose": _TEXT,
        "made_at": _INSTANT,
        "ends_on": _DAY,
        "standing": {"enum": ["live", "ended", "withdrawn", "not-in-force"]},
        "standing_label": _TEXT,
        "ready": _FLAG,
        "withdrawn_at": _INSTANT_OR_NULL,
    }
)
_LOOK_UP: Final = _whole(
    {
        "at": _INSTANT,
        "channel": _TEXT,
        "channel_label": _TEXT,
        "told": _TEXT,
        "told_label": _TEXT,
        "asker": _TEXT_OR_NULL,
        "organisation": _TEXT_OR_NULL,
        "purpose": _TEXT_OR_NULL,
    }
)
_TITLE: Final = _whole(
    {
        **dict.fromkeys(("number", "series", "level", "title"), _TEXT),
        "way": _TEXT_OR_NULL,
        "dual_directed": _FLAG,
        "acquired_on": _DAY,
    }
)
_REASON: Final = _whole(
    {
        "code": _TEXT,
        "effect": {"enum": ["blocks", "check"]},
        "clause": _TEXT,
        "message": _TEXT,
        "free_on": _DAY_OR_NULL,
    }
)
_TENURE: Final = {
    "anyOf": [
        {"type": "null"},
        _whole(
            {
                "on": _DAY,
                "source": _TEXT,
                "number": _TEXT,
                "optional": _FLAG,
                "otherwise_on": _DAY_OR_NULL,
            }
        ),
    ]
}
SCHEMAS: Final = MappingProxyType(
    {
        f"{HOLDER}/look-ups": _whole(
            {
                "number": _TEXT,
                "look_ups": _many(_LOOK_UP),
                "grant_openings": _many(_whole({"at": _INSTANT, "grant": _TEXT, "recipient": _TEXT})),
                "kept_days": {"type": "integer", "minimum": 1},
                "note": _TEXT,
            }
        ),
        f"{HOLDER}/share-grants": _whole(_GRANT | {"code": _TEXT}),
        f"{HOLDER}/share-grants/list": _whole(
            {
                "grants": _many(
                    _whole(_GRANT | {"views": {"type": "integer", "minimum": 0}, "openings": _many(_INSTANT)})
                )
            }
        ),
        f"{HOLDER}/share-grants/{{grant}}/cancellation": _whole(_GRANT),
        f"{HOLDER}/annotated-copies": _COPY,
        f"{HOLDER}/annotated-copies/list": _whole({"copies": _many(_COPY)}),
        f"{HOLDER}/annotated-copies/{{copy}}/withdrawal": _COPY,
        ELIGIBILITY: _whole(
            {
                "format": {"const": "certsvc-eligibility/1"},
                "question_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "answered_at": _INSTANT,
                **dict.fromkeys(("series", "level", "way"), _TEXT),
                "applied_on": _DAY,
                "eligible": _FLAG,
                "reasons": _many(_REASON),
                "free_on": _DAY_OR_NULL,
                "titles": _many(_TITLE),
                "base_title": _TEXT_OR_NULL,
                "tenure_start": _TENURE,
                "aid_incentive_used": _FLAG,
                "note": _TEXT_OR_NULL,
            }
        ),
        KEYS: _whole({"keys": _many(_whole(dict.fromkeys(("crv", "kty", "x", "kid", "alg", "use"), _TEXT)))}),
    }
)
"""Path -> the schema of its 200."""
