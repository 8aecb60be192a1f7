"""The list that somebody hands over: a CSV file, a workbook, or a folder; one row after another, never all at once."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import BinaryIO

from certverify.codes import Code
from certverify.errors import BatchError

MAX_ROWS = 5_000_000
_MAX_LINE = 64 * 1024
_WORKBOOK_SECONDS = 300.0
_PIECE = 1 << 20
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_OF_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")
_MOST_FILES = 1_000_000


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row that is not empty, with its number in the list (from 1; None for what is no row, as a further sheet).

    `cells` None where it cannot be checked: `code` then says why, and `named` what it is, where that may be shown.
    """

    number: int | None
    cells: tuple[str, ...] | None
    code: Code = Code.ROW_UNREADABLE
    named: str = ""


def list_rows(path: Path) -> Iterator[ListRow]:
    """The rows of a list. Raises BatchError for one that cannot be read as a whole; a broken row is a row."""
    if path.is_dir():
        return _folder_rows(path)
    if path.suffix.lower() in _WORKBOOKS:
        if path.suffix.lower() not in (".xlsx", ".xlsm"):
            raise BatchError(f"{path.name}：请另存为 .xlsx 或 .csv please save it as .xlsx or .csv")
        return _workbook_rows(path)
    return _csv_rows(path)


def list_digest(path: Path) -> str:
    """What tells this list from another: the SHA-256 of the file, or of the names and sizes in a folder. Raises BatchError."""
    digest = sha256()
    try:
        if path.is_dir():
            for row in _folder_rows(path):
                size = (path / row.named).lstat().st_size
                digest.update(f"{row.named}\0{size}\n".encode("utf-8", "surrogateescape"))
        else:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
    except OSError as error:
        raise BatchError(f"清单无法读取 the list cannot be read: {path}") from error
    return digest.hexdigest()


def _folder_rows(path: Path) -> Iterator[ListRow]:
    """Everything below a folder, by name: links and hidden things are told and not opened; no marks of operating systems."""
    names: list[tuple[str, bool]] = []
    for folder, below, files in os.walk(path, onerror=_refuse_folder):
        shut = [name for name in below if _is_shut(Path(folder, name))]
        below[:] = sorted(set(below) - set(shut))
        for name in (*files, *shut):
            if name not in _OF_SYSTEMS and not name.startswith("._"):
                full = Path(folder, name)
                names.append((full.relative_to(path).as_posix(), _is_shut(full)))
        if len(names) > _MOST_FILES:
            raise BatchError("文件夹中的文件过多 too many files in the folder")
    for number, (name, shut_one) in enumerate(sorted(names), 1):
        yield ListRow(number, None if shut_one else (name,), Code.FILE_UNREADABLE, name)


def _is_shut(path: Path) -> bool:
    return path.name.startswith(".") or path.is_symlink()


def _refuse_folder(error: OSError) -> None:
    raise BatchError(f"文件夹无法读取 a folder cannot be read: {error.filename}") from error


def _csv_rows(path: Path) -> Iterator[ListRow]:
    """Each line is a row of its own: a quote left open spoils its own line, and can swallow none that follows."""
    encoding = _encoding_of(path)
    try:
        with path.open("rb") as file:
            delimiter = _delimiter(path, encoding)
            for number, line in enumerate(_lines(file, encoding), 1):
                if number > MAX_ROWS:
                    raise BatchError(f"清单超过 {MAX_ROWS} 行 more rows than that")
                cells = None if line is None else _cells(line, delimiter)
                if cells is None or any(cell.strip() for cell in cells):
                    yield ListRow(number, cells)
    except OSError as error:
        raise BatchError(f"清单无法读取 the list cannot be read: {path}") from error


def _cells(line: str, delimiter: str) -> tuple[str, ...] | None:
    """The cells of a line; None where its quotes do not pair, as in a cell of several lines."""
    try:
        return tuple(next(csv.reader((line,), delimiter=delimiter, strict=True), ()))
    except csv.Error:
        return None


def _lines(file: BinaryIO, encoding: str) -> Iterator[str | None]:
    """The lines of a file without their ends; None for one that is longer than a line may be."""
    text = io.TextIOWrapper(file, encoding, newline=None)
    try:
        while line := text.readline(_MAX_LINE + 1):
            is_long = len(line) > _MAX_LINE
            while is_long and line and not line.endswith("\n"):
                line = text.readline(_MAX_LINE + 1)
            yield None if is_long else line.removesuffix("\n")
    finally:
        text.detach()


def _encoding_of(path: Path) -> str:
    """UTF-8 with or without mark, UTF-16 with one, else GB18030. Raises BatchError."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise BatchError(f"清单无法读取 the list cannot be read: {path}") from error
    if start.startswith(b"PK\x03\x04"):
        raise BatchError(f"{path.name} 是工作簿，请以 .xlsx 命名 is a workbook: name it .xlsx")
    is_wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise BatchError(
        f"{path.name} 的编码无法识别，请另存为 UTF-8 its encoding is not known, save it as UTF-8"
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    except OSError as error:
        raise BatchError(f"清单无法读取 the list cannot be read: {path}") from error
    return True


def _delimiter(path: Path, encoding: str) -> str:
    """The separator that the first line has most of; records hold none of them."""
    with path.open("rb") as file:
        first = next(_lines(file, encoding), "") or ""
    return max(",\t;", key=first.count) if any(mark in first for mark in ",\t;") else ","


def _workbook_rows(path: Path) -> Iterator[ListRow]:
    """The rows that the reading process tells. Raises BatchError when it ends otherwise than well."""
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-m", "certverify.workbook_reading"]
    try:
        file = path.open("rb")
    except OSError as error:
        raise BatchError(f"清单无法读取 the list cannot be read: {path}") from error
    with (
        file,
        subprocess.Popen(  # noqa: S603
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        ) as process,
    ):
        timer = Timer(_WORKBOOK_SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None
            with closing(process.stdout) as told:
                for line in told:
                    yield _workbook_row(*json.loads(line))
        finally:
            timer.cancel()
            if process.poll() is None and sys.exc_info()[0] is not None:
                process.kill()
            code = process.wait()
    if code != 0:
        raise BatchError(
            f"{path.name} 不是可以读取的工作簿，或者过大，请另存为 .csv is no workbook, or too large: save it as .csv"
        )


def _workbook_row(number: int | str, *cells: str | None) -> ListRow:
    """A row that was told: a further sheet has the word `sheet` for a number, a row that is too wide None for cells."""
    if number == "sheet":
        return ListRow(None, None, Code.SHEET_NOT_READ, f"工作表 sheet {cells[0]}")
    return ListRow(int(number), None if None in cells else tuple(map(str, cells)))
