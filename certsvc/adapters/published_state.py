"""ports.verification.PublishedState over the folder of the public tree, opened with the reader's own code."""

from __future__ import annotations

from pathlib import Path

from certverify import LedgerUnavailable, LedgerView, StatusSource, Trust, load_trust, open_ledger
from certverify.errors import TrustListError, TrustMixedError

from certsvc.errors import UnavailableError

_FILES = ("trust-list.json", "tables.json", "policy", "checkpoint")
_Stamp = tuple[tuple[int, int, int], ...]


class FolderState:
    """Opens what is published and keeps it until one of its files is replaced. May be asked from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: tuple[_Stamp, Trust, LedgerView] | None = None

    def open(self) -> tuple[Trust, StatusSource | LedgerUnavailable]:
        """The newest published state, verified. A log that cannot be opened is tried again at the next call."""
        stamp, kept = self._stamp(), self._kept
        if kept is not None and kept[0] == stamp:
            return kept[1], kept[2]
        try:
            trust = load_trust(self._folder)
        except TrustMixedError as error:
            if kept is not None:  # a publication is under way: the state of before is whole
                return kept[1], kept[2]
            raise UnavailableError("信任清单正在更新，暂时不能核验。请稍后重试。") from error
        except TrustListError as error:
            raise UnavailableError("信任清单尚未公开或无法读取，暂时不能核验。请稍后重试。") from error
        ledger = open_ledger(self._folder, trust)
        if isinstance(ledger, LedgerView):
            self._kept = (stamp, trust, ledger)
        return trust, ledger

    def _stamp(self) -> _Stamp:
        """Files are replaced by a rename, so a new content has a new inode. Taken before reading: never too young."""
        try:
            states = [(self._folder / name).stat() for name in _FILES]
        except OSError:
            return ()
        return tuple((state.st_ino, state.st_mtime_ns, state.st_size) for state in states)
