"""ports.TrustArchive in a folder beside the keys: the signed trust material, one folder a sequence number.

What the trust anchors signed goes with the keys, not with the database: a restored backup must not publish an older list.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from certsvc.adapters.whole_file import make_folder, replace_file, sync_folder
from certsvc.errors import ConflictError, IntegrityError
from certsvc.formats.trust_note import TrustMaterial

FOLDER = "trust"
LIST, TABLES, POLICY, NOTE = "trust-list.json", "tables.json", "policy", "trust.note"


class FolderTrustArchive:
    """Accepted material is never changed and never taken away; a folder appears by one rename."""

    def __init__(self, keys_folder: Path) -> None:
        self._folder = keys_folder / FOLDER

    def newest(self) -> TrustMaterial | None:
        """The material with the greatest sequence number, None when nothing was accepted yet."""
        numbers = self._numbers()
        return self._read(numbers[-1]) if numbers else None

    def all(self) -> Iterator[TrustMaterial]:
        """Everything that was accepted, oldest first."""
        return map(self._read, self._numbers())

    def keep(self, material: TrustMaterial) -> None:
        """Take in signed material, durably and as a whole. Raises ConflictError when its number is taken."""
        if material.note is None:
            raise ValueError("only signed material is kept")
        make_folder(self._folder)
        staging = self._folder / f"{material.sequence}.{secrets.token_hex(4)}.new"
        target = self._folder / str(material.sequence)
        staging.mkdir(mode=0o700)
        for name, content in _files(material).items():
            replace_file(staging / name, content)
        try:
            staging.rename(target)
        except OSError as error:
            shutil.rmtree(staging, ignore_errors=True)
            raise ConflictError(f"第 {material.sequence} 号信任清单已经接受过，没有改动。") from error
        sync_folder(self._folder)

    def _numbers(self) -> list[int]:
        if not self._folder.is_dir():
            return []
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdecimal())

    def _read(self, number: int) -> TrustMaterial:
        folder = self._folder / str(number)
        try:
            contents = [(folder / name).read_bytes() for name in (LIST, TABLES, POLICY, NOTE)]
        except OSError as error:
            raise IntegrityError(
                f"已接受的第 {number} 号信任清单文件不全。请从密钥的备份恢复密钥文件夹中的 {FOLDER}。"
            ) from error
        return TrustMaterial(number, *contents)


def last_public_note(public_folder: Path) -> int:
    """The greatest number under which a signed list is public; 0: none is."""
    notes = (public_folder / FOLDER).glob("*.note")
    return max((int(path.stem) for path in notes if path.stem.isdecimal()), default=0)


def read_material(folder: Path, number: int) -> TrustMaterial:
    """Material in a folder of that shape; the note may be missing. Raises OSError."""
    note = folder / NOTE
    return TrustMaterial(
        number,
        (folder / LIST).read_bytes(),
        (folder / TABLES).read_bytes(),
        (folder / POLICY).read_bytes(),
        note.read_bytes() if note.exists() else None,
    )


def write_material(folder: Path, material: TrustMaterial) -> None:
    """Write material into a folder, made where it is missing; without a note none is written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _files(material).items():
        replace_file(folder / name, content, mode=0o644)


def _files(material: TrustMaterial) -> dict[str, bytes]:
    files = {LIST: material.trust_list, TABLES: material.tables, POLICY: material.policy}
    return files if material.note is None else files | {NOTE: material.note}
