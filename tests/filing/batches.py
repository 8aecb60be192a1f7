"""A good sample filing, changed in one place, through the real reader."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
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


def plain(value: Any) -> Any:
    """A cell as text or number: dates in ISO form."""
    return value.isoformat()[:10] if isinstance(value, date) else value


def as_csv(batch: Batch) -> str:
    """The CSV form of a batch."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for key, value in batch.header.items():
        writer.writerow([key, plain(value)])
    writer.writerow([])
    writer.writerow(batch.columns)
    for row in batch.rows:
        writer.writerow([plain(row.get(column)) for column in batch.columns])
    return written.getvalue()


def as_json(batch: Batch) -> bytes:
    """The JSON form of a batch."""
    header = {key: plain(value) for key, value in batch.header.items()}
    rows = [{key: plain(value) for key, value in row.items()} for row in batch.rows]
    return json.dumps({"批次信息": header, "汇总表": rows}, ensure_ascii=False).encode()
