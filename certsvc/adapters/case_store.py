"""Documents of decisions and proofs of service in the database: inserted once, never changed; files are encrypted."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.case_schema import decision_document, proof_of_service
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.decision_document import DecisionDocument, MediaType
from certsvc.domain.decision_service import ServiceMethod, ServiceRecord
from certsvc.domain.permission import Action
from certsvc.ports import PersonalCipher


class DatabaseCaseStore:
    """ports.decisions.DocumentStore and ports.decisions.ServiceStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def keep(self, document: DecisionDocument) -> None:
        """Store a file; the same one of the same authority again changes nothing."""
        sha256, at = document.sha256, document.uploaded_at
        row = {
            "sha256": sha256,
            "office": document.office,
            "media_type": document.media_type.value,
            "sealed_content": self._cipher.encrypt(
                document.content, context=_context(sha256, document.office)
            ),
            "uploaded_by": document.uploaded_by,
            "uploaded_at": instant_text(at),
        }
        with self._engine.begin() as connection:
            if insert_unless_known(connection, decision_document, row):
                caller = caller_named(connection, document.uploaded_by)
                subject = f"document/{sha256}"
                append_entry(connection, at, caller, Action.DECISION_DOCUMENT, subject, after=sha256)

    def is_kept(self, sha256: str, office: str) -> bool:
        """Whether the authority has uploaded a file with this digest."""
        own = decision_document.c
        with self._engine.begin() as connection:
            found = select(own.sha256).where(own.sha256 == sha256, own.office == office)
            return connection.execute(found).one_or_none() is not None

    def read(self, sha256: str, office: str) -> DecisionDocument | None:
        """A file as it was uploaded, None when the authority has uploaded none with this digest."""
        own = decision_document.c
        with self._engine.begin() as connection:
            row = connection.execute(
                select(decision_document).where(own.sha256 == sha256, own.office == office)
            ).one_or_none()
        if row is None:
            return None
        content = self._cipher.decrypt(row.sealed_content, context=_context(sha256, office))
        kind, at = MediaType(row.media_type), read_instant(row.uploaded_at)
        return DecisionDocument(content, kind, row.office, row.uploaded_by, at)

    def services(self, wanted: str) -> tuple[ServiceRecord, ...]:
        """What was recorded of a decision's service, oldest record first."""
        with self._engine.begin() as connection:
            return _services(connection, wanted)

    def record_service(self, record: ServiceRecord) -> ServiceRecord:
        """Append a service; the one that is stored, which is the first when the same was recorded before."""
        with self._engine.begin() as connection:
            connection.execute(
                select(decision.c.id).where(decision.c.id == record.decision).with_for_update()
            ).one()
            known = _services(connection, record.decision)
            same = next((one for one in known if _facts(one) == _facts(record)), None)
            if same is not None:
                return same
            columns = {**_facts(record), "position": len(known) + 1, "actor": record.actor}
            columns |= {"office": record.office, "recorded_at": instant_text(record.recorded_at)}
            connection.execute(insert(proof_of_service).values(columns))
            caller, subject = caller_named(connection, record.actor), f"decision/{record.decision}"
            after = digest_of(_facts(record))
            append_entry(
                connection, record.recorded_at, caller, Action.DECISION_SERVICE, subject, after=after
            )
            return _services(connection, record.decision)[-1]


def _facts(record: ServiceRecord) -> dict[str, str | None]:
    return {
        "decision_id": record.decision,
        "served_on": record.served_on.isoformat(),
        "method": record.method.value,
        "proof_sha256": record.proof_sha256,
    }


def _services(connection: Connection, wanted: str) -> tuple[ServiceRecord, ...]:
    own = proof_of_service.c
    rows = connection.execute(
        select(proof_of_service).where(own.decision_id == wanted).order_by(own.position)
    )
    return tuple(_record(row) for row in rows)


def _record(row: Row[Any]) -> ServiceRecord:
    return ServiceRecord(
        decision=row.decision_id,
        served_on=date.fromisoformat(row.served_on),
        method=ServiceMethod(row.method),
        proof_sha256=row.proof_sha256,
        actor=row.actor,
        office=row.office,
        recorded_at=read_instant(row.recorded_at),
    )


def _context(sha256: str, office: str) -> bytes:
    return f"decision-document/{sha256}/{office}".encode()
