"""The list that somebody hands over: a CSV file, a workbook, or a folder; one row after another, never all at once."""

from __future__ import annotations

import codecs
import csv
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

from certverify.errors import BatchError

MAX_ROWS = 5_000_000
_MAX_LINE = 64 * 1024
_WORKBOOK_SECONDS = 300.0
_PIECE = 1 << 20
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_PRESENTED = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".pdf", ".json")
_MOST_FILES = 1_000_000


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row that is not empty, with its number in the list (from 1); `cells` None where it cannot be read."""

    number: int
    cells: tuple[str, ...] | None


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
                name = (row.cells or ("",))[0]
                digest.update(f"{name}\0{(path / name).stat().st_size}\n".encode("utf-8", "surrogateescape"))
        else:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
    except OSError as error:
        raise BatchError(f"清单无法读取 the list cannot be read: {path}") from error
    return digest.hexdigest()


def _folder_rows(path: Path) -> Iterator[ListRow]:
    """The files below a folder that can be certificates, by name; links are not followed, hidden ones are left out."""
    names: list[str] = []
    for folder, below, files in os.walk(path):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in files:
            full = Path(folder, name)
            if full.suffix.lower() in _PRESENTED and not name.startswith(".") and not full.is_symlink():
                names.append(full.relative_to(path).as_posix())
        if len(names) > _MOST_FILES:
            raise BatchError("文件夹中的文件过多 too many files in the folder")
    for number, name in enumerate(sorted(names), 1):
        yield ListRow(number, (name,))


def _csv_rows(path: Path) -> Iterator[ListRow]:
    encoding = _encoding_of(path)
    try:
        with path.open("rb") as file:
            reader = csv.reader(_lines(file, encoding), delimiter=_delimiter(path, encoding))
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except (csv.Error, UnicodeDecodeError):
                    yield ListRow(reader.line_num, None)
                    continue
                if reader.line_num > MAX_ROWS:
                    raise BatchError(f"清单超过 {MAX_ROWS} 行 more rows than that")
                if any(cell.strip() for cell in cells):
                    yield ListRow(reader.line_num, tuple(cells))
    except OSError as error:
        raise BatchError(f"清单无法读取 the list cannot be read: {path}") from error


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines of a file, each so long at most; what is longer is cut into lines that no record is read from."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    rest = ""
    while piece := file.read(_MAX_LINE):
        rest += decoder.decode(piece)
        *whole, rest = rest.split("\n")
        yield from (f"{line}\n" for line in whole)
        if len(rest) > _MAX_LINE:
            yield rest + "\n"
            rest = ""
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest


def _encoding_of(path: Path) -> str:
    """UTF-8 with or without mark, UTF-16 with one, else GB18030. Raises BatchError."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise BatchError(f"清单无法读取 the list cannot be read: {path}") from error
    if start.startswith(b"PK\x03\x04"):
        raise BatchError(f"{path.name} 是工作簿，请以 .xlsx 命名 is a workbook: name it .xlsx")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
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
        first = next(_lines(file, encoding), "")
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
                    number, *cells = json.loads(line)
                    yield ListRow(int(number), tuple(map(str, cells)))
        finally:
            timer.cancel()
            if process.poll() is None and sys.exc_info()[0] is not None:
                process.kill()
            code = process.wait()
    if code != 0:
        raise BatchError(
            f"{path.name} 不是可以读取的工作簿，或者过大，请另存为 .csv is no workbook, or too large: save it as .csv"
        )
