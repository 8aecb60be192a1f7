"""Certificates in the database, from draft to publication; every step is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.filing_store import award_context
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.issue_check import (
    hold_open_filing,
    hold_rows,
    is_closed,
    known_at_issue,
    note_held,
    require_admitted,
    require_events_written,
)
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.adapters.number_ranges import reserve_numbers
from certsvc.adapters.schema import certificate, filing_row
from certsvc.adapters.schema import filing as filing_table
from certsvc.adapters.sealed_certificates import certificate_context, name_key, open_record, write_seals
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.corridor import Compose, Draft, LoggedCertificate, SealedCertificate
from certsvc.domain.decision import CertificateVersion
from certsvc.domain.rules.at_issue import ExamineAtIssue
from certsvc.errors import ConflictError
from certsvc.formats.award import decode_award
from certsvc.formats.content import decode_content
from certsvc.ports import PersonalCipher

AllotSlots = Callable[[Connection, int], Sequence[int]]
QueueIssue = Callable[[Connection, Sequence[Draft], datetime], None]
NoteDrafts = Callable[[Connection, Sequence[Draft], datetime], None]

_PUBLISH = (
    update(certificate)
    .where(
        certificate.c.number == bindparam("own_number"),
        certificate.c.version == bindparam("own_version"),
        certificate.c.state == "logged",
        certificate.c.leaf_index == bindparam("leaf"),
    )
    .values(state="published", published_at=bindparam("at"))
)
_UNPUBLISHED = certificate.c.state != literal_column("'published'")  # word for word as in the partial index
_NEVER_ISSUED = and_(
    certificate.c.state == "drafted", certificate.c.status == int(CertificateStatus.VOIDED)
)  # a draft of a batch that was declared void


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """What the service keeps of a published certificate for showing and bundling it."""

    draft: Draft
    record: bytes
    document_sha256: str
    leaf_index: int


class DatabaseCertificateStore:
    """ports.CertificateStore on SQLAlchemy Core."""

    def __init__(
        self,
        engine: Engine,
        cipher: PersonalCipher,
        *,
        allot_slots: AllotSlots,
        note_drafts: NoteDrafts,
        queue_issue: QueueIssue,
        queued: Callable[[], None],
    ) -> None:
        """`note_drafts` tells the information base of new drafts; `queued` is called after `queue_issue`'s commit."""
        self._note_drafts = note_drafts
        self._queued = queued
        self._engine = engine
        self._cipher = cipher
        self._allot_slots = allot_slots
        self._queue_issue = queue_issue

    def undrafted(self, filing: str, most: int) -> tuple[Award, ...]:
        """Admitted awards of a filing that have no draft yet; none of a batch that was declared void."""
        drafted = and_(
            certificate.c.filing_id == filing_row.c.filing_id, certificate.c.row_no == filing_row.c.row_no
        )
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(filing_row.c.row_no, filing_row.c.sealed_award)
                .select_from(filing_row.outerjoin(certificate, drafted))
                .where(
                    ~is_closed(filing_row.c.filing_id),
                    filing_row.c.filing_id == filing,
                    filing_row.c.outcome == "admitted",
                    certificate.c.number.is_(None),
                )
                .order_by(filing_row.c.row_no)
                .limit(most)
            ).all()
        return tuple(
            decode_award(self._cipher.decrypt(row.sealed_award, context=award_context(filing, row.row_no)))
            for row in rows
        )

    def draft(
        self, filing: str, awards: Sequence[Award], at: datetime, compose: Compose, examine: ExamineAtIssue
    ) -> None:
        """Reserve numbers and slots, complete the content and store it; rows that `examine` complains of are held instead.

        Filing and persons are held from the look to the commit. A second run of the same awards conflicts.
        """
        keys = {award.row: self._cipher.person_key(award.document.number) for award in awards}
        with self._engine.begin() as connection:
            held = hold_open_filing(connection, filing)
            require_admitted(connection, filing, keys)
            known = known_at_issue(connection, held, awards, keys)
            told = {award.row: examine(award, known[award.row]) for award in awards}
            hold_rows(connection, held, {row: found for row, found in told.items() if found})
            self._insert_drafts(connection, filing, [one for one in awards if not told[one.row]], at, compose)
            note_held(connection, held, told.values(), at)
            waiting = [award for award in awards if told[award.row]]
            HolderNews(self._cipher).held(connection, filing, waiting, at)

    def _insert_drafts(
        self, connection: Connection, filing: str, awards: Sequence[Award], at: datetime, compose: Compose
    ) -> None:
        if not awards:
            return
        numbers, slots = reserve_numbers(connection, awards), self._allot_slots(connection, len(awards))
        drafts = [compose(*given) for given in zip(awards, numbers, slots, strict=True)]
        try:
            connection.execute(insert(certificate), [self._columns(filing, draft, at) for draft in drafts])
        except DatabaseRefusal as error:
            raise ConflictError("该备案正由另一进程签发，本次操作已撤回；再次运行即可继续。") from error
        self._note_drafts(connection, drafts, at)

    def drafts(self, filing: str, most: int) -> tuple[Draft, ...]:
        """Stored drafts that are not sealed yet."""
        with self._engine.begin() as connection:
            rows = connection.execute(_in_state(filing, "drafted", most)).all()
        return tuple(self._draft(row) for row in rows)

    def seal(self, sealed: Sequence[SealedCertificate], at: datetime) -> None:
        """Store records and document digests, and queue the ledger event of each in the same transaction."""
        with self._engine.begin() as connection:
            if write_seals(connection, self._cipher, sealed, at) != len(sealed):
                raise ConflictError("证书已由另一进程签章，本次操作停止；再次运行即可继续。")
            self._queue_issue(connection, [one.draft for one in sealed], at)
        self._queued()

    def corrections(self, most: int) -> tuple[Draft, ...]:
        """Drafts of corrected versions that are not sealed yet."""
        wanted = certificate.c.version > 1, certificate.c.state == "drafted", _UNPUBLISHED
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(certificate).where(*wanted).order_by(certificate.c.number).limit(most)
            ).all()
        return tuple(self._draft(row) for row in rows)

    def seal_correction(self, one: SealedCertificate, at: datetime) -> bool:
        """Seal a corrected version, unless another process has; whether this call did."""
        with self._engine.begin() as connection:
            moved = write_seals(connection, self._cipher, [one], at) == 1
            if moved:
                self._queue_issue(connection, [one.draft], at)
        if moved:
            self._queued()
        return moved

    def hold_versions(self, connection: Connection, number: str) -> tuple[CertificateVersion, ...]:
        """Every version of a number, oldest first, held until the caller's transaction ends; empty: unknown.

        The first version is the lock of them all: held before the others are looked for, so that none appears meanwhile.
        Raises ConflictError while a decision over its whole batch has not written its events yet.
        """
        ours = select(certificate).where(certificate.c.number == number).with_for_update()
        if connection.execute(ours.where(certificate.c.version == 1)).one_or_none() is None:
            return ()
        require_events_written(connection, number)
        rows = connection.execute(ours.order_by(certificate.c.version))
        return tuple(self.version_of(row) for row in rows)

    def versions(self, number: str) -> tuple[CertificateVersion, ...]:
        """Every version of a number, oldest first, as it stands now."""
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(certificate).where(certificate.c.number == number).order_by(certificate.c.version)
            ).all()
        return tuple(self.version_of(row) for row in rows)

    def add_version(self, connection: Connection, draft: Draft, at: datetime) -> None:
        """Store the draft of a corrected version in the caller's transaction."""
        connection.execute(insert(certificate).values(self._columns(draft.filing, draft, at)))
        self._note_drafts(connection, [draft], at)

    def set_statuses(
        self, connection: Connection, number: str, statuses: Mapping[int, CertificateStatus]
    ) -> None:
        """Write the status of versions in the caller's transaction."""
        for version, status in statuses.items():
            this = certificate.c.number == number, certificate.c.version == version
            connection.execute(update(certificate).where(*this).values(status=int(status)))

    def adopt_leaves(self) -> int:
        """Mark sealed certificates whose event the ledger holds by now as logged; how many."""
        leaf = (
            select(outbox_event.c.leaf_index)
            .where(
                outbox_event.c.certificate_number == certificate.c.number,
                outbox_event.c.certificate_version == certificate.c.version,
                outbox_event.c.slot == certificate.c.slot,
                outbox_event.c.commitment == certificate.c.commitment,
                outbox_event.c.kind == 1,
            )
            .scalar_subquery()
        )
        key = tuple_(certificate.c.number, certificate.c.version)
        waiting = (
            select(certificate.c.number, certificate.c.version)
            .where(certificate.c.state == "sealed", leaf.is_not(None))
            .order_by(certificate.c.number, certificate.c.version)  # two processes hold the rows in one order
            .with_for_update()
        )
        with self._engine.begin() as connection:
            changed = connection.execute(
                update(certificate).where(key.in_(waiting)).values(state="logged", leaf_index=leaf)
            )
        return int(changed.rowcount)

    def logged(self, filing: str | None, most: int) -> tuple[LoggedCertificate, ...]:
        """Logged certificates, of a filing or of all, that are not published yet."""
        with self._engine.begin() as connection:
            rows = connection.execute(_in_state(filing, "logged", most)).all()
        return tuple(LoggedCertificate(row.number, row.version, row.leaf_index) for row in rows)

    def publish(self, released: Sequence[LoggedCertificate], at: datetime) -> None:
        """Mark as published what the publish stage released."""
        if not released:
            return
        stored_at = instant_text(at)
        rows = [
            {"own_number": one.number, "own_version": one.version, "leaf": one.leaf_index, "at": stored_at}
            for one in released
        ]
        with self._engine.begin() as connection:
            connection.execute(_PUBLISH, rows)

    def unfinished(self) -> tuple[str, ...]:
        """Filings whose issue has begun and not ended, or that hold a certificate that is not published."""
        begun = select(filing_table.c.id).where(
            filing_table.c.status == "approved",
            filing_table.c.checker.is_not(None),
            ~is_closed(filing_table.c.id),
        )
        held = select(certificate.c.filing_id).where(_UNPUBLISHED, ~_NEVER_ISSUED)
        with self._engine.begin() as connection:
            return tuple(sorted(connection.scalars(begun.union(held))))

    def progress(self, filing: str) -> Mapping[str, int]:
        """How many certificates of the filing are in each state."""
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(certificate.c.state, func.count())
                .where(certificate.c.filing_id == filing)
                .group_by(certificate.c.state)
            )
            return {state: count for state, count in rows.all()}  # noqa: C416  # a row is no pair to the type checker

    def published(
        self, *, number: str | None = None, filing: str | None = None
    ) -> tuple[PublicCertificate, ...]:
        """Published certificates of a number (every version) or of a filing, by number."""
        wanted = certificate.c.number == number if number is not None else certificate.c.filing_id == filing
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(certificate)
                .where(wanted, certificate.c.state == "published")
                .order_by(certificate.c.number, certificate.c.version)
            ).all()
        return tuple(
            PublicCertificate(self._draft(row), self._record(row), row.document_sha256, row.leaf_index)
            for row in rows
        )

    def _columns(self, filing: str, draft: Draft, at: datetime) -> dict[str, object]:
        content, award = draft.content, draft.content.award
        return {
            "number": content.number,
            "version": content.version,
            "filing_id": filing,
            "row_no": award.row,
            "slot": content.slot,
            "state": "drafted",
            "person_key": self._cipher.person_key(award.document.number),
            "name_key": name_key(self._cipher, award.name),
            "series": award.series,
            "level": int(award.level),
            "title": award.title,
            "way": award.way,
            "validity_area": award.validity_area,
            "acquired_on": award.acquired_on.isoformat(),
            "issued_on": content.issued_on.isoformat(),
            "sealed_content": self._cipher.encrypt(
                draft.payload, context=certificate_context(content.number, content.version)
            ),
            "sealed_salt": self._cipher.encrypt(
                draft.salt, context=certificate_context(content.number, content.version) + b"/salt"
            ),
            "commitment": draft.commitment,
            "drafted_at": instant_text(at),
        }

    def _draft(self, row: Row[Any]) -> Draft:
        context = certificate_context(row.number, row.version)
        payload = self._cipher.decrypt(row.sealed_content, context=context)
        return Draft(
            filing=row.filing_id,
            content=decode_content(payload, row=row.row_no),
            payload=payload,
            salt=self._cipher.decrypt(row.sealed_salt, context=context + b"/salt"),
            commitment=row.commitment,
            drafted_at=read_instant(row.drafted_at),
        )

    def _record(self, row: Row[Any]) -> bytes:
        return open_record(self._cipher, row.number, row.version, row.sealed_record)

    def version_of(self, row: Row[Any]) -> CertificateVersion:
        """A row of the table as a version, its content decrypted."""
        return CertificateVersion(self._draft(row), CertificateStatus(row.status), row.state != "drafted")


def _in_state(filing: str | None, state: str, most: int) -> Select[Any]:
    found = select(certificate).where(certificate.c.state == state, ~_NEVER_ISSUED).limit(most)
    found = found.where(_UNPUBLISHED if filing is None else certificate.c.filing_id == filing)
    return found.order_by(certificate.c.filing_id, certificate.c.row_no, certificate.c.version)
