"""One office, joined: what the command line and the web faces call."""

from __future__ import annotations

import os
from collections.abc import Generator
from functools import cached_property
from typing import TYPE_CHECKING

from certsvc.adapters.case_store import DatabaseCaseStore
from certsvc.adapters.notice_store import DatabaseNoticeStore
from certsvc.adapters.published_state import FolderState
from certsvc.adapters.receipt_store import DatabaseReceiptStore
from certsvc.adapters.spent_tokens import DatabaseSpentTokens
from certsvc.adapters.turns import FileTurns
from certsvc.adapters.unit_people import DatabaseUnitPeople
from certsvc.bootstrap.archive import ArchiveDesk
from certsvc.bootstrap.case_work import CaseWork
from certsvc.bootstrap.credit import CreditSide
from certsvc.bootstrap.decision_room import DecisionRoom
from certsvc.bootstrap.filing_desk import FilingFace, open_filing_face
from certsvc.bootstrap.foundations import open_foundations
from certsvc.bootstrap.holder_side import HolderSide
from certsvc.bootstrap.identity import open_holder_sign_in, open_sign_in
from certsvc.bootstrap.mapping import open_mapping
from certsvc.bootstrap.own_data import open_exports
from certsvc.bootstrap.people import PeopleDesk
from certsvc.bootstrap.policies import Policies
from certsvc.bootstrap.requests import RequestDesk
from certsvc.bootstrap.witnesses import leaving_to_witnesses
from certsvc.domain.batch_voiding import BatchDecision
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.certificate import CertificateContent
from certsvc.domain.credit import CreditStart
from certsvc.domain.decision import StoredDecision, VoidFrom
from certsvc.domain.decision_policy import DecisionPolicy
from certsvc.domain.filing import FilingReport, filing_id
from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.page_face import certificate_page
from certsvc.domain.permission import Action
from certsvc.domain.registry import Registry
from certsvc.domain.submission import RawWorkbook
from certsvc.formats.manual_code import manual_code
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook
from certsvc.settings import Settings
from certsvc.stages.approval import Approval
from certsvc.stages.case_desk import CaseDesk
from certsvc.stages.data_exports import PersonalExports
from certsvc.stages.decide import Deciding
from certsvc.stages.decide_documents import DecisionDocuments
from certsvc.stages.face import compose_face
from certsvc.stages.filing_header import committee_named
from certsvc.stages.foundations import Foundations
from certsvc.stages.holder_sign_in import HolderSignIn
from certsvc.stages.issuance import CHUNK, Issuance, Progress
from certsvc.stages.issue import Issuing
from certsvc.stages.mapping import Mapping
from certsvc.stages.published_log import PublishedLog
from certsvc.stages.receipts import Receipts
from certsvc.stages.service_access import ServiceAccess
from certsvc.stages.sign import Sealing
from certsvc.stages.sign_in import SignIn
from certsvc.stages.signed_verdicts import SignedVerdicts
from certsvc.stages.unit_notices import UnitNotices
from certsvc.stages.watched_decisions import WatchedDeciding

if TYPE_CHECKING:
    from certsvc.bootstrap.announced import Announced
    from certsvc.bootstrap.history import HistoryDesk
    from certsvc.bootstrap.information import InformationBase
    from certsvc.stages.reception import Reception


class Office(HolderSide):
    """One office's service: filings, approvals, issue, decisions, sign-in, and the public side below."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(settings, clock)
        self.receipts = Receipts(
            self.actors,
            self.permits,
            self.filings,
            DatabaseReceiptStore(self.engine),
            clock,
            _read_file,
            _registry_of,
        )
        self.approval = Approval(
            self.permits,
            self.filings,
            clock,
            self.receipts,
            settings.receipts_required,
            self._answer_changed,
            lambda filing: self.case_work.batches.require_open(filing),
            lambda filing: self.filing_face.desk.due_on(filing),
        )
        self.cases = DatabaseCaseStore(self.engine, self.keys.cipher)
        deciding = Deciding(
            self.actors,
            self.decisions,
            clock,
            lambda texts: self.glyphs.missing(texts),
            self._texts_without_room,
            os.urandom,
            _decision_policy(settings),
            self.cases.is_kept,
            self._committee_name,
        )
        self.deciding = WatchedDeciding(deciding, self.permits)
        self.people = PeopleDesk(self)

    @property
    def decision_policy(self) -> DecisionPolicy:
        """What is set about decisions where the notices leave it open."""
        return _decision_policy(self.settings)

    @cached_property
    def case_work(self) -> CaseWork:
        """Voided batches, dependent titles, annulled proofs."""
        policy = _decision_policy(self.settings)
        return CaseWork(self, policy, self._place_of_filing, self.cases.is_kept, self._decision_confirmed)

    @cached_property
    def decision_room(self) -> DecisionRoom:
        """Search, traces, dry runs and lists, for the console."""
        return DecisionRoom(self, _read_file, _registry_of)

    @cached_property
    def filing_face(self) -> FilingFace:
        """Filings as the console shows them: lists, rows with findings, chain, what is held and due."""
        return open_filing_face(self, _read_file)

    @cached_property
    def request_desk(self) -> RequestDesk:
        """Holders' requests."""
        return RequestDesk(self)

    @cached_property
    def exports(self) -> PersonalExports:
        """Exports of personal data, for the portal and the background work."""
        return open_exports(self)

    @cached_property
    def policies(self) -> Policies:
        """Policy documents, calendars, and filings examined again under those of their day."""
        return Policies(self, _read_file, _registry_of, lambda: self._reception)

    @cached_property
    def foundations(self) -> Foundations:
        """Registry, calendars and policies as people look at them."""
        return open_foundations(self)

    @cached_property
    def case_desk(self) -> CaseDesk:
        """Reports of suspected fakes and complaints, for officials."""
        desk = self.suspicion_desk
        parts = desk.store, desk.cases, desk.reporting
        days = self.settings.case_days
        return CaseDesk(self.permits, *parts, self.clock, lambda: self.policies.calendar(), days)

    @cached_property
    def unit_notices(self) -> UnitNotices:
        """Public naming of units."""
        people = DatabaseUnitPeople(self.engine, self.keys.cipher, self.certificates)
        return UnitNotices(self.permits, DatabaseNoticeStore(self.engine), people, self.clock, os.urandom)

    def load_registry(self, raw: bytes) -> str:
        """Make a registry the one in force; its digest. Raises UnreadableInput naming the place of a fault."""
        from certsvc.domain.registry_decoding import decode_registry

        decode_registry(raw)
        return self.filings.load_registry(raw.decode("utf-8-sig"), self.clock.now())

    def submit(self, raw: bytes, file_name: str, by: Caller = OPERATOR) -> FilingReport:
        """Receive a filing. Raises UnreadableInput when the bytes are not of the intake format, NotPermitted when the
        caller may not file for the committee's place (one that is not registered is refused by the gate itself)."""
        from certsvc.adapters.workbook import read_workbook

        workbook = read_workbook(raw, file_name)
        committee = committee_named(workbook)
        place, subject = self._place_of(committee) or by.region, f"filing/{filing_id(workbook.digest)}"
        self.permits.require(Action.FILING_SUBMIT, by, subject, place=place, committee=committee)
        self.announced.require_other_filer(workbook, by)
        return self._reception.receive(workbook, raw, file_name, by)

    @cached_property
    def _reception(self) -> Reception:
        from certsvc.domain.registry_decoding import decode_registry
        from certsvc.stages.reception import Reception

        rules, lists = self.policies, self.announced.for_gate
        sources = (rules.calendar, rules.in_force, decode_registry, lists)
        return Reception(self.filings, self.clock, self.glyphs, *sources)

    @cached_property
    def announced(self) -> Announced:
        """Announced lists, their corrections, the coverage check."""
        from certsvc.bootstrap.announced import Announced

        return Announced(self, self.deciding, lambda: _registry_of(self.filings.current_registry()[1]))

    def _answer_changed(self, filing: str) -> bool:
        from certsvc.adapters.workbook import read_workbook

        raw, file_name = self.filings.filed_file(filing)
        return self._reception.examine_again(read_workbook(raw, file_name), raw, file_name, OPERATOR)

    def view_filing(self, filing: str, by: Caller, channel: str) -> FilingReport:
        """The answer to a filing, for somebody who may read it; the look is written down first."""
        self.require_filing_reader(filing, by)
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, filing, "查看备案"))
        return self.filings.report(filing)

    def require_filing_reader(self, filing: str, by: Caller) -> None:
        """Return when the caller may read a filing. Raises NotPermitted, UnknownReference."""
        committee = self.filings.committee_of(filing)
        place = self._place_of(committee)
        self.permits.require(Action.FILING_READ, by, f"filing/{filing}", place=place, committee=committee)

    def _place_of_filing(self, filing: str) -> str | None:
        return self._place_of(self.filings.committee_of(filing))

    def _place_of(self, committee: str | None) -> str | None:
        _, registry = self.filings.current_registry()
        return place_of_committee(committee, _registry_of(registry))

    @cached_property
    def decision_documents(self) -> DecisionDocuments:
        """Documents of decisions, and their service."""
        return DecisionDocuments(self.permits, self.decisions, self.cases, self.cases, self.looks, self.clock)

    @cached_property
    def information(self) -> InformationBase:
        """The title information base: reports, samples, attestations."""
        from certsvc.bootstrap.information import open_information

        return open_information(self, self.policies)

    @cached_property
    def credit(self) -> CreditSide:
        """Credit archive, cancelled years, eligibility, national platforms."""
        return CreditSide(self, lambda: self.policies.in_force())

    @cached_property
    def signed_verdicts(self) -> SignedVerdicts:
        """The verdict of this moment, signed with the API key."""
        state, log = FolderState(self.settings.public_folder), lambda: PublishedLog(self.tree, self.log_keys)
        parts = self.verification, self.codes, state, log, lambda: self.credit.api_signer
        return SignedVerdicts(*parts, self.clock)

    @cached_property
    def history(self) -> HistoryDesk:
        """Historical records."""
        from certsvc.bootstrap.history import open_history

        return open_history(self)

    @cached_property
    def archive_desk(self) -> ArchiveDesk:
        """Archive objects of certificate PDFs."""
        return ArchiveDesk(self)

    @cached_property
    def mapping(self) -> Mapping:
        """Mapping statements."""
        return open_mapping(self)

    @cached_property
    def sign_in(self) -> SignIn:
        """Signing in of officials; without a provider in the settings it says so."""
        return open_sign_in(self)

    @cached_property
    def holder_sign_in(self) -> HolderSignIn:
        """Signing in of holders, for the portal."""
        return open_holder_sign_in(self)

    @cached_property
    def service_access(self) -> ServiceAccess:
        """Admission of registered programs by their signed tokens."""
        from certsvc.adapters.service_token import claimed_client, signed_claims

        return ServiceAccess(
            clients=self.clients,
            spent=DatabaseSpentTokens(self.engine),
            trail=self.trail,
            clock=self.clock,
            audience=self.settings.public_url,
            claimed_client=claimed_client,
            signed_claims=signed_claims,
        )

    @cached_property
    def issuance(self) -> Issuance:
        """The corridor from approved filing to published certificates."""
        from certsvc.adapters.document.writer import PageWriter

        settings = self.settings
        writer = PageWriter(self.layout, self.keys.document, self.keys.document_terms)
        return Issuance(
            filings=self.filings,
            certificates=self.certificates,
            clock=self.clock,
            issuing=Issuing(self.certificates, self.clock, settings.issuer, os.urandom),
            sealing=Sealing(
                self.certificates, self.archive, self.clock, self.keys.record, writer, self.style
            ),
            record=self.record_waiting,
            release=self.release,
            turns=FileTurns(settings.home / "turns"),
            require_own_history=self.ledger.require_own_history,
        )

    def confirm_decision(self, decision: str, actor: str) -> StoredDecision:
        """The second person confirms a decision, and the log proves it at once.

        What was committed stands even if the process dies before the log shows it, or if witnesses are away: confirming
        again, or anybody's `catch_up`, finishes the rest. Raises as `Deciding.confirm`.
        """
        self.ledger.require_own_history()  # a database behind its published log commits no decision
        self.issuance.sealing.seal_corrections(CHUNK)  # one that was broken off would stand in the way
        confirmed = self.deciding.confirm(decision, actor)
        with leaving_to_witnesses():
            self.catch_up()
        return confirmed

    def catch_up(self) -> None:
        """Finish what is committed: seal corrected versions, carry out batch decisions, list dependent titles, publish
        confirmed historical records, log waiting events, publish. May be repeated at any time.

        Raises NotWitnessed when all is done that can be while witnesses are away.
        """
        self.ledger.require_own_history()
        while self.issuance.sealing.seal_corrections(CHUNK):
            pass
        self.case_work.catch_up()
        self.history.records.publish_confirmed()
        while self.record_waiting():
            pass
        self.publish()
        while self.release(None):
            pass

    def confirm_batch(self, batch: str, actor: str, progress: Progress | None = None) -> BatchDecision:
        """The second person confirms a batch decision, which is carried out and logged at once.

        What was committed stands even if the process dies or witnesses are away: confirming again, or anybody's
        `catch_up`, finishes the rest. Raises as `BatchVoiding.confirm`. `progress` is told of every chunk, as an issue's is.
        """
        confirmed = self.decision_room.commit_batch(batch, actor)
        for moved in self.case_work.carry_out(batch):
            if progress is not None:
                progress("decide", moved)
        with leaving_to_witnesses():
            self.catch_up()
        return self.case_work.batches.find(confirmed.id)

    def unfinished_filings(self) -> tuple[str, ...]:
        """Filings whose issue has begun, or that hold a corrected certificate, and are not published as a whole."""
        return self.certificates.unfinished()

    def resume_issue(self, filing: str) -> Generator[tuple[str, int], None, None]:
        """Take an issue on, chunk by chunk; nothing when another process of this machine is at it."""
        return self.issuance.resume(filing)

    def _committee_name(self, code: str) -> str | None:
        committee = _registry_of(self.filings.current_registry()[1]).committee(code)
        return None if committee is None else committee.name

    def _texts_without_room(self, content: CertificateContent) -> tuple[str, ...]:
        from certsvc.adapters.document.page import texts_without_room

        face = compose_face(content, self.style, qr_text=self.style.qr_prefix, manual_code=manual_code(b""))
        return texts_without_room(self.layout, certificate_page(face))


def _decision_policy(settings: Settings) -> DecisionPolicy:
    return DecisionPolicy(
        VoidFrom(settings.void_from),
        settings.suspension == "on",
        settings.documents_required,
        CreditStart(settings.credit_starts),
    )


def _read_file(raw: bytes, file_name: str) -> RawWorkbook:
    from certsvc.adapters.workbook import read_workbook

    return read_workbook(raw, file_name)


def _registry_of(raw: bytes) -> Registry:
    from certsvc.domain.registry_decoding import decode_registry

    return decode_registry(raw)
