"""Opening an XLSX package (ZIP of XML) that nobody vouches for: every size is checked before anything is parsed.

The parser behind reads the same bytes again, so this guard accepts only what both must read alike: one plain end
record at the very end of the file, no ZIP64, members that unpack to exactly their declared sizes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from certsvc.errors import UnreadableInput

MOST_MEMBERS = 500
LARGEST_MEMBER = 64 * 1024 * 1024  # bytes unpacked
LARGEST_PACKAGE = 96 * 1024 * 1024  # bytes unpacked

_END_RECORD = 22  # bytes, without a comment
_LOCAL_HEADER = 30  # bytes, without name and extra field
_STRANGE_NAME = re.compile(r"^[/\\]|\\|(?:^|/)\.\.(?:/|$)|:|[\x00-\x1f]")
_AGAIN = "请用 Excel 或 WPS 打开后另存为 .xlsx 重新报送。"


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose directory was checked; `unpacked` checks each member as it is read."""

    raw: bytes
    members: tuple[zipfile.ZipInfo, ...]

    def names(self) -> frozenset[str]:
        """The names of all members."""
        return frozenset(member.filename for member in self.members)

    def unpacked(self, *only: str) -> Iterator[tuple[str, bytes]]:
        """Name and content of the named members, of all when none is named.

        Raises UnreadableInput at the first that is not what it declares.
        """
        for member in self.members:
            if only and member.filename not in only:
                continue
            content = _inflated(self.raw, member)
            if member.filename.lower().endswith((".xml", ".rels")):
                _refuse_declarations(content)
            yield member.filename, content


def open_package(raw: bytes) -> Package:
    """Check the directory of a package. Raises UnreadableInput."""
    end = len(raw) - _END_RECORD
    if raw[end : end + 4] != b"PK\x05\x06" or raw[end - 20 : end - 16] == b"PK\x06\x07":
        raise UnreadableInput(f"文件不是完整的 .xlsx 工作簿，可能在传输中损坏。{_AGAIN}")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = tuple(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise UnreadableInput(f"文件不是完整的 .xlsx 工作簿，可能在传输中损坏。{_AGAIN}") from None
    _check_directory(members)
    return Package(raw, members)


def _check_directory(members: tuple[zipfile.ZipInfo, ...]) -> None:
    if len(members) > MOST_MEMBERS or len({member.filename for member in members}) != len(members):
        raise UnreadableInput(f"工作簿的内部文件过多或重名。{_AGAIN}", case=92)
    if any(_STRANGE_NAME.search(member.filename) for member in members):
        raise UnreadableInput(f"工作簿的内部文件名异常，出于安全考虑不予读取。{_AGAIN}", case=92)
    if any(member.flag_bits & 0x1 for member in members):
        raise UnreadableInput("文件设有密码，无法读取。请取消密码后另存为 .xlsx 重新报送。", case=92)
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise UnreadableInput(f"工作簿的压缩方式不受支持。{_AGAIN}", case=92)
    sizes = [member.file_size for member in members]
    if max(sizes, default=0) > LARGEST_MEMBER or sum(sizes) > LARGEST_PACKAGE:
        raise UnreadableInput(
            f"工作簿解压后过大，无法受理。请删除多余的行、列和图片，或分批报送。{_AGAIN}", case=92
        )


def _inflated(raw: bytes, member: zipfile.ZipInfo) -> bytes:
    """The member's content; one byte more than declared is enough to refuse it."""
    start = member.header_offset
    local = raw[start : start + _LOCAL_HEADER]
    if len(local) < _LOCAL_HEADER or local[:4] != b"PK\x03\x04":
        raise UnreadableInput(f"工作簿已损坏。{_AGAIN}")
    start += _LOCAL_HEADER + int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    packed = raw[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        content = packed
    else:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflating.decompress(packed, member.file_size + 1)
        except zlib.error:
            raise UnreadableInput(f"工作簿已损坏。{_AGAIN}") from None
    if len(content) != member.file_size:
        raise UnreadableInput(f"工作簿解压后的大小与声明不符，无法受理。{_AGAIN}", case=92)
    return content


def _refuse_declarations(content: bytes) -> None:
    """Refuse document type and entity declarations, and encodings in which they could hide."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"+/v")) or b"\x00" in content[:256]:
        raise UnreadableInput(f"工作簿的内部文件不是 UTF-8 编码。{_AGAIN}", case=85)
    place = content.find(b"<!")
    while place >= 0:
        if content[place + 2 : place + 20].lstrip().lower().startswith((b"doctype", b"entity")):
            raise UnreadableInput(f"工作簿含外部实体或文档类型声明，出于安全考虑不予读取。{_AGAIN}", case=92)
        place = content.find(b"<!", place + 2)
