"""The tree that is mirrored, read once: each file within the time of the whole sync, and the same bytes whenever asked again."""

from __future__ import annotations

import time

from certverify.errors import SourceUnreachableError, TreeInconsistentError
from certverify.sources import Source

_KEPT_BYTES = 64 << 20
_LARGEST_KEPT = 1 << 22


class SteadySource:
    """Another source with a deadline; counts what it fetched. Small files are remembered, so that what was verified is kept."""

    def __init__(self, source: Source, seconds: float) -> None:
        """`seconds`: how long all of it may take, from now on."""
        self._source = source
        self._give_up_at = time.monotonic() + seconds
        self._known: dict[str, bytes] = {}
        self._known_bytes = 0
        self.files = 0
        self.bytes = 0

    @property
    def place(self) -> str:
        """See `Source`."""
        return self._source.place

    def read(self, path: str, limit: int) -> bytes:
        """See `Source`; SourceUnreachableError also when the time is over."""
        known = self._known.get(path)
        if known is not None:
            if len(known) > limit:
                raise TreeInconsistentError(f"{path} is too large")
            return known
        if time.monotonic() > self._give_up_at:
            raise SourceUnreachableError("the time for the whole sync is over")
        raw_file = self._source.read(path, limit)
        self.files += 1
        self.bytes += len(raw_file)
        if len(raw_file) <= _LARGEST_KEPT and self._known_bytes < _KEPT_BYTES:
            self._known[path] = raw_file
            self._known_bytes += len(raw_file)
        return raw_file

    def forget(self) -> None:
        """Read everything anew from now on: the tree has been published again meanwhile."""
        self._known.clear()
        self._known_bytes = 0
