"""The private payload of a credit record's end by lapse of time (docs/formats/content.md)."""

from __future__ import annotations

import json
from datetime import date

from certsvc.formats.canonical import encode_canonical_json


def encode_credit_ended(opening: bytes, recorded_on: date) -> bytes:
    """What the opening said, as `credit_closed` by `expired`; `recorded_on`: the day on which the end was noted."""
    told = json.loads(opening)
    return encode_canonical_json(
        {**told, "event": "credit_closed", "closed_by": "expired", "recorded_on": recorded_on.isoformat()}
    )
