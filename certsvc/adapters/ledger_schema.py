"""The tables of the ledger: outbox, log, status array. Runs of hashes and entries are only ever inserted."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, String, Table

from certsvc.adapters.schema import metadata as metadata

_ROW_ID = BigInteger().with_variant(Integer, "sqlite")

outbox_event = Table(
    "outbox_event",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("idempotency_key", String(128), nullable=False, unique=True),
    Column("kind", Integer, nullable=False),
    Column("slot", BigInteger, nullable=False),
    Column("effective_on", String(10), nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("certificate_number", String(16), nullable=False),
    Column("certificate_version", Integer, nullable=False),
    Column("queued_at", String(32), nullable=False),
    Column("leaf_index", BigInteger, unique=True),
    Column("manifest_index", BigInteger),
    CheckConstraint("(leaf_index IS NULL) = (manifest_index IS NULL)", name="leaf_with_manifest"),
    Index("ix_outbox_event_certificate", "certificate_number", "certificate_version"),
    Index("ix_outbox_event_slot", "slot"),
)
Index(
    "ix_outbox_event_pending",
    outbox_event.c.id,
    sqlite_where=outbox_event.c.leaf_index.is_(None),
    postgresql_where=outbox_event.c.leaf_index.is_(None),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("status_slots", BigInteger, nullable=False),
    Column("shard_roots", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("signed_at", String(32), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

ledger_hashes = Table(
    "ledger_hashes",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("tile", BigInteger, primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("hashes", LargeBinary, nullable=False),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("bundle", BigInteger, primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("entries", LargeBinary, nullable=False),
)

status_space = Table(
    "status_space",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slots", BigInteger, nullable=False),
    Column("taken", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    CheckConstraint("taken * 2 < slots", name="under_half"),
)

status_slot = Table(
    "status_slot",
    metadata,
    Column("slot", _ROW_ID, primary_key=True, autoincrement=False),
)

status_chunk = Table(
    "status_chunk",
    metadata,
    Column("number", _ROW_ID, primary_key=True, autoincrement=False),
    Column("content", LargeBinary(256), nullable=False),
)
