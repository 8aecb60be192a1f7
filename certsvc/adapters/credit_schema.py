"""The tables of persons' cancelled years and of messages to the national platforms."""

from __future__ import annotations

from certsvc.adapters.schema import metadata as metadata
