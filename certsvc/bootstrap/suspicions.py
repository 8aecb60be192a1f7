"""Suspicion cases 举报疑似假证 of an office, joined with their adapters."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from certsvc.adapters.suspicion_store import DatabaseSuspicionStore
from certsvc.stages.suspicions import SuspicionCases, SuspicionReporting, SuspicionRetention

if TYPE_CHECKING:
    from certsvc.bootstrap.public_side import PublicSide


class SuspicionDesk:
    """Cases as they are reported, as officials see them, and their retention."""

    def __init__(self, office: PublicSide) -> None:
        self._office = office
        self.store = DatabaseSuspicionStore(office.engine, office.keys.cipher)

    @cached_property
    def reporting(self) -> SuspicionReporting:
        """For everybody."""
        office = self._office
        return SuspicionReporting(
            store=self.store,
            certificates=office.certificates,
            verdict_on_qr=office.verification.check_qr,
            verdict_on_code=office.codes.check,
            key_of=office.keys.cipher.person_key,
            clock=office.clock,
            random_bytes=os.urandom,
        )

    @cached_property
    def cases(self) -> SuspicionCases:
        """For officials; every look is noted."""
        office = self._office
        return SuspicionCases(office.permits, self.store, office.looks, office.clock)

    @cached_property
    def retention(self) -> SuspicionRetention:
        """Forgets what is personal in cases that were closed long ago."""
        office = self._office
        kept = timedelta(days=office.settings.suspicion_keep_days)
        return SuspicionRetention(self.store, office.clock, kept)
