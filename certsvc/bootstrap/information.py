"""The title information base of an office: reports, samples, attestations, and filling what is older than it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from certsvc.adapters.code_store import DatabaseUncodedRecords
from certsvc.adapters.contents_store import DatabaseContentsStore
from certsvc.adapters.filed_persons import DatabaseFiledPersons
from certsvc.adapters.filing_watch import DatabaseAttestationStore
from certsvc.adapters.information_store import DatabaseInformationStore
from certsvc.adapters.name_store import DatabaseUnkeyedNames
from certsvc.adapters.sample_store import DatabaseSampleStore
from certsvc.domain.caller import Caller
from certsvc.domain.registry import Registry
from certsvc.domain.report_table import CountedRows, ReportStatement, ReportTable
from certsvc.domain.supervision import Terms
from certsvc.errors import RequestError
from certsvc.formats.spreadsheet_text import write_csv
from certsvc.stages.codes_fill import CodesFilling
from certsvc.stages.contents_fill import ContentsFilling
from certsvc.stages.names_fill import NamesFilling
from certsvc.stages.passing_over import do_each
from certsvc.stages.reports import Reports
from certsvc.stages.reports_fill import Filling
from certsvc.stages.sampling import Sampling
from certsvc.stages.under_way import PersonsFilling

if TYPE_CHECKING:
    from certsvc.bootstrap.parts import Parts
    from certsvc.bootstrap.policies import Policies
    from certsvc.domain.submission import RawWorkbook

_PRIVATE = 0o600


class ReportFormat(StrEnum):
    """The forms of exported reports."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class InformationBase:
    """What the faces call."""

    reports: Reports
    sampling: Sampling
    filling: Filling
    contents: ContentsFilling
    codes: CodesFilling
    names: NamesFilling
    persons: PersonsFilling

    def work(self, stopping: Callable[[], bool]) -> None:
        """Make what older filings and certificates lack here, or come to the next resting point once `stopping`."""
        works = self.codes, self.names, self.contents, self.persons, self.filling
        do_each((partial(work.fill, stopping) for work in works), stopping)


def open_information(parts: Parts, policies: Policies) -> InformationBase:
    """Joined over the office's parts."""
    store = DatabaseInformationStore(parts.engine, parts.reading_engine, parts.keys.cipher)
    notes = parts.fault_notes
    filling = Filling(store, parts.filings, parts.clock, _read_file, notes)

    def registry() -> Registry:
        from certsvc.domain.registry_decoding import decode_registry

        return decode_registry(parts.filings.current_registry()[1])

    def terms() -> Terms:
        return Terms(policies.in_force(), policies.calendar())

    reports = Reports(
        parts.permits,
        store,
        parts.trail,
        parts.looks,
        parts.clock,
        registry,
        terms,
        filling.read_milestones,
    )
    sampling = Sampling(
        parts.permits,
        DatabaseSampleStore(parts.engine),
        DatabaseAttestationStore(parts.engine),
        store,
        parts.clock,
        registry,
        filling.read_milestones,
        os.urandom,
    )
    contents = ContentsFilling(
        DatabaseContentsStore(parts.engine, parts.keys.cipher), parts.filings, parts.clock, _read_file, notes
    )
    codes = CodesFilling(DatabaseUncodedRecords(parts.engine, parts.keys.cipher), notes)
    names = NamesFilling(DatabaseUnkeyedNames(parts.engine, parts.keys.cipher), notes)
    persons = PersonsFilling(
        DatabaseFiledPersons(parts.engine, parts.keys.cipher), parts.filings, _read_file, notes
    )
    return InformationBase(reports, sampling, filling, contents, codes, names, persons)


def save_export(
    reports: Reports, table: ReportTable, by: Caller, place: str | None, path: Path
) -> ReportStatement:
    """Write a report to a file, XLSX by its ending or else CSV, readable by its owner alone; its statement.

    The file gets its name after the export was noted in the audit trail; what is broken off leaves none. Raises
    NotPermitted for another territory, RequestError where the file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")

    def write(counted: CountedRows) -> None:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            if path.suffix.lower() == ".xlsx":
                from certsvc.adapters.spreadsheet_workbook import write_xlsx

                file.write(write_xlsx(counted.lines(), scratch=path.parent))
            else:
                file.writelines(write_csv(counted.lines()))
            file.flush()
            os.fsync(file.fileno())

    try:
        statement = reports.export(table, by, place, write)
        part.replace(path)
    except OSError as error:
        raise RequestError(f"不能写入“{path}”。请换一个可写的位置。") from error
    finally:
        part.unlink(missing_ok=True)
    return statement


def export_bytes(
    reports: Reports, table: ReportTable, by: Caller, place: str | None, form: ReportFormat
) -> tuple[bytes, ReportStatement]:
    """A report as the bytes of a file, and its statement; given away only after it was noted in the audit trail.

    Raises NotPermitted for another territory.
    """
    written: list[bytes] = []

    def write(counted: CountedRows) -> None:
        if form is ReportFormat.XLSX:
            from certsvc.adapters.spreadsheet_workbook import write_xlsx

            written.append(write_xlsx(counted.lines()))
        else:
            written.extend(write_csv(counted.lines()))

    statement = reports.export(table, by, place, write)
    return b"".join(written), statement


def _read_file(raw: bytes, file_name: str) -> RawWorkbook:
    from certsvc.adapters.workbook import read_workbook

    return read_workbook(raw, file_name)
