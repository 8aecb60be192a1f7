"""What a confirmed decision changes: statuses, ledger events, credit record, corrected version. Pure but for random bytes.

One event a slot. A revocation and a suspension write the slots of all versions; a reinstatement makes the newest version
valid and tells the older ones once more that they were replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.corridor import Draft
from certsvc.domain.credit import CreditRecord, CreditStart, first_free_day
from certsvc.domain.decision import CertificateVersion, DecisionKind, StoredDecision
from certsvc.domain.decision_changes import corrected_award
from certsvc.formats.commitment import SALT_BYTES, commit
from certsvc.formats.content import encode_content
from certsvc.formats.decision_payload import PrivateEvent, encode_credit_event, encode_status_event
from certsvc.formats.leaf import EventKind
from certsvc.ports.decisions import Enactment, Versions

Allot = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Effects:
    """`today`: the day of the confirmation in Shanghai, on which a credit record begins."""

    today: date
    random_bytes: Callable[[int], bytes]
    new_id: Callable[[str], str]
    credit_starts: CreditStart = CreditStart.RECORDED

    def of(
        self,
        decision: StoredDecision,
        versions: Versions,
        credit: CreditRecord | None,
        allot: Allot,
        at: datetime,
    ) -> Enactment:
        """Everything that the decision changes on a certificate that may be its subject."""
        kind = decision.proposal.kind
        match kind:
            case DecisionKind.REVOKE:
                return self._revoked(decision, versions, allot)
            case DecisionKind.WRITE_OFF:
                return self._everywhere(decision, versions, EventKind.WRITTEN_OFF)
            case DecisionKind.VOID:
                return self._everywhere(decision, versions, EventKind.VOIDED)
            case DecisionKind.SUSPEND:
                return self._everywhere(decision, versions, EventKind.SUSPENDED)
            case DecisionKind.REINSTATE:
                return self._reinstated(decision, versions, credit)
            case DecisionKind.CORRECT:
                return self._corrected(decision, versions, allot, at)
            case _:
                assert_never(kind)

    def _everywhere(self, decision: StoredDecision, versions: Versions, kind: EventKind) -> Enactment:
        events = tuple(self._event(decision, version, kind) for version in versions)
        return Enactment(_statuses(events), events)

    def _revoked(self, decision: StoredDecision, versions: Versions, allot: Allot) -> Enactment:
        starts = self.credit_starts.day(decided_on=decision.proposal.decided_on, recorded_on=self.today)
        record = CreditRecord(self.new_id("C"), decision.id, allot(), self.today, first_free_day(starts))
        revoked = self._everywhere(decision, versions, EventKind.REVOKED)
        opened = self._credit_event(decision, record, versions[-1], EventKind.CREDIT_OPENED)
        return replace(revoked, events=(*revoked.events, opened), opens=record)

    def _reinstated(
        self, decision: StoredDecision, versions: Versions, credit: CreditRecord | None
    ) -> Enactment:
        *older, newest = versions
        number = newest.content.version
        events = (
            *(self._event(decision, version, EventKind.CORRECTED, number) for version in older),
            self._event(decision, newest, EventKind.REINSTATED),
        )
        reinstated = Enactment(_statuses(events), events)
        if credit is None:
            return reinstated
        closed = self._credit_event(decision, credit, newest, EventKind.CREDIT_CLOSED)
        return replace(reinstated, events=(*events, closed), closes=credit)

    def _corrected(
        self, decision: StoredDecision, versions: Versions, allot: Allot, at: datetime
    ) -> Enactment:
        newest = versions[-1]
        draft = self._next_draft(decision, newest, allot(), at)
        event = self._event(decision, newest, EventKind.CORRECTED, draft.content.version)
        return Enactment(_statuses((event,)), (event,), draft=draft)

    def _next_draft(
        self, decision: StoredDecision, newest: CertificateVersion, slot: int, at: datetime
    ) -> Draft:
        content = replace(
            newest.content,
            version=newest.content.version + 1,
            slot=slot,
            award=corrected_award(newest.content.award, decision.proposal.changes),
        )
        payload, salt = encode_content(content), self.random_bytes(SALT_BYTES)
        return Draft(newest.draft.filing, content, payload, salt, commit(salt, payload), at)

    def _event(
        self,
        decision: StoredDecision,
        version: CertificateVersion,
        kind: EventKind,
        replaced_by: int | None = None,
    ) -> PrivateEvent:
        return PrivateEvent(
            kind,
            version.content.number,
            version.content.version,
            version.content.slot,
            decision.proposal.effective_on,
            encode_status_event(kind, decision, version, self.today, replaced_by),
            self.random_bytes(SALT_BYTES),
        )

    def _credit_event(
        self, decision: StoredDecision, record: CreditRecord, version: CertificateVersion, kind: EventKind
    ) -> PrivateEvent:
        payload = encode_credit_event(kind, record, decision, version, self.today)
        return PrivateEvent(
            kind, record.id, 1, record.slot, self.today, payload, self.random_bytes(SALT_BYTES)
        )


def _statuses(events: tuple[PrivateEvent, ...]) -> dict[int, CertificateStatus]:
    return {event.version: CertificateStatus(event.kind.status_after) for event in events}
