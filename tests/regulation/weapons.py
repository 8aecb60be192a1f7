"""Files built to harm: small to send, large to open."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.regulation.bad_input import regular

TABLE = "xl/worksheets/sheet2.xml"
SHARED = "xl/sharedStrings.xml"
MEGABYTE = 1024 * 1024
_SHEET = (
    b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"%s<sheetData>"
)


def rebuilt(changes: dict[str, Iterable[bytes]]) -> bytes:
    """The good workbook with some members replaced, or added, piece by piece."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(regular().xlsx())) as old:
        kept = {name: old.read(name) for name in old.namelist() if name not in changes}
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in kept.items():
            new.writestr(name, content)
        for name, pieces in changes.items():
            with new.open(name, "w", force_zip64=False) as member:
                for piece in pieces:
                    member.write(piece)
    return written.getvalue()


def table_of(rows: Iterable[bytes], dimension: bytes = b"") -> bytes:
    """The good workbook with another table."""
    return rebuilt({TABLE: [_SHEET % dimension, *rows, b"</sheetData></worksheet>"]})


def with_declared_size(raw: bytes, member: str, size: int) -> bytes:
    """Another unpacked size in the central directory."""
    place = raw.index(b"PK\x01\x02")
    while raw[place + 46 : place + 46 + len(member)] != member.encode():
        place = raw.index(b"PK\x01\x02", place + 4)
    return raw[: place + 24] + struct.pack("<I", size) + raw[place + 28 :]


def zeros_of_a_sheet() -> bytes:
    return rebuilt({TABLE: (bytes(MEGABYTE) for _ in range(100))})


def zeros_that_deny_it() -> bytes:
    return with_declared_size(zeros_of_a_sheet(), TABLE, 1000)


def four_gigabytes_declared() -> bytes:
    return with_declared_size(regular().xlsx(), TABLE, 0xFFFFFFFE)


def zip_in_zip() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("0", bytes(200 * MEGABYTE))
    return rebuilt({"xl/media/inner.zip": [inner.getvalue()]})


def one_long_text_in_every_cell() -> bytes:
    rows = (
        b"<row>"
        + b"".join(b'<c r="%s%d" t="s"><v>0</v></c>' % (letter, n) for letter in _LETTERS)
        + b"</row>"
        for n in range(1, 20_000)
    )
    table = [_SHEET % b"", *rows, b"</sheetData></worksheet>"]
    text = [
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>',
        b"x" * MEGABYTE,
        b"</t></si></sst>",
    ]
    return rebuilt({SHARED: text, TABLE: table})


_LETTERS = [bytes([letter]) for letter in range(ord("A"), ord("Z") + 1)]


def shared_texts_without_end() -> bytes:
    pieces = (b"<si><t>" + b"x" * 1000 + b"</t></si>" for _ in range(100_000))
    return rebuilt({SHARED: [b"<sst>", *pieces, b"</sst>"]})


def billion_laughs() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return rebuilt(
        {SHARED: [b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "ha">', entities, b"]><sst>&l9;</sst>"]}
    )


def external_entity() -> bytes:
    return rebuilt({SHARED: [b'<!DOCTYPE sst [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst>&e;</sst>']})


def far_corner() -> bytes:
    return table_of(
        [b'<row><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'],
        b'<dimension ref="A1:XFD1048576"/>',
    )


def widest_grid_allowed() -> bytes:
    return table_of(
        [b'<row r="1"><c r="A1"><v>1</v></c></row><row r="29999"><c r="AZ29999"><v>1</v></c></row>'],
        b'<dimension ref="A1:XFD1048576"/>',
    )


def a_million_cells() -> bytes:
    return table_of(
        b"<row>"
        + b"".join(b'<c r="%s%d"><v>%d.5</v></c>' % (letter, n, n) for letter in _LETTERS)
        + b"</row>"
        for n in range(1, 29_000)
    )


def million_character_cell() -> bytes:
    text = b"\xe9\x95\xbf" * 1_000_000
    return table_of([b'<row><c r="A1" t="inlineStr"><is><t>', text, b"</t></is></c></row>"])


def too_many_rows() -> bytes:
    return table_of(
        b'<row><c r="A%d"><v>%d</v></c><c r="B%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n, n)
        for n in range(1, 20_003)
    )


def text(*pieces: tuple[str, int]) -> Callable[[], bytes]:
    """Pieces of text, each so many times."""
    return lambda: b"".join(piece.encode() * times for piece, times in pieces)


CSV_HEAD = "批次编号,1\n\n序号,姓名,证件号码,性别\n"
WEAPONS: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("a sheet of zeros", "xlsx", zeros_of_a_sheet, "解压后过大"),
    ("zeros that deny their size", "xlsx", zeros_that_deny_it, "与声明不符"),
    ("four gigabytes declared", "xlsx", four_gigabytes_declared, "解压后过大"),
    ("a zip in a zip", "xlsx", zip_in_zip, ""),
    ("one long text in half a million cells", "xlsx", one_long_text_in_every_cell, "文字过多"),
    ("shared texts without end", "xlsx", shared_texts_without_end, "解压后过大"),
    ("a billion laughs", "xlsx", billion_laughs, "外部实体"),
    ("an external entity", "xlsx", external_entity, "外部实体"),
    ("the far corner", "xlsx", far_corner, "超出允许范围"),
    ("the widest grid", "xlsx", widest_grid_allowed, "列名"),
    ("three quarters of a million cells", "xlsx", a_million_cells, "20000行"),
    ("a cell of a million characters", "xlsx", million_character_cell, "列名"),
    ("20,001 rows", "xlsx", too_many_rows, "20000行"),
    ("a file above the limit", "csv", text((CSV_HEAD, 1), ("王", 12 * MEGABYTE)), "32MB"),
    ("one line of thirty megabytes", "csv", text((CSV_HEAD, 1), ("王", 10 * MEGABYTE)), "过长"),
    ("empty lines", "csv", text((CSV_HEAD, 1), ("\n", 31 * MEGABYTE)), "20000行"),
    ("short lines", "csv", text((CSV_HEAD, 1), ("ab,cd\n", 5 * MEGABYTE)), "20000行"),
    ("wide lines", "csv", text((CSV_HEAD, 1), ("ab," * 5000 + "\n", 2000)), "100格"),
    ("a quotation that never ends", "csv", text((CSV_HEAD, 1), ('"\n",', 6 * MEGABYTE)), "引号"),
    (
        "objects",
        "json",
        text(('{"批次信息":{},"汇总表":[{}', 1), (',{"":0}', 2 * MEGABYTE + 700_000), ("]}", 1)),
        "20000行",
    ),
    (
        "numbers",
        "json",
        text(('{"批次信息":{"":0},"汇总表":[0', 1), (',0,""', 3 * MEGABYTE), ("]}", 1)),
        "过多",
    ),
    ("depth", "json", text(('["",', 5 * MEGABYTE)), "过多"),
    (
        "a text without end",
        "json",
        text(('{"批次信息":{"批次编号":"', 1), ("王", 6 * MEGABYTE), ('"}}', 1)),
        "过长",
    ),
    (
        "a text without end that hides its length",
        "json",
        text(('{"批次信息":{"批次编号":"𬭎', 1), ("x" * 40_000 + '\\"', 480), ('"},"汇总表":[]}', 1)),
        "过长",
    ),
    ("a large file", "json", text(('{"批次信息":{"', 1), ("王", 10 * MEGABYTE)), "20MB"),
    (
        "as many values as may be",
        "json",
        text(('{"批次信息":{"a":0', 1), (',"ab":"cd"', 799_000), ('},"汇总表":[]}', 1)),
        "重复",
    ),
]


def write_weapon(folder: Path, form: str, made: bytes) -> Path:
    """The weapon as a file."""
    path = folder / f"报送.{form}"
    path.write_bytes(made)
    return path
