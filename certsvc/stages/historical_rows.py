"""A file of historical data as typed titles, with everything wrong with single values told at once 一次性告知."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certsvc.domain import history_words as words
from certsvc.domain import intake_words
from certsvc.domain.findings import Finding
from certsvc.domain.history import ELECTRONIC_SINCE, AcquiredOn, HistoricalTitle, Quality
from certsvc.domain.history_dates import read_acquired
from certsvc.domain.id_numbers import IdFlaw, read_id
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level
from certsvc.domain.names import read_name
from certsvc.domain.rules import history as rules
from certsvc.domain.rules import intake, intake_person
from certsvc.domain.rules.intake_person import ID_RULES, NAME_RULES
from certsvc.domain.submission import Cell, RawWorkbook
from certsvc.domain.written_values import UnreadableCellError, forbidden_in, read_text, read_whole
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import shown

_SEX_OF = {True: "男", False: "女"}
_YOUNGEST = 16
_REQUIRED = ("性别", "出生日期", "原职称名称", "原发证单位")


@dataclass(frozen=True, slots=True)
class ReadHistory:
    """What a file says: rows in it, its titles that could be read, where its data come from, and every finding."""

    total: int
    titles: tuple[HistoricalTitle, ...]
    findings: tuple[Finding, ...]


def read_history(raw: RawWorkbook, today: date) -> ReadHistory:
    """Type a file as read. Total: a row that cannot be used is told in findings and has no title."""
    reader = CellReader()
    reader.findings.extend(intake.SHEET_ODDITY.finding(oddity=oddity) for oddity in raw.oddities)
    rows = [row for row in raw.rows if any(read_text(cell) is not None for cell in row)]
    source = _header(dict(raw.header), len(rows), reader)
    places = _places(raw, reader)
    if not rows:
        reader.findings.append(intake.NO_ROWS.finding())
    titles = []
    for number, row in enumerate(rows, start=1):
        cells = {column: _cell(row, place) for column, place in places.items()}
        title = read_title(cells, number, source or "", today, reader, frozenset(places))
        if title is not None:
            titles.append(title)
    return ReadHistory(len(rows), tuple(titles), tuple(reader.findings))


def read_title(
    cells: Mapping[str, Cell],
    number: int,
    source: str,
    today: date,
    reader: CellReader,
    columns: frozenset[str] = frozenset(words.COLUMNS),
) -> HistoricalTitle | None:
    """One row as a title; None when something it needs is wrong or missing, told to the reader.

    `columns` are those that the file has: what is missing as a whole is told once, not once a row.
    """
    reader.start(number)
    before = len(reader.findings)
    written = dict(_written(cells, reader))
    name = _name(cells.get("姓名"), reader)
    document = _document(cells, reader)
    sex = _sex(written.get("性别"), reader)
    born_on = reader.day(cells.get("出生日期"), "出生日期")
    acquired = _acquired(cells.get("取得时间"), reader)
    quality = _quality(written, reader, columns)
    region = reader.area(cells.get("单位所属行政区划"), "单位所属行政区划")
    for column in _REQUIRED:
        if column not in written and column in columns and column not in reader.unreadable:
            reader.report(intake.VALUE_MISSING, column, name=column)
    _compare(document, sex, born_on, acquired, today, reader)
    if name is None or document is None or sex is None or born_on is None:
        return None
    if acquired is None or quality is None or any(column not in written for column in _REQUIRED):
        return None
    series, level, code = _codes(written, reader)
    if any(finding.severity == "error" for finding in reader.findings[before:]):
        return None
    return HistoricalTitle(
        number, written, name, document, sex, born_on, series, level, code, acquired, quality, region, source
    )


def _header(cells: Mapping[str, Cell], rows: int, reader: CellReader) -> str | None:
    reader.start(None)
    for key in cells:
        if key not in words.KEYS:
            reader.report(intake.KEY_UNKNOWN, shown(key), name=shown(key))
    source = reader.text(cells.get(words.SOURCE_KEY), words.SOURCE_KEY)
    if source is None and words.SOURCE_KEY not in reader.unreadable:
        reader.report(rules.SOURCE_MISSING, words.SOURCE_KEY)
    try:
        said = read_whole(cells.get(words.COUNT_KEY))
    except UnreadableCellError:
        reader.reject(intake.BAD_NUMBER, words.COUNT_KEY, name=words.COUNT_KEY)
        said = None
    if said is not None and said != rows:
        reader.report(rules.COUNT_DIFFERS, words.COUNT_KEY, said=said, found=rows)
    return source


def _places(raw: RawWorkbook, reader: CellReader) -> dict[str, int]:
    """Where the columns of the format stand; those missing, repeated or unknown are told."""
    names = [read_text(name) or "" for name in raw.columns]
    for name, times in Counter(name for name in names if name).items():
        if intake_words.garbled(name):
            reader.report(intake.MOJIBAKE, shown(name), place=intake_words.ROWS_SHEET)
        elif times > 1:
            reader.report(intake.COLUMN_REPEATED, shown(name), name=shown(name), times=times)
        elif name not in words.COLUMNS:
            place = names.index(name) + 1
            reader.report(intake.COLUMN_UNKNOWN, shown(name), place=place, name=shown(name))
    for column in words.COLUMNS:
        if column not in names and column not in words.OPTIONAL_COLUMNS:
            reader.report(intake.COLUMN_MISSING, column, name=column)
    return {column: names.index(column) for column in words.COLUMNS if column in names}


def _cell(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None


def _written(cells: Mapping[str, Cell], reader: CellReader) -> Iterator[tuple[str, str]]:
    """The words of every filled column, as they stand there."""
    for column in words.COLUMNS[1:]:
        cell = cells.get(column)
        text = (
            read_text(cell) if column == "姓名" else reader.text(cell, column)
        )  # names have their own rules
        if text is not None:
            yield column, text


def _name(cell: Cell, reader: CellReader) -> str | None:
    written = read_text(cell) or ""
    if forbidden_in(written):
        reader.reject(intake.FORBIDDEN_CHARACTER, "姓名", name="姓名")
        return None
    reading = read_name(written)
    for flaw in reading.flaws:
        reader.report(NAME_RULES[flaw], "姓名")
    return reading.name


def _document(cells: Mapping[str, Cell], reader: CellReader) -> IdDocument | None:
    kind_word, number = read_text(cells.get("证件类型")), cells.get("证件号码")
    kind = IdKind.CITIZEN if kind_word is None else intake_words.ID_KINDS.get(kind_word)
    if kind is None:
        reader.reject(intake_person.ID_KIND_UNKNOWN, "证件类型")
    if read_text(number) is None:
        reader.report(intake.VALUE_MISSING, "证件号码", name="证件号码")
        return None
    if not isinstance(number, str):
        reader.reject(intake_person.ID_NUMBER_CELL, "证件号码")
        return None
    if kind is None or "证件号码" in reader.unreadable:
        return None
    reading = read_id(kind, number)
    for flaw in reading.flaws:
        rule = rules.ID_UPGRADED if flaw is IdFlaw.FIFTEEN_DIGITS else ID_RULES[flaw]
        reader.report(rule, "证件号码")
    return reading.document


def _sex(word: str | None, reader: CellReader) -> str | None:
    sex = intake_words.SEXES.get(word or "")
    if word is not None and sex is None:
        reader.reject(intake.UNKNOWN_WORD, "性别", name="性别", words="男、女")
    return sex


def _acquired(cell: Cell, reader: CellReader) -> AcquiredOn | None:
    try:
        found = read_acquired(cell)
    except UnreadableCellError:
        found = None
    if found is None:
        reader.reject(rules.ACQUIRED_UNREADABLE, "取得时间")
    return found


def _quality(written: Mapping[str, str], reader: CellReader, columns: frozenset[str]) -> Quality | None:
    quality = words.QUALITIES.get(written.get("材料质量", "").upper())
    if quality is None:
        if "材料质量" in columns:
            reader.reject(rules.QUALITY_UNKNOWN, "材料质量")
        return None
    needed = {Quality.A: ("公布文号", "档案编号"), Quality.B: ("档案编号",), Quality.C: ()}[quality]
    for column in needed:
        if column not in written:
            reader.report(rules.EVIDENCE_MISSING, column, quality=quality.value, name=column)
    return quality


def _compare(
    document: IdDocument | None,
    sex: str | None,
    born_on: date | None,
    acquired: AcquiredOn | None,
    today: date,
    reader: CellReader,
) -> None:
    if document is not None and document.male is not None and sex not in (None, _SEX_OF[document.male]):
        reader.report(intake_person.SEX_DIFFERS, "性别")
    said = None if document is None else document.born_on
    if said is not None and born_on not in (None, said):
        reader.report(intake_person.BIRTH_DIFFERS, "出生日期")
    born = said or born_on
    if acquired is not None and (
        acquired.first > today or (born is not None and acquired.last.year - born.year < _YOUNGEST)
    ):
        reader.report(rules.ACQUIRED_IMPOSSIBLE, "取得时间")
    if acquired is not None and acquired.last >= ELECTRONIC_SINCE:
        reader.report(rules.ACQUIRED_ELECTRONIC, "取得时间", since=ELECTRONIC_SINCE.isoformat())


def _codes(written: Mapping[str, str], reader: CellReader) -> tuple[int | None, Level | None, int | None]:
    """Series, level and title of today's tables, each None, with a warning, where the old words have no code."""
    series_word, level_word = written.get("原职称系列"), written.get("原职称级别")
    series = words.series_as_recorded(series_word)
    level, code = words.coded(series, words.levels_as_recorded(level_word), written["原职称名称"])
    if series_word is not None and series is None:
        reader.report(rules.OLD_WORD_KEPT, "原职称系列", name="原职称系列")
    if level_word is not None and level is None:
        reader.report(rules.OLD_WORD_KEPT, "原职称级别", name="原职称级别")
    if code is None:
        reader.report(rules.OLD_WORD_KEPT, "原职称名称", name="原职称名称")
    return series, level, code
