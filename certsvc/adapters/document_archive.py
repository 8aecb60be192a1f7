"""The archive of certificate PDFs: a folder, one file a certificate version, never overwritten."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from certsvc.errors import IntegrityError


class FolderArchive:
    """ports.DocumentArchive in a folder, two characters of the number's tail a subfolder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, number: str, version: int, document: bytes) -> str:
        """Store durably: temporary name, fsync, rename, fsync of the folder. The SHA-256 in hex."""
        path = self._path(number, version)
        digest = sha256(document).hexdigest()
        if path.exists():
            if sha256(path.read_bytes()).hexdigest() != digest:
                raise IntegrityError(f"证书 {number} 第 {version} 版的文件已存在且内容不同，已停止处理。")
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".new")
        with temporary.open("wb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return digest

    def read(self, number: str, version: int) -> bytes | None:
        """The kept bytes, None when there are none."""
        path = self._path(number, version)
        return path.read_bytes() if path.exists() else None

    def _path(self, number: str, version: int) -> Path:
        return self._folder / number[-3:-1] / f"{number}-v{version}.pdf"
