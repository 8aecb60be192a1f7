"""Registry and filings in the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.annulment_store import index_citations
from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.batch_schema import contents_read
from certsvc.adapters.database import hold_table, insert_unless_known
from certsvc.adapters.examination_news import tell_of_examination
from certsvc.adapters.facts_store import DatabaseFacts
from certsvc.adapters.filed_persons import index_persons
from certsvc.adapters.filing_outlines import keep_outline, name_context
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.policy_schema import admitted_count
from certsvc.adapters.schema import filing, filing_finding, filing_row, registry_document
from certsvc.domain.admission import Admission, Hold, Outcome
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.filing import ExaminedFiling, FilingReport, FilingStatus, RowCounts, StoredFiling
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, NotPermitted, UnknownReference
from certsvc.formats.award import encode_award


class DatabaseFilingStore(DatabaseFacts):
    """ports.FilingStore on SQLAlchemy Core."""

    def load_registry(self, body: str, at: datetime) -> str:
        """Make a registry the one in force; its digest. Loading the one in force again changes nothing."""
        digest = sha256(body.encode()).hexdigest()
        with self._engine.begin() as connection:
            hold_table(connection, registry_document)
            newest = connection.execute(_newest_registry()).first()
            if newest is None or newest.digest != digest:
                connection.execute(delete(registry_document).where(registry_document.c.digest == digest))
                connection.execute(
                    insert(registry_document).values(digest=digest, body=body, loaded_at=instant_text(at))
                )
                before = None if newest is None else newest.digest
                append_entry(
                    connection, at, OPERATOR, Action.REGISTRY_LOAD, "registry", before=before, after=digest
                )
        return digest

    def current_registry(self) -> tuple[str, bytes]:
        """Digest and JSON of the registry in force."""
        with self._engine.begin() as connection:
            newest = connection.execute(_newest_registry()).first()
        if newest is None:
            raise UnknownReference("尚未载入评委会与授权登记。请先运行 certsvc registry load 文件名。")
        return newest.digest, newest.body.encode()

    def registry(self, digest: str) -> bytes:
        """JSON of the registry with this digest."""
        wanted = select(registry_document.c.body).where(registry_document.c.digest == digest)
        with self._engine.begin() as connection:
            body = connection.scalar(wanted)
        if body is None:
            raise UnknownReference(f"没有摘要为 {digest[:12]} 的登记簿。")
        return str(body).encode()

    def filed_file(self, wanted: str) -> tuple[bytes, str]:
        """The filed file's bytes and name."""
        columns = select(filing.c.sealed_file, filing.c.file_name).where(filing.c.id == wanted)
        with self._engine.begin() as connection:
            row = connection.execute(columns).one_or_none()
        if row is None:
            raise UnknownReference(f"没有备案 {wanted}。请核对备案号。")
        raw = self._cipher.decrypt(row.sealed_file, context=f"filing/{wanted}/file".encode())
        return raw, row.file_name

    def committee_of(self, wanted: str) -> str | None:
        """Code of the committee that a filing names. Raises UnknownReference for an unknown filing."""
        with self._engine.begin() as connection:
            row = connection.execute(
                select(filing.c.committee_code).where(filing.c.id == wanted)
            ).one_or_none()
        if row is None:
            raise UnknownReference(f"没有备案 {wanted}。请核对备案号。")
        return None if row.committee_code is None else str(row.committee_code)

    def find(self, wanted: str) -> StoredFiling | None:
        """What is stored of a filing."""
        with self._engine.begin() as connection:
            row = connection.execute(select(filing).where(filing.c.id == wanted)).one_or_none()
        if row is None:
            return None
        return StoredFiling(
            row.id,
            FilingStatus(row.status),
            row.rule_set,
            row.registry_digest,
            row.maker,
            row.checker,
            None if row.approved_at is None else read_instant(row.approved_at),
        )

    def report(self, wanted: str) -> FilingReport:
        """The stored answer."""
        with self._engine.begin() as connection:
            status = connection.scalar(select(filing.c.status).where(filing.c.id == wanted))
            if status is None:
                raise UnknownReference(f"没有备案 {wanted}。请核对备案号。")
            counted = connection.execute(
                select(filing_row.c.outcome, func.count())
                .where(filing_row.c.filing_id == wanted)
                .group_by(filing_row.c.outcome)
            )
            counts: dict[str, int] = {outcome: count for outcome, count in counted.all()}  # noqa: C416  # as below
            findings = connection.execute(
                select(filing_finding)
                .where(filing_finding.c.filing_id == wanted)
                .order_by(filing_finding.c.position)
            ).all()
        rows = RowCounts(
            sum(counts.values()), counts.get("admitted", 0), counts.get("held", 0), counts.get("refused", 0)
        )
        return FilingReport(
            wanted,
            FilingStatus(status),
            rows,
            tuple(
                Finding(f.code, Severity(f.severity), f.clause, f.message, f.row_no, f.column_name, f.case_no)
                for f in findings
            ),
        )

    def save(self, examined: ExaminedFiling, by: Caller = OPERATOR) -> None:
        """Store a filing with findings and outcomes in one transaction; replaces an unapproved one."""
        with self._engine.begin() as connection:
            columns = self._columns(examined)
            before = None
            if not insert_unless_known(connection, filing, columns):
                this = filing.c.id == examined.id
                before = _state_digest(connection, examined.id)
                status = connection.scalar(select(filing.c.status).where(this).with_for_update())
                if status in (FilingStatus.APPROVED, FilingStatus.ISSUED):
                    return
                connection.execute(update(filing).where(this).values(columns))
                for table in (filing_finding, filing_row, admitted_count):
                    connection.execute(delete(table).where(table.c.filing_id == examined.id))
            self._insert_rows(connection, examined)
            index_citations(connection, self._cipher, examined.id, examined.citations)
            insert_unless_known(connection, contents_read, {"filing_id": examined.id})
            keep_outline(connection, self._cipher, examined, by.name)
            index_persons(connection, self._cipher, examined.id, examined.persons)
            tell_of_examination(connection, self._cipher, examined, examined.received_at)
            _note(connection, examined.received_at, by, Action.FILING_SUBMIT, examined.id, before)

    def approve(self, wanted: str, by: str, at: datetime) -> None:
        """Record the maker's approval."""
        with self._engine.begin() as connection:
            before = _state_digest(connection, wanted)
            changed = connection.execute(
                update(filing)
                .where(filing.c.id == wanted, filing.c.status == FilingStatus.EXAMINED)
                .values(status=FilingStatus.APPROVED, maker=by, approved_at=instant_text(at))
            )
            if changed.rowcount == 1:
                _note(connection, at, caller_named(connection, by), Action.FILING_APPROVE, wanted, before)
        if changed.rowcount != 1:
            raise ConflictError("该备案不在“已审查”状态，不能同意。请先查看备案的当前状态。")

    def begin_issue(self, wanted: str, by: str, at: datetime) -> None:
        """Record the checker. The database itself refuses the maker's own name."""
        try:
            with self._engine.begin() as connection:
                before = _state_digest(connection, wanted)
                changed = connection.execute(
                    update(filing)
                    .where(
                        filing.c.id == wanted,
                        filing.c.status.in_([FilingStatus.APPROVED, FilingStatus.ISSUED]),
                        filing.c.checker.is_(None) | (filing.c.checker == by),
                    )
                    .values(
                        checker=by,
                        issue_started_at=func.coalesce(filing.c.issue_started_at, instant_text(at)),
                    )
                )
                if changed.rowcount == 1 and _state_digest(connection, wanted) != before:
                    _note(connection, at, caller_named(connection, by), Action.FILING_ISSUE, wanted, before)
        except DatabaseRefusal as error:
            raise NotPermitted(
                "签发人与同意备案的人不能是同一人（经办、复核分离）。请由另一位人员签发。"
            ) from error
        if changed.rowcount != 1:
            raise ConflictError("该备案尚未同意，或已由另一位人员开始签发，不能由您签发。")

    def finish_issue(self, wanted: str, at: datetime) -> None:
        """Mark the filing as issued."""
        with self._engine.begin() as connection:
            connection.execute(
                update(filing)
                .where(filing.c.id == wanted, filing.c.status == FilingStatus.APPROVED)
                .values(status=FilingStatus.ISSUED, issued_at=instant_text(at))
            )

    def _columns(self, examined: ExaminedFiling) -> dict[str, object]:
        context = f"filing/{examined.id}".encode()
        return {
            "id": examined.id,
            "digest": examined.digest,
            "batch_ref": examined.batch_ref,
            "committee_code": examined.committee_code,
            "announcement_ref": examined.announcement_ref,
            "status": examined.status,
            "rule_set": examined.examination.rule_set,
            "registry_digest": examined.registry_digest,
            "sealed_file": self._cipher.encrypt(examined.raw_file, context=context + b"/file"),
            "file_name": examined.file_name,
            "sealed_facts": self._cipher.encrypt(examined.facts, context=context + b"/facts"),
            "received_at": instant_text(examined.received_at),
        }

    def _insert_rows(self, connection: Connection, examined: ExaminedFiling) -> None:
        lets_through = examined.status is not FilingStatus.REFUSED
        names = {} if examined.outline is None else examined.outline.names
        rows = [
            self._row(examined.id, outcome, lets_through, names.get(outcome.row))
            for outcome in examined.examination.outcomes
        ]
        if rows:
            connection.execute(insert(filing_row), rows)
        if examined.passed:
            counted = [{"filing_id": examined.id, **asdict(one)} for one in examined.passed]
            connection.execute(insert(admitted_count), counted)
        findings = [
            {
                "filing_id": examined.id,
                "position": position,
                "row_no": finding.row,
                "column_name": finding.column,
                "code": finding.code,
                "severity": finding.severity,
                "case_no": finding.case,
                "clause": finding.clause,
                "message": finding.message,
            }
            for position, finding in enumerate(examined.findings)
        ]
        if findings:
            connection.execute(insert(filing_finding), findings)

    def _row(self, owner: str, outcome: Outcome, lets_through: bool, name: str | None) -> dict[str, object]:
        place = name_context(owner, outcome.row)
        sealed_name = None if name is None else self._cipher.encrypt(name.encode(), context=place)
        kept: dict[str, object] = {"filing_id": owner, "row_no": outcome.row, "sealed_name": sealed_name}
        kept["sealed_award"] = None
        if isinstance(outcome, Hold):
            return {**kept, "outcome": "held"}
        if isinstance(outcome, Admission) and lets_through:
            sealed = self._cipher.encrypt(
                encode_award(outcome.award), context=award_context(owner, outcome.row)
            )
            return {**kept, "outcome": "admitted", "sealed_award": sealed}
        return {**kept, "outcome": "refused"}


def award_context(owner: str, row: int) -> bytes:
    """What binds an encrypted award to its place."""
    return f"filing/{owner}/row/{row}".encode()


def _state_digest(connection: Connection, wanted: str) -> str | None:
    """The digest of what the audit trail keeps of a filing's state, its row held until the commit."""
    row = connection.execute(select(filing).where(filing.c.id == wanted).with_for_update()).one_or_none()
    if row is None:
        return None
    kept = ("id", "digest", "status", "rule_set", "registry_digest", "maker", "checker")
    return digest_of({name: row._mapping[name] for name in kept})


def _note(
    connection: Connection, at: datetime, by: Caller, action: Action, wanted: str, before: str | None
) -> None:
    after = _state_digest(connection, wanted)
    append_entry(connection, at, by, action, f"filing/{wanted}", before=before, after=after)


def _newest_registry() -> Select[Any]:
    return select(registry_document).order_by(registry_document.c.position.desc()).limit(1)
