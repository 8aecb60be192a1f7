"""Which steps of historical data somebody may take now: the rules that the steps themselves ask, asked before."""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.history import HistoricalRecord, HistoryDispute, HistoryImport
from certsvc.domain.history_steps import RecordStep, takes
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.ports.history import HistoryEnding, HistoryEndings
from certsvc.stages.historical_import import place_of_importer
from certsvc.stages.historical_records import HistoricalRecords, place_of_record
from certsvc.stages.permits import Permits
from certsvc.stages.second_person import why_not_second


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record: every version, objections, its revocation, and the steps that the caller may take now."""

    versions: tuple[HistoricalRecord, ...]
    disputes: tuple[HistoryDispute, ...]
    ending: HistoryEnding | None
    steps: tuple[RecordStep, ...]


@dataclass(frozen=True, slots=True)
class HistoricalSteps:
    """What telling them needs."""

    permits: Permits
    records: HistoricalRecords
    endings: HistoryEndings

    def view(self, reference: str, by: Caller, channel: str) -> RecordView:
        """A record with the caller's possible steps; the look is written down first. Raises as `HistoricalRecords.view`."""
        versions = self.records.view(reference, by, channel)
        disputes, ending = self.records.store.disputes(reference), self.endings.find(reference)
        steps = (one for one in RecordStep if takes(versions, one))
        allowed = tuple(one for one in steps if self._allowed(one, by, versions[-1], disputes, ending))
        return RecordView(versions, disputes, ending, allowed)

    def may_import(self, by: Caller) -> bool:
        """Whether the caller's authority has records of its own, and the caller may import them."""
        place = place_of_importer(by)
        return place == by.region and refusal(Action.HISTORY_IMPORT, by, place=place) is None

    def may_confirm(self, kept: HistoryImport, by: Caller) -> bool:
        """Whether the caller may be the second person of an import."""
        return kept.checker is None and self._is_second(by, kept.maker, kept)

    def _allowed(
        self,
        step: RecordStep,
        by: Caller,
        newest: HistoricalRecord,
        disputes: tuple[HistoryDispute, ...],
        ending: HistoryEnding | None,
    ) -> bool:
        place = place_of_record(newest)
        match step:
            case RecordStep.DISPUTE | RecordStep.CORRECT:
                return refusal(Action.HISTORY_IMPORT, by, place=place) is None
            case RecordStep.SETTLE:
                waiting = next((one for one in disputes if one.outcome is None), None)
                if waiting is None or refusal(Action.HISTORY_IMPORT, by, place=place) is not None:
                    return False
                first = self.permits.first_person(waiting.recorded_by, waiting.recorded_at)
                return refusal(Action.HISTORY_CONFIRM, by, place=by.region, first_person=first) is None
            case RecordStep.CONFIRM:
                return self._is_second(by, newest.maker, newest)
            case RecordStep.REVOKE:
                return ending is None and refusal(Action.REVOCATION_PROPOSE, by) is None
            case RecordStep.CONFIRM_REVOCATION:
                if ending is None or ending.checker is not None:
                    return False
                first = self.permits.first_person(ending.maker, None)
                return refusal(Action.REVOCATION_CONFIRM, by, place=PROVINCE, first_person=first) is None

    def _is_second(self, by: Caller, maker: str, of: HistoricalRecord | HistoryImport) -> bool:
        at = of.imported_at if isinstance(of, HistoryImport) else of.recorded_at
        return why_not_second(self.permits, Action.HISTORY_CONFIRM, by, maker, at) is None
