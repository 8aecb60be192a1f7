"""Annulled proofs in the database, and which rows cite what: references stand there as keyed digests, never plain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, exists, insert, select

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.batch_schema import annulment, dependent_title, row_reference
from certsvc.adapters.database import hold_table, insert_missing
from certsvc.adapters.dependent_store import entry_of, entry_row
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.issue_check import closing_decisions
from certsvc.adapters.schema import certificate, filing, filing_row
from certsvc.domain.annulment import Annulment, Citation, ProofKind, plain_reference
from certsvc.domain.dependants import DependantEntry, Reason
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError
from certsvc.ports import PersonalCipher

_CHUNK = 500
_STANDING = (1, 2, 7)


class DatabaseAnnulmentStore:
    """ports.dependants.AnnulmentStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def record(self, given: Annulment) -> tuple[Annulment, tuple[DependantEntry, ...]]:
        """Store an annulment with the entries of everything that cites the proof.

        The same again changes nothing but adds what has come to cite it since. Raises ConflictError for another annulment
        of the same proof.
        """
        key = reference_key(self._cipher, given.reference)
        with self._engine.begin() as connection:
            hold_table(connection, annulment)
            known = connection.execute(
                select(annulment).where(annulment.c.reference_key == key)
            ).one_or_none()
            if known is None:
                connection.execute(insert(annulment).values(self._columns(given, key)))
                caller = caller_named(connection, given.actor)
                after = digest_of({"document_ref": given.document_ref, "kind": given.kind})
                subject = f"annulment/{given.id}"
                append_entry(
                    connection, given.recorded_at, caller, Action.ANNULMENT_RECORD, subject, after=after
                )
            stored = given if known is None else self._stored(known)
            if _told(stored) != _told(given):
                raise ConflictError(
                    f"该证明编号此前已登记取消（{stored.id}），种类、文号、日期或理由不同，未作改动。请核对。"
                )
            insert_missing(
                connection, dependent_title, _entries(connection, stored.id, key, given.recorded_at)
            )
            own = dependent_title.c
            rows = connection.execute(
                select(dependent_title).where(own.cause == stored.id).order_by(own.opened_at, own.id)
            ).all()
        return stored, tuple(entry_of(row) for row in rows)

    def _columns(self, given: Annulment, key: bytes) -> dict[str, object]:
        return {
            "id": given.id,
            "kind": given.kind,
            "reference_key": key,
            "sealed_reference": self._cipher.encrypt(
                given.reference.encode(), context=f"annulment/{given.id}".encode()
            ),
            "document_ref": given.document_ref,
            "decided_on": given.decided_on.isoformat(),
            "ground": given.ground,
            "actor": given.actor,
            "recorded_at": instant_text(given.recorded_at),
        }

    def _stored(self, row: Row[Any]) -> Annulment:
        reference = self._cipher.decrypt(row.sealed_reference, context=f"annulment/{row.id}".encode())
        return Annulment(
            id=row.id,
            kind=ProofKind(row.kind),
            reference=reference.decode(),
            document_ref=row.document_ref,
            decided_on=date.fromisoformat(row.decided_on),
            ground=row.ground,
            actor=row.actor,
            recorded_at=read_instant(row.recorded_at),
        )


def _told(one: Annulment) -> tuple[ProofKind, str, date, str]:
    return one.kind, one.document_ref, one.decided_on, one.ground


def reference_key(cipher: PersonalCipher, reference: str) -> bytes:
    """The keyed digest of a proof's number; of other text than any person's."""
    return cipher.person_key(f"reference/{plain_reference(reference)}")


def index_citations(
    connection: Connection, cipher: PersonalCipher, owner: str, citations: Iterable[Citation]
) -> None:
    """Say anew which rows of a filing cite what, in the caller's transaction."""
    connection.execute(delete(row_reference).where(row_reference.c.filing_id == owner))
    rows = [
        {
            "filing_id": owner,
            "row_no": one.row,
            "column_name": one.column,
            "reference_key": reference_key(cipher, one.reference),
        }
        for one in citations
    ]
    if rows:
        connection.execute(insert(row_reference), rows)


def annulled_among(
    connection: Connection, cipher: PersonalCipher, references: Iterable[str]
) -> frozenset[str]:
    """Those of the references, as written, that name an annulled proof."""
    by_key = {reference_key(cipher, one): one for one in references}
    written: dict[bytes, set[str]] = {}
    for one in references:
        written.setdefault(reference_key(cipher, one), set()).add(one)
    keys = sorted(by_key)
    found: set[str] = set()
    for start in range(0, len(keys), _CHUNK):
        known = select(annulment.c.reference_key).where(
            annulment.c.reference_key.in_(keys[start : start + _CHUNK])
        )
        for key in connection.scalars(known):
            found |= written[bytes(key)]
    return frozenset(found)


def list_citing(connection: Connection, owner: str, at: datetime) -> None:
    """List, in the caller's transaction, what cites a proof that was annulled before a filing's references were known."""
    cited = select(row_reference.c.reference_key).where(row_reference.c.filing_id == owner)
    known = select(annulment.c.id, annulment.c.reference_key).where(annulment.c.reference_key.in_(cited))
    for row in connection.execute(known).all():
        insert_missing(connection, dependent_title, _entries(connection, row.id, row.reference_key, at))


def _entries(connection: Connection, cause: str, key: bytes, at: datetime) -> list[dict[str, object]]:
    """Standing certificates of rows that cite the proof, and rows that still wait for one."""
    cited = row_reference.c
    mine = (
        (certificate.c.filing_id == filing_row.c.filing_id)
        & (certificate.c.row_no == filing_row.c.row_no)
        & (certificate.c.version == 1)
    )
    other = certificate.alias()
    stands = exists().where(other.c.number == certificate.c.number, other.c.status.in_(_STANDING))
    rows = connection.execute(
        select(cited.filing_id, cited.row_no, certificate.c.number)
        .distinct()
        .join(filing_row, (filing_row.c.filing_id == cited.filing_id) & (filing_row.c.row_no == cited.row_no))
        .join(filing, filing.c.id == cited.filing_id)
        .outerjoin(certificate, mine)
        .where(
            cited.reference_key == key,
            filing.c.status != "refused",
            filing_row.c.outcome != "refused",
            ~closing_decisions(filing.c.id).exists(),
            certificate.c.number.is_(None) | stands,
        )
        .order_by(cited.filing_id, cited.row_no)
    )
    return [
        entry_row(
            cause,
            row.number or f"{row.filing_id}/{row.row_no}",
            row.number,
            Reason.ANNULLED_PROOF,
            at,
        )
        for row in rows
    ]
