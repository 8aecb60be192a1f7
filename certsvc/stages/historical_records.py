"""Historical records after their import: confirmed, disputed, corrected, seen. Four eyes on whatever becomes public."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from certsvc.domain import history_words as words
from certsvc.domain.caller import Caller
from certsvc.domain.decision_text import LONGEST_GROUND, LONGEST_REFERENCE, require_words
from certsvc.domain.findings import Severity
from certsvc.domain.history import (
    HistoricalRecord,
    HistoricalTitle,
    HistoryDispute,
    HistoryImport,
    HistoryState,
)
from certsvc.domain.history_steps import (
    require_correctable,
    require_correction,
    require_disputed,
    require_standing,
)
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, city_of
from certsvc.errors import RequestError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.history import HistoryStore
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.historical_matches import KnownHolders
from certsvc.stages.historical_rows import read_title
from certsvc.stages.permits import Permits

BASIS_WORD, GROUND_WORD, OUTCOME_WORD = "更正依据", "异议理由", "处理意见"
_ID_BYTES = 8
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class HistoricalRecords:
    """What the work on records needs."""

    permits: Permits
    store: HistoryStore
    looks: PersonalLooks
    clock: Clock
    random_bytes: Callable[[int], bytes]
    holders: KnownHolders

    def confirm(self, wanted: str, by: Caller) -> None:
        """Confirm an import, or the corrected version of a record, as the second person of the same authority.

        Records of grades A and B go on to be published; those of grade C stay claims. The same again by the same person
        changes nothing. Raises UnknownReference, NotPermitted (same person, other authority), ConflictError.
        """
        if wanted.startswith("L"):
            kept = self.find_import(wanted)
            self._require_second(by, wanted, kept.maker, kept.imported_at)
            self.store.confirm_import(wanted, by, self.clock.now())
            return
        newest = self._newest(wanted)
        self._require_second(by, wanted, newest.maker, newest.recorded_at)
        self.store.confirm_correction(wanted, by, self.clock.now(), require_correction)

    def publish_confirmed(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Publish what is confirmed and may be published, chunk by chunk; how many records. May be repeated at any time.

        Once `stopping`, what is left waits for the next time.
        """
        done = 0
        while not stopping() and (count := self.store.publish_some(_CHUNK, self.clock.now())):
            done += count
        return done

    def dispute(self, reference: str, ground: str, by: Caller) -> HistoryDispute:
        """Record the objection of the person whom a record names; it is answered as disputed until it is settled."""
        newest = self._newest(reference)
        self._require_own(Action.HISTORY_IMPORT, by, newest)
        words_of_ground = require_words(ground, GROUND_WORD, LONGEST_GROUND)
        opened = HistoryDispute(
            self._new_id(), reference, newest.version, words_of_ground, by.name, self.clock.now()
        )
        return self.store.dispute(opened, by, require_standing)

    def settle(self, reference: str, outcome: str, by: Caller) -> HistoricalRecord:
        """End an objection that is not founded, as another person than who recorded it; the record stands as before."""
        newest = self._newest(reference)
        open_one = next((one for one in self.store.disputes(reference) if one.outcome is None), None)
        self._require_own(Action.HISTORY_IMPORT, by, newest)
        first = (
            None
            if open_one is None
            else self.permits.first_person(open_one.recorded_by, open_one.recorded_at)
        )
        self.permits.require(
            Action.HISTORY_CONFIRM, by, f"history/{reference}", place=by.region, first_person=first
        )
        words_of_outcome = require_words(outcome, OUTCOME_WORD, LONGEST_REFERENCE)
        self.store.settle(reference, words_of_outcome, by, self.clock.now(), require_disputed)
        return self._newest(reference)

    def correct(self, reference: str, changes: Mapping[str, str], basis: str, by: Caller) -> HistoricalRecord:
        """Propose a corrected version; another person confirms it by the record's reference. The old version stays.

        `changes`: column of the format -> words; empty words take a column away. Raises RequestError, naming every
        fault at once, UnknownReference, NotPermitted, ConflictError.
        """
        versions = self._versions(reference)
        standing = [one for one in versions if one.state is not HistoryState.GRADED] or versions
        self._require_own(Action.HISTORY_IMPORT, by, standing[-1])
        document = require_words(basis, BASIS_WORD, LONGEST_REFERENCE)
        title = self._changed(standing[-1].title, changes, by.region)
        return self.store.correct(reference, title, document, by, self.clock.now(), require_correctable)

    def find_import(self, wanted: str) -> HistoryImport:
        """An import. Raises UnknownReference."""
        kept = self.store.find_import(wanted)
        if kept is None:
            raise UnknownReference(f"没有编号为 {wanted} 的历史数据导入。请核对编号。")
        return kept

    def view_import(self, wanted: str, by: Caller) -> HistoryImport:
        """An import, for somebody of its authority or of the province, or for the operator."""
        kept = self.find_import(wanted)
        self.permits.require(Action.DECISION_READ, by, f"history/{wanted}", place=kept.place)
        return kept

    def view(self, reference: str, by: Caller, channel: str) -> tuple[HistoricalRecord, ...]:
        """Every version of a record; the look is written down first. Raises UnknownReference, NotPermitted."""
        versions = self._versions(reference)
        place = place_of_record(versions[-1])
        self.permits.require(Action.DECISION_READ, by, f"history/{reference}", place=place)
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, reference, "查看历史记录"))
        return versions

    def _changed(self, old: HistoricalTitle, changes: Mapping[str, str], region: str) -> HistoricalTitle:
        unknown = sorted(set(changes) - words.CORRECTABLE)
        if unknown or not changes:
            raise RequestError(f"可以更正的内容：{'、'.join(sorted(words.CORRECTABLE))}。请按列名填写。")
        cells = {column: word for column, word in {**old.written, **changes}.items() if word.strip()}
        reader = CellReader()
        title = read_title(cells, old.row, old.source, self.clock.today(), reader)
        known = () if title is None else self.holders.compared([title], region)
        errors = [one for one in (*reader.findings, *known) if one.severity is Severity.ERROR]
        if title is None or errors:
            raise RequestError(
                "更正的内容有误：" + "".join(f"【{one.column}】{one.message}" for one in errors)
            )
        if title.written == old.written:
            raise RequestError("更正后的内容与原记录相同。请核对要更正的列。")
        return title

    def _versions(self, reference: str) -> tuple[HistoricalRecord, ...]:
        versions = self.store.versions(reference)
        if not versions:
            raise UnknownReference(f"没有查询编号为 {reference} 的历史记录。请核对编号。")
        return versions

    def _newest(self, reference: str) -> HistoricalRecord:
        return self._versions(reference)[-1]

    def _require_own(self, action: Action, by: Caller, record: HistoricalRecord) -> None:
        self.permits.require(action, by, f"history/{record.reference}", place=place_of_record(record))

    def _require_second(self, by: Caller, wanted: str, maker: str, at: datetime) -> None:
        self.permits.require(
            Action.HISTORY_CONFIRM,
            by,
            f"history/{wanted}",
            place=self.permits.place_of(maker, at),
            first_person=self.permits.first_person(maker, at),
        )

    def _new_id(self) -> str:
        return "Q" + self.random_bytes(_ID_BYTES).hex()[1:].upper()


def newest_of(versions: Iterable[HistoricalRecord]) -> HistoricalRecord:
    """The newest version that has been confirmed; the first one while none has."""
    known = list(versions)
    settled = [one for one in known if one.state is not HistoryState.GRADED]
    return (settled or known)[-1]


def place_of_record(record: HistoricalRecord) -> str | None:
    """The city or prefecture responsible for a record; the province where no unit is told."""
    region = record.title.unit_region
    return PROVINCE if region is None else city_of(region)
