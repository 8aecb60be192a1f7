"""Alembic's entry: runs the revisions on the connection it is given."""

from __future__ import annotations

from alembic import context

from certsvc.adapters import (
    access_schema,
    announced_schema,
    answer_schema,
    archive_schema,
    background_schema,
    batch_schema,
    case_schema,
    copy_schema,
    credit_schema,
    decision_schema,
    delegation_schema,
    filed_person_schema,
    filing_outline_schema,
    history_schema,
    holder_notice_schema,
    holder_request_schema,
    idempotency_schema,
    information_schema,
    ledger_schema,
    notice_schema,
    organisation_key_schema,
    policy_schema,
    report_schema,
    schema,
    session_schema,
    share_schema,
    statement_schema,
    suspicion_schema,
    verification_job_schema,
)

_MODULES = (
    access_schema,
    announced_schema,
    answer_schema,
    archive_schema,
    background_schema,
    batch_schema,
    case_schema,
    copy_schema,
    credit_schema,
    decision_schema,
    delegation_schema,
    filed_person_schema,
    filing_outline_schema,
    history_schema,
    holder_notice_schema,
    holder_request_schema,
    idempotency_schema,
    information_schema,
    ledger_schema,
    notice_schema,
    organisation_key_schema,
    policy_schema,
    report_schema,
    session_schema,
    share_schema,
    statement_schema,
    suspicion_schema,
    verification_job_schema,
)
assert all(module.metadata is schema.metadata for module in _MODULES)

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema.metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
