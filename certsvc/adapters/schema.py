"""The tables of the service (SQLAlchemy Core), the same on SQLite and PostgreSQL.

Personal values stand only in `sealed_*` columns (AES-GCM, versioned key) and as keyed digests in `person_key`.
Instants are UTC text in ISO 8601 with `Z`; dates are ISO text: both sort as they read, on every database.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ROLES = "role IN ('maker', 'checker', 'supervisor', 'committee', 'unit', 'security', 'system', 'audit')"
actor = Table(
    "actor",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("region", String(6), nullable=False),
    Column("registered_at", String(32), nullable=False),
    Column("ended_at", String(32)),
    Column("committees", Text, nullable=False, server_default=""),
    Column("unit", String(18)),
    Column("person", String(64)),
    CheckConstraint(_ROLES, name="role_known"),
    Index("ix_actor_person", "person"),
)

actor_past = Table(
    "actor_past",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), ForeignKey("actor.name"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("region", String(6), nullable=False),
    Column("until_at", String(32), nullable=False),
    Column("committees", Text, nullable=False, server_default=""),
    Column("unit", String(18)),
    Column("person", String(64)),
    CheckConstraint(_ROLES, name="role_known"),
    Index("ix_actor_past_name", "name"),
)

registry_document = Table(
    "registry_document",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("loaded_at", String(32), nullable=False),
)

filing = Table(
    "filing",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("batch_ref", String(128)),
    Column("committee_code", String(64)),
    Column("announcement_ref", String(128)),
    Column("status", String(16), nullable=False),
    Column("rule_set", String(32), nullable=False),
    Column("registry_digest", String(64), nullable=False),
    Column("sealed_file", LargeBinary, nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("sealed_facts", LargeBinary, nullable=False),
    Column("received_at", String(32), nullable=False),
    Column("maker", String(64), ForeignKey("actor.name")),
    Column("approved_at", String(32)),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("issue_started_at", String(32)),
    Column("issued_at", String(32)),
    CheckConstraint("status IN ('refused', 'examined', 'approved', 'issued')", name="status_known"),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("checker IS NULL OR maker IS NOT NULL", name="maker_first"),
    Index("ix_filing_announcement_ref", "announcement_ref"),
    Index("ix_filing_status", "status", "id"),
)

filing_row = Table(
    "filing_row",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
    Column("row_no", Integer, primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("sealed_award", LargeBinary),
    Column("sealed_name", LargeBinary),
    CheckConstraint("outcome IN ('admitted', 'held', 'refused')", name="outcome_known"),
    CheckConstraint("(outcome = 'admitted') = (sealed_award IS NOT NULL)", name="award_when_admitted"),
    Index("ix_filing_row_outcome", "filing_id", "outcome", "row_no"),
)
Index(
    "ix_filing_row_held",
    filing_row.c.filing_id,
    filing_row.c.row_no,
    sqlite_where=text("outcome = 'held'"),
    postgresql_where=text("outcome = 'held'"),
)

filing_finding = Table(
    "filing_finding",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("row_no", Integer),
    Column("column_name", String(64)),
    Column("code", String(64), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("case_no", Integer),
    Column("clause", String(255), nullable=False),
    Column("message", Text, nullable=False),
    Index("ix_filing_finding_row", "filing_id", "row_no"),
    Index("ix_filing_finding_code", "filing_id", "code", "row_no"),
)

number_counter = Table(
    "number_counter",
    metadata,
    Column("series", Integer, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("next_serial", Integer, nullable=False),
)

certificate = Table(
    "certificate",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("filing_id", String(20), ForeignKey("filing.id"), nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("slot", BigInteger, nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("status", Integer, nullable=False, server_default="1"),
    Column("person_key", LargeBinary(32), nullable=False),
    Column("series", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("title", Integer, nullable=False),
    Column("way", Integer, nullable=False),
    Column("validity_area", String(6)),
    Column("acquired_on", String(10), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("sealed_salt", LargeBinary, nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("sealed_record", LargeBinary),
    Column("code_key", LargeBinary(32)),
    Column("name_key", LargeBinary(32)),
    Column("document_sha256", String(64)),
    Column("leaf_index", BigInteger),
    Column("drafted_at", String(32), nullable=False),
    Column("sealed_at", String(32)),
    Column("published_at", String(32)),
    Column("archive_tried_at", String(32)),
    UniqueConstraint("filing_id", "row_no", "version"),
    CheckConstraint("state IN ('drafted', 'sealed', 'logged', 'published')", name="state_known"),
    CheckConstraint("status BETWEEN 1 AND 7", name="status_known"),
    CheckConstraint("state = 'drafted' OR sealed_record IS NOT NULL", name="sealed_has_record"),
    CheckConstraint("state IN ('drafted', 'sealed') OR leaf_index IS NOT NULL", name="logged_has_leaf"),
    Index("ix_certificate_person_key", "person_key"),
    Index("ix_certificate_name_key", "name_key"),
    Index("ix_certificate_filing_state", "filing_id", "state"),
)
Index(
    "ix_certificate_unpublished",
    certificate.c.filing_id,
    sqlite_where=text("state != 'published'"),
    postgresql_where=text("state != 'published'"),
)
Index(
    "ix_certificate_code_key",
    certificate.c.code_key,
    unique=True,
    sqlite_where=text("code_key IS NOT NULL"),
    postgresql_where=text("code_key IS NOT NULL"),
)  # without the empty ones: looking for these goes by the next index, in its order
Index(
    "ix_certificate_uncoded",
    certificate.c.number,
    certificate.c.version,
    sqlite_where=text("code_key IS NULL AND state != 'drafted'"),
    postgresql_where=text("code_key IS NULL AND state != 'drafted'"),
)
ARCHIVE_UNTRIED = text("state = 'published' AND document_sha256 IS NOT NULL AND archive_tried_at IS NULL")
Index(
    "ix_certificate_archive_untried",
    certificate.c.number,
    certificate.c.version,
    sqlite_where=ARCHIVE_UNTRIED,
    postgresql_where=ARCHIVE_UNTRIED,
)
NAME_UNKEYED = text("name_key IS NULL")
Index(
    "ix_certificate_name_unkeyed",
    certificate.c.number,
    certificate.c.version,
    sqlite_where=NAME_UNKEYED,
    postgresql_where=NAME_UNKEYED,
)
