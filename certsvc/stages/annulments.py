"""Recording annulled examinations and qualifications (38号 四（六）): what rests on them is listed for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from certsvc.domain.annulment import Annulment, ProofKind
from certsvc.domain.decision_text import (
    LONGEST_GROUND,
    LONGEST_REFERENCE,
    holds_id_number,
    require_words,
)
from certsvc.domain.dependants import DependantEntry
from certsvc.domain.permission import Action
from certsvc.errors import RequestError
from certsvc.ports import Clock
from certsvc.ports.dependants import AnnulmentStore
from certsvc.stages.permits import Permits

_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Annulments:
    """What recording needs."""

    permits: Permits
    store: AnnulmentStore
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def record(
        self, kind: ProofKind, reference: str, document_ref: str, decided_on: date, ground: str, actor: str
    ) -> tuple[Annulment, tuple[DependantEntry, ...]]:
        """Record that a proof was annulled; everything that cites it. The same again keeps its id.

        Raises UnknownReference (actor), NotPermitted, RequestError (words, date), ConflictError (annulled otherwise).
        """
        by = self.permits.official(actor, Action.ANNULMENT_RECORD, "annulment")
        self.permits.require(Action.ANNULMENT_RECORD, by, "annulment")
        if decided_on > self.clock.today():
            raise RequestError("决定日期不能晚于今天。请核对取消文书上的日期。")
        given = Annulment(
            id="A" + self.random_bytes(_ID_BYTES).hex()[1:].upper(),
            kind=kind,
            reference=require_words(reference, "证明编号", LONGEST_REFERENCE),
            document_ref=_without_id_number(document_ref, "取消文号", LONGEST_REFERENCE),
            decided_on=decided_on,
            ground=_without_id_number(ground, "取消理由", LONGEST_GROUND),
            actor=by.name,
            recorded_at=self.clock.now(),
        )
        return self.store.record(given)


def _without_id_number(text: str, what: str, longest: int) -> str:
    words = require_words(text, what, longest)
    if holds_id_number(words):
        raise RequestError(f"{what}不公开，但请不要写身份证件号码。请删除后重试。")
    return words
