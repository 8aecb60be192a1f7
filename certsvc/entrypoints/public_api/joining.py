"""The public face of an office: the one place where the office's parts meet the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from certsvc.adapters.fault_counts import FaultCounts
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.adapters.look_up_counts import LookUpCounts
from certsvc.adapters.metrics import Metrics
from certsvc.adapters.redis_connection import connect_redis
from certsvc.adapters.redis_rate_limiter import RedisRateLimiter
from certsvc.adapters.suspicion_counts import SuspicionCounts
from certsvc.entrypoints.public_api.application import create_app
from certsvc.entrypoints.public_api.proof_of_work import ProofsOfWork
from certsvc.entrypoints.public_api.service import Limits, PublicService
from certsvc.ports.sharing import RateLimiter
from certsvc.stages.organisation_keys import KeyDesk

if TYPE_CHECKING:
    from certsvc.bootstrap import Office


def open_public_face(office: Office) -> FastAPI:
    """The application with everything that the office can answer."""
    return create_app(
        office.settings.public_folder, public_service(office), keeps_pages=office.settings.keeps_pages
    )


def public_service(office: Office) -> PublicService:
    """What the application asks of the office; it can be read, the log of looks can be added to, and a
    statement is written down and finished when it is first asked for."""
    settings = office.settings
    limiter, journal = _limiter(office), office.look_ups.journal
    watch = office.enumeration.watch
    metrics = Metrics(office.readiness.checkpoint_age, office.archive_desk.standing)
    metrics.add(LookUpCounts(journal, watch.raised))
    metrics.add(FaultCounts(office.fault_notes.book))
    metrics.add(SuspicionCounts(office.suspicion_desk.store, office.clock))
    return PublicService(
        verification=office.verification,
        codes=office.codes,
        past_answers=office.past_answers,
        proofs=office.proofs,
        past_proofs=office.past_proofs,
        notices=office.notice_board,
        announced=office.announced_board,
        shares=office.share_opening,
        suspicions=office.suspicion_desk.reporting,
        e_licences=office.e_licences,
        reports=office.reports,
        report_checking=office.report_desk.checking,
        signed_verdicts=office.signed_verdicts,
        statements=office.statements,
        mappings=office.mapping_answers,
        readiness=office.readiness,
        limiter=limiter,
        metrics=metrics,
        limits=Limits(
            settings.verify_per_minute,
            settings.bundle_per_minute,
            settings.guesses_per_hour,
            settings.answer_seconds,
            settings.examine_per_minute,
            settings.batch_rows_per_hour,
            settings.job_rows_per_day,
            settings.suspicions_per_hour,
            settings.job_uploads_per_minute,
        ),
        look_ups=journal,
        watch=watch,
        proofs_of_work=ProofsOfWork(office.keys.cipher.person_key("proof-of-work"), limiter),
        clock=office.clock,
        key_desk=KeyDesk(office.remembered_keys, office.day_use, limiter, office.clock),
        idempotent_requests=office.idempotent_requests,
        jobs=office.verification_jobs.desk,
    )


def _limiter(office: Office) -> RateLimiter:
    if office.settings.redis_url is None:
        return LocalRateLimiter()
    return RedisRateLimiter(connect_redis(office.settings.redis_url))
