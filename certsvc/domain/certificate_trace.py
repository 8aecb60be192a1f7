"""The whole trace of a certificate: from the review's result to what became of it, step by step (谁受理、谁负责、谁签字)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.facts import HeldTitle


class TraceStage(StrEnum):
    """The steps of a trace, in their order."""

    RESULT = "result"
    PUBLICITY = "publicity"
    SUBMISSION = "submission"
    FILING = "filing"
    DOCUMENT = "document"
    APPROVAL = "approval"
    ISSUE = "issue"
    VERSION = "version"
    DECISION = "decision"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: which office and person, when, with what opinion, by which clause, and where it is written.

    `on`: the day that it counts by; `until`: its last day where it lasts. `sources`: files and references that say so,
    digests as hex. `word`: what makes this step one of several of its stage (a level, a place, a version, a kind).
    """

    stage: TraceStage
    word: str = ""
    on: date | None = None
    until: date | None = None
    at: datetime | None = None
    office: str | None = None
    person: str | None = None
    opinion: str | None = None
    clause: str | None = None
    sources: tuple[str, ...] = ()
    decision: str | None = None
    done: bool = True


@dataclass(frozen=True, slots=True)
class TracedBatch:
    """What is kept of the filing that a certificate came with."""

    filing: str
    digest: str
    file_name: str
    received_at: datetime
    maker: str | None
    approved_at: datetime | None
    checker: str | None
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class TracedVersion:
    """One version on its way: `state` drafted, sealed, logged or published."""

    version: int
    slot: int
    state: str
    status: CertificateStatus
    sealed_at: datetime | None
    published_at: datetime | None
    document_sha256: str | None
    leaf_index: int | None


@dataclass(frozen=True, slots=True)
class TracedLeaf:
    """An event in the public log. `hashes`: how many the proof of its presence holds; None: not proven here."""

    leaf_index: int
    manifest_index: int
    version: int
    hashes: int | None


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """What the public log says now. `root` is hex; `seal`: log index of the seal over the status array."""

    size: int
    root: str
    seal: int | None
    leaves: tuple[TracedLeaf, ...]


@dataclass(frozen=True, slots=True)
class RelatedTitle:
    """Another title of the same person. `rests`: it rests on this one; else this one rests on it, or neither does."""

    title: HeldTitle
    why: str | None
    rests: bool


def in_order(steps: Iterable[TraceStep]) -> tuple[TraceStep, ...]:
    """The steps as they happened; one without a day stays behind the one that it was given after."""
    ordered: list[tuple[date, TraceStep]] = []
    last = date.min
    for step in steps:
        last = step.on or last
        ordered.append((last, step))
    return tuple(step for _, step in sorted(ordered, key=lambda pair: pair[0]))
