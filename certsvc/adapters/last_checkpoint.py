"""ports.LastCheckpoint as a small file, outside database and public tree."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from certsvc.errors import UnavailableError


class FileLastCheckpoint:
    """One file, whole or absent. Its folder must be there."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> bytes | None:
        """The note, None when none was kept."""
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnavailableError(self._unreadable) from error

    def keep(self, raw_note: bytes) -> None:
        """Put a note in the place of the one before, with one fsync; nothing to do for the same note.

        The folder is not synchronised: after a loss of power the note of before may stand there, which only remembers less.
        """
        if raw_note == self.read():
            return
        temporary = self._file.with_name(f"{self._file.name}.{secrets.token_hex(4)}.new")
        try:
            with temporary.open("xb") as file:
                file.write(raw_note)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._file)
        except OSError as error:
            raise UnavailableError(self._unreadable) from error
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    @property
    def _unreadable(self) -> str:
        return f"{self._file.name} 暂时无法读写（磁盘已满、故障或没有权限），暂不签发。请检查磁盘，恢复后自动继续。"
