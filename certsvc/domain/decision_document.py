"""The document of a decision 决定文书, and proofs of its service: which files are taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from certsvc.errors import RequestError

LARGEST_DOCUMENT: Final = 10_000_000  # bytes


class MediaType(StrEnum):
    """The kinds of file that are taken, told by their first bytes alone."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def suffix(self) -> str:
        """The ending of a file name."""
        return {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[self.value]


_BEGINNINGS: Final = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)


@dataclass(frozen=True, slots=True)
class DecisionDocument:
    """An uploaded file. `office`: the region of the authority that uploaded it; each authority has its own copies."""

    content: bytes
    media_type: MediaType
    office: str
    uploaded_by: str
    uploaded_at: datetime

    @property
    def sha256(self) -> str:
        """The digest by which it is named, hex."""
        return sha256(self.content).hexdigest()


def read_media_type(raw: bytes) -> MediaType:
    """The kind of a file. Raises RequestError for an empty or too large one, or another kind."""
    if not raw:
        raise RequestError("文件是空的。请上传决定文书（PDF、JPEG 或 PNG）。")
    if len(raw) > LARGEST_DOCUMENT:
        raise RequestError("文件超过 10 MB。请压缩或拆分后重新上传。")
    found = next((kind for beginning, kind in _BEGINNINGS if raw.startswith(beginning)), None)
    if found is None:
        raise RequestError("文件不是 PDF、JPEG 或 PNG。请上传这三种格式的文件。")
    return found
