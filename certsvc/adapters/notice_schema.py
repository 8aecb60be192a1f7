"""The table of units that are named publicly 公开通报."""

from __future__ import annotations

from certsvc.adapters.schema import metadata as metadata
