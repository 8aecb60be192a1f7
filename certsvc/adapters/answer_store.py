"""The stored answer to a filing, with the snapshot of facts it rests on."""

from __future__ import annotations

from sqlalchemy import Engine, select

from certsvc.adapters.filing_store import award_context
from certsvc.adapters.schema import filing, filing_finding, filing_row
from certsvc.domain.examined_answer import AnsweredRow, ExaminedAnswer
from certsvc.domain.findings import Finding, Severity
from certsvc.errors import UnknownReference
from certsvc.formats.award import decode_award
from certsvc.ports import PersonalCipher


class DatabaseAnswers:
    """ports.policies.AnswerStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def answer(self, wanted: str) -> tuple[ExaminedAnswer, bytes]:
        """What was answered, and the snapshot of facts. Raises UnknownReference for an unknown filing."""
        of_filing = filing_row.c.filing_id == wanted
        told = select(filing_finding).where(filing_finding.c.filing_id == wanted)
        with self._engine.begin() as connection:
            head = connection.execute(
                select(filing.c.rule_set, filing.c.sealed_facts).where(filing.c.id == wanted)
            ).one_or_none()
            if head is None:
                raise UnknownReference(f"没有备案 {wanted}。请核对备案号。")
            rows = connection.execute(select(filing_row).where(of_filing).order_by(filing_row.c.row_no)).all()
            findings = connection.execute(told.order_by(filing_finding.c.position)).all()
        answer = ExaminedAnswer(
            rule_set=head.rule_set,
            findings=tuple(
                Finding(f.code, Severity(f.severity), f.clause, f.message, f.row_no, f.column_name, f.case_no)
                for f in findings
            ),
            rows=tuple(self._row(wanted, row.row_no, row.outcome, row.sealed_award) for row in rows),
        )
        return answer, self._cipher.decrypt(head.sealed_facts, context=f"filing/{wanted}/facts".encode())

    def _row(self, owner: str, number: int, outcome: str, sealed: bytes | None) -> AnsweredRow:
        if sealed is None:
            return AnsweredRow(number, outcome, None)
        award = decode_award(self._cipher.decrypt(sealed, context=award_context(owner, number)))
        return AnsweredRow(number, outcome, award)
