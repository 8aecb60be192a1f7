"""Filings as supervision finds them: dates of the header, findings on the batch, attestations of its meeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, func, select

from certsvc.adapters.access_schema import audit_entry
from certsvc.adapters.announced_schema import announced_list
from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.information_schema import filing_milestone, meeting_attestation
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.schema import filing, filing_finding
from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.filing import FilingStatus
from certsvc.domain.findings import Severity
from certsvc.domain.permission import Action
from certsvc.ports.information import Attestation, FiledBatch, Milestones

_DATES: Final = ("meeting_ends_on", "reported_on", "publicity_ends_on", "filed_on")
_Findings = Mapping[str, tuple[int, str, str]]


def filed_batches(connection: Connection) -> Iterator[FiledBatch]:
    """Every filing, in the order received."""
    findings, by_system = _findings(connection), _by_system(connection)
    confirmed = announced_list.c.confirmed_by.is_not(None)
    listed = frozenset(connection.scalars(select(announced_list.c.document_ref).where(confirmed)))
    own = filing.outerjoin(filing_milestone, filing_milestone.c.filing_id == filing.c.id)
    rows = connection.execute(
        select(filing.c.id, filing.c.batch_ref, filing.c.committee_code, filing.c.status)
        .add_columns(filing.c.received_at, filing.c.announcement_ref)
        .add_columns(*(c for c in filing_milestone.c if c.name != "filing_id"))
        .select_from(own)
        .order_by(filing.c.received_at, filing.c.id)
    )
    for row in rows:
        yield FiledBatch(
            filing=row.id,
            batch_ref=row.batch_ref,
            committee_code=row.committee_code,
            refused=row.status == FilingStatus.REFUSED,
            by_system=row.id in by_system,
            received_at=read_instant(row.received_at),
            milestones=_milestones(row),
            announcement_ref=row.announcement_ref,
            listed=row.announcement_ref in listed,
            findings=findings.get(row.id, {}),
        )


def _findings(connection: Connection) -> Mapping[str, _Findings]:
    own = filing_finding.c
    rows = connection.execute(
        select(own.filing_id, own.code, func.count(), func.min(own.clause), func.min(own.message))
        .where(own.row_no.is_(None), own.severity != Severity.INFO)
        .group_by(own.filing_id, own.code)
    )
    found: dict[str, dict[str, tuple[int, str, str]]] = {}
    for owner, code, times, clause, message in rows:
        found.setdefault(owner, {})[code] = (times, clause, message)
    return found


def _by_system(connection: Connection) -> frozenset[str]:
    """Filings that a registered program sent in, as the audit trail says."""
    own = audit_entry.c
    subjects = select(own.object).where(own.action == Action.FILING_SUBMIT, own.role == CallerRole.SERVICE)
    return frozenset(subject.removeprefix("filing/") for subject in connection.scalars(subjects))


def _milestones(row: Row[Any]) -> Milestones:
    days = {name: _day(row._mapping[name]) for name in _DATES}
    return Milestones(row.channel, row.review_year, **days, approval_ref=row.approval_ref)


def _day(stored: str | None) -> date | None:
    return None if stored is None else date.fromisoformat(stored)


def milestone_columns(owner: str, milestones: Milestones) -> dict[str, Any]:
    """The dates of a filing as their row."""
    days = {name: getattr(milestones, name) for name in _DATES}
    return {
        "filing_id": owner,
        "channel": None if milestones.channel is None else milestones.channel[:64],
        "review_year": milestones.review_year,
        "approval_ref": None if milestones.approval_ref is None else milestones.approval_ref[:128],
        **{name: None if day is None else day.isoformat() for name, day in days.items()},
    }


def attested_meetings(connection: Connection) -> frozenset[str]:
    """The meetings that have an attestation, by their approval documents."""
    return frozenset(connection.scalars(select(meeting_attestation.c.approval_ref)))


class DatabaseAttestationStore:
    """ports.information.AttestationStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, attestation: Attestation, by: Caller) -> Attestation:
        """Insert one with its audit entry; the one that is stored."""
        row: dict[str, Any] = {
            "approval_ref": attestation.approval_ref,
            "committee_code": attestation.committee_code,
            "by_office": attestation.by_office,
            "attested_on": attestation.attested_on.isoformat(),
            "actor": attestation.actor,
            "recorded_at": instant_text(attestation.recorded_at),
        }
        with self._engine.begin() as connection:
            if insert_unless_known(connection, meeting_attestation, row):
                subject = f"meeting/{attestation.approval_ref}"[:128]
                append_entry(
                    connection,
                    attestation.recorded_at,
                    by,
                    Action.ATTESTATION_RECORD,
                    subject,
                    after=digest_of(row),
                )
            own = meeting_attestation.c.approval_ref == attestation.approval_ref
            return _attestation(connection.execute(select(meeting_attestation).where(own)).one())

    def of_committee(self, committee: str | None) -> tuple[Attestation, ...]:
        """The attestations of a committee's meetings, or all, by the day of the supervision."""
        found = select(meeting_attestation).order_by(
            meeting_attestation.c.attested_on, meeting_attestation.c.approval_ref
        )
        if committee is not None:
            found = found.where(meeting_attestation.c.committee_code == committee)
        with self._engine.begin() as connection:
            return tuple(_attestation(row) for row in connection.execute(found))


def _attestation(row: Row[Any]) -> Attestation:
    recorded_at: datetime = read_instant(row.recorded_at)
    return Attestation(
        row.approval_ref,
        row.committee_code,
        row.by_office,
        date.fromisoformat(row.attested_on),
        row.actor,
        recorded_at,
    )
