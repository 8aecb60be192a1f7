"""Verification jobs 批量核验任务 of an office, joined with their adapters."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Final

from certverify import Verdict

from certsvc.adapters.verification_job_store import DatabaseVerificationJobs
from certsvc.domain.bulk_check import HolderAsked, RowQuestion
from certsvc.ports.look_ups import LookUp, LookUpChannel
from certsvc.ports.verification_jobs import JobAsker
from certsvc.stages.bulk_check import BulkCheck
from certsvc.stages.looked_up import number_found
from certsvc.stages.verification_jobs import JobDesk, JobLine

if TYPE_CHECKING:
    from certsvc.bootstrap.public_side import PublicSide


_READ_ANEW_SECONDS: Final = 1.0


class VerificationJobs:
    """Jobs as they are taken in and fetched (`desk`), and as they are worked off (`line`)."""

    def __init__(self, office: PublicSide) -> None:
        self._office = office
        self._store = DatabaseVerificationJobs(office.engine, office.keys.cipher)
        self._kept = timedelta(hours=office.settings.job_hours)

    @cached_property
    def desk(self) -> JobDesk:
        """For whoever brings a file or a token."""
        most = self._office.settings.job_rows_waiting
        return JobDesk(self._store, self._office.clock, os.urandom, self._kept, most)

    @cached_property
    def line(self) -> JobLine:
        """For the background work."""
        office = self._office
        check = BulkCheck(office.verification, office.codes)
        return JobLine(self._store, check, office.clock, self._kept, _RowWatch(office))


class _RowWatch:
    """stages.verification_jobs.RowWatch: as the public face judges and notes, with the channel of rows."""

    def __init__(self, office: PublicSide) -> None:
        self._office = office
        self._alerted: tuple[str, float, bool] = ("", 0.0, False)

    def refuses(self, asker: JobAsker, question: RowQuestion) -> bool:
        """Whether numbers seem to be tried out; an organisation is known by name anyhow."""
        if asker.organisation is not None or not isinstance(question.asked, HolderAsked):
            return False
        suspected = self._office.enumeration.watch.suspects(asker.key, question.asked.number)
        return suspected or self._is_alerted(asker.key)

    def _is_alerted(self, asker: str) -> bool:
        """What other processes noticed, read anew every second."""
        now, (known, until, alerted) = monotonic(), self._alerted
        if asker != known or until < now:
            alerted = self._office.enumeration.alerted(asker)
            self._alerted = asker, now + _READ_ANEW_SECONDS, alerted
        return alerted

    def answered(self, asker: JobAsker, question: RowQuestion, verdict: Verdict) -> None:
        """Count what agreed with nothing."""
        asked = question.asked
        if isinstance(asked, HolderAsked) and number_found(verdict) is None:
            claim, known = f"{asked.name}/{asked.id_last4}", asker.organisation is not None
            self._office.enumeration.watch.missed(asker.key, asked.number, claim, organisation=known)

    def stored(self, asker: JobAsker, _question: RowQuestion, verdict: Verdict) -> None:
        """Note that a certificate was found."""
        number = number_found(verdict)
        if number is not None:
            at, told = self._office.clock.now(), verdict.outcome.value
            who = (asker.key, asker.organisation, asker.purpose)
            self._office.look_ups.journal.note(LookUp(at, number, LookUpChannel.BATCH, told, *who))
