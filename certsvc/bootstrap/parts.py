"""The adapters of one office: database, keys, files, and the stores over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from certsvc.adapters.actor_store import DatabaseActorStore
from certsvc.adapters.audit_store import DatabaseAuditTrail
from certsvc.adapters.background_faults import DatabaseFaultBook
from certsvc.adapters.certificate_store import DatabaseCertificateStore
from certsvc.adapters.database import open_database, open_for_reading
from certsvc.adapters.day_use import PortionedDayUse
from certsvc.adapters.decision_store import DatabaseDecisionStore
from certsvc.adapters.document_archive import FolderArchive
from certsvc.adapters.filing_store import DatabaseFilingStore
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.idempotency_store import DatabaseIdempotentRequests
from certsvc.adapters.ledger_outbox import allot_slots, in_slot_order, issue_key, queue_events
from certsvc.adapters.ledger_store import DatabaseLedgerStore
from certsvc.adapters.organisation_key_store import DatabaseOrganisationKeys
from certsvc.adapters.personal_looks import DatabaseLooks
from certsvc.adapters.platform_news import TitleNews
from certsvc.adapters.public_tree import FolderTree
from certsvc.adapters.register import DatabaseRegister
from certsvc.adapters.remembered_keys import RememberedKeys
from certsvc.adapters.remembered_register import RememberedRegister
from certsvc.adapters.service_client_store import DatabaseServiceClientStore
from certsvc.adapters.shipped import shipped_folder
from certsvc.adapters.title_entries import note_drafts
from certsvc.bootstrap.look_ups import LookUpDesk
from certsvc.bootstrap.shared_parts import open_shared_parts
from certsvc.bootstrap.signers import open_keys
from certsvc.domain.corridor import Draft
from certsvc.domain.decision import StoredDecision
from certsvc.formats.leaf import EventKind
from certsvc.formats.trust import LayoutHead
from certsvc.ports import Clock, PendingEvent
from certsvc.ports.decisions import Enactment
from certsvc.settings import Settings
from certsvc.stages.face import FaceStyle
from certsvc.stages.passing_over import FaultNotes
from certsvc.stages.permits import Permits

if TYPE_CHECKING:
    from certsvc.adapters.document.glyphs import GlyphStore
    from certsvc.adapters.document.layout import Layout

LAYOUTS = ("certificate/v1", "annotated-copy/v1", "report/v1", "statement/v1")
"""Every layout that the trust list names; the first is that of certificates."""
FONT = "CertificateSerifSC-Regular.ttf"


class Parts:
    """What every office has, whatever it does. Heavy libraries are imported where they are used."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.engine = open_database(settings.effective_database_url)
        self.keys = open_keys(settings, clock.today)
        self.tree = FolderTree(settings.public_folder)
        self.archive = FolderArchive(settings.documents_folder)
        self.filings = DatabaseFilingStore(self.engine, self.keys.cipher, clock.today)
        self.actors = DatabaseActorStore(self.engine, clock.today, self.reading_engine)
        self.trail = DatabaseAuditTrail(self.engine, clock)
        self.permits = Permits(self.actors, self.trail)
        self.clients = DatabaseServiceClientStore(self.engine)
        self.organisation_keys = DatabaseOrganisationKeys(self.engine)
        self.day_use = PortionedDayUse(self.engine)
        self.idempotent_requests = DatabaseIdempotentRequests(self.engine, self.keys.cipher, clock)
        self.looks = DatabaseLooks(self.engine)
        self.title_news = TitleNews(self.keys.cipher, switched_on=settings.title_platform == "on")
        self.holder_news = HolderNews(self.keys.cipher)
        self.certificates = DatabaseCertificateStore(
            self.engine,
            self.keys.cipher,
            allot_slots=allot_slots,
            note_drafts=note_drafts,
            queue_issue=self._queue_issue,
            queued=self._work_queued,
        )
        self.decisions = DatabaseDecisionStore(
            self.engine,
            self.keys.cipher,
            self.certificates,
            confirmed=self._decision_confirmed,
            tell_platforms=self.tell_of_decision,
        )
        self.shared = open_shared_parts(settings.redis_url)
        self.ledger_store = DatabaseLedgerStore(self.engine)
        self.look_ups = LookUpDesk(settings, self.engine, self.keys.cipher, clock)

    def close(self) -> None:
        """Give the database connections back, and those to Redis."""
        self.shared.close()
        self.look_ups.close()
        self.day_use.give_back()
        self.engine.dispose()
        self.reading_engine.dispose()

    @cached_property
    def reading_engine(self) -> Engine:
        """Connections that cannot write."""
        return open_for_reading(self.settings.effective_database_url)

    @cached_property
    def fault_notes(self) -> FaultNotes:
        """Where background work writes down what it passed over."""
        return FaultNotes(DatabaseFaultBook(self.engine, self.reading_engine), self.clock)

    @cached_property
    def register(self) -> RememberedRegister:
        """What the public face may ask of the database."""
        register = DatabaseRegister(self.reading_engine, self.keys.cipher)
        return RememberedRegister(register, self.shared.answers, self.keys.cipher)

    @cached_property
    def remembered_keys(self) -> RememberedKeys:
        """The keys of organisations as the public face asks for them."""
        find = DatabaseOrganisationKeys(self.reading_engine).find
        return RememberedKeys(find, self.shared.answers, self.keys.cipher)

    def _queue_issue(self, connection: Connection, drafts: Sequence[Draft], at: datetime) -> None:
        queue_events(connection, in_slot_order(map(_issued, drafts)), at.astimezone(UTC))
        self.title_news.issued(connection, drafts, at)
        self.holder_news.issued(connection, drafts, at)

    def tell_of_decision(
        self, connection: Connection, stored: StoredDecision, enactment: Enactment, at: datetime
    ) -> None:
        """Queue in a decision's transaction what platforms and the holder are told of it."""
        self.title_news.decided(connection, stored, enactment, at)
        self.holder_news.decided(connection, stored, at)

    def _work_queued(self) -> None:
        self.shared.wake_ups.announce()

    def _decision_confirmed(self, number: str) -> None:
        self.register.changed(number)
        self.shared.wake_ups.announce()

    @cached_property
    def style(self) -> FaceStyle:
        """What the operator decides about every face."""
        settings = self.settings
        return FaceStyle(
            settings.qr_prefix,
            settings.id_on_face == "full",
            settings.environment == "test",
            settings.e_licence_codes,
        )

    @cached_property
    def glyphs(self) -> GlyphStore:
        """The certificate font."""
        from certsvc.adapters.document.glyphs import GlyphStore

        return GlyphStore(shipped_folder("templates/fonts") / FONT)

    @cached_property
    def layout(self) -> Layout:
        """The certificate layout in force."""
        return self.layout_of(LAYOUTS[0])

    def layout_of(self, name: str) -> Layout:
        """One of LAYOUTS, compiled; keep what you get, for compiling takes a while."""
        from certsvc.adapters.document.layout import compile_layout

        return compile_layout(shipped_folder(f"templates/{name}"), self.glyphs)

    @cached_property
    def layout_heads(self) -> tuple[LayoutHead, ...]:
        """What the trust list says of the layouts."""
        from certsvc.adapters.document.frozen import frozen_head

        heads = (frozen_head(shipped_folder("templates"), name) for name in LAYOUTS)
        return tuple(LayoutHead(head.name, head.head_length, head.head_sha256) for head in heads)


def _issued(draft: Draft) -> PendingEvent:
    content = draft.content
    return PendingEvent(
        idempotency_key=issue_key(content.number, content.version),
        kind=EventKind.ISSUED,
        slot=content.slot,
        effective_on=content.award.acquired_on,
        commitment=draft.commitment,
        certificate_number=content.number,
        certificate_version=content.version,
    )
