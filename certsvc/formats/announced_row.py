"""A row of an announced list as bytes: how it is kept (encrypted)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from certsvc.domain.announced_list import Listed
from certsvc.domain.levels import Level


def encode_listed(row: Listed) -> bytes:
    """JSON of every field."""
    return json.dumps(asdict(row), ensure_ascii=False).encode()


def decode_listed(stored: bytes) -> Listed:
    """The row that `encode_listed` wrote."""
    fields: dict[str, Any] = json.loads(stored)
    level = fields.pop("level")
    return Listed(**fields, level=None if level is None else Level(level))
