"""The process that reads a workbook: `python -I -m certverify.workbook_reading` (see `batch_list`).

Standard input is the file; standard output one JSON list of texts a row, preceded by its number (`null` for texts where the row
is too wide), and `["sheet", number]` for each further sheet. A workbook is hostile: limits on memory and time come first, the
walls of the kernel (`confinement`) before a byte is read, and packed parts are measured while they are unpacked. Whatever goes
wrong ends the process with another code than 0.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from certverify.confinement import confine

MAX_WORKBOOK_BYTES = 64 << 20
MAX_UNPACKED_BYTES = 512 << 20
MAX_PARTS = 2_000
MAX_COLUMNS = 60
MAX_CELL = 4_000
MEMORY_BYTES = 1536 << 20
CPU_SECONDS = 120
TOO_LARGE = 5
_PIECE = 1 << 20


def main() -> int:
    """Write the rows of the first sheet that has any, then `["sheet", number]` for each further one."""
    _limit()
    import python_calamine

    confine(("python_calamine",))
    raw = sys.stdin.buffer.read(MAX_WORKBOOK_BYTES + 1)
    if len(raw) > MAX_WORKBOOK_BYTES or not _is_measured(raw):
        return TOO_LARGE
    with python_calamine.load_workbook(io.BytesIO(raw)) as book:
        begun = False
        for number, name in enumerate(book.sheet_names, 1):
            sheet = book.get_sheet_by_name(name)
            if sheet.height and begun:
                sys.stdout.write(json.dumps(["sheet", number]) + "\n")
            elif sheet.height:
                begun = True
                _write_rows(sheet)
    sys.stdout.flush()
    return 0


def _is_measured(raw: bytes) -> bool:
    """Whether what is packed is as large as it says, and all of it small enough."""
    left = MAX_UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        parts = package.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            return False
        for part in parts:
            with package.open(
                part
            ) as content:  # raises BadZipFile where the sum of the content does not agree
                while piece := content.read(_PIECE):
                    left -= len(piece)
                    if left < 0:
                        return False
    return True


def _write_rows(sheet: Any) -> None:
    first = 0 if sheet.start is None else sheet.start[0]
    out = sys.stdout
    for number, row in enumerate(sheet.to_python(skip_empty_area=True), 1 + first):
        texts = _texts(row)
        if len(texts) > MAX_COLUMNS or any(len(text) > MAX_CELL for text in texts):
            out.write(json.dumps([number, None]) + "\n")
        elif any(texts):
            out.write(json.dumps([number, *texts]) + "\n")
    out.flush()


def _texts(row: Sequence[object]) -> list[str]:
    texts = [_text(cell) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e18:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _limit() -> None:
    with suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, MEMORY_BYTES),
            (resource.RLIMIT_CPU, CPU_SECONDS),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
        ):
            _, hard = resource.getrlimit(what)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (bound, bound))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
