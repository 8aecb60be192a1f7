"""What drafting looks at once more in its own transaction: the filing still open, nobody given a title twice.

The filing's row is held first: a batch that is voided meanwhile drafts nothing afterwards. Then everybody's row in
`person_turn`, in the order of their keys: two filings with the same person are drafted one after the other, and the
second one sees the certificate of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, insert, select, update

from certsvc.adapters.annulments_in_force import ANNULMENT_IN_FORCE
from certsvc.adapters.audit_store import append_entry, caller_named
from certsvc.adapters.batch_schema import annulment_step, batch_decision, person_turn, row_reference
from certsvc.adapters.credit_schema import cancelled_year
from certsvc.adapters.database import insert_missing
from certsvc.adapters.decision_schema import credit_record, decision, decision_event
from certsvc.adapters.historical_titles import ENDED, HISTORICAL_TITLES, IN_FORCE, historical_title
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate, filing, filing_finding, filing_row
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.facts import HeldTitle
from certsvc.domain.findings import Finding
from certsvc.domain.levels import Level
from certsvc.domain.permission import Action
from certsvc.domain.rules.at_issue import KnownAtIssue
from certsvc.errors import ConflictError

_STANDING = tuple(
    int(status)
    for status in (CertificateStatus.VALID, CertificateStatus.SUSPENDED, CertificateStatus.HISTORICAL)
)
_ENDED = tuple(
    int(status)
    for status in (CertificateStatus.REVOKED, CertificateStatus.WRITTEN_OFF, CertificateStatus.VOIDED)
)
_ENDING = ("revoke", "write_off", "void")

Sought = Mapping[bytes, tuple[bytes, ...]]
"""Person key to look for -> the keys asked for whose person it is (documents that are linked as one person's)."""


def closing_decisions(owner: ColumnElement[str] | str) -> Select[Any]:
    """The batch decision by which a filing's batch is void; none when it is not, or was restored since."""
    lifted = batch_decision.alias()
    undone = exists().where(lifted.c.undoes == batch_decision.c.id, lifted.c.status == "confirmed")
    return select(batch_decision).where(
        batch_decision.c.filing_id == owner,
        batch_decision.c.kind == "void",
        batch_decision.c.status == "confirmed",
        ~undone,
    )


def is_closed(owner: ColumnElement[str]) -> ColumnElement[bool]:
    """True for a filing whose batch was declared void, and not restored since."""
    return closing_decisions(owner).exists()


def hold_open_filing(connection: Connection, wanted: str) -> Row[Any]:
    """The filing's row, held until the commit. Raises ConflictError for one whose batch was declared void."""
    held = connection.execute(select(filing).where(filing.c.id == wanted).with_for_update()).one()
    if connection.scalar(select(is_closed(filing.c.id)).where(filing.c.id == wanted)):
        raise ConflictError("该批次已被认定无效，尚未签发的人员不再签发。")
    return held


def require_events_written(connection: Connection, number: str) -> None:
    """Raises ConflictError while a batch decision over the certificate waits for its ledger events.

    Another decision's events would come before them.
    """
    waiting = exists().where(
        decision.c.certificate_number == number,
        decision.c.batch_decision_id.is_not(None),
        decision.c.status == "confirmed",
        ~exists().where(decision_event.c.decision_id == decision.c.id),
    )
    if connection.scalar(select(waiting)):
        raise ConflictError("该证书所在批次的整批决定正在入账，请稍候片刻后重试。")


def known_at_issue(
    connection: Connection, held: Row[Any], awards: Sequence[Award], keys: Mapping[int, bytes]
) -> Mapping[int, KnownAtIssue]:
    """What is known of the persons of some rows, who are held until the commit. `keys`: row -> person key."""
    sought = keys_of_persons(connection, set(keys.values()))
    everybody = sorted(sought)
    insert_missing(connection, person_turn, [{"person_key": key} for key in everybody])
    ours = select(person_turn.c.person_key).where(person_turn.c.person_key.in_(everybody))
    connection.execute(ours.order_by(person_turn.c.person_key).with_for_update()).all()
    since = held.approved_at or ""
    decided = exists().where(
        decision.c.certificate_number == certificate.c.number,
        decision.c.kind.in_(_ENDING),
        decision.c.status == "confirmed",
        decision.c.confirmed_at >= since,
    )
    revoked = exists().where(
        decision.c.certificate_number == HISTORICAL_TITLES.c.reference,
        decision.c.status == "confirmed",
        decision.c.confirmed_at >= since,
    )
    standing = _titles(connection, sought, certificate.c.status.in_(_STANDING))
    ended = _titles(connection, sought, certificate.c.status.in_(_ENDED) & decided)
    looked = _Looked(
        standing=_with_historical(connection, sought, standing, IN_FORCE),
        ended=_with_historical(connection, sought, ended, ENDED & revoked),
        recorded=_recorded_since(connection, sought, since),
        cancelled=_cancelled_since(connection, sought, since),
        annulled=_annulled_since(connection, held.id, since),
    )
    return {award.row: looked.of(award.row, keys[award.row]) for award in awards}


def hold_rows(connection: Connection, held: Row[Any], findings: Mapping[int, Sequence[Finding]]) -> None:
    """Let admitted rows of a filing wait, with the findings that say why.

    Raises ConflictError when another process has dealt with one of them.
    """
    if not findings:
        return
    own = filing_row.c.filing_id == held.id, filing_row.c.row_no.in_(list(findings))
    moved = connection.execute(
        update(filing_row)
        .where(*own, filing_row.c.outcome == "admitted")
        .values(outcome="held", sealed_award=None)
    )
    if moved.rowcount != len(findings):
        raise ConflictError("该备案正由另一进程签发，本次操作已撤回；再次运行即可继续。")
    last = select(func.max(filing_finding.c.position)).where(filing_finding.c.filing_id == held.id)
    start = connection.scalar(last)
    told = (finding for row in sorted(findings) for finding in findings[row])
    rows = [
        {
            "filing_id": held.id,
            "position": position,
            "row_no": finding.row,
            "column_name": finding.column,
            "code": finding.code,
            "severity": finding.severity,
            "case_no": finding.case,
            "clause": finding.clause,
            "message": finding.message,
        }
        for position, finding in enumerate(told, start=0 if start is None else start + 1)
    ]
    connection.execute(insert(filing_finding), rows)


def note_held(
    connection: Connection, held: Row[Any], findings: Iterable[Sequence[Finding]], at: datetime
) -> None:
    """Append to the audit trail that rows of the filing were held; comes last in the transaction."""
    if any(findings):
        caller = caller_named(connection, held.checker or "")
        append_entry(connection, at, caller, f"{Action.FILING_ISSUE}.held", f"filing/{held.id}")


def require_admitted(connection: Connection, owner: str, rows: Iterable[int]) -> None:
    """Raises ConflictError unless every one of the rows is admitted still."""
    wanted = list(rows)
    admitted = (filing_row.c.filing_id == owner) & (filing_row.c.outcome == "admitted")
    counted = select(func.count()).where(admitted, filing_row.c.row_no.in_(wanted))
    if connection.scalar(counted) != len(wanted):
        raise ConflictError("该备案正由另一进程签发，本次操作已撤回；再次运行即可继续。")


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was found, by person key; `annulled` by row."""

    standing: Mapping[bytes, Mapping[str, HeldTitle]]
    ended: Mapping[bytes, Mapping[str, HeldTitle]]
    recorded: frozenset[bytes]
    cancelled: Mapping[bytes, frozenset[int]]
    annulled: frozenset[int]

    def of(self, row: int, key: bytes) -> KnownAtIssue:
        """What is known of the person of a row."""
        return KnownAtIssue(
            held=tuple(self.standing.get(key, {}).values()),
            ended=tuple(self.ended.get(key, {}).values()),
            credit_recorded=key in self.recorded,
            cancelled_years=self.cancelled.get(key, frozenset()),
            reference_annulled=row in self.annulled,
        )


def _titles(
    connection: Connection, sought: Sought, wanted: ColumnElement[bool]
) -> Mapping[bytes, Mapping[str, HeldTitle]]:
    """Titles by person key and number, each as its newest version says."""
    rows = connection.execute(
        select(certificate)
        .where(certificate.c.person_key.in_(list(sought)), wanted)
        .order_by(certificate.c.number, certificate.c.version)
    )
    found: dict[bytes, dict[str, HeldTitle]] = {}
    for row in rows:
        for key in sought[bytes(row.person_key)]:
            found.setdefault(key, {})[row.number] = held_title(row)
    return found


def _with_historical(
    connection: Connection,
    sought: Sought,
    titles: Mapping[bytes, Mapping[str, HeldTitle]],
    wanted: ColumnElement[bool],
) -> Mapping[bytes, Mapping[str, HeldTitle]]:
    """The same with the titles of the persons by historical records."""
    found = {key: dict(own) for key, own in titles.items()}
    ours = HISTORICAL_TITLES.c.person_key.in_(list(sought))
    for row in connection.execute(select(HISTORICAL_TITLES).where(ours, wanted)):
        for key in sought[bytes(row.person_key)]:
            found.setdefault(key, {})[row.reference] = historical_title(row)
    return found


def held_title(row: Row[Any]) -> HeldTitle:
    """The title of a certificate's row."""
    return HeldTitle(
        number=row.number,
        series=row.series,
        level=Level(row.level),
        title=row.title,
        way=row.way,
        dual_directed=row.validity_area is not None,
        acquired_on=date.fromisoformat(row.acquired_on),
    )


def _recorded_since(connection: Connection, sought: Sought, since: str) -> frozenset[bytes]:
    rows = connection.scalars(
        select(credit_record.c.person_key)
        .join(decision, decision.c.id == credit_record.c.decision_id)
        .where(
            credit_record.c.person_key.in_(list(sought)),
            credit_record.c.withdrawn_on.is_(None),
            decision.c.confirmed_at >= since,
        )
    )
    return frozenset(key for found in rows for key in sought[bytes(found)])


def _cancelled_since(connection: Connection, sought: Sought, since: str) -> Mapping[bytes, frozenset[int]]:
    own, lifting = cancelled_year.c, cancelled_year.alias()
    lifted = exists().where(lifting.c.lifts == own.id, lifting.c.status == "confirmed")
    rows = connection.execute(
        select(own.person_key, own.year).where(
            own.person_key.in_(list(sought)),
            own.step == "cancel",
            own.status == "confirmed",
            own.confirmed_at >= since,
            ~lifted,
        )
    )
    years: dict[bytes, frozenset[int]] = {}
    for found, year in rows:
        for key in sought[bytes(found)]:
            years[key] = years.get(key, frozenset()) | {year}
    return years


def _annulled_since(connection: Connection, owner: str, since: str) -> frozenset[int]:
    return frozenset(
        connection.scalars(
            select(row_reference.c.row_no)
            .join(annulment_step, annulment_step.c.reference_key == row_reference.c.reference_key)
            .where(
                row_reference.c.filing_id == owner,
                annulment_step.c.confirmed_at >= since,
                ANNULMENT_IN_FORCE,
            )
        )
    )
