"""Historical records as held titles: base titles at the gate, at issue, and in the list of dependent titles."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Row, and_

from certsvc.adapters.history_schema import history_record
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.facts import HeldTitle
from certsvc.domain.history import HistoryState
from certsvc.domain.levels import Level
from certsvc.domain.ways import Way

NO_CODE: Final = 0
"""Stands for a title name that today's tables do not know; no award bears it."""
HISTORICAL_TITLES: Final = history_record
_KNOWN: Final = and_(history_record.c.series.is_not(None), history_record.c.level.is_not(None))
IN_FORCE: Final = and_(_KNOWN, history_record.c.status == int(CertificateStatus.HISTORICAL))
REVOKED: Final = and_(_KNOWN, history_record.c.status == int(CertificateStatus.REVOKED))
"""Records that can be a base title: series and level are known."""
ENDED: Final = and_(_KNOWN, history_record.c.state == HistoryState.REVOKED.value)
"""The newest version of each record that was revoked, published or not."""


def historical_title(row: Row[Any]) -> HeldTitle:
    """A record as a held title. A month alone counts from its last day on: nobody is given days unproven."""
    return HeldTitle(
        number=row.reference,
        series=row.series,
        level=Level(row.level),
        title=row.title or NO_CODE,
        way=int(Way.HISTORICAL),
        dual_directed=False,
        acquired_on=date.fromisoformat(row.acquired_to),
    )
