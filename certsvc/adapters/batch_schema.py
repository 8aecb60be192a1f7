"""The tables of voided batches, of titles that depend on what ended, and of annulled examinations."""

from __future__ import annotations

from certsvc.adapters.schema import metadata as metadata
