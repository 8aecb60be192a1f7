"""Table of delegations: who acts for whom, until when."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text

from certsvc.adapters.schema import metadata

delegation = Table(
    "delegation",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("delegate", String(64), ForeignKey("actor.name"), nullable=False),
    Column("delegator", String(64), ForeignKey("actor.name"), nullable=False),
    Column("from_on", String(10), nullable=False),
    Column("until_on", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", String(64), ForeignKey("actor.name"), nullable=False),
    Column("proposed_at", String(32), nullable=False),
    Column("accepted_at", String(32)),
    Column("ended_at", String(32)),
    Column("ended_by", String(64)),
    Column("agreed_at", String(32)),
    CheckConstraint("delegate <> delegator", name="two_persons"),
    CheckConstraint("until_on >= from_on", name="ends_after_start"),
    Index("ix_delegation_delegate", "delegate", "until_on"),
    Index("ix_delegation_delegator", "delegator", "until_on"),
)
