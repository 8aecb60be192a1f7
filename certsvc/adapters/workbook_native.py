"""The native reader of workbooks, whose failures are ours to name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from python_calamine import CalamineError

from certsvc.errors import UnreadableInput


@contextmanager
def native_reading(how: str) -> Iterator[None]:
    """A block in which cells are read. Raises UnreadableInput, which ends with `how`, for whatever the reader cannot read."""
    try:
        yield
    except (CalamineError, ValueError, OSError):
        raise UnreadableInput(f"文件不是可以读取的 .xlsx 工作簿。{how}") from None
    except BaseException as failure:
        # A panic of the native reader is no Exception and has no importable type; it must not end the service.
        if type(failure).__name__ == "PanicException":
            raise UnreadableInput(f"文件不是可以读取的 .xlsx 工作簿。{how}") from None
        raise
