"""The table of share grants 授权查验. Openings stand in the log of looks, under the grant's id."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text

from certsvc.adapters.schema import metadata

share_grant = Table(
    "share_grant",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("code_digest", LargeBinary(32), nullable=False, unique=True),
    Column("certificate_number", String(16), nullable=False),
    Column("person_key", LargeBinary(32), nullable=False),
    Column("fields", Text, nullable=False),
    Column("sealed_recipient", LargeBinary, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("ends_at", String(32), nullable=False),
    Column("cancelled_at", String(32)),
    Index("ix_share_grant_person_key", "person_key"),
)
