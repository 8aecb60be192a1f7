"""Verification jobs 批量核验任务 of an office, joined with their adapters."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from certverify import Verdict

from certsvc.adapters.verification_job_store import DatabaseVerificationJobs
from certsvc.domain.bulk_check import HolderAsked, RowQuestion
from certsvc.ports.look_ups import LookUp, LookUpChannel
from certsvc.ports.verification_jobs import JobAsker
from certsvc.stages.bulk_check import BulkCheck
from certsvc.stages.enumeration import EnumerationWatch, Thresholds
from certsvc.stages.looked_up import number_found
from certsvc.stages.verification_jobs import JobDesk, JobLine

if TYPE_CHECKING:
    from certsvc.bootstrap.public_side import PublicSide


class VerificationJobs:
    """Jobs as they are taken in and fetched (`desk`), and as they are worked off (`line`)."""

    def __init__(self, office: PublicSide) -> None:
        self._office = office
        self._store = DatabaseVerificationJobs(office.engine, office.keys.cipher)
        self._kept = timedelta(hours=office.settings.job_hours)

    @cached_property
    def desk(self) -> JobDesk:
        """For whoever brings a file or a token."""
        return JobDesk(self._store, self._office.clock, os.urandom, self._kept)

    @cached_property
    def line(self) -> JobLine:
        """For the background work."""
        office = self._office
        check = BulkCheck(office.verification, office.codes)
        return JobLine(self._store, check, office.clock, self._kept, self._note)

    @cached_property
    def _watch(self) -> EnumerationWatch:
        office, settings = self._office, self._office.settings
        thresholds = Thresholds(settings.enumeration_numbers, settings.enumeration_overall)
        return EnumerationWatch(office.look_ups.journal, office.clock, os.urandom(16), thresholds)

    def _note(self, asker: JobAsker, question: RowQuestion, verdict: Verdict) -> None:
        """As the public face notes an answer, with the channel of rows."""
        number, asked, known = number_found(verdict), question.asked, asker.organisation is not None
        if number is not None:
            at, told = self._office.clock.now(), verdict.outcome.value
            who = (asker.key, asker.organisation, asker.purpose)
            self._office.look_ups.journal.note(LookUp(at, number, LookUpChannel.BATCH, told, *who))
        elif isinstance(asked, HolderAsked):
            claim = f"{asked.name}/{asked.id_last4}"
            self._watch.missed(asker.key, asked.number, claim, organisation=known)
