"""The tables of the title information base: entries, samples, attestations."""

from __future__ import annotations

from certsvc.adapters.schema import metadata as metadata
