"""The tables of organisations' keys: the keys without their secrets, and how much of each day was used."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text

from certsvc.adapters.schema import metadata

organisation_key = Table(
    "organisation_key",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("organisation", String(120), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("per_day", Integer, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("ends_on", String(10)),
    Column("ended_at", String(32)),
)

organisation_key_use = Table(
    "organisation_key_use",
    metadata,
    Column("key_id", String(10), primary_key=True),
    Column("used_on", String(10), primary_key=True),
    Column("used", BigInteger, nullable=False),
)
