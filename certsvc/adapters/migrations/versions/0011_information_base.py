"""Entries of the title information base, dates of filings, attestations, samples.

Entries of certificates issued before are made afterwards by the running service, in resumable chunks: they need the
key of personal data, which a schema change does not hold (`certsvc report fill`, docs/reports.md).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    _entries()
    _filings()
    _samples()


def _entries() -> None:
    op.create_table(
        "title_entry",
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("filing_id", sa.String(20), nullable=True),
        sa.Column("committee_code", sa.String(64), nullable=True),
        sa.Column("unit_region", sa.String(6), nullable=True),
        sa.Column("city", sa.String(6), nullable=True),
        sa.Column("unit_kind", sa.String(16), nullable=True),
        sa.Column("series", sa.Integer(), nullable=True),
        sa.Column("specialty", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("way", sa.Integer(), nullable=True),
        sa.Column("review_year", sa.Integer(), nullable=True),
        sa.Column("acquired_on", sa.String(10), nullable=True),
        sa.Column("acquired_year", sa.Integer(), nullable=True),
        sa.Column("validity_area", sa.String(6), nullable=True),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.String(10), nullable=False),
        sa.Column("noted_at", sa.String(32), nullable=False),
        sa.CheckConstraint("source IN ('filing', 'historical')", name=op.f("ck_title_entry_source_known")),
        sa.CheckConstraint(
            "(source = 'filing') = (filing_id IS NOT NULL)",
            name=op.f("ck_title_entry_filing_when_issued_here"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_title_entry")),
    )
    op.create_index("ix_title_entry_unit_region", "title_entry", ["unit_region"], unique=False)
    op.create_index("ix_title_entry_city", "title_entry", ["city"], unique=False)
    op.create_index("ix_title_entry_way", "title_entry", ["way", "acquired_year"], unique=False)


def _filings() -> None:
    op.create_table(
        "filing_milestone",
        sa.Column("filing_id", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(64), nullable=True),
        sa.Column("review_year", sa.Integer(), nullable=True),
        sa.Column("meeting_ends_on", sa.String(10), nullable=True),
        sa.Column("reported_on", sa.String(10), nullable=True),
        sa.Column("publicity_ends_on", sa.String(10), nullable=True),
        sa.Column("filed_on", sa.String(10), nullable=True),
        sa.Column("approval_ref", sa.String(128), nullable=True),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_milestone_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("filing_id", name=op.f("pk_filing_milestone")),
    )
    op.create_table(
        "meeting_attestation",
        sa.Column("approval_ref", sa.String(128), nullable=False),
        sa.Column("committee_code", sa.String(64), nullable=False),
        sa.Column("by_office", sa.String(128), nullable=False),
        sa.Column("attested_on", sa.String(10), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actor.name"], name=op.f("fk_meeting_attestation_actor_actor")),
        sa.PrimaryKeyConstraint("approval_ref", name=op.f("pk_meeting_attestation")),
    )


def _samples() -> None:
    op.create_table(
        "sample",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(12), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("document_ref", sa.String(128), nullable=False),
        sa.Column("ratio_percent", sa.Integer(), nullable=False),
        sa.Column("crossed", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(128), nullable=False),
        sa.Column("seed_source", sa.String(8), nullable=False),
        sa.Column("algorithm", sa.String(32), nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("population_digest", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("drawn_at", sa.String(32), nullable=True),
        sa.CheckConstraint(
            "subject IN ('committees', 'batches', 'level-3')", name=op.f("ck_sample_subject_known")
        ),
        sa.CheckConstraint("ratio_percent BETWEEN 1 AND 100", name=op.f("ck_sample_ratio_known")),
        sa.CheckConstraint("seed_source IN ('given', 'fresh')", name=op.f("ck_sample_seed_source_known")),
        sa.ForeignKeyConstraint(["actor"], ["actor.name"], name=op.f("fk_sample_actor_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("document_ref", "subject", "region", name=op.f("uq_sample_document_ref")),
    )
    op.create_table(
        "sample_item",
        sa.Column("sample_id", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(128), nullable=False),
        sa.Column("place", sa.String(6), nullable=True),
        sa.Column("inspector", sa.String(6), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("document_ref", sa.String(128), nullable=True),
        sa.Column("actor", sa.String(64), nullable=True),
        sa.Column("recorded_at", sa.String(32), nullable=True),
        sa.CheckConstraint("outcome IN ('qualified', 'problem')", name=op.f("ck_sample_item_outcome_known")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (actor IS NULL)", name=op.f("ck_sample_item_outcome_by_somebody")
        ),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sample_item_sample_id_sample")),
        sa.ForeignKeyConstraint(["actor"], ["actor.name"], name=op.f("fk_sample_item_actor_actor")),
        sa.PrimaryKeyConstraint("sample_id", "position", name=op.f("pk_sample_item")),
        sa.UniqueConstraint("sample_id", "item", name=op.f("uq_sample_item_sample_id")),
    )
    op.create_index("ix_sample_item_item", "sample_item", ["item"], unique=False)
