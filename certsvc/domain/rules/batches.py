"""What a filing may not rest on: a batch that was declared void, a proof that was annulled."""

from __future__ import annotations

from collections.abc import Iterator

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare

BATCH_VOID = declare(
    code="batch-void",
    severity=Severity.ERROR,
    clause=f"{REFORM} 六（二）",
    summary="未按规定程序开展申报、评审工作的，其推荐、评审结果一律无效",
    message="该评委会的本批次（批次编号相同）已被认定无效，整批不予受理，也不能补报。须按规定程序重新评审后另行报送。",
    good="按规定程序重新评审，以新的批次编号报送",
    bad="批次被认定无效后，以同一批次编号补报",
    since="2026-11-21.2",
)
REFERENCE_ANNULLED = declare(
    code="reference-annulled",
    severity=Severity.ERROR,
    clause=f"{REFORM} 四（六）",
    summary="所依据的考试成绩、职业资格已被取消的，不予办理",
    message="本行所填的考试成绩或职业资格证明已被取消，不能作为依据，本行不予办理。填写有误的请更正后重报。",
    good="考试合格证明编号有效",
    bad="考试合格证明编号所指的考试成绩已被宣布无效",
    since="2026-11-21.2",
)


def check_voided_batch(docket: Docket) -> Iterator[Finding]:
    """The batch as a whole."""
    if docket.facts.batch_void:
        yield BATCH_VOID.finding(column="批次编号")


def check_annulled(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """The proofs of one row, in whichever column they are cited."""
    row, annulled = candidate.row, docket.facts.annulled_references
    for column, reference in (("考试合格证明编号", row.exam_ref), ("依据文号", row.basis_ref)):
        if reference is not None and reference in annulled:
            yield REFERENCE_ANNULLED.finding(row=row.number, column=column)
