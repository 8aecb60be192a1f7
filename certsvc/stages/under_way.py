"""Titles under way 办理中, told to the person whom the filed row names: where is my certificate in the chain?

A row is the person's own when number and name are; what came of an older filing of the same batch stands in the newest one.
Filings that were received before this was kept are read once, one after the other, by the background work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.filed_person import persons_of
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.domain.submission import RawWorkbook
from certsvc.domain.under_way import AnnouncedRow, BatchDays, FiledRow, Reason, UnderWay, chain_of, reasons_of
from certsvc.errors import UnreadableInput
from certsvc.ports import Clock, FilingStore
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.under_way import AnnouncedPersons, FiledPersons, FiledRows
from certsvc.stages.filing import accept
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import read_header
from certsvc.stages.passing_over import FaultNotes
from certsvc.stages.share_grants import Holder
from certsvc.stages.verify import plain_name

LOOKED: Final = "持证人查询办理进度"
CHUNK: Final = 50
WORK: Final = "persons"


@dataclass(frozen=True, slots=True)
class TitlesUnderWay:
    """What telling needs. `committee_name` gives the name of a committee by its code, None for one that is not registered."""

    rows: FiledRows
    announced: AnnouncedPersons
    committee_name: Callable[[str], str | None]
    looks: PersonalLooks
    clock: Clock

    def of_holder(self, holder: Holder, by: Caller, channel: str) -> tuple[UnderWay, ...]:
        """The holder's titles that are not issued yet, the newest filing first; the look is written down before.

        Rows under another name are nobody's here, even where the number is the holder's.
        """
        name = plain_name(holder.name)
        asked = asked_id_numbers(holder.id_number)
        own = [row for row in self.rows.of_person(asked) if plain_name(row.filed.name) == name]
        open_rows = [row for row in _newest_of_batches(own) if not row.published]
        now = self.clock.now()
        self.looks.append(
            *(
                PersonalLook(now, channel, by.name, filing, LOOKED)
                for filing in dict.fromkeys(row.filing for row in open_rows)
            )
        )
        return tuple(self._told(row) for row in open_rows)

    def announced_of(self, holder: Holder, by: Caller, channel: str) -> tuple[AnnouncedRow, ...]:
        """What announced lists name the holder for and nobody has filed yet; the look is written down before."""
        name = plain_name(holder.name)
        found = self.announced.unfiled(asked_id_numbers(holder.id_number))
        own = tuple(
            row for row in found if row.listed.name is not None and plain_name(row.listed.name) == name
        )
        now = self.clock.now()
        lists = dict.fromkeys(row.list for row in own)
        self.looks.append(*(PersonalLook(now, channel, by.name, one, LOOKED) for one in lists))
        return own

    def _told(self, row: FiledRow) -> UnderWay:
        reasons = reasons_of(row)
        return UnderWay(
            filing=row.filing,
            filed=row.filed,
            committee=None if row.committee_code is None else self.committee_name(row.committee_code),
            batch_ref=row.batch_ref,
            announcement_ref=row.announcement_ref,
            chain=chain_of(row, days_of(row), self.clock.today()),
            reasons=reasons,
            columns=row.error_columns if Reason.DATA in reasons else (),
        )


@dataclass(frozen=True, slots=True)
class PersonsFilling:
    """Reads older filings for whom they name. A killed run is run again: what is written stays."""

    store: FiledPersons
    filings: FilingStore
    read_file: Callable[[bytes, str], RawWorkbook]
    faults: FaultNotes

    def fill(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Read every filing that is not read yet, or until `stopping`; how many."""
        count, after, faults = 0, "", self.faults.round(WORK)
        while waiting := self.store.unread(after, CHUNK):
            for filing in waiting:
                if stopping():
                    return count
                with faults.trying(filing):
                    count += self._read(filing)
                after = filing
        faults.ended()
        return count

    def _read(self, filing: str) -> bool:
        try:
            rows = accept(self.read_file(*self.filings.filed_file(filing))).submission.rows
        except UnreadableInput:
            rows = ()  # a reader of another day read it; it is not asked again
        return self.store.keep(filing, tuple(persons_of(rows)))


def days_of(row: FiledRow) -> BatchDays:
    """What the header of the row's batch claims."""
    header = read_header(row.header, CellReader())
    ends = [claim.ends_on for claim in header.publicity if claim.ends_on is not None]
    filed = [step.filed_on for step in header.filing_steps if step.filed_on is not None]
    return BatchDays(header.reported_on, max(ends, default=None), min(filed, default=None))


def _newest_of_batches(newest_first: Iterable[FiledRow]) -> Iterator[FiledRow]:
    """The rows of the newest filing of each batch; a filing without a batch number stands for itself."""
    newest: dict[tuple[str | None, str], str] = {}
    for row in newest_first:
        if (
            row.batch_ref is None
            or newest.setdefault((row.committee_code, row.batch_ref), row.filing) == row.filing
        ):
            yield row
