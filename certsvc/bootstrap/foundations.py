"""Registry, calendars and policies of an office, joined for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certsvc.adapters.shipped_policies import shipped_documents
from certsvc.stages.foundations import Foundations

if TYPE_CHECKING:
    from certsvc.bootstrap.office import Office
    from certsvc.domain.registry import Registry


def open_foundations(office: Office) -> Foundations:
    """Every answer is that of the database at the moment of the call."""
    policies = office.policies

    def registry() -> tuple[str, Registry]:
        from certsvc.domain.registry_decoding import decode_registry

        digest, raw = office.filings.current_registry()
        return digest, decode_registry(raw)

    return Foundations(
        office.clock,
        registry,
        policies.calendar,
        lambda: {one.year: one.digest for one in policies.store.loaded_calendars()},
        policies.in_force,
        frozenset(one.digest for one in shipped_documents()),
    )
