"""The first stage: cells become typed values, and everything wrong with single values is told at once 一次性告知."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from certsvc.domain import intake_words as words
from certsvc.domain.findings import Finding
from certsvc.domain.rules import intake as rules
from certsvc.domain.submission import Cell, RawWorkbook, Submission
from certsvc.domain.written_values import UnreadableCellError, read_text, read_whole
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import read_header, shown
from certsvc.stages.filing_photos import DIGEST, NAME, check_photos
from certsvc.stages.filing_rows import RowTyping


@dataclass(frozen=True, slots=True)
class Intake:
    """A typed submission with every finding at the level of file, header and single values."""

    submission: Submission
    findings: tuple[Finding, ...]


def accept(raw: RawWorkbook) -> Intake:
    """Type a workbook as read. Total: what cannot be read is None in the submission and told in a finding.

    Judged is what a value or a row says by itself (吉人社函〔2022〕38号 四（四）: 基本信息); what needs the
    registry, the calendar or other rows is the gate's.
    """
    reader = CellReader()
    reader.findings.extend(rules.SHEET_ODDITY.finding(oddity=oddity) for oddity in raw.oddities)
    header = read_header(raw.header, reader)
    places, absent = _column_places(raw, reader)
    reader.start(None)
    filled = _filled_rows(raw.rows, reader)
    numbers = _row_numbers([_cell(row, places[0]) for row in filled], absent, reader)
    check_photos(_photos(raw, filled, numbers), raw.pictures, reader)
    typing = RowTyping(reader, absent, header.meeting_ends_on or header.meeting_starts_on)
    rows = tuple(
        typing.type_row(number, cells)
        for number, cells in zip(numbers, _ordered(filled, places), strict=True)
    )
    return Intake(Submission(raw.digest, header, rows), tuple(reader.findings))


def numbered_rows(raw: RawWorkbook) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The filled rows of a file as written, each with the number by which findings name it."""
    places, absent = _column_places(raw, CellReader())
    filled = _filled_rows(raw.rows, CellReader())
    numbers = _row_numbers([_cell(row, places[0]) for row in filled], absent, CellReader())
    return zip(numbers, filled, strict=True)


def _photos(
    raw: RawWorkbook, filled: list[tuple[Cell, ...]], numbers: list[int]
) -> list[tuple[int, Cell, Cell]]:
    """Number, name and digest of each row; nothing where the table has neither column."""
    names = [read_text(name) for name in raw.columns]
    name, digest = (names.index(column) if column in names else None for column in (NAME, DIGEST))
    if name is None and digest is None:
        return []
    return [(n, _cell(row, name), _cell(row, digest)) for n, row in zip(numbers, filled, strict=True)]


def _cell(row: Sequence[Cell], place: int | None) -> Cell:
    if place is None or place >= len(row):
        return None
    cell = row[place]
    return None if cell == "" else cell


def _ordered(rows: list[tuple[Cell, ...]], places: list[int | None]) -> Iterator[tuple[Cell, ...]]:
    """The cells of each row in the order of the format's columns; None where there is none."""
    width = max((place for place in places if place is not None), default=-1) + 1
    pick = itemgetter(*(width if place is None else place for place in places))
    for row in rows:
        full = row[:width] + (None,) * (width + 1 - len(row[:width]))
        if "" in full:
            full = tuple(None if cell == "" else cell for cell in full)
        yield pick(full)


def _column_places(raw: RawWorkbook, reader: CellReader) -> tuple[list[int | None], frozenset[str]]:
    """Where each column of the format stands in the table, and which required or optional ones do not."""
    names = [read_text(name) or "" for name in raw.columns]
    garbled = any(words.decoded_wrongly(name) for name in names if not _is_expected(name))
    if garbled:
        reader.report(rules.MOJIBAKE, words.ROWS_SHEET, place=words.ROWS_SHEET)
    places = [names.index(column) if column in names else None for column in words.COLUMNS]
    absent = frozenset(column for column in words.COLUMNS if column not in names)
    if not garbled and (any(names) or raw.rows):  # else one finding says it all: mojibake, or no rows
        _report_columns(raw, names, absent, reader)
    return places, absent - words.OPTIONAL_COLUMNS


def _report_columns(raw: RawWorkbook, names: list[str], absent: frozenset[str], reader: CellReader) -> None:
    for name, times in Counter(name for name in names if name).items():
        if times > 1:
            reader.report(rules.COLUMN_REPEATED, shown(name), name=shown(name), times=times)
    for place, name in enumerate(names):
        if _is_expected(name) or (not name and all(_cell(row, place) is None for row in raw.rows)):
            continue
        reader.report(rules.COLUMN_UNKNOWN, shown(name), place=place + 1, name=shown(name))
    for column in words.COLUMNS:
        if column in absent and column not in words.OPTIONAL_COLUMNS:
            reader.report(rules.COLUMN_MISSING, column, name=column)


def _is_expected(name: str) -> bool:
    return name in words.COLUMNS or name in words.PHOTO_COLUMNS or name == words.FINDINGS_COLUMN


def _filled_rows(rows: tuple[tuple[Cell, ...], ...], reader: CellReader) -> list[tuple[Cell, ...]]:
    """The rows that hold anything; blank rows at the end do not count, those between are told."""
    places = [place for place, row in enumerate(rows) if any(read_text(cell) is not None for cell in row)]
    if not places:
        reader.findings.append(rules.NO_ROWS.finding())
        return []
    between = places[-1] + 1 - len(places)
    if between:
        reader.findings.append(rules.BLANK_ROW.finding(count=between))
    return [rows[place] for place in places]


def _row_numbers(cells: list[Cell], absent: frozenset[str], reader: CellReader) -> list[int]:
    """The 序号 of each row; the position where it is missing or repeated, of all rows when the two would clash."""
    written = [_serial(cell) for cell in cells]
    times = Counter(written)
    own = [number if number is not None and times[number] == 1 else None for number in written]
    numbers = [number or position for position, number in enumerate(own, start=1)]
    if len(set(numbers)) != len(numbers):
        numbers = list(range(1, len(cells) + 1))
    if "序号" not in absent:
        _report_serials(own, numbers, reader)
    return numbers


def _report_serials(own: list[int | None], numbers: list[int], reader: CellReader) -> None:
    for position, number in enumerate(own, start=1):
        if number is None:
            reader.findings.append(
                rules.NUMBER_BAD.finding(row=numbers[position - 1], column="序号", position=position)
            )
    broken = next((p for p, number in enumerate(own, start=1) if number not in (None, p)), None)
    if broken is not None:
        reader.findings.append(rules.NUMBER_GAP.finding(column="序号", position=broken))


def _serial(cell: Cell) -> int | None:
    try:
        number = read_whole(cell)
    except UnreadableCellError:
        return None
    return number if number is not None and number > 0 else None
