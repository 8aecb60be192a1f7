"""What somebody hands over at the command line: a file, a text, or the name of a file that is not there."""

from __future__ import annotations

from pathlib import Path

from certverify.base43 import ALPHABET
from certverify.codes import Code

_ENDINGS = tuple(
    f".{kind}"
    for kind in (
        "png",
        "jpg",
        "jpeg",
        "webp",
        "bmp",
        "gif",
        "heic",
        "heif",
        "tif",
        "tiff",
        "pdf",
        "json",
        "txt",
    )
)
_STARTS = ("/", "./", "../", "~", "\\", ".\\", "..\\")
_SHORTEST_RECORD = 80


def read_file(path: Path, limit: int) -> bytes | Code:
    """The bytes of a file, one more than `limit` at most; otherwise `file-missing`, or `file-unreadable` (a folder, no right)."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return Code.FILE_MISSING
    except OSError:
        return Code.FILE_UNREADABLE


def names_a_file(text: str) -> bool:
    """Whether a text is the name of something on this machine, or can only have been meant as one."""
    if not text.strip():
        return False
    try:
        return Path(text).exists() or _looks_like_a_path(text)
    except (OSError, ValueError):
        return _looks_like_a_path(text)


def _looks_like_a_path(text: str) -> bool:
    """A link or a record of the QR symbol may hold slashes and dots too; it is no path."""
    if "://" in text or "#" in text:
        return False
    if Path(text).suffix.lower() in _ENDINGS or text[1:3] == ":\\":
        return True
    is_record_like = len(text) >= _SHORTEST_RECORD and set(text) <= set(ALPHABET)
    return text.startswith(_STARTS) and not is_record_like
