"""Announced lists, their corrections and the coverage check, joined."""

from __future__ import annotations

from collections.abc import Callable

from certsvc.adapters.announced_batches import DatabaseAnnouncedBatches
from certsvc.adapters.announced_store import DatabaseAnnouncedLists
from certsvc.bootstrap.parts import Parts
from certsvc.domain.announced_changes import Change
from certsvc.domain.announced_list import AnnouncedList, ListStatus
from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.coverage import CoverageReport
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, REGIONS
from certsvc.domain.registry import Registry
from certsvc.domain.submission import RawWorkbook
from certsvc.errors import RequestError
from certsvc.ports.access import PersonalLook
from certsvc.stages.announced_facts import AnnouncedForGate, FiledTables
from certsvc.stages.announced_following import Followed, Following, Proposing
from certsvc.stages.announced_lists import AnnouncedLists, ListAnswer
from certsvc.stages.coverage import Coverage
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import read_header

_MOST_YEARS = 2100


class Announced:
    """What command line and console ask of the announced lists of an office."""

    def __init__(self, parts: Parts, deciding: Proposing, registry: Callable[[], Registry]) -> None:
        """`registry` gives the registry in force."""
        self._parts = parts
        self.lists = DatabaseAnnouncedLists(parts.engine, parts.keys.cipher)
        batches = DatabaseAnnouncedBatches(parts.engine, parts.keys.cipher)
        tables = FiledTables(parts.filings, _read_file)
        self.for_gate = AnnouncedForGate(self.lists, batches, tables)
        self.following = Following(
            parts.permits, self.lists, batches, deciding, parts.decisions.find, parts.clock
        )
        self.loading = AnnouncedLists(
            parts.actors, parts.permits, self.lists, parts.clock, registry, self.following.unfinished
        )
        self._coverage = Coverage(self.lists, batches, parts.filings, tables, registry)

    def load(self, raw: bytes, file_name: str, by: str) -> ListAnswer:
        """See `AnnouncedLists.load`. Raises UnreadableInput too."""
        return self.loading.load(_read_file(raw, file_name), by)

    def replace(
        self, raw: bytes, file_name: str, replaced_ref: str, document_ref: str, by: str, *, keep: bool = True
    ) -> ListAnswer:
        """See `AnnouncedLists.replace`. Raises UnreadableInput too."""
        return self.loading.replace(_read_file(raw, file_name), replaced_ref, document_ref, by, keep=keep)

    def receive(
        self, raw: bytes, file_name: str, replaced_ref: str, document_ref: str, by: str, *, keep: bool = True
    ) -> ListAnswer:
        """See `AnnouncedLists.receive`. Raises UnreadableInput too."""
        return self.loading.receive(_read_file(raw, file_name), replaced_ref, document_ref, by, keep=keep)

    def show(
        self, wanted: str, by: Caller, channel: str
    ) -> tuple[AnnouncedList, tuple[Followed | Change, ...]]:
        """A list, and what it changes: followed once it is confirmed, as a preview before. The look is written down.

        Raises UnknownReference, NotPermitted.
        """
        stored = self.loading.find(wanted)
        self._require_reader(stored, by)
        self._look(by, channel, stored.id, "查看公布名单")
        if stored.confirmed_by is None:
            return stored, self.loading.preview(stored)
        return stored, self.following.followed(stored)

    def propose(self, wanted: str, by: str) -> tuple[AnnouncedList, tuple[Followed, ...]]:
        """See `Following.propose`."""
        stored = self.loading.find(wanted)
        return stored, self.following.propose(stored, by)

    def listed(self, status: ListStatus | None, by: Caller) -> tuple[AnnouncedList, ...]:
        """The lists that the caller may read, newest first; nobody's name stands in the answer."""
        self._parts.permits.require(Action.REPORT_READ, by, "announced", place=by.region)
        found = self.lists.listed(status)
        return tuple(one for one in found if by.region in (PROVINCE, one.place))

    def coverage(
        self, by: Caller, channel: str, *, year: int | None, region: str | None, document_ref: str | None
    ) -> CoverageReport:
        """The coverage report; officials of a place see their own persons. The look is written down.

        Raises NotPermitted, RequestError (a year or a region that is none).
        """
        if year is not None and not 2022 <= year < _MOST_YEARS:
            raise RequestError("年度请写成 2022 年以后的四位数字。")
        place = region or by.region
        if place not in REGIONS:
            raise RequestError(f"没有区划代码 {place[:12]}。请填写六位区划代码，例如 222404（珲春市）。")
        self._parts.permits.require(Action.REPORT_READ, by, "report/coverage", place=place)
        self._look(by, channel, "coverage", "查看公布结果制证核对")
        return self._coverage.check(year=year, region=place, document_ref=document_ref)

    def require_other_filer(self, workbook: RawWorkbook, by: Caller) -> None:
        """Raises NotPermitted for an official who loaded or confirmed the list of the document now filed."""
        if by.role in (CallerRole.MAKER, CallerRole.CHECKER):
            header = read_header(workbook.header, CellReader())
            self.loading.require_other_filer(header.announcement_ref, by)

    def _require_reader(self, stored: AnnouncedList, by: Caller) -> None:
        place = stored.place or PROVINCE
        self._parts.permits.require(Action.REPORT_READ, by, f"announced/{stored.id}", place=place)

    def _look(self, by: Caller, channel: str, subject: str, purpose: str) -> None:
        self._parts.looks.append(PersonalLook(self._parts.clock.now(), channel, by.name, subject, purpose))


def _read_file(raw: bytes, file_name: str) -> RawWorkbook:
    from certsvc.adapters.workbook import read_workbook

    return read_workbook(raw, file_name)
