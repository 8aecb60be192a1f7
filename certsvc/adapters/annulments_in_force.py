"""Which annulments count: confirmed by a second person, and not lifted since."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, exists

from certsvc.adapters.batch_schema import annulment_step
from certsvc.domain.annulment import AnnulmentStep
from certsvc.domain.decision import DecisionStatus

_lifting = annulment_step.alias()
LIFTED: Final = exists().where(
    _lifting.c.lifts == annulment_step.c.id, _lifting.c.status == DecisionStatus.CONFIRMED
)
"""For statements over `annulment_step`: a confirmed step lifts this one."""
ANNULMENT_IN_FORCE: Final = and_(
    annulment_step.c.step == AnnulmentStep.ANNUL,
    annulment_step.c.status == DecisionStatus.CONFIRMED,
    ~LIFTED,
)
"""For statements over `annulment_step`: the annulment bars, is told and lists what rests on its proof."""
