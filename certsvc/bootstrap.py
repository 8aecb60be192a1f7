"""The one place where ports meet adapters.

`prepare_home` makes what an office needs once; `open_office` joins everything. Heavy libraries (documents, workbooks)
are imported where they are used.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from certsvc.access_ports import IdentityProvider
from certsvc.adapters.audit_store import DatabaseAuditTrail
from certsvc.adapters.certificate_store import DatabaseCertificateStore, PublicCertificate
from certsvc.adapters.clock import SystemClock
from certsvc.adapters.database import migrate, open_database, open_for_reading
from certsvc.adapters.decision_store import DatabaseDecisionStore
from certsvc.adapters.document_archive import FolderArchive
from certsvc.adapters.file_keys import load_keys, make_test_keys
from certsvc.adapters.filing_store import DatabaseFilingStore
from certsvc.adapters.ledger_outbox import allot_slots, queue_events
from certsvc.adapters.ledger_store import DatabaseLedgerStore
from certsvc.adapters.personal_looks import DatabaseLooks
from certsvc.adapters.public_tree import FolderTree
from certsvc.adapters.published_state import FolderState
from certsvc.adapters.receipt_store import DatabaseReceiptStore
from certsvc.adapters.register import DatabaseRegister
from certsvc.adapters.service_client_store import DatabaseServiceClientStore
from certsvc.adapters.session_store import DatabaseSessionStore
from certsvc.adapters.shipped import shipped_folder
from certsvc.adapters.turns import FileTurns
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.certificate import CertificateContent
from certsvc.domain.corridor import Draft
from certsvc.domain.decision import StoredDecision
from certsvc.domain.filing import FilingReport, filing_id
from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.permission import Action
from certsvc.domain.registry import Registry
from certsvc.domain.submission import RawWorkbook
from certsvc.errors import IntegrityError, UnknownReference
from certsvc.formats.leaf import EventKind
from certsvc.formats.record import record_text
from certsvc.ports import Clock, PendingEvent, PersonalLook
from certsvc.settings import Settings
from certsvc.stages.approval import Approval
from certsvc.stages.decide import Deciding
from certsvc.stages.face import FaceStyle, compose_face
from certsvc.stages.filing_header import committee_named
from certsvc.stages.issuance import CHUNK, Issuance
from certsvc.stages.issue import Issuing
from certsvc.stages.ledger import Ledger
from certsvc.stages.permits import Permits
from certsvc.stages.proof import ProofDesk
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import CHECKPOINT_PATH, PublishedLog, log_key
from certsvc.stages.readiness import Readiness
from certsvc.stages.receipts import Receipts
from certsvc.stages.service_access import ServiceAccess
from certsvc.stages.sign import Sealing
from certsvc.stages.sign_in import SignIn
from certsvc.stages.verify import MAX_AGE_ON_LINE, Verification
from certsvc.stages.watched_decisions import WatchedDeciding

if TYPE_CHECKING:
    from certsvc.adapters.document.glyphs import GlyphStore
    from certsvc.adapters.document.layout import Layout
    from certsvc.stages.reception import Reception

LAYOUT = "templates/certificate/v1"
FONT = "CertificateSerifSC-Regular.ttf"
KEYS_SINCE = date(2022, 1, 1)
TEST_ACTORS = (
    Actor("maker", Role.MAKER, "220000"),
    Actor("checker", Role.CHECKER, "220000"),
    Actor("city", Role.MAKER, "222400"),
    Actor("county", Role.MAKER, "222404"),
)


class Office:
    """One office's service, joined: what the command line and the web faces call."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.engine = open_database(settings.effective_database_url)
        self._keys = load_keys(settings.keys_folder, log_origin=settings.log_origin)
        self.tree = FolderTree(settings.public_folder)
        self.archive = FolderArchive(settings.documents_folder)
        self.filings = DatabaseFilingStore(self.engine, self._keys.cipher)
        self.actors = self.filings
        self.trail = DatabaseAuditTrail(self.engine, clock)
        self.permits = Permits(self.actors, self.trail)
        self.clients = DatabaseServiceClientStore(self.engine)
        self.looks = DatabaseLooks(self.engine)
        self.certificates = DatabaseCertificateStore(
            self.engine, self._keys.cipher, allot_slots=allot_slots, queue_issue=_queue_issue
        )
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
            self.permits, self.filings, clock, self.receipts, settings.receipts_required, self._answer_changed
        )
        self.decisions = DatabaseDecisionStore(self.engine, self._keys.cipher, self.certificates)
        deciding = Deciding(
            self.actors,
            self.decisions,
            clock,
            lambda texts: self._glyphs.missing(texts),
            self._texts_without_room,
            os.urandom,
        )
        self.deciding = WatchedDeciding(deciding, self.permits)
        self._log_key = log_key(self._keys.log)
        self._ledger_store = DatabaseLedgerStore(self.engine)
        self.ledger = Ledger(self._ledger_store, self.tree, clock, self._keys.record, self._keys.log)
        self._publisher = Publisher(self._ledger_store, self.tree, self._log_key)

    def close(self) -> None:
        """Give the database connections back."""
        self.engine.dispose()
        self._reading_engine.dispose()

    @cached_property
    def verification(self) -> Verification:
        """Verification for everybody, over a register that can only be read."""
        return Verification(self._published_state, self._register, self.clock)

    @cached_property
    def proofs(self) -> ProofDesk:
        """Proof bundles for those who show the QR record or know the holder; every look is noted."""
        return ProofDesk(self.verification, self._published_bundle, self.looks, self.clock)

    @cached_property
    def readiness(self) -> Readiness:
        """Whether this process can answer."""
        return Readiness(
            self._published_state, self._register, self._keys.record, self.clock, MAX_AGE_ON_LINE
        )

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
        place = self._place_of(committee_named(workbook)) or by.region
        self.permits.require(Action.FILING_SUBMIT, by, f"filing/{filing_id(workbook.digest)}", place=place)
        return self._reception.receive(workbook, raw, file_name, by)

    @cached_property
    def _reception(self) -> Reception:
        from certsvc.adapters.work_calendar import published_calendar
        from certsvc.domain.registry_decoding import decode_registry
        from certsvc.stages.reception import Reception

        return Reception(self.filings, self.clock, self._glyphs, published_calendar(), decode_registry)

    def _answer_changed(self, filing: str) -> bool:
        from certsvc.adapters.workbook import read_workbook

        raw, file_name = self.filings.filed_file(filing)
        return self._reception.examine_again(read_workbook(raw, file_name), raw, file_name, OPERATOR)

    def view_filing(self, filing: str, by: Caller, channel: str) -> FilingReport:
        """The answer to a filing, for somebody who may read it; the look is written down first."""
        place = self._place_of(self.filings.committee_of(filing))
        self.permits.require(Action.FILING_READ, by, f"filing/{filing}", place=place)
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, filing, "查看备案"))
        return self.filings.report(filing)

    def _place_of(self, committee: str | None) -> str | None:
        _, registry = self.filings.current_registry()
        return place_of_committee(committee, _registry_of(registry))

    @cached_property
    def sign_in(self) -> SignIn:
        """Signing in of officials; without a provider in the settings it says so."""
        sessions = DatabaseSessionStore(self.engine)
        return SignIn(
            provider=_provider(self.settings, self.clock),
            sessions=sessions,
            spent=sessions,
            actors=self.actors,
            trail=self.trail,
            cipher=self._keys.cipher,
            clock=self.clock,
            random=os.urandom,
        )

    @cached_property
    def service_access(self) -> ServiceAccess:
        """Admission of registered programs by their signed tokens."""
        from certsvc.adapters.service_token import claimed_client, signed_claims

        sessions = DatabaseSessionStore(self.engine)
        return ServiceAccess(
            clients=self.clients,
            spent=sessions,
            trail=self.trail,
            clock=self.clock,
            audience=self.settings.public_url,
            claimed_client=claimed_client,
            signed_claims=signed_claims,
        )

    @cached_property
    def issuance(self) -> Issuance:
        """The corridor from approved filing to published certificates."""
        from certsvc.adapters.document.writer import CertificateWriter

        settings = self.settings
        writer = CertificateWriter(self._layout, self._keys.document)
        return Issuance(
            filings=self.filings,
            certificates=self.certificates,
            clock=self.clock,
            issuing=Issuing(self.certificates, self.clock, settings.issuer, os.urandom),
            sealing=Sealing(
                self.certificates, self.archive, self.clock, self._keys.record, writer, self._style
            ),
            record=self._record,
            release=self._release,
            turns=FileTurns(settings.home / "turns"),
        )

    def confirm_decision(self, decision: str, actor: str) -> StoredDecision:
        """The second person confirms a decision, and the log proves it at once.

        What was committed stands even if the process dies before the log shows it: confirming again, or anybody's
        `catch_up`, finishes the rest. Raises as `Deciding.confirm`.
        """
        self.issuance.sealing.seal_corrections(CHUNK)  # one that was broken off would stand in the way
        confirmed = self.deciding.confirm(decision, actor)
        self.catch_up()
        return confirmed

    def catch_up(self) -> None:
        """Finish what is committed: seal corrected versions, log waiting events, publish. May be repeated at any time."""
        while self.issuance.sealing.seal_corrections(CHUNK):
            pass
        while self._record():
            pass
        self.publish()
        while self._release(None):
            pass

    def unfinished_filings(self) -> tuple[str, ...]:
        """Filings whose issue has begun, or that hold a corrected certificate, and are not published as a whole."""
        return self.certificates.unfinished()

    def resume_issue(self, filing: str) -> Generator[tuple[str, int], None, None]:
        """Take an issue on, chunk by chunk; nothing when another process of this machine is at it."""
        return self.issuance.resume(filing)

    def record_waiting(self) -> int:
        """Log the oldest waiting events as one batch; how many."""
        return self._record()

    def is_behind(self) -> bool:
        """Whether the public tree does not show the checkpoint that was signed last."""
        with self._ledger_store.transaction() as transaction:
            head = transaction.head()
        return head is not None and self.tree.read(CHECKPOINT_PATH) != head.note

    def republish(self) -> None:
        """Sign the checkpoint anew with the present time and show everything that is committed."""
        self.ledger.refresh_checkpoint()
        self.publish()

    def publish(self) -> None:
        """Show everything that is committed, with the trust material."""
        self._publisher.publish(self._trust_files())

    def export(self, folder: Path, *, number: str | None = None, filing: str | None = None) -> int:
        """Write PDF and proof bundle of published certificates; how many. Raises UnknownReference for none."""
        published = self.certificates.published(number=number, filing=filing)
        if not published:
            raise UnknownReference("没有找到已公开的证书。请核对证书编号或备案号。")
        found = {one.draft.content.number: one for one in published}.values()  # the newest version of each
        self._note_export(found)
        folder.mkdir(parents=True, exist_ok=True)
        log = PublishedLog(self.tree, self._log_key)
        for certificate in found:
            content = certificate.draft.content
            document = self.archive.read(content.number, content.version)
            if document is None:
                raise IntegrityError(f"证书 {content.number} 的文件不在档案中，已停止导出。")
            (folder / f"{content.number}.pdf").write_bytes(document)
            (folder / f"{content.number}.bundle.json").write_bytes(self._bundle(log, certificate))
        return len(found)

    def _note_export(self, found: Iterable[PublicCertificate]) -> None:
        at, numbers = self.clock.now(), dict.fromkeys(one.draft.content.number for one in found)
        self.looks.append(*(PersonalLook(at, "cli", OPERATOR.name, number, "导出证书") for number in numbers))

    def export_tree(self, folder: Path) -> int:
        """Copy the public tree; how many files. The checkpoint is copied first: what it promises is all there."""
        source = self.settings.public_folder
        if not (source / "checkpoint").is_file():
            raise UnknownReference("公开账本尚未建立。请先运行 certsvc init。")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / "checkpoint", folder / "checkpoint")
        files = [path for path in source.rglob("*") if path.is_file() and path != source / "checkpoint"]
        for path in files:
            target = folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        return len(files) + 1

    @cached_property
    def _published_state(self) -> FolderState:
        return FolderState(self.settings.public_folder)

    @cached_property
    def _register(self) -> DatabaseRegister:
        return DatabaseRegister(self._reading_engine, self._keys.cipher)

    @cached_property
    def _reading_engine(self) -> Engine:
        return open_for_reading(self.settings.effective_database_url)

    def _published_bundle(self, number: str, version: int) -> bytes | None:
        for certificate in self.certificates.published(number=number):
            if certificate.draft.content.version == version:
                return self._bundle(PublishedLog(self.tree, self._log_key), certificate)
        return None

    def _texts_without_room(self, content: CertificateContent) -> tuple[str, ...]:
        from certsvc.adapters.document.page import texts_without_room

        return texts_without_room(self._layout, compose_face(content, self._style.qr_prefix, self._style))

    @cached_property
    def _style(self) -> FaceStyle:
        settings = self.settings
        return FaceStyle(settings.qr_prefix, settings.id_on_face == "full", settings.environment == "test")

    @cached_property
    def _glyphs(self) -> GlyphStore:
        from certsvc.adapters.document.glyphs import GlyphStore

        return GlyphStore(shipped_folder("templates/fonts") / FONT)

    @cached_property
    def _layout(self) -> Layout:
        from certsvc.adapters.document.layout import compile_layout

        return compile_layout(shipped_folder(LAYOUT), self._glyphs)

    def _trust_files(self) -> Mapping[str, bytes]:
        from certsvc.formats.trust import LayoutHead
        from certsvc.stages.trust_files import TrustedParts, trust_files

        layout = self._layout
        parts = TrustedParts(
            environment=self.settings.environment,
            qr_prefix=self.settings.qr_prefix,
            record=self._keys.record,
            log=self._keys.log,
            document=self._keys.document,
            layout=LayoutHead(layout.name, layout.head_length, layout.head_sha256),
            since=KEYS_SINCE,
        )
        return trust_files(parts, self.tree, self.clock.now())

    def _record(self) -> int:
        batch = self.ledger.record()
        self.certificates.adopt_leaves()
        return 0 if batch is None else len(batch.events)

    def _release(self, filing: str | None) -> int:
        self.certificates.adopt_leaves()
        waiting = self.certificates.logged(filing, CHUNK)
        if not waiting:
            return 0
        self.publish()
        events = self._ledger_store.logged_at(one.leaf_index for one in waiting)
        proven = set(self._publisher.release(events))
        released = [one for one in waiting if one.leaf_index in proven]
        self.certificates.publish(released, self.clock.now())
        return len(released)

    def _bundle(self, log: PublishedLog, certificate: PublicCertificate) -> bytes:
        from certsvc.stages.bundling import build_bundle

        draft = certificate.draft
        (event,) = self._ledger_store.logged_at([certificate.leaf_index])
        return build_bundle(log, event, record_text(certificate.record), draft.salt, draft.payload)


def prepare_home(settings: Settings, clock: Clock | None = None) -> bool:
    """Make home folder, test keys (never in production), tables and the log's first page. False: all was there."""
    clock = clock or SystemClock()
    settings.home.mkdir(parents=True, exist_ok=True)
    made = settings.environment == "test" and make_test_keys(settings.keys_folder, clock.now())
    engine = open_database(settings.effective_database_url)
    migrate(engine)
    engine.dispose()
    office = Office(settings, clock)
    try:
        if settings.environment == "test":
            for actor in TEST_ACTORS:
                office.actors.register_actor(actor, clock.now())
        began = office.ledger.start_log()
        office.publish()
    finally:
        office.close()
    return made or began


def open_office(settings: Settings, clock: Clock | None = None) -> Office:
    """The office of a prepared home. Raises ConfigurationError when keys are missing."""
    return Office(settings, clock or SystemClock())


def _provider(settings: Settings, clock: Clock) -> IdentityProvider | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    from certsvc.adapters.oidc_provider import OpenIdProvider, ProviderSettings

    secret = settings.oidc_client_secret
    known = ProviderSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=None if secret is None else secret.get_secret_value(),
        redirect_address=f"{settings.public_url}/console/sign-in/callback",
        name_claim=settings.oidc_name_claim,
    )
    return OpenIdProvider(known, clock)


def _read_file(raw: bytes, file_name: str) -> RawWorkbook:
    from certsvc.adapters.workbook import read_workbook

    return read_workbook(raw, file_name)


def _registry_of(raw: bytes) -> Registry:
    from certsvc.domain.registry_decoding import decode_registry

    return decode_registry(raw)


def _queue_issue(connection: Connection, drafts: Sequence[Draft], at: datetime) -> None:
    queue_events(connection, [_issued(draft) for draft in drafts], at.astimezone(UTC))


def _issued(draft: Draft) -> PendingEvent:
    content = draft.content
    return PendingEvent(
        idempotency_key=f"issue/{content.number}/{content.version}",
        kind=EventKind.ISSUED,
        slot=content.slot,
        effective_on=content.award.acquired_on,
        commitment=draft.commitment,
        certificate_number=content.number,
        certificate_version=content.version,
    )
