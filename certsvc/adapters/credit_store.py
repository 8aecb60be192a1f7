"""Credit records in the database, always within the transaction of the decision that opens or closes them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, insert, select, update

from certsvc.adapters.decision_schema import credit_record, decision
from certsvc.adapters.schema import certificate
from certsvc.domain.credit import CreditRecord
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.ports import PersonalCipher


class CreditRows:
    """The rows of credit records; a person stands in them as a keyed digest and encrypted."""

    def __init__(self, cipher: PersonalCipher) -> None:
        self._cipher = cipher

    def open_record(self, connection: Connection, number: str) -> CreditRecord | None:
        """The record that a revocation of this certificate opened and nothing has withdrawn, held; None without one."""
        row = connection.execute(
            select(credit_record)
            .join(decision, decision.c.id == credit_record.c.decision_id)
            .where(decision.c.certificate_number == number, credit_record.c.withdrawn_on.is_(None))
            .with_for_update(of=credit_record)
        ).one_or_none()
        if row is None:
            return None
        return CreditRecord(
            row.id,
            row.decision_id,
            row.slot,
            date.fromisoformat(row.recorded_on),
            date.fromisoformat(row.until_on),
        )

    def open(self, connection: Connection, record: CreditRecord, event: PrivateEvent, number: str) -> None:
        """Store a new record of the certificate's holder, with the event that opens it."""
        holder = select(certificate.c.person_key).where(
            certificate.c.number == number, certificate.c.version == 1
        )
        context = f"credit/{record.id}".encode()
        connection.execute(
            insert(credit_record).values(
                id=record.id,
                decision_id=record.decision,
                person_key=connection.execute(holder).scalar_one(),
                slot=record.slot,
                recorded_on=record.recorded_on.isoformat(),
                until_on=record.until_on.isoformat(),
                sealed_content=self._cipher.encrypt(event.payload, context=context),
                sealed_salt=self._cipher.encrypt(event.salt, context=context + b"/salt"),
                commitment=event.commitment,
            )
        )

    def close(self, connection: Connection, record: CreditRecord, on: date) -> None:
        """Withdraw a record; what it said stays."""
        connection.execute(
            update(credit_record).where(credit_record.c.id == record.id).values(withdrawn_on=on.isoformat())
        )
