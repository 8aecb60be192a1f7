"""What officials look up and decide on with pages, joined: search, traces, files, dry runs, lists."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from certsvc.adapters.certificate_index import DatabaseCertificateIndex
from certsvc.adapters.certificate_traces import DatabaseTraceSources
from certsvc.adapters.decision_index import DatabaseDecisionIndex
from certsvc.adapters.past_evidence import DatabasePastEvidence
from certsvc.adapters.receipt_store import DatabaseReceiptStore
from certsvc.bootstrap.witnesses import leaving_to_witnesses
from certsvc.domain.batch_voiding import BatchDecision
from certsvc.domain.caller import Caller
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.filing_place import committees_within
from certsvc.domain.permission import confirming
from certsvc.domain.registry import Registry
from certsvc.domain.submission import RawWorkbook
from certsvc.errors import ConflictError
from certsvc.stages.certificate_files import CertificateFiles
from certsvc.stages.certificate_search import CertificateSearch
from certsvc.stages.certificate_trace import TraceDesk
from certsvc.stages.decide_preview import DecisionPreviews
from certsvc.stages.decision_lists import DecisionLists
from certsvc.stages.issuance import CHUNK
from certsvc.stages.published_log import PublishedLog
from certsvc.stages.trace_ledger import PublishedTraces

if TYPE_CHECKING:
    from certsvc.bootstrap.office import Office

_CHUNKS_AT_ONCE: Final = 5


class DecisionRoom:
    """The stages of search, trace and decision over an office."""

    def __init__(
        self,
        office: Office,
        read_file: Callable[[bytes, str], RawWorkbook],
        registry_of: Callable[[bytes], Registry],
    ) -> None:
        self._office = office
        self._read_file = read_file
        self._registry_of = registry_of
        self._sources = DatabaseTraceSources(office.reading_engine)

    @cached_property
    def search(self) -> CertificateSearch:
        """Looking for certificates."""
        office = self._office
        index = DatabaseCertificateIndex(office.reading_engine, office.keys.cipher)
        return CertificateSearch(office.permits, index, office.looks, office.clock)

    @cached_property
    def traces(self) -> TraceDesk:
        """Whole traces of certificates."""
        office = self._office
        return TraceDesk(
            office.permits,
            office.decisions,
            office.decision_documents.serving,
            office.filings,
            DatabaseReceiptStore(office.engine),
            self._sources,
            self._log,
            office.looks,
            office.clock,
            self._read_file,
            self._registry_of,
            self._index.over,
            self._index.entries_about,
        )

    @cached_property
    def files(self) -> CertificateFiles:
        """The files of certificates, and how they stood on a day."""
        office = self._office
        return CertificateFiles(
            self.traces,
            self._sources,
            office.certificates,
            lambda: office.past_answers,
            office.archive.read,
            office.published_bundle,
            office.past_desk.closed_bundle,
            self._log.tlog_proof,
        )

    @cached_property
    def previews(self) -> DecisionPreviews:
        """Dry runs of decisions."""
        office = self._office
        later = office.case_work.dependants.store.later_titles
        told = office.settings.title_platform == "on"
        return DecisionPreviews(office.deciding.deciding, office.permits, later, told)

    @cached_property
    def lists(self) -> DecisionLists:
        """Lists of decisions."""
        office = self._office
        parts = (office.decisions, office.looks, office.clock, office.case_work.batches.store)
        return DecisionLists(office.permits, self._index, *parts, self._committees_within)

    def _committees_within(self, region: str) -> frozenset[str]:
        _, raw = self._office.filings.current_registry()
        return committees_within(region, self._registry_of(raw))

    def commit_batch(self, batch: str, actor: str) -> BatchDecision:
        """The second person confirms a batch decision: it is in force with the commit, its events are still to be written.

        The background work, or `carry_on`, finishes it. Raises as `BatchVoiding.confirm`.
        """
        office = self._office
        office.ledger.require_own_history()  # a database behind its published log commits no decision
        while office.issuance.sealing.seal_corrections(CHUNK):
            pass  # one that was broken off would stand in the way
        return office.case_work.batches.confirm(batch, actor)

    def carry_on(self, batch: str, by: Caller) -> None:
        """Write a few chunks of a confirmed batch decision's events; after the last one log and publish them.

        For who may confirm one; may be repeated at any time, by several at once. Raises NotPermitted, UnknownReference.
        """
        office = self._office
        stored = office.case_work.batches.find(batch)
        action = confirming(f"batch_{stored.proposal.kind}")
        office.permits.require_role(action, by, f"batch/{batch}")
        if stored.status is not DecisionStatus.CONFIRMED:
            raise ConflictError("该决定尚未确认，没有需要继续办理的内容。")
        with closing(office.case_work.carry_out(batch)) as chunks:
            moved = sum(1 for _ in islice(chunks, _CHUNKS_AT_ONCE))
        if moved < _CHUNKS_AT_ONCE:
            with leaving_to_witnesses():
                office.catch_up()

    @cached_property
    def _log(self) -> PublishedTraces:
        office = self._office
        evidence = DatabasePastEvidence(office.reading_engine, office.keys.cipher)
        return PublishedTraces(
            lambda: PublishedLog(office.tree, office.log_keys), office.published_state, evidence.logged_on
        )

    @cached_property
    def _index(self) -> DatabaseDecisionIndex:
        return DatabaseDecisionIndex(self._office.reading_engine, self._office.decisions)
