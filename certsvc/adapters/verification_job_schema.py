"""The tables of verification jobs 批量核验任务. A row has its question until it is answered, and its result from then on."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from certsvc.adapters.schema import metadata

verification_job = Table(
    "verification_job",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("token_digest", LargeBinary(32), nullable=False, unique=True),
    Column("sealed_asker", LargeBinary),
    Column("of_organisation", Integer, nullable=False, server_default="0"),
    Column("made_at", String(32), nullable=False),
    Column("finished_at", String(32)),
    Column("ends_at", String(32), nullable=False),
    Column("worked_at", String(32), nullable=False),
    Column("lease", Integer, nullable=False),
    Column("leased_until", String(32)),
    Column("rows", Integer, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("undetermined", Integer, nullable=False),
    Column("problem", Integer, nullable=False),
    Index("ix_verification_job_finished_at", "finished_at", "worked_at"),
    Index("ix_verification_job_ends_at", "ends_at"),
)
verification_job_row = Table(
    "verification_job_row",
    metadata,
    Column("job_id", String(20), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("outcome", String(12)),
    Column("sealed_question", LargeBinary),
    Column("sealed_answer", LargeBinary),
    ForeignKeyConstraint(["job_id"], ["verification_job.id"]),
    CheckConstraint(
        "(sealed_question IS NULL) = (outcome IS NOT NULL) AND (sealed_answer IS NULL) = (outcome IS NULL)",
        name="question_or_answer",
    ),
    Index("ix_verification_job_row_outcome", "job_id", "outcome", "position"),
)
