"""Filings as the console shows them, joined over an office's parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certsvc.adapters.filing_outlines import DatabaseOutlines
from certsvc.adapters.filing_shelf import DatabaseFilingShelf
from certsvc.adapters.unit_rows import DatabaseUnitRows
from certsvc.domain.permission import Action
from certsvc.domain.registry import Registry
from certsvc.errors import UnknownReference
from certsvc.ports.filings import Outcome
from certsvc.stages.filing_corrections import Corrections, column_words, empty_file
from certsvc.stages.filing_desk import FilingDesk
from certsvc.stages.filing_outlines import OutlineFilling, Terms
from certsvc.stages.unit_people import PeopleOfUnit

if TYPE_CHECKING:
    from certsvc.bootstrap.office import Office
    from certsvc.domain.caller import Caller
    from certsvc.domain.submission import RawWorkbook

_MOST_REGISTRIES = 8


@dataclass(frozen=True, slots=True)
class FilingFace:
    """What the faces call."""

    desk: FilingDesk
    corrections: Corrections
    filling: OutlineFilling
    unit_people: PeopleOfUnit

    def template(self) -> bytes:
        """The empty workbook (XLSX)."""
        from certsvc.adapters.filing_workbook import write_filing_xlsx

        return write_filing_xlsx(empty_file())

    def words(self) -> bytes:
        """The columns and the words that each takes (CSV)."""
        from certsvc.formats.spreadsheet_text import write_csv

        return b"".join(write_csv([("列名", "是否必备", "填写内容"), *column_words()]))

    def failed_rows(self, filing: str, by: Caller, outcome: Outcome | None, *, as_csv: bool) -> bytes:
        """The rows that were not admitted, to be corrected and filed again; XLSX or CSV."""
        from certsvc.adapters.filing_workbook import write_filing_csv, write_filing_xlsx

        file = self.corrections.failed_rows(filing, by, outcome)
        return write_filing_csv(file) if as_csv else write_filing_xlsx(file)


def open_filing_face(office: Office, read_file: Callable[[bytes, str], RawWorkbook]) -> FilingFace:
    """Joined over the office."""
    registries = _Registries(office)
    shelf = DatabaseFilingShelf(office.reading_engine, office.keys.cipher)
    desk = FilingDesk(
        office.permits,
        shelf,
        office.receipts.receipts,
        office.looks,
        office.clock,
        registries.find,
        registries.digest_of,
        lambda: Terms(office.policies.in_force(), office.policies.calendar()),
    )
    corrections = Corrections(desk, shelf, office.filings, office.looks, office.clock, read_file)
    filling = OutlineFilling(
        DatabaseOutlines(office.engine, office.keys.cipher),
        office.filings,
        read_file,
        _decode,
        desk.terms,
        lambda filing: _filed_by(office, filing),
        office.fault_notes,
    )
    people = PeopleOfUnit(
        office.permits,
        DatabaseUnitRows(office.reading_engine, office.keys.cipher),
        office.looks,
        office.clock,
        desk.committee_name,
    )
    return FilingFace(desk, corrections, filling, people)


class _Registries:
    """Registries decoded once each: what a digest stands for never changes."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._decoded: dict[str, Registry] = {}

    def find(self, digest: str | None) -> Registry:
        """The registry of a digest, or the one in force."""
        if digest is None:
            digest, raw = self._office.filings.current_registry()
        elif digest in self._decoded:
            return self._decoded[digest]
        else:
            raw = self._office.filings.registry(digest)
        if digest not in self._decoded:
            if len(self._decoded) >= _MOST_REGISTRIES:
                self._decoded.clear()
            self._decoded[digest] = _decode(raw)
        return self._decoded[digest]

    def digest_of(self, filing: str) -> str:
        """The registry under which a filing was examined. Raises UnknownReference."""
        stored = self._office.filings.find(filing)
        if stored is None:
            raise UnknownReference(f"没有备案 {filing}。请核对备案号。")
        return stored.registry_digest


def _filed_by(office: Office, filing: str) -> tuple[str, str | None]:
    entries = [one for one in office.trail.entries(f"filing/{filing}") if one.action == Action.FILING_SUBMIT]
    if not entries:
        return "—", None
    actor = office.actors.find_actor(entries[0].actor)
    return entries[0].actor, None if actor is None else actor.region


def _decode(raw: bytes) -> Registry:
    from certsvc.domain.registry_decoding import decode_registry

    return decode_registry(raw)
