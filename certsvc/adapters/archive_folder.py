"""ports.archive.ArchiveFolder in a folder: one file a generation, written whole, linked, never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from certsvc.adapters.document_archive import disk_in_words, link_durably
from certsvc.adapters.whole_file import make_folder, sync_folder


class FolderArchiveObjects:
    """Two characters of the number's tail a subfolder, as the archive of served documents beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, number: str, version: int, generation: int, document: bytes) -> bytes:
        """Store durably; the bytes that stand there. Raises UnavailableError while the disk is full or fails."""
        path = self.path(number, version, generation)
        with disk_in_words():
            make_folder(path.parent)
            if not path.exists():
                link_durably(path, document)
            sync_folder(path.parent)  # also for whoever linked it and died before he came to this
            return path.read_bytes()

    def read(self, number: str, version: int, generation: int) -> bytes | None:
        """The kept bytes, None when there are none."""
        path = self.path(number, version, generation)
        with disk_in_words():
            return path.read_bytes() if path.exists() else None

    def set_aside(self, number: str, version: int, generation: int) -> None:
        """Rename to the beginning of its digest and `.refused`: two of the same content are one."""
        path = self.path(number, version, generation)
        with disk_in_words():
            digest = sha256(path.read_bytes()).hexdigest()
            path.rename(path.with_suffix(f".{digest[:16]}.refused"))
            sync_folder(path.parent)

    def refused(self) -> Sequence[str]:
        """The names of the files that were set aside."""
        with disk_in_words():
            return sorted(one.name for one in self._folder.glob("*/*.refused"))

    def path(self, number: str, version: int, generation: int) -> Path:
        """Where the file of a generation stands."""
        return self._folder / number[-3:-1] / f"{number}-v{version}-a{generation}.pdf"
