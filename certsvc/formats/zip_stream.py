"""A ZIP file as it grows: members are taken one after another, and what is finished goes out at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_PRIVATE = 0o600 << 16


def zip_chunks(
    members: Iterable[tuple[str, bytes]], at: tuple[int, int, int, int, int, int]
) -> Iterator[bytes]:
    """The bytes of a ZIP of named members, in pieces; no more than one member is in memory. `at`: local time of every member."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]  # it writes, and asks for nothing else
        for name, content in members:
            member = ZipInfo(name, at)
            member.external_attr = _PRIVATE
            archive.writestr(member, content)
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """Takes what is written until it is fetched. It cannot be sought in, and says so by having no such method."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """Everything since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
