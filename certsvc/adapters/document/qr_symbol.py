"""The QR symbol (ISO/IEC 18004) of a certificate: level M, the address in byte mode, the record in alphanumeric mode.

The mask is fixed. Any mask is legal, the choice among the eight only breaks up large plain areas, and a record that
ends in a signature is as good as random; trying all eight would cost more than the rest of the page. The version is the
smallest that holds the text at level M, so it depends on the text's length alone. So everything but the text's own bits
is drawn once per version by `qrcode`, and the modules of a text are switched in that plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import compress

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import BIT_LIMIT_TABLE, MODE_8BIT_BYTE, MODE_ALPHA_NUM, length_in_bits

from certsvc.adapters.document.qr_codewords import codewords
from certsvc.errors import IntegrityError

QUIET_ZONE = 4
_MASK = 3
_TIMING_COLUMN = 6
_DARK_RUN = re.compile(rb"\x01+")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A symbol of one version without a text: its masked modules row by row, and where the bits go, in order."""

    side: int
    modules: bytes
    places: tuple[int, ...]


class _UnwrittenSymbol(QRCode):  # type: ignore[misc]  # the library has no types
    """A symbol that remembers which modules were free when the data came."""

    def map_data(self, data: list[int], mask_pattern: int) -> None:
        self.free = [[module is None for module in row] for row in self.modules]
        super().map_data(data, mask_pattern)


def qr_rows(text: str) -> list[list[bool]]:
    """The modules row by row from the top, True = dark, without the quiet zone.

    `text` is `<prefix>#<record>` as in docs/formats/qr-record.md.
    """
    prefix, mark, record = text.rpartition("#")
    address = prefix + mark
    plan = _plan(smallest_version(len(address), len(record)))
    words = codewords(address.encode("ascii"), record, (plan.side - 17) // 4, ERROR_CORRECT_M)
    bits = f"{int.from_bytes(words, 'big'):0{8 * len(words)}b}"
    modules = bytearray(plan.modules)
    for place in compress(plan.places, map(int, bits)):
        modules[place] ^= 1
    flags = list(map(bool, modules))
    return [flags[at : at + plan.side] for at in range(0, len(flags), plan.side)]


@cache
def _plan(version: int) -> _Plan:
    symbol = _UnwrittenSymbol(version=version, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    symbol.data_cache = []
    symbol.make(fit=False)
    side = len(symbol.modules)
    modules = bytes(bool(module) for row in symbol.modules for module in row)
    return _Plan(side, modules, tuple(row * side + column for row, column in _free_places(symbol.free)))


def _free_places(free: list[list[bool]]) -> Iterator[tuple[int, int]]:
    """Two columns at a time from the right, up and down in turn, around the timing column (7.7.3)."""
    side = len(free)
    upwards = True
    for right in range(side - 1, 0, -2):
        column = right if right > _TIMING_COLUMN else right - 1
        for row in reversed(range(side)) if upwards else range(side):
            for place in (column, column - 1):
                if free[row][place]:
                    yield row, place
        upwards = not upwards


def smallest_version(address: int, record: int) -> int:
    """The version for so many bytes and so many alphanumeric characters (7.4: mode, count, data).

    Raises IntegrityError when even version 40 does not hold them.
    """
    for version, capacity in enumerate(BIT_LIMIT_TABLE[ERROR_CORRECT_M]):
        bytes_bits = 4 + length_in_bits(MODE_8BIT_BYTE, max(version, 1)) + 8 * address
        text_bits = 4 + length_in_bits(MODE_ALPHA_NUM, max(version, 1)) + (11 * record + 1) // 2
        if bytes_bits + text_bits <= capacity:
            return version
    raise IntegrityError("二维码文本过长，已停止制作证书。")


def qr_path(rows: list[list[bool]]) -> bytes:
    """The dark modules as one filled path; one unit a module, origin at the bottom left."""
    parts = [
        b"%d %d %d 1 re" % (run.start(), up, run.end() - run.start())
        for up, row in enumerate(reversed(rows))
        for run in _DARK_RUN.finditer(bytes(row))
    ]
    return b"\n".join([*parts, b"f"])
