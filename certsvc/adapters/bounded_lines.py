"""The lines of a CSV text, for `csv.reader`: no line and no record of several lines is without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TextIO

from certsvc.errors import UnreadableInput

LONGEST_LINE: Final = 20_000
"""Characters; a row of a filing has some 31 x 200 at the very most."""


class BoundedLines:
    """The physical lines of a stream, one at a time; `number` is that of the last one, from 1.

    `most`: lines of one record, which a quotation mark that is never closed would make of a whole file. `refusal` says,
    with the number of the line, what is told of a file that goes beyond.
    """

    def __init__(self, stream: TextIO, most: int, refusal: Callable[[int], UnreadableInput]) -> None:
        self.number = 0
        self._stream = stream
        self._most = most
        self._refusal = refusal
        self._of_record = 0

    def begin_record(self) -> None:
        """What follows is another record."""
        self._of_record = 0

    def __iter__(self) -> Iterator[str]:
        """Raises UnreadableInput."""
        while line := self._stream.readline(LONGEST_LINE + 1):
            self.number += 1
            self._of_record += 1
            if len(line) > LONGEST_LINE or self._of_record > self._most:
                raise self._refusal(self.number)
            yield line
