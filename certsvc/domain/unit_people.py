"""A unit's own people 本单位人员 in filings: how each row stands, as the unit may know it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.filing import FilingStatus
from certsvc.domain.under_way import FiledRow


class UnitState(StrEnum):
    """How a row stands: each row in exactly one of them."""

    UNDER_WAY = "under-way"
    HELD = "held"
    RETURNED = "returned"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A filed row that names the unit, with number and status of its certificate once that can be had."""

    filed: FiledRow
    review_year: int | None
    number: str | None
    status: CertificateStatus | None

    @property
    def state(self) -> UnitState:
        """How it stands."""
        row = self.filed
        if row.published:
            return UnitState.ISSUED
        if row.batch_void or row.status is FilingStatus.REFUSED or row.outcome == "refused":
            return UnitState.RETURNED
        return UnitState.HELD if row.outcome == "held" else UnitState.UNDER_WAY
