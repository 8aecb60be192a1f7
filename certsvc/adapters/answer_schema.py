"""The tables of stored answers. Triggers on `certificate` and `decision` drop the answers of a number that changes, and
queue it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from certsvc.adapters.schema import metadata

answer_frame = Table(
    "answer_frame",
    metadata,
    Column("id", LargeBinary(8), primary_key=True),
    Column("generation", LargeBinary(8), nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("middle", LargeBinary, nullable=False),
)
stored_answer = Table(
    "stored_answer",
    metadata,
    Column("record_key", LargeBinary(16), primary_key=True),
    Column("number", String(16), nullable=False),
    Column("slot", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    Column("frame", LargeBinary(8), ForeignKey("answer_frame.id"), nullable=False),
    Column("sealed_own", LargeBinary, nullable=False),
    Index("ix_stored_answer_number", "number"),
    sqlite_with_rowid=False,
)
answer_due = Table("answer_due", metadata, Column("number", String(16), primary_key=True))
answer_walk = Table(
    "answer_walk",
    metadata,
    Column("generation", LargeBinary(8), primary_key=True),
    Column("after_number", String(16), nullable=False),
)
