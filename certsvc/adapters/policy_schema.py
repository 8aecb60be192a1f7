"""The tables of loaded policies and calendars."""

from __future__ import annotations

from certsvc.adapters.schema import metadata as metadata
