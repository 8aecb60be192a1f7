"""Reading a filed file: XLSX, CSV or JSON, recognised by its bytes; the same content gives the same cells.

CSV (UTF-8 with or without BOM, or GB18030; comma): first the header, one `项目,值` a line, then a blank line, then
the table with its column names. A line holding only 批次信息 or 汇总表 before either part is allowed.
JSON: `{"批次信息": {项目: 值}, "汇总表": [{列名: 值}, ...]}`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from certsvc.domain.intake_words import LARGEST_FILE, MOST_ROWS
from certsvc.domain.submission import Cell, RawWorkbook
from certsvc.errors import UnreadableInput

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Sheets:
    """What each of the three readers finds: the header's pairs, the table's column names, and its rows."""

    header: list[tuple[str, Cell]]
    columns: list[str]
    rows: list[tuple[Cell, ...]]
    oddities: list[str] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)


def read_workbook(raw: bytes, filename: str) -> RawWorkbook:
    """The cells of a filed file, without judgement.

    The digest is the identity of the filing. Raises UnreadableInput, saying what to do, when the bytes are not
    a file of the intake format, are larger than allowed, encrypted or built to harm.
    """
    if len(raw) > LARGEST_FILE:
        raise UnreadableInput(
            f"文件超过{LARGEST_FILE // 1024 // 1024}MB，无法受理。请去除图片等无关内容，或分批报送。"
        )
    sheets = _sheets(raw, filename.lower())
    rows = sheets.rows
    while rows and not any(_filled(cell) for cell in rows[-1]):
        rows.pop()
    if sum(1 for row in rows if any(_filled(cell) for cell in row)) > MOST_ROWS:
        raise UnreadableInput(f"汇总表超过{MOST_ROWS}行，无法受理。请拆分为多个批次报送。")
    return RawWorkbook(
        digest=hashlib.sha256(raw).hexdigest(),
        header=tuple(sheets.header),
        columns=tuple(sheets.columns),
        rows=tuple(rows),
        oddities=tuple(sheets.oddities),
        pictures=sheets.pictures,
    )


def _sheets(raw: bytes, name: str) -> Sheets:
    """Imports the reader only when a file of its kind arrives."""
    if not raw.strip():
        raise UnreadableInput("文件是空的。请选择填好的汇总表文件重新报送。", case=88)
    if raw.startswith(_OLE):
        if _ENCRYPTED_STREAM in raw:
            raise UnreadableInput(
                "文件设有打开密码，无法读取。请在 Excel 或 WPS 中取消密码后另存为 .xlsx 重新报送。", case=92
            )
        raise UnreadableInput(
            "文件是旧版 .xls 格式或加密文件，无法读取。请用 Excel 或 WPS 另存为不加密的 .xlsx 重新报送。"
        )
    if raw.startswith(b"PK"):
        from certsvc.adapters.workbook_xlsx import read_xlsx

        return read_xlsx(raw, macros_named=name.endswith(".xlsm"))
    if name.endswith((".xlsx", ".xlsm", ".xls", ".et")):
        raise UnreadableInput(
            "文件内容不是 .xlsx 工作簿，可能已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx 重新报送。"
        )
    if name.endswith(".json") or raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        from certsvc.adapters.workbook_json import read_json

        return read_json(raw)
    from certsvc.adapters.workbook_csv import read_csv

    return read_csv(raw)


def _filled(cell: Cell) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())
