"""The settings of what anybody may ask: how often, how much, and how long what is kept of it stays."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class PublicSettings(BaseSettings):
    """Limits and terms of the public face."""

    verify_per_minute: int = Field(
        default=60, ge=1, description="Verifications a minute that one client address may ask for over HTTP."
    )
    examine_per_minute: int = Field(
        default=6,
        ge=1,
        description="Files a minute that are no originals, looked into in the sandbox, for one client address over HTTP; they "
        "count as verifications too.",
    )
    batch_rows_per_hour: int = Field(
        default=2000,
        ge=1000,
        description="Rows of batches (`POST /api/v1/verify/batch`) an hour that one client address may have answered.",
    )
    job_rows_per_day: int = Field(
        default=40_000,
        ge=20_000,
        description="Rows of files (`POST /api/v1/verification-jobs`) a day that one client address may have checked.",
    )
    job_rows_waiting: int = Field(
        default=200_000,
        ge=20_000,
        description="Rows of all files together that may wait to be checked; with an organisation's key as many again. Beyond "
        "them files are answered with 503 until some are done.",
    )
    job_uploads_per_minute: int = Field(
        default=10,
        ge=1,
        description="Files (`POST /api/v1/verification-jobs`) a minute that one client address may send, understood or not.",
    )
    job_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        description="Hours after which a finished check of a file is deleted with its results.",
    )
    bundle_per_minute: int = Field(
        default=10, ge=1, description="Proof bundles a minute that one client address may ask for over HTTP."
    )
    guesses_per_hour: int = Field(
        default=60,
        ge=1,
        description="Questions an hour about one certificate by number, name and last four characters, from anywhere.",
    )
    enumeration_numbers: int = Field(
        default=30,
        ge=9,
        description="Different numbers that led to nothing, of one asker within an hour, from which on certificates are being "
        "tried out: an alert is raised, and questions by number cost a computation (docs/operations.md).",
    )
    enumeration_overall: int = Field(
        default=3000, ge=100, le=100_000, description="The same of all askers of one process together."
    )
    look_up_days: int = Field(
        default=1096,
        ge=30,
        le=36_525,
        description="Days that the log of look-ups is kept, for holders to see who checked their certificates; three years.",
    )
    keeps_pages: bool = Field(
        default=True,
        description="Whether browsers keep the pages for times without network; `false` makes them forget the pages that they "
        "keep already: the way out of a release that went wrong (docs/browser-checker.md).",
    )
    report_days: int = Field(default=30, ge=1, le=180, description="Days until a report ends, unless chosen.")
    report_keep_days: int = Field(
        default=365, ge=0, le=3660, description="Days after its end that a report is found by its code."
    )
    suspicions_per_hour: int = Field(
        default=5, ge=1, description="Reports of suspected fakes an hour of one client address."
    )
    case_days: int = Field(
        default=60,
        ge=1,
        le=365,
        description="Days from the receipt of a report or complaint, or from its transfer, to its end. An assumption: the "
        "notices set no term.",
    )
    suspicion_keep_days: int = Field(
        default=1096, ge=30, le=3660, description="Days that a closed report's personal data is kept."
    )
    answer_seconds: float = Field(
        default=10.0, gt=0, le=60, description="Longest time an answer over HTTP may take; then 503."
    )
