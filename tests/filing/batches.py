"""A good sample filing, changed in one place, through the real reader."""

from __future__ import annotations

from typing import Any

from certsvc.adapters.workbook import read_workbook
from certsvc.domain.findings import Severity
from certsvc.stages.filing import Intake, accept
from tests.support.workbooks import REGULAR, Batch, sample


def one_person(**changes: Any) -> Batch:
    """The regular sample with its first row alone, changed."""
    return sample(REGULAR).with_rows([changes])


def taken_in(batch: Batch) -> Intake:
    """What the intake makes of a batch written as XLSX."""
    return accept(read_workbook(batch.xlsx(), "报送.xlsx"))


def cases(intake: Intake) -> set[tuple[int | None, str, str | None]]:
    """Case, severity and column of every finding."""
    return {(finding.case, finding.severity.value, finding.column) for finding in intake.findings}


def stopping(intake: Intake) -> list[str]:
    """The codes of errors and holds."""
    return [f.code for f in intake.findings if f.severity in (Severity.ERROR, Severity.HOLD)]


def as_csv(batch: Batch) -> str:
    """The CSV form of a batch."""
    return batch.csv().decode()


def as_json(batch: Batch) -> bytes:
    """The JSON form of a batch."""
    return batch.json()
