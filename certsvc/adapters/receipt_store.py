"""Receipts of the filing chain in the database: inserted once, never changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.decision_schema import filing_receipt
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.permission import Action
from certsvc.domain.receipts import FilingReceipt
from certsvc.domain.registry import FilingLevel


class DatabaseReceiptStore:
    """ports.operations.ReceiptStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def recorded(self, filing: str) -> tuple[FilingReceipt, ...]:
        """The receipts of a filing, by level."""
        with self._engine.begin() as connection:
            return _recorded(connection, filing)

    def record(self, receipt: FilingReceipt) -> FilingReceipt:
        """Insert a receipt; the one that is stored, which is another one when the level had one already."""
        with self._engine.begin() as connection:
            inserted = insert_unless_known(
                connection,
                filing_receipt,
                {
                    "filing_id": receipt.filing,
                    "step": receipt.step,
                    "level": receipt.level.value,
                    "receipt_ref": receipt.receipt_ref,
                    "received_on": receipt.received_on.isoformat(),
                    "actor": receipt.actor,
                    "office": receipt.office,
                    "opinion": receipt.opinion,
                    "recorded_at": instant_text(receipt.recorded_at),
                },
            )
            if inserted:
                caller = caller_named(connection, receipt.actor)
                subject, after = f"filing/{receipt.filing}", _digest(receipt)
                append_entry(
                    connection, receipt.recorded_at, caller, Action.RECEIPT_RECORD, subject, after=after
                )
            return next(one for one in _recorded(connection, receipt.filing) if one.step == receipt.step)


def _digest(receipt: FilingReceipt) -> str:
    return digest_of({"filing": receipt.filing, "level": receipt.level, "receipt": receipt.receipt_ref})


def _recorded(connection: Connection, filing: str) -> tuple[FilingReceipt, ...]:
    rows = connection.execute(
        select(filing_receipt).where(filing_receipt.c.filing_id == filing).order_by(filing_receipt.c.step)
    )
    return tuple(_receipt(row) for row in rows)


def _receipt(row: Row[Any]) -> FilingReceipt:
    return FilingReceipt(
        filing=row.filing_id,
        step=row.step,
        level=FilingLevel(row.level),
        receipt_ref=row.receipt_ref,
        received_on=date.fromisoformat(row.received_on),
        actor=row.actor,
        office=row.office,
        opinion=row.opinion,
        recorded_at=read_instant(row.recorded_at),
    )
