"""The tables of historical records and of mapping statements."""

from __future__ import annotations

from certsvc.adapters.schema import metadata as metadata
