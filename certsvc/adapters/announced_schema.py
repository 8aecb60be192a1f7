"""The tables of announced lists and of what their corrections change."""

from __future__ import annotations

from certsvc.adapters.schema import metadata as metadata
