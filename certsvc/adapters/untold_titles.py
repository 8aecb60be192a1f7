"""Certificates that the national title-query platform was not told of, or not of what happened since, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.credit_schema import platform_message
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.platform_outbox import queue_messages
from certsvc.adapters.schema import certificate
from certsvc.adapters.sealed_certificates import open_content
from certsvc.domain.caller import OPERATOR
from certsvc.domain.certificate import CertificateContent
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind
from certsvc.domain.permission import Action
from certsvc.domain.platform_message import MessageKind, Platform, PlatformMessage
from certsvc.formats.content import decode_content
from certsvc.formats.platform_message import title_changed, title_published, title_published_late
from certsvc.ports import PersonalCipher
from certsvc.ports.platforms import QueuedTitles

_STANDING = frozenset({CertificateStatus.VALID, CertificateStatus.SUSPENDED})
_CHANGING = tuple(kind for kind in DecisionKind if kind is not DecisionKind.CORRECT)


class DatabaseUntoldTitles:
    """ports.platforms.UntoldTitles on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def queue_after(self, number: str, most: int, at: datetime) -> QueuedTitles:
        """One chunk in one transaction; its numbers are held, so that no decision over them comes between."""
        with self._engine.begin() as connection:
            first = (
                select(certificate.c.number)
                .where(certificate.c.version == 1, certificate.c.number > number)
                .order_by(certificate.c.number)
                .limit(most)
                .with_for_update()
            )
            numbers = list(connection.scalars(first))
            if not numbers:
                return QueuedTitles(None, 0, 0)
            messages = [
                one for each in self._newest(connection, numbers) for one in self._missing(connection, each)
            ]
            queue_messages(connection, self._cipher, messages, at)
            if messages:
                after = digest_of({"messages": [one.key for one in messages]})
                subject = f"platform/{Platform.TITLES.value}"
                append_entry(connection, at, OPERATOR, Action.PLATFORM_QUEUE, subject, after=after)
        return QueuedTitles(numbers[-1], len(numbers), len(messages))

    def _newest(self, connection: Connection, numbers: list[str]) -> list[Row[Any]]:
        """The newest sealed version of each number."""
        sealed = certificate.c.number.in_(numbers), certificate.c.state != "drafted"
        newest = (
            select(certificate.c.number, func.max(certificate.c.version).label("version"))
            .where(*sealed)
            .group_by(certificate.c.number)
            .subquery()
        )
        found = select(certificate).join(
            newest,
            (newest.c.number == certificate.c.number) & (newest.c.version == certificate.c.version),
        )
        return list(connection.execute(found.order_by(certificate.c.number)))

    def _missing(self, connection: Connection, row: Row[Any]) -> Iterator[PlatformMessage]:
        own = platform_message.c
        ours = select(own.kind, own.queued_at).where(
            own.platform == Platform.TITLES, own.subject == row.number
        )
        told = connection.execute(ours).all()
        published = [one.queued_at for one in told if one.kind == MessageKind.PUBLISH]
        if not published:
            if CertificateStatus(row.status) in _STANDING:
                yield title_published_late(self._content(row))
                if row.status == CertificateStatus.SUSPENDED:
                    yield from self._change(connection, row, "")
            return
        versions = [one.queued_at for one in told if one.kind != MessageKind.CHANGE]
        if row.version > 1 and row.sealed_at > max(versions):
            yield title_published(self._content(row))
        yield from self._change(connection, row, max(one.queued_at for one in told))

    def _change(self, connection: Connection, row: Row[Any], since: str) -> Iterator[PlatformMessage]:
        """The last decision that changed the status, where it was confirmed after the platform was last told."""
        own = decision.c
        last = (
            select(decision)
            .where(own.certificate_number == row.number, own.status == "confirmed", own.kind.in_(_CHANGING))
            .order_by(own.ordinal.desc())
            .limit(1)
        )
        found = connection.execute(last).one_or_none()
        if found is None or found.confirmed_at <= since:
            return
        message = title_changed(
            row.number,
            found.id,
            CertificateStatus(row.status),
            date.fromisoformat(found.effective_on),
            found.document_ref,
        )
        known = select(platform_message.c.id).where(platform_message.c.idempotency_key == message.key)
        if connection.execute(known).first() is None:
            yield message

    def _content(self, row: Row[Any]) -> CertificateContent:
        payload = open_content(self._cipher, row.number, row.version, row.sealed_content)
        return decode_content(payload, row=row.row_no)
