"""The tables of case work: uploaded documents of decisions, and proof of service 送达."""

from __future__ import annotations

from certsvc.adapters.schema import metadata as metadata
