"""The logs that a witness serves, with the keys which it believes now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock

from certverify.errors import TrustListError
from certverify.note import VerifierKey
from certverify.sources import FolderSource
from certverify.trust_follow import TrustFollower

LogKeys = Callable[[], Mapping[str, Sequence[VerifierKey]]]
"""The keys of each log, by its origin, as they are at the time of the call. Raises CertverifyError or OSError when that
cannot be told."""
TRUST_FILES = ("trust-list.json", "tables.json", "policy", "trust.note")
_Seen = tuple[tuple[str, tuple[int, ...]], ...]


def listed_logs(keys: Iterable[VerifierKey]) -> LogKeys:
    """Keys that stay as they are."""
    fixed = _by_origin(keys)
    return lambda: fixed


class FollowedLogs:
    """The log of the trust material in the folder `trust`, read again whenever a file of it has changed, and the logs of
    the keys `listed`. For the log of the trust list nothing counts but the list: its keys have dates.

    What was seen of the material is remembered in the folder `memory` (trust_follow), so that an older list is refused.
    """

    def __init__(
        self, listed: Iterable[VerifierKey], trust: Path, memory: Path, anchor: VerifierKey | None
    ) -> None:
        self._listed = _by_origin(listed)
        self._trust = trust
        self._memory = memory
        self._follower = TrustFollower(trust, memory, anchor)
        self._turn = Lock()
        self._seen: _Seen | None = None
        self._keys: Mapping[str, Sequence[VerifierKey]] = {}

    def __call__(self) -> Mapping[str, Sequence[VerifierKey]]:
        """See LogKeys. Raises TrustListError for material that is unreadable, not signed, or older than before."""
        with self._turn:
            seen = self._look()
            if seen != self._seen:
                self._seen = None
                self._keys = {**self._listed, **_by_origin(self._read())}
                self._seen = seen
            return self._keys

    def _look(self) -> _Seen:
        """Which files there are, as far as their folders tell; another answer calls for reading them."""
        files = [(name, _stamp(self._trust / name)) for name in TRUST_FILES]
        return *files, *sorted((path.name, ()) for path in self._memory.glob("*-*"))

    def _read(self) -> Sequence[VerifierKey]:
        judged = self._follower.judged_by(FolderSource(self._trust))
        if judged.sequence < judged.greatest:
            raise TrustListError(
                f"the trust list is older than before: {judged.sequence} < {judged.greatest}"
            )
        return judged.trust.trust_list.log_keys


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        seen = path.stat()
    except (OSError, ValueError):
        return ()
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _by_origin(keys: Iterable[VerifierKey]) -> dict[str, list[VerifierKey]]:
    found: dict[str, list[VerifierKey]] = {}
    for key in keys:
        found.setdefault(key.name, []).append(key)
    return found
