"""Files that are damaged, too large, encrypted or built to harm are refused with a sentence that says what to do."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.adapters import workbook as reading
from certsvc.adapters.workbook import read_workbook
from certsvc.errors import UnreadableInput
from certsvc.stages.filing import accept
from tests.filing.batches import as_csv, as_json, one_person

GOOD = one_person().xlsx()
TABLE = "xl/worksheets/sheet2.xml"
OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def rewritten(change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The good workbook with some members changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(written, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return written.getvalue()


def in_table(old: bytes, new: bytes) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        if name != TABLE:
            return content
        assert old in content
        return content.replace(old, new, 1)

    return rewritten(change)


def understated(raw: bytes) -> bytes:
    """The sheet's declared size in the central directory made smaller than it is."""
    place = raw.index(b"PK\x01\x02")
    while raw[place + 46 : place + 46 + len(TABLE)] != TABLE.encode():
        place = raw.index(b"PK\x01\x02", place + 4)
    return raw[: place + 24] + struct.pack("<I", 100) + raw[place + 28 :]


def bomb() -> bytes:
    written = io.BytesIO(GOOD)
    with (
        zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/a.xml", "w") as member,
    ):
        for _ in range(130):
            member.write(b" " * 1024 * 1024)
    return written.getvalue()


def many_members() -> bytes:
    written = io.BytesIO(GOOD)
    with zipfile.ZipFile(written, "a") as archive:
        for place in range(501):
            archive.writestr(f"xl/{place}.bin", b"")
    return written.getvalue()


def encrypted_member() -> bytes:
    place = GOOD.index(b"PK\x01\x02")
    return GOOD[: place + 8] + b"\x01" + GOOD[place + 9 :]


DTD = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet'
CASES: list[tuple[str, bytes, str]] = [
    ("a.xlsx", b"", "空的"),
    ("a.csv", b"  \r\n ", "空的"),
    ("a.xlsx", OLE + b"\x00" * 100 + "EncryptedPackage".encode("utf-16-le"), "密码"),
    ("a.xls", OLE + b"\x00" * 600, "旧版"),
    ("a.xlsx", b"not a workbook", "已损坏"),
    ("a.xlsx", GOOD[:-30], "损坏"),
    ("a.xlsx", GOOD[:200] + GOOD[-22:], "损坏"),
    ("a.xlsx", GOOD + b"trailing", "损坏"),
    ("a.xlsx", understated(GOOD), "与声明不符"),
    ("a.xlsx", bomb(), "解压后过大"),
    ("a.xlsx", many_members(), "内部文件过多"),
    ("a.xlsx", encrypted_member(), "密码"),
    ("a.xlsx", rewritten(lambda _name, content: content, zipfile.ZIP_BZIP2), "压缩方式"),
    ("a.xlsx", in_table(b"<worksheet", DTD), "外部实体"),
    ("a.xlsx", in_table(b"<worksheet", b"<!doctype x><worksheet"), "外部实体"),
    ("a.xlsx", rewritten(lambda n, c: c.decode().encode("utf-16") if n == TABLE else c), "UTF-8"),
    ("a.xlsx", in_table(b'r="A1"', b'r="XFD1048576"'), "超出允许范围"),
    ("a.xlsx", in_table(b'<c r="A1"', b"<c\nr = 'XFD1048576'"), "超出允许范围"),
    ("a.xlsx", in_table(b'<c r="A1"', b"<c"), "超出允许范围"),
    ("a.xlsx", in_table(b'<c r="A1"', b'<x:c r="AAA9"'), "超出允许范围"),
    ("a.xlsx", in_table(b"</worksheet>", b""), "不完整"),
    ("a.xlsx", rewritten(lambda n, c: b"<" if n == "xl/workbook.xml" else c), "不是可以读取的"),
    ("a.xlsx", rewritten(lambda n, c: c.replace("汇总表".encode(), b"Sheet2")), "缺少工作表“汇总表”"),
    ("a.csv", b"\xff\xfe" + as_csv(one_person()).encode("utf-16-le"), "UTF-16"),
    ("a.csv", b"\x81\xff\xff", "GB18030"),
    ("a.csv", b"hello\n\nworld", "不是职称评审结果报送文件"),
    ("a.csv", b"hello", "找不到汇总表的列名"),
    ("a.csv", '姓名,序号,性别\n"王'.encode(), "引号"),
    ("a.csv", "批次编号,1,2\n\n姓名,序号,性别\n".encode(), "项目,值"),
    ("a.csv", "批次编号,1\n\n姓名,序号,性别\n王丽,1,女,3\n".encode(), "多于3列"),
    ("a.json", b"{", "不是有效的 JSON"),
    ("a.json", b"[" * 100_000, "JSON 文件应为"),
    ("a.json", b"[]", "最外层"),
    ("a.json", "{“批次信息”: 1}".encode(), "不是有效的 JSON"),
    ("a.json", '{"批次信息": [], "汇总表": {}}'.encode(), "应为对象"),
    ("a.json", '{"批次信息": {}, "汇总表": [1]}'.encode(), "每一项"),
    ("a.json", '{"批次信息": {"行数": NaN}, "汇总表": []}'.encode(), "非数值"),
    ("a.json", '{"批次信息": {"行数": {}}, "汇总表": []}'.encode(), "每个值"),
    ("a.json", '{"批次信息": {"行数": 1, "行数": 2}, "汇总表": []}'.encode(), "重复"),
    ("a.json", '{"批次信息": {}, "汇总表": []}'.encode("utf-16"), "UTF"),
    ("a.json", ('{"批次信息": {"行数": ' + "9" * 5000 + '}, "汇总表": []}').encode(), "不是有效的 JSON"),
]


@pytest.mark.parametrize(("name", "raw", "words"), CASES)
def test_a_hostile_file_is_refused_in_plain_words(name: str, raw: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        read_workbook(raw, name)
    assert words in str(refused.value)
    assert str(refused.value).endswith("。")


def test_a_file_above_the_cap_is_refused_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 1024)
    with pytest.raises(UnreadableInput, match="文件超过"):
        read_workbook(b"PK" + b"x" * 1024, "a.xlsx")


def test_lone_surrogates_in_json_never_reach_a_typed_value() -> None:
    written = as_json(one_person()).decode().replace("工程技术人员", "\\ud800").encode()
    intake = accept(read_workbook(written, "a.json"))
    assert intake.submission.rows[0].series is None
    assert {finding.case for finding in intake.findings} == {29}
    assert json.dumps([finding.message for finding in intake.findings], ensure_ascii=False).encode()


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_a_workbook_with_one_changed_byte_is_read_or_refused(place: int, byte: int) -> None:
    raw = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    with suppress(UnreadableInput):
        accept(read_workbook(raw, "a.xlsx"))


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.xlsx", "a"])
def test_any_bytes_are_read_or_refused(name: str, raw: bytes) -> None:
    with suppress(UnreadableInput):
        accept(read_workbook(raw, name))
