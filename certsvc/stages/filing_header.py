"""The sheet 批次信息 as typed values: numbered lists of publicity and filing steps, counts by level."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from certsvc.domain import intake_words as words
from certsvc.domain.levels import Level
from certsvc.domain.rules import intake as rules
from certsvc.domain.submission import BatchHeader, Cell, FilingStepClaim, PublicityClaim, RawWorkbook
from certsvc.domain.written_values import read_text
from certsvc.stages.filing_cells import CellReader

T = TypeVar("T")

_NUMBERS = range(1, 10)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_YEAR = re.compile(r"([0-9]{4})年度?")


def read_header(pairs: tuple[tuple[str, Cell], ...], reader: CellReader) -> BatchHeader:
    """Type the header; every problem goes to the reader's findings, with the key as its column."""
    reader.start(None)
    cells = _cells_by_key(pairs, reader)
    if any(words.decoded_wrongly(key) for key in cells if not words.is_known_key(key)):
        _report_garbled(cells, reader)
    else:
        _report_keys(cells, reader)
    text = _getter(cells, reader.text)
    day = _getter(cells, reader.day)
    whole = _getter(cells, reader.whole)
    if text("格式版本") not in (None, words.FORMAT_VERSION):
        reader.reject(rules.FORMAT_UNKNOWN, "格式版本")
    return BatchHeader(
        batch_ref=text("批次编号"),
        committee_code=text("评委会代码"),
        channel=text("申报类别"),
        review_year=_year(cells, reader),
        approval_ref=text("例会批复文号"),
        approval_on=day("例会批复日期"),
        meeting_starts_on=day("评审开始日期"),
        meeting_ends_on=day("评审结束日期"),
        reported_on=day("结果报送日期"),
        publicity=tuple(_publicity(cells, reader)),
        filing_steps=tuple(_filing_steps(cells, reader)),
        announcing_body=text("公布文件发文单位"),
        announcement_ref=text("公布文号"),
        announcement_title=text("公布文件标题"),
        announcement_on=day("公布日期"),
        applicants=whole("申报人数"),
        passed=whole("通过人数"),
        row_count=whole("行数"),
        vacancy_plan_ref=text("空岗使用计划备案号"),
        ratio_approved_by=text("通过比例核准单位"),
        ratio_approval_ref=text("通过比例核准文号"),
        approved_ratio=_by_level(words.RATIO_KEYS, _getter(cells, reader.percent)),
        approved_quota=_by_level(words.QUOTA_KEYS, whole),
        applicants_by_level=_by_level(words.APPLICANTS_KEYS, whole),
        application_ref=text("申报系统受理号"),
        unreadable=frozenset(reader.unreadable),
    )


def _cells_by_key(pairs: tuple[tuple[str, Cell], ...], reader: CellReader) -> dict[str, Cell]:
    keyed = [(read_text(key) or "", cell) for key, cell in pairs]
    for key, times in Counter(key for key, _cell in keyed).items():
        if times > 1 and key and (words.is_known_key(key) or not words.decoded_wrongly(key)):
            reader.reject(rules.COLUMN_REPEATED, key[:40], name=shown(key), times=times)
    cells: dict[str, Cell] = {}
    for key, cell in keyed:
        blank = read_text(cell) is None
        if key not in cells and (key or not blank):
            cells[key] = None if blank else cell
    return cells


def _report_garbled(cells: Mapping[str, Cell], reader: CellReader) -> None:
    """Mojibake is told once for the sheet; what is missing because of it counts as unreadable."""
    reader.report(rules.MOJIBAKE, words.HEADER_SHEET, place=words.HEADER_SHEET)
    reader.unreadable.update(key for key in words.REQUIRED_KEYS + words.OPTIONAL_KEYS if key not in cells)


def _report_keys(cells: Mapping[str, Cell], reader: CellReader) -> None:
    for key in cells:
        if not words.is_known_key(key):
            reader.report(rules.KEY_UNKNOWN, shown(key), name=shown(key))
    for key in words.REQUIRED_KEYS:
        if cells.get(key) is None:
            reader.reject(rules.COLUMN_MISSING, key, name=key)


def shown(key: str) -> str:
    """An unknown key as it may be repeated to the clerk: short, and without anything that could act."""
    return (
        "".join(character for character in key if character.isalnum() or character in "_（）()")[:40]
        or "（空）"
    )


def _getter(cells: Mapping[str, Cell], read: Callable[[Cell, str], T]) -> Callable[[str], T]:
    return lambda key: read(cells.get(key), key)


def _year(cells: Mapping[str, Cell], reader: CellReader) -> int | None:
    cell = cells.get("评审年度")
    if isinstance(cell, str) and (found := _YEAR.fullmatch(cell.strip())):
        return int(found[1])
    year = reader.whole(cell, "评审年度")
    if year is not None and not 1900 <= year < 2200:
        reader.reject(rules.BAD_NUMBER, "评审年度", name="评审年度")
        return None
    return year


def _publicity(cells: Mapping[str, Cell], reader: CellReader) -> Iterator[PublicityClaim]:
    for number in _NUMBERS:
        keys = [f"公示{number}{field}" for field in words.PUBLICITY_FIELDS]
        if all(cells.get(key) is None for key in keys):
            continue
        place, url, starts_on, ends_on, evidence = keys
        yield PublicityClaim(
            place=reader.text(cells.get(place), place),
            url=reader.text(cells.get(url), url),
            starts_on=reader.day(cells.get(starts_on), starts_on),
            ends_on=reader.day(cells.get(ends_on), ends_on),
            evidence_sha256=_digest(cells.get(evidence), evidence, reader),
        )


def _digest(cell: Cell, key: str, reader: CellReader) -> str | None:
    text = reader.text(cell, key)
    if text is None or _SHA256.fullmatch(text.lower()):
        return text and text.lower()
    reader.reject(rules.DIGEST_SHAPE, key, name=key)
    return None


def _filing_steps(cells: Mapping[str, Cell], reader: CellReader) -> Iterator[FilingStepClaim]:
    for number in _NUMBERS:
        keys = [f"备案{number}{field}" for field in words.FILING_STEP_FIELDS]
        if all(cells.get(key) is None for key in keys):
            continue
        level, filed_by, filed_on, receipt = keys
        yield FilingStepClaim(
            level=reader.text(cells.get(level), level),
            filed_by=reader.text(cells.get(filed_by), filed_by),
            filed_on=reader.day(cells.get(filed_on), filed_on),
            receipt=reader.text(cells.get(receipt), receipt),
        )


def _by_level(keys: Mapping[str, Level], read: Callable[[str], int | None]) -> dict[Level, int]:
    return {level: value for key, level in keys.items() if (value := read(key)) is not None}


def committee_named(workbook: RawWorkbook) -> str | None:
    """The code of the review committee that a filed file names; None where it names none."""
    return read_header(workbook.header, CellReader()).committee_code
