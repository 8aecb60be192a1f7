"""What the wider form of the public face is joined with: verification, proofs, readiness, limits, measurements."""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.adapters.metrics import Metrics
from certsvc.entrypoints.public_api.proof_of_work import ProofsOfWork
from certsvc.ports import Clock
from certsvc.ports.announced import AnnouncedBoard
from certsvc.ports.idempotency import IdempotentRequests
from certsvc.ports.look_ups import LookUps
from certsvc.ports.notices import NoticeBoard
from certsvc.ports.sharing import RateLimiter
from certsvc.stages.e_licence_answers import ELicenceDesk
from certsvc.stages.enumeration import EnumerationWatch
from certsvc.stages.kept_reports import ReportChecking
from certsvc.stages.manual_codes import CodeAnswers
from certsvc.stages.mapping import MappingAnswers
from certsvc.stages.organisation_keys import KeyDesk
from certsvc.stages.past_answers import PastAnswers
from certsvc.stages.proof import ProofDesk
from certsvc.stages.readiness import Readiness
from certsvc.stages.share_grants import ShareOpening
from certsvc.stages.signed_verdicts import SignedVerdicts
from certsvc.stages.statements import Statements
from certsvc.stages.suspicions import SuspicionReporting
from certsvc.stages.verification_jobs import JobDesk
from certsvc.stages.verification_reports import VerificationReports
from certsvc.stages.verify import Verification


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a minute and client address, guesses an hour and certificate, and the seconds an answer may take.

    A guess is a question by number, name and last four characters: wherever it comes from, it is counted against the
    number, so that the four characters cannot be tried out from many addresses.
    """

    verify_per_minute: int = 60
    bundle_per_minute: int = 10
    guesses_per_hour: int = 60
    answer_seconds: float = 10.0
    examine_per_minute: int = 6
    batch_rows_per_hour: int = 2000
    job_rows_per_day: int = 40_000
    suspicions_per_hour: int = 5
    job_uploads_per_minute: int = 10


@dataclass(frozen=True, slots=True)
class PublicService:
    """Everything behind `/api/v1`, `/readyz` and `/metrics`."""

    verification: Verification
    codes: CodeAnswers
    past_answers: PastAnswers
    proofs: ProofDesk
    past_proofs: ProofDesk
    notices: NoticeBoard
    announced: AnnouncedBoard
    shares: ShareOpening
    suspicions: SuspicionReporting
    e_licences: ELicenceDesk
    reports: VerificationReports
    report_checking: ReportChecking
    signed_verdicts: SignedVerdicts
    statements: Statements
    mappings: MappingAnswers
    readiness: Readiness
    limiter: RateLimiter
    metrics: Metrics
    limits: Limits
    look_ups: LookUps
    watch: EnumerationWatch
    proofs_of_work: ProofsOfWork
    clock: Clock
    key_desk: KeyDesk
    idempotent_requests: IdempotentRequests
    jobs: JobDesk
