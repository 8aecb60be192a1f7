"""The whole trace of one certificate, for whoever may read it; the look is written down first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from certsvc.domain.caller import Caller
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_trace import (
    LedgerPart,
    RelatedTitle,
    TracedBatch,
    TracedVersion,
    TraceStage,
    TraceStep,
    in_order,
)
from certsvc.domain.decision import CertificateVersion, StoredDecision
from certsvc.domain.decision_kinds import KINDS
from certsvc.domain.dependants import DependantEntry, dependent_titles
from certsvc.domain.facts import HeldTitle
from certsvc.domain.permission import Action
from certsvc.domain.receipts import FilingReceipt, ReceiptStep, receipt_path
from certsvc.domain.regions import REGIONS
from certsvc.domain.registry import Registry
from certsvc.domain.submission import BatchHeader, RawWorkbook
from certsvc.errors import UnknownReference
from certsvc.ports import Clock, FilingStore
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.certificate_traces import TraceLedger, TraceSources
from certsvc.ports.decisions import DecisionStore, ServiceStore
from certsvc.ports.operations import ReceiptStore
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import read_header
from certsvc.stages.permits import Permits
from certsvc.stages.receipts import office_name

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_RESULTS: Final = "吉人社函〔2022〕181号 三.5"
_FILED: Final = "吉人社函〔2022〕181号 三.6"
_DUAL_FILED: Final = "吉人社函〔2023〕211号 四（四）"
_ANNOUNCED: Final = "吉人社函〔2022〕38号 六（三）"
_ISSUED: Final = "吉人社函〔2022〕38号 五（一）"


@dataclass(frozen=True, slots=True)
class CertificateTrace:
    """Everything about one certificate. `place`: where it counts or else the holder's unit is."""

    number: str
    place: str | None
    versions: tuple[CertificateVersion, ...]
    ways: tuple[TracedVersion, ...]
    batch: TracedBatch
    steps: tuple[TraceStep, ...]
    decisions: tuple[StoredDecision, ...]
    related: tuple[RelatedTitle, ...]
    waiting: tuple[DependantEntry, ...]
    ledger: LedgerPart | None

    @property
    def newest(self) -> CertificateVersion:
        """The version that tells how the certificate stands."""
        return self.versions[-1]


@dataclass(frozen=True, slots=True)
class TraceDesk:
    """What tracing needs. `read_file` reads a filed file's cells, `registry_of` decodes the JSON of a registry, `decisions_of`
    gives every decision over a number, newest first, `entries_of` the entries of the list of dependent titles about it.
    """

    permits: Permits
    decisions: DecisionStore
    serving: ServiceStore
    filings: FilingStore
    receipts: ReceiptStore
    sources: TraceSources
    ledger: TraceLedger
    looks: PersonalLooks
    clock: Clock
    read_file: Callable[[bytes, str], RawWorkbook]
    registry_of: Callable[[bytes], Registry]
    decisions_of: Callable[[str], Sequence[StoredDecision]]
    entries_of: Callable[[str], Sequence[DependantEntry]]

    def require_reader(
        self, number: str, by: Caller, channel: str, purpose: str
    ) -> tuple[CertificateVersion, ...]:
        """The versions of a certificate, for who may read it; the look is noted. Raises UnknownReference, NotPermitted."""
        plain = "".join(number.split()).upper()[:32]
        versions = self.decisions.versions(plain)
        if not versions:
            raise UnknownReference(f"没有编号为 {plain} 的证书。请核对证书编号。")
        place = place_of(versions[-1].content.award)
        self.permits.require(Action.CERTIFICATE_READ, by, f"certificate/{plain}", place=place)
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, plain, purpose))
        return versions

    def trace(self, number: str, by: Caller, channel: str) -> CertificateTrace:
        """The trace. Raises UnknownReference, NotPermitted."""
        versions = self.require_reader(number, by, channel, "查看证书全过程")
        content = versions[-1].content
        ways = self.sources.versions(content.number)
        batch = self.sources.batch(versions[-1].draft.filing)
        decisions = tuple(self.decisions_of(content.number))
        steps = (
            *in_order(self._chain(batch, content.award)),
            *in_order((*_issued(ways), *self._decided(decisions))),
        )
        return CertificateTrace(
            content.number,
            place_of(content.award),
            versions,
            ways,
            batch,
            steps,
            decisions,
            self._related(content.number, content.award),
            tuple(self.entries_of(content.number)),
            self.ledger.part(ways),
        )

    def _chain(self, batch: TracedBatch, award: Award) -> Iterator[TraceStep]:
        registry = self.registry_of(self.filings.registry(self._registry_digest(batch.filing)))
        header = read_header(self.read_file(*self.filings.filed_file(batch.filing)).header, CellReader())
        file = (f"{batch.file_name}（SHA-256 {batch.digest}）", f"汇总表 序号 {award.row}")
        yield _result(header, award, file)
        for claim in header.publicity:
            yield TraceStep(
                TraceStage.PUBLICITY,
                claim.place or "",
                on=claim.starts_on,
                until=claim.ends_on,
                office=award.committee_name,
                opinion="公示期满，对本人无成立的异议",
                clause=_RESULTS,
                sources=tuple(one for one in (claim.url, claim.evidence_sha256) if one),
            )
        yield TraceStep(
            TraceStage.SUBMISSION,
            on=batch.received_at.astimezone(_SHANGHAI).date(),
            at=batch.received_at,
            office=award.committee_name,
            clause=_FILED,
            sources=(file[0],),
        )
        yield from self._filed(batch.filing, header, registry, dual=award.validity_area is not None)
        yield TraceStep(
            TraceStage.DOCUMENT,
            header.announcement_title or "",
            on=award.announcement_on,
            office=award.announcing_body,
            clause=_ANNOUNCED,
            sources=(award.announcement_ref,),
        )
        if batch.maker is not None and batch.approved_at is not None:
            yield TraceStep(
                TraceStage.APPROVAL,
                on=batch.approved_at.astimezone(_SHANGHAI).date(),
                at=batch.approved_at,
                office="吉林省人力资源和社会保障厅",
                person=batch.maker,
                opinion="同意备案",
                clause=_FILED,
            )
        yield TraceStep(
            TraceStage.ISSUE,
            on=None if batch.issued_at is None else batch.issued_at.astimezone(_SHANGHAI).date(),
            at=batch.issued_at,
            office="吉林省人力资源和社会保障厅",
            person=batch.checker,
            clause=_ISSUED,
            done=batch.checker is not None,
        )

    def _registry_digest(self, filing: str) -> str:
        stored = self.filings.find(filing)
        if stored is None:
            raise UnknownReference(f"没有备案 {filing}。请核对备案号。")
        return stored.registry_digest

    def _filed(
        self, filing: str, header: BatchHeader, registry: Registry, *, dual: bool
    ) -> Iterator[TraceStep]:
        committee = None if header.committee_code is None else registry.committee(header.committee_code)
        if committee is None:
            return
        recorded = {one.level: one for one in self.receipts.recorded(filing)}
        for step in receipt_path(committee, header, registry):
            yield _receipt(step, recorded.get(step.level), _DUAL_FILED if dual else _FILED)

    def _decided(self, decisions: Sequence[StoredDecision]) -> Iterator[TraceStep]:
        for one in reversed(decisions):
            if one.confirmed_at is None:
                continue
            proposal = one.proposal
            digest = (f"决定文书 SHA-256 {proposal.document_sha256}",) if proposal.document_sha256 else ()
            yield TraceStep(
                TraceStage.DECISION,
                proposal.kind.label,
                on=one.confirmed_at.astimezone(_SHANGHAI).date(),
                at=one.confirmed_at,
                person=f"{one.maker}、{one.checker}",
                opinion=proposal.ground,
                clause=KINDS[proposal.kind].clause,
                sources=(proposal.document_ref, *digest),
                decision=one.id,
            )
            for served in self.serving.services(one.id):
                yield TraceStep(
                    TraceStage.SERVICE,
                    served.method.label,
                    on=served.served_on,
                    at=served.recorded_at,
                    office=_department(served.office),
                    person=served.actor,
                    sources=(f"送达凭证 SHA-256 {served.proof_sha256}",) if served.proof_sha256 else (),
                    decision=one.id,
                )

    def _related(self, number: str, award: Award) -> tuple[RelatedTitle, ...]:
        person = award.document.number
        found = (self.filings.titles_held([person]), self.filings.titles_withdrawn([person]))
        titles = {one.number: one for held in found for one in held.get(person, ())}
        own = titles.get(number) or _held(number, award)
        others = [one for one in titles.values() if one.number != number]
        later = {one.title.number: one.reason.label for one in dependent_titles(own, others)}
        related = []
        for one in sorted(others, key=lambda title: (title.acquired_on, title.number)):
            below = {each.title.number: each.reason.label for each in dependent_titles(one, [own, *others])}
            why = later.get(one.number) or below.get(number)
            related.append(RelatedTitle(one, why, one.number in later))
        return tuple(related)


def place_of(award: Award) -> str | None:
    """Where a certificate counts or, without such a bound, where the holder's unit is: whose it is to read."""
    return award.validity_area or award.unit_region


def _result(header: BatchHeader, award: Award, file: tuple[str, ...]) -> TraceStep:
    return TraceStep(
        TraceStage.RESULT,
        on=header.meeting_ends_on or award.acquired_on,
        office=award.committee_name,
        opinion="评审通过",
        clause=_RESULTS,
        sources=(*((f"评审会议批复 {header.approval_ref}",) if header.approval_ref else ()), *file),
    )


def _receipt(step: ReceiptStep, recorded: FilingReceipt | None, clause: str) -> TraceStep:
    if recorded is None:
        claimed = () if step.claimed_ref is None else (f"批次信息所填回执号 {step.claimed_ref}",)
        return TraceStep(
            TraceStage.FILING,
            step.level.value,
            on=step.claimed_on,
            office=office_name(step),
            opinion="受理部门尚未登记回执",
            clause=clause,
            sources=claimed,
            done=False,
        )
    return TraceStep(
        TraceStage.FILING,
        step.level.value,
        on=recorded.received_on,
        at=recorded.recorded_at,
        office=office_name(step),
        person=recorded.actor,
        opinion=recorded.opinion,
        clause=clause,
        sources=(f"回执 {recorded.receipt_ref}",),
    )


def _issued(ways: Sequence[TracedVersion]) -> Iterator[TraceStep]:
    for one in ways:
        at = one.published_at or one.sealed_at
        yield TraceStep(
            TraceStage.VERSION,
            str(one.version),
            on=None if at is None else at.astimezone(_SHANGHAI).date(),
            at=at,
            clause=_ISSUED,
            sources=(f"证书文件 SHA-256 {one.document_sha256}",) if one.document_sha256 else (),
            done=one.state == "published",
        )


def _held(number: str, award: Award) -> HeldTitle:
    return HeldTitle(
        award.series,
        award.level,
        award.title,
        award.validity_area is not None,
        award.acquired_on,
        number,
        award.way,
        award.review_year,
    )


def _department(region: str) -> str:
    found = REGIONS.get(region)
    return region if found is None else f"{found.name}人力资源和社会保障部门"
