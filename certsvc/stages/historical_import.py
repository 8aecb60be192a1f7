"""Import of historical data: a file is read, matched with what is known, graded, and kept as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from certsvc.domain.caller import Caller
from certsvc.domain.findings import Finding, stops
from certsvc.domain.history import HistoricalTitle, HistoryImport, import_id
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, city_of
from certsvc.domain.rules import history as rules
from certsvc.domain.submission import RawWorkbook
from certsvc.errors import IntegrityError
from certsvc.ports import Clock
from certsvc.ports.history import AcceptedFile, HistoryStore, Matches
from certsvc.stages.historical_matches import KnownHolders
from certsvc.stages.historical_rows import read_history
from certsvc.stages.permits import Permits


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """What is told of a file: `kept` is None when an error stopped it, and then nothing of it is stored."""

    import_id: str
    total: int
    findings: tuple[Finding, ...]
    kept: HistoryImport | None


@dataclass(frozen=True, slots=True)
class HistoricalImport:
    """What importing needs."""

    permits: Permits
    store: HistoryStore
    clock: Clock
    read: Callable[[bytes, str], RawWorkbook]
    holders: KnownHolders

    def receive(self, raw: bytes, file_name: str, by: Caller) -> ImportAnswer:
        """Import a file for the caller's authority (the province, or a city or prefecture for its own units).

        The same file again changes nothing and gives the first answer. Raises UnreadableInput, NotPermitted.
        """
        workbook = self.read(raw, file_name)
        wanted = import_id(workbook.digest)
        place = place_of_importer(by)
        self.permits.require(Action.HISTORY_IMPORT, by, f"history/{wanted}", place=place)
        known = self.store.find_import(wanted)
        if known is not None:
            return ImportAnswer(wanted, sum(known.records.values()), self.store.findings(wanted), known)
        history = read_history(workbook, self.clock.today())
        matches = self.store.match(history.titles)
        found = (
            *_compared(history.titles, matches, by.region),
            *self.holders.compared(history.titles, by.region),
        )
        findings = (*history.findings, *found)
        findings = tuple(sorted(findings, key=lambda one: one.row or 0))
        if stops(findings):
            return ImportAnswer(wanted, history.total, findings, None)
        accepted = AcceptedFile(
            wanted,
            workbook.digest,
            raw,
            file_name,
            history.titles[0].source,
            by.region,
            history.titles,
            findings,
        )
        self.store.save(accepted, by, self.clock.now())
        kept = self.store.find_import(wanted)
        if kept is None:
            raise IntegrityError("刚保存的导入不在数据库中，已停止处理。")
        return ImportAnswer(wanted, history.total, self.store.findings(wanted), kept)


def place_of_importer(by: Caller) -> str | None:
    """The place whose records the caller may import; a county's authority has none of its own."""
    return by.region if by.region == PROVINCE else city_of(by.region)


def _compared(titles: Sequence[HistoricalTitle], matches: Matches, region: str) -> Iterator[Finding]:
    first_rows: dict[tuple[object, ...], int] = {}
    numbers: dict[str, str] = {}
    for title in titles:
        row, document = title.row, title.document.number
        same = first_rows.setdefault(_title_of(title), row)
        if same != row:
            yield rules.TWICE_IN_FILE.finding(row=row, column="原职称名称", others=same)
        if row in matches.recorded:
            reference = matches.recorded[row]
            yield rules.ALREADY_RECORDED.finding(row=row, column="原职称名称", reference=reference)
        if row in matches.certified:
            yield rules.ALREADY_CERTIFIED.finding(row=row, column="原职称名称")
        number = title.old_number
        shared = number is not None and numbers.setdefault(number, document) != document
        if shared or row in matches.number_of_others:
            yield rules.NUMBER_OF_OTHERS.finding(row=row, column="原证书编号")
        if region != PROVINCE and (title.unit_region is None or city_of(title.unit_region) != region):
            yield rules.ELSEWHERE.finding(row=row, column="单位所属行政区划")


def _title_of(title: HistoricalTitle) -> tuple[object, ...]:
    series = title.series or title.as_written("原职称系列")
    return (title.document.number, series, title.as_written("原职称名称"))
