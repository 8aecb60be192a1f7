"""What the world sees of an office: ledger, public tree, exports, verification."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from certverify.pdf_sandbox import shared_sandbox

from certsvc.adapters.announced_board import DatabaseAnnouncedBoard
from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.code_store import DatabaseCertificatesByCode
from certsvc.adapters.copy_store import DatabaseCopyBoard
from certsvc.adapters.history_register import DatabaseHistoryRegister
from certsvc.adapters.kept_documents import RegisteredDocuments
from certsvc.adapters.last_checkpoint import FileLastCheckpoint
from certsvc.adapters.notice_store import DatabaseNoticeBoard
from certsvc.adapters.personal_looks import LooksOfRecipients
from certsvc.adapters.public_tree import FolderTree
from certsvc.adapters.published_state import FolderState
from certsvc.adapters.report_store import DatabaseReportStore
from certsvc.adapters.share_store import DatabaseShareGrantBoard
from certsvc.adapters.statement_store import DatabaseStatementsByCode
from certsvc.adapters.stored_answer_store import DatabaseAnswerStore
from certsvc.adapters.tree_export import CHANGING, export_folder
from certsvc.bootstrap.enumeration import SharedWatch
from certsvc.bootstrap.key_desk import KeyDesk, known_log_keys
from certsvc.bootstrap.ledger_desk import LedgerDesk
from certsvc.bootstrap.mapping import open_mapping_answers
from certsvc.bootstrap.own_certificates import open_own_certificates, open_titles_under_way
from certsvc.bootstrap.parts import Parts
from certsvc.bootstrap.past_desk import PastDesk
from certsvc.bootstrap.reports import ReportDesk
from certsvc.bootstrap.signers import open_signer_health
from certsvc.bootstrap.statements import open_statements
from certsvc.bootstrap.suspicions import SuspicionDesk
from certsvc.bootstrap.verification_jobs import VerificationJobs
from certsvc.bootstrap.witnesses import load_witness_policy, open_witnessing
from certsvc.domain.caller import OPERATOR
from certsvc.errors import IntegrityError, UnknownReference
from certsvc.formats.bundle import Opening
from certsvc.formats.record import record_text
from certsvc.formats.tlog_proof import encode_tlog_proof
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook
from certsvc.settings import Settings
from certsvc.stages.e_licence_answers import ELicenceDesk
from certsvc.stages.historical_answers import HistoricalAnswers
from certsvc.stages.issuance import CHUNK
from certsvc.stages.ledger import Ledger
from certsvc.stages.manual_codes import CodeAnswers
from certsvc.stages.mapping import MappingAnswers
from certsvc.stages.own_certificates import OwnCertificates
from certsvc.stages.own_collection import OwnCollection
from certsvc.stages.past_answers import PastAnswers
from certsvc.stages.proof import PAST_BUNDLE, ProofDesk
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import CHECKPOINT_PATH, PublishedLog, goes_on_from
from certsvc.stages.readiness import Readiness
from certsvc.stages.share_grants import ShareOpening
from certsvc.stages.signer_health import SignerHealth
from certsvc.stages.statements import Statements
from certsvc.stages.stored_answers import AnswerStoring
from certsvc.stages.under_way import TitlesUnderWay
from certsvc.stages.verification_reports import VerificationReports
from certsvc.stages.verify import MAX_AGE_ON_LINE, Verification
from certsvc.stages.witness_guard import WitnessGuard
from certsvc.stages.witness_report import WitnessReport, witness_report

LAST_CHECKPOINT = "last-checkpoint"
_SHOWN_WITHIN = timedelta(minutes=1)


class PublicSide(Parts):
    """The office as far as it logs, publishes and answers those who check."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(settings, clock)
        self.log_keys = known_log_keys(self.keys)
        self.witness_policy = load_witness_policy(settings.witness_policy, self.log_keys)
        self._waits_since: datetime | None = None
        self.witnessing = open_witnessing(self.witness_policy, clock, settings.witness_seconds)
        guard = WitnessGuard(self.witnessing, self.ledger_store, self.tree, self.log_keys)
        last = FileLastCheckpoint(settings.home / LAST_CHECKPOINT)
        self.ledger = Ledger(
            self.ledger_store,
            self.tree,
            clock,
            self.keys.record,
            self.keys.log,
            self.keys.retiring,
            guard,
            self.log_keys,
            last,
        )
        self.publisher = Publisher(self.ledger_store, self.tree, self.log_keys, self.witnessing, last)

    @cached_property
    def ledger_desk(self) -> LedgerDesk:
        """Checks of the whole ledger."""
        return LedgerDesk(self)

    @cached_property
    def key_desk(self) -> KeyDesk:
        """The trust material, and keys that take over from each other."""
        return KeyDesk(self)

    @cached_property
    def verification(self) -> Verification:
        """Verification for everybody, over a register that can only be read."""
        return Verification(
            self.published_state,
            self.register,
            self.clock,
            older_titles=self._older_titles,
            copies=self.copy_board,
            sandbox=shared_sandbox(),
            documents=RegisteredDocuments(self.reading_engine, self.archive),
            reports=DatabaseReportStore(self.reading_engine, self.keys.cipher),
        )

    @cached_property
    def past_answers(self) -> PastAnswers:
        """How certificates stood on past days, over the same register."""
        return PastAnswers(self.verification, self.register, self.clock)

    @cached_property
    def codes(self) -> CodeAnswers:
        """Verification by manual code, of every kind of record that has one."""
        parts = self.reading_engine, self.keys.cipher
        sources = DatabaseCertificatesByCode(*parts), self.copy_board, DatabaseStatementsByCode(*parts)
        return CodeAnswers(self.verification, self.past_answers, sources)

    @cached_property
    def verification_jobs(self) -> VerificationJobs:
        """Checks of whole files."""
        return VerificationJobs(self)

    @cached_property
    def enumeration(self) -> SharedWatch:
        """The watch over those who try certificates out."""
        return SharedWatch(self)

    @cached_property
    def copy_board(self) -> DatabaseCopyBoard:
        """The annotated copies, for reading only."""
        return DatabaseCopyBoard(self.reading_engine, self.keys.cipher)

    @cached_property
    def proofs(self) -> ProofDesk:
        """Proof bundles for those who show the QR record or know the holder; every look is noted."""
        return ProofDesk(self.verification, self.published_bundle, self.looks, self.clock)

    @cached_property
    def past_desk(self) -> PastDesk:
        """The whole history of a certificate, as a file that proves it."""
        return PastDesk(self)

    @cached_property
    def past_proofs(self) -> ProofDesk:
        """Past bundles, handed out and noted like proof bundles."""
        make = self.past_desk.closed_bundle
        return ProofDesk(self.verification, make, self.looks, self.clock, PAST_BUNDLE)

    @cached_property
    def notice_board(self) -> DatabaseNoticeBoard:
        """The units that are named publicly, for reading only."""
        return DatabaseNoticeBoard(self.reading_engine)

    @cached_property
    def announced_board(self) -> DatabaseAnnouncedBoard:
        """The documents that announced results, with counts, for reading only."""
        return DatabaseAnnouncedBoard(self.reading_engine)

    @cached_property
    def share_opening(self) -> ShareOpening:
        """Share grants for those who have a code."""
        board = DatabaseShareGrantBoard(self.reading_engine, self.keys.cipher)
        verdict_on = self.verification.check_qr
        looks = LooksOfRecipients(self.engine, self.holder_news)
        return ShareOpening(board, self.certificates, verdict_on, looks, self.clock)

    @cached_property
    def report_desk(self) -> ReportDesk:
        """Verification reports: made, found again by their codes, forgotten."""
        return ReportDesk(self)

    @property
    def reports(self) -> VerificationReports:
        """Makes verification reports."""
        return self.report_desk.making

    @cached_property
    def suspicion_desk(self) -> SuspicionDesk:
        """Reports of suspected fakes: taken in, looked into, forgotten."""
        return SuspicionDesk(self)

    @cached_property
    def statements(self) -> Statements:
        """Statements of historical records; every look is noted."""
        return open_statements(self, self._older_titles)

    @cached_property
    def own_certificates(self) -> OwnCertificates:
        """What holders may see of their own, for the portal."""
        return open_own_certificates(self, self._older_titles)

    @cached_property
    def own_collection(self) -> OwnCollection:
        """All documents of a holder in one file."""
        return OwnCollection(self.own_certificates)

    @cached_property
    def titles_under_way(self) -> TitlesUnderWay:
        """Where a holder's titles are in the chain, before they are issued."""
        return open_titles_under_way(self)

    @cached_property
    def _older_titles(self) -> HistoricalAnswers:
        register = DatabaseHistoryRegister(self.reading_engine, self.keys.cipher)
        return HistoricalAnswers(self.published_state, register, self.clock)

    @cached_property
    def e_licences(self) -> ELicenceDesk:
        """The metadata of certificates as e-licences; every look is noted."""
        codes = self.settings.e_licence_codes
        parts = (self.certificates, self.permits, self.looks, self.clock, codes)
        return ELicenceDesk(self.verification, *parts)

    @cached_property
    def mapping_answers(self) -> MappingAnswers:
        """Answers about mapping statements, over a database that can only be read."""
        return open_mapping_answers(self)

    @cached_property
    def answer_storing(self) -> AnswerStoring:
        """The making of stored answers."""
        store = DatabaseAnswerStore(self.engine, self.reading_engine, self.keys.cipher)
        return AnswerStoring(store, self.published_state, self.clock)

    @cached_property
    def readiness(self) -> Readiness:
        """Whether this process can answer."""
        state, record = self.published_state, self.keys.record
        parts = (self.clock, MAX_AGE_ON_LINE, self.signer_health, self.copy_board, shared_sandbox())
        return Readiness(state, self.register, record, *parts)

    @cached_property
    def signer_health(self) -> SignerHealth:
        """How the signing keys stand."""
        return open_signer_health(self.settings, self.keys, self.published_state, self.clock)

    def require_keys_in_force(self) -> None:
        """Return when the keys in memory are those that sign now. Raises KeysChangedError."""
        self.keys.require_in_force()

    def record_waiting(self) -> int:
        """Log the oldest waiting events as one batch; how many."""
        batch = self.ledger.record()
        self.certificates.adopt_leaves()
        return 0 if batch is None else len(batch.events)

    def release(self, filing: str | None) -> int:
        """Publish logged certificates (of one filing, or all); how many the public tree proved."""
        self.certificates.adopt_leaves()
        waiting = self.certificates.logged(filing, CHUNK)
        if not waiting:
            return 0
        self.publish()
        events = self.ledger_store.logged_at(one.leaf_index for one in waiting)
        proven = set(self.publisher.release(events))
        released = [one for one in waiting if one.leaf_index in proven]
        self.certificates.publish(released, self.clock.now())
        for number in {one.number for one in released}:
            self.register.changed(number)
        return len(released)

    def is_behind(self) -> bool:
        """Whether the public tree does not show the checkpoint that was signed last, cosigned as the policy asks."""
        return self.publisher.is_behind()

    def witness_report(self) -> WitnessReport:
        """How the witnesses of the policy stand; they are asked."""
        return witness_report(self.witnessing, self.tree)

    def republish(self) -> None:
        """Sign the checkpoint anew with the present time and show everything that is committed.

        One that could not be shown, for witnesses are away, is tried again for a minute before another is signed.
        """
        now = self.clock.now()
        if self._waits_since is None or now - self._waits_since >= _SHOWN_WITHIN:
            self.ledger.refresh_checkpoint()
            self._waits_since = now
        self.publish()
        self._waits_since = None

    def publish(self) -> None:
        """Show everything that is committed, with the trust material. Raises NotWitnessed as `Publisher.publish`, and
        ConfigurationError when another key has taken over, or what was signed does not name the keys in use.
        """
        self.publisher.publish(self.key_desk.files)

    def export(self, folder: Path, *, number: str | None = None, filing: str | None = None) -> int:
        """Write PDF, proof bundle and tlog-proof of published certificates; how many.

        The extra data of a tlog-proof (docs/formats/c2sp.md) are the leaf that it proves. Raises UnknownReference when no
        certificate is found.
        """
        published = self.certificates.published(number=number, filing=filing)
        if not published:
            raise UnknownReference("没有找到已公开的证书。请核对证书编号或备案号。")
        found = {one.draft.content.number: one for one in published}.values()  # the newest version of each
        self._note_export(found)
        folder.mkdir(parents=True, exist_ok=True)
        log = PublishedLog(self.tree, self.log_keys)
        for certificate in found:
            content = certificate.draft.content
            document = self.archive.read(content.number, content.version)
            if document is None:
                raise IntegrityError(f"证书 {content.number} 的文件不在档案中，已停止导出。")
            (folder / f"{content.number}.pdf").write_bytes(document)
            (folder / f"{content.number}.bundle.json").write_bytes(
                self._bundle(log, certificate, opened=True)
            )
            proven = log.prove(certificate.leaf_index)
            tlog_proof = encode_tlog_proof(proven.index, proven.proof, log.note, proven.leaf)
            (folder / f"{content.number}.tlog-proof").write_bytes(tlog_proof)
        return len(found)

    def _note_export(self, found: Iterable[PublicCertificate]) -> None:
        at, numbers = self.clock.now(), dict.fromkeys(one.draft.content.number for one in found)
        self.looks.append(*(PersonalLook(at, "cli", OPERATOR.name, number, "导出证书") for number in numbers))

    def export_tree(self, folder: Path) -> int:
        """Copy the public tree; how many files. What changes is that of one moment, and the checkpoint is written last.

        Raises ConflictError for a folder that holds another log, OSError where it cannot be written.
        """
        with self.tree.exclusive():
            contents = {path: self.tree.read(path) for path in CHANGING}
        changing = {path: content for path, content in contents.items() if content is not None}
        if CHECKPOINT_PATH not in changing:
            raise UnknownReference("公开账本尚未建立。请先运行 certsvc init。")
        log, earlier = PublishedLog(self.tree, self.log_keys), FolderTree(folder)
        same_log = goes_on_from(log, earlier, self.log_keys)
        return export_folder(self.settings.public_folder, folder, changing, same_log=same_log)

    @cached_property
    def published_state(self) -> FolderState:
        """What the public tree shows."""
        return FolderState(self.settings.public_folder)

    def published_bundle(self, number: str, version: int) -> bytes | None:
        """The proof bundle of a published version with its content closed; None when it is not published."""
        for certificate in self.certificates.published(number=number):
            if certificate.draft.content.version == version:
                log = PublishedLog(self.tree, self.log_keys)
                return self._bundle(log, certificate, opened=False)
        return None

    def _bundle(self, log: PublishedLog, certificate: PublicCertificate, *, opened: bool) -> bytes:
        from certsvc.stages.bundling import build_bundle

        draft = certificate.draft
        (event,) = self.ledger_store.logged_at([certificate.leaf_index])
        opening = Opening(draft.salt, draft.payload) if opened else None
        return build_bundle(log, event, record_text(certificate.record), opening)
