"""Revocation 撤销 of historical records: decided by the province, by two persons, with a credit record (38号 四（二）)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from certsvc.domain.caller import Caller
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_policy import DecisionPolicy
from certsvc.domain.decision_text import LONGEST_GROUND, LONGEST_REFERENCE, require_public, require_words
from certsvc.domain.history_steps import require_revocable
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import RequestError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.history import HistoryEnding, HistoryEndings, HistoryStore
from certsvc.stages.decide import GROUND_WORD, REFERENCE_WORD
from certsvc.stages.permits import Permits

_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class HistoricalEndings:
    """What revoking needs. `document_kept` tells whether an authority uploaded a document with a digest."""

    permits: Permits
    store: HistoryStore
    endings: HistoryEndings
    clock: Clock
    random_bytes: Callable[[int], bytes]
    policy: DecisionPolicy
    document_kept: Callable[[str, str], bool]

    def propose(
        self,
        reference: str,
        document_ref: str,
        decided_on: date,
        ground: str,
        by: Caller,
        document_sha256: str | None = None,
    ) -> HistoryEnding:
        """Propose the revocation of a record; the same again keeps its id. `document_sha256`: the uploaded document.

        Raises UnknownReference, NotPermitted, RequestError (words, date, document missing), ConflictError (state, another
        proposal).
        """
        self.permits.require(Action.REVOCATION_PROPOSE, by, f"history/{reference}")
        versions = self.store.versions(reference)
        if not versions:
            raise UnknownReference(f"没有查询编号为 {reference} 的历史记录。请核对编号。")
        title = versions[-1].title
        document = require_words(document_ref, REFERENCE_WORD, LONGEST_REFERENCE)
        grounds = require_words(ground, GROUND_WORD, LONGEST_GROUND)
        names = {one.title.name for one in versions}
        for word, text in ((REFERENCE_WORD, document), (GROUND_WORD, grounds)):
            for number in title.numbers:
                require_public(text, word, names, number)
        if not title.acquired.first <= decided_on <= self.clock.today():
            raise RequestError("决定日期不能晚于今天，也不能早于职称的取得日期。请核对决定文书上的日期。")
        self._require_document(document_sha256, by)
        ending = HistoryEnding(
            self._new_id("D"), reference, document, decided_on, grounds, by.name, None, document_sha256
        )
        return self.endings.propose(ending, by, self.clock.now(), require_revocable)

    def confirm(self, reference: str, by: Caller) -> None:
        """The second person of the same authority confirms. The same again by the same person changes nothing.

        Raises UnknownReference, NotPermitted, RequestError (document missing), ConflictError.
        """
        ending = self.endings.find(reference)
        if ending is None:
            raise UnknownReference("该记录没有等待确认的撤销决定。请核对查询编号。")
        self.permits.require(
            Action.REVOCATION_CONFIRM,
            by,
            f"history/{reference}",
            place=PROVINCE,
            first_person=self.permits.first_person(ending.maker, None),
        )
        if ending.checker is None:
            self.policy.require_document(DecisionKind.REVOKE, ending.document_sha256)
        credit_id, starts = self._new_id("C"), self.policy.credit_starts
        self.endings.confirm(reference, credit_id, starts, by, self.clock.now(), require_revocable)

    def _require_document(self, document_sha256: str | None, by: Caller) -> None:
        self.policy.require_document(DecisionKind.REVOKE, document_sha256)
        if document_sha256 is not None and not self.document_kept(document_sha256, by.region):
            raise UnknownReference("本部门没有上传过该决定文书。请先上传文件。")

    def _new_id(self, prefix: str) -> str:
        return prefix + self.random_bytes(_ID_BYTES).hex()[1:].upper()
