"""Notices on change, queued in the transaction of what they tell: the inbox entry itself, and a message for every address
that the holder has switched on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from certsvc.adapters.copy_schema import annotated_copy
from certsvc.adapters.holder_notice_schema import holder_notice, notice_address, notice_message
from certsvc.adapters.instants import instant_text
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate
from certsvc.adapters.share_schema import share_grant
from certsvc.domain.certificate import Award
from certsvc.domain.corridor import Draft
from certsvc.domain.decision import DecisionKind, StoredDecision
from certsvc.domain.history import HistoricalRecord
from certsvc.domain.holder_notice import DeliveryState, NewNotice, NoticeKind
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.ports import PersonalCipher
from certsvc.ports.access import PersonalLook

_OF_DECISION: Final = {
    DecisionKind.REVOKE: NoticeKind.REVOKED,
    DecisionKind.WRITE_OFF: NoticeKind.WRITTEN_OFF,
    DecisionKind.VOID: NoticeKind.VOIDED,
    DecisionKind.SUSPEND: NoticeKind.SUSPENDED,
    DecisionKind.REINSTATE: NoticeKind.REINSTATED,
}
"""A correction is told when its version is sealed."""
_KEY_LENGTH: Final = 40


class HolderNews:
    """Every method writes in the caller's transaction; the same change again writes nothing."""

    def __init__(self, cipher: PersonalCipher) -> None:
        self._cipher = cipher

    def owner_of(self, id_number: str) -> bytes:
        """The keyed digest under which the holder of an ID number is known here."""
        return self._cipher.person_key(asked_id_numbers(id_number)[-1])

    def issued(self, connection: Connection, drafts: Sequence[Draft], at: datetime) -> None:
        """Sealed certificates: new ones, and corrected versions."""
        told = []
        for draft in drafts:
            content = draft.content
            kind = NoticeKind.ISSUED if content.version == 1 else NoticeKind.CORRECTED
            key = f"{kind}/{content.number}/{content.version}"
            owner = self.owner_of(content.award.document.number)
            told.append(NewNotice(key, owner, kind, content.number))
        self.queue(connection, told, at)

    def decided(self, connection: Connection, stored: StoredDecision, at: datetime) -> None:
        """A confirmed decision that changes a certificate's status."""
        kind, number = _OF_DECISION.get(stored.proposal.kind), stored.proposal.number
        if kind is None:
            return
        own = certificate.c
        owners = select(own.person_key).where(own.number == number).distinct().order_by(own.person_key)
        told = [
            NewNotice(f"decision/{stored.id}/{place}", bytes(owner), kind, number)
            for place, owner in enumerate(connection.scalars(owners).all())
        ]
        self.queue(connection, told, at)

    def held(self, connection: Connection, filing: str, awards: Iterable[Award], at: datetime) -> None:
        """Rows of a filing that wait for a human decision."""
        told = [
            NewNotice(
                f"held/{filing}/{award.row}", self.owner_of(award.document.number), NoticeKind.HELD, filing
            )
            for award in awards
        ]
        self.queue(connection, told, at)

    def history_confirmed(
        self, connection: Connection, records: Iterable[HistoricalRecord], at: datetime
    ) -> None:
        """Historical records, or corrected versions of them, that two persons stand for."""
        told = [
            NewNotice(
                f"history/{record.reference}/{record.version}",
                self.owner_of(record.title.numbers[0]),
                NoticeKind.HISTORY_CONFIRMED,
                record.reference,
            )
            for record in records
            if record.title.numbers
        ]
        self.queue(connection, told, at)

    def opened(self, connection: Connection, looks: Sequence[PersonalLook]) -> None:
        """Share grants that were looked into: told the first time alone, as the key is the grant's."""
        own, first = share_grant.c, {look.object: look.at for look in reversed(looks)}
        wanted = select(own.id, own.person_key, own.certificate_number).where(own.id.in_(list(first)))
        by_instant: dict[datetime, list[NewNotice]] = {}
        for row in connection.execute(wanted).all():
            told = NewNotice(
                f"share/{row.id}", bytes(row.person_key), NoticeKind.SHARE_OPENED, row.certificate_number
            )
            by_instant.setdefault(first[row.id], []).append(told)
        for at, notices in by_instant.items():
            self.queue(connection, notices, at)

    def copy_ready(self, connection: Connection, copy: str, at: datetime) -> None:
        """An annotated copy whose document is kept."""
        own = annotated_copy.c
        row = connection.execute(select(own.person_key, own.certificate_number).where(own.id == copy)).one()
        told = NewNotice(f"copy/{copy}", bytes(row.person_key), NoticeKind.COPY_READY, row.certificate_number)
        self.queue(connection, [told], at)

    def queue(self, connection: Connection, told: Sequence[NewNotice], at: datetime) -> None:
        """Put notices into inboxes, and queue the messages."""
        if not told:
            return
        noted_at = instant_text(at)
        ordered = sorted(told, key=lambda one: one.key)  # two processes hold the entries in one order
        entries = [
            {
                "change_key": one.key,
                "owner": one.owner,
                "kind": one.kind.value,
                "subject": one.subject,
                "noted_at": noted_at,
            }
            for one in ordered
        ]
        _insert_new(connection, holder_notice, "change_key", entries)
        self._queue_messages(connection, ordered, noted_at)

    def _queue_messages(self, connection: Connection, told: Sequence[NewNotice], at: str) -> None:
        sought = keys_of_persons(connection, {one.owner for one in told})
        own = notice_address.c
        wanted = select(own.owner, own.channel).where(own.switched_on == 1, own.owner.in_(list(sought)))
        by_owner: dict[bytes, list[NewNotice]] = {}
        for one in told:
            by_owner.setdefault(one.owner, []).append(one)
        rows = [
            {
                "message_key": self._message_key(one.key, row.channel, bytes(row.owner)),
                "owner": bytes(row.owner),
                "channel": row.channel,
                "kind": one.kind.value,
                "state": DeliveryState.WAITING.value,
                "attempts": 0,
                "queued_at": at,
                "next_attempt_at": at,
            }
            for row in connection.execute(wanted.order_by(own.owner, own.channel)).all()
            for asked in sought[bytes(row.owner)]
            for one in by_owner[asked]
        ]
        if rows:
            _insert_new(connection, notice_message, "message_key", rows)

    def _message_key(self, change: str, channel: str, owner: bytes) -> str:
        """The same for the same message, and nobody outside learns from it what it is about."""
        digest = self._cipher.person_key(f"notice-message/{change}/{channel}/{owner.hex()}")
        return digest.hex()[:_KEY_LENGTH]


def _insert_new(
    connection: Connection, table: Table, unique: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Insert the rows whose unique column is not there; waits for another transaction that is inserting the same."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    inserting = dialect.insert(table).on_conflict_do_nothing(index_elements=[unique])
    connection.execute(inserting, list(rows))
