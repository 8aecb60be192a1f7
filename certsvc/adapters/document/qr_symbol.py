"""The QR symbol (ISO/IEC 18004) of a certificate: level M, the address in byte mode, the record in alphanumeric mode.

The mask is fixed. Any mask is legal, the choice among the eight only breaks up large plain areas, and a record that
ends in a signature is as good as random; trying all eight would cost more than the rest of the page. The version is the
smallest that holds the text at level M, so it depends on the text's length alone. So everything but the text's own bits
is drawn once per version by `qrcode`, and the modules of a text are switched in that plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import BIT_LIMIT_TABLE, MODE_8BIT_BYTE, MODE_ALPHA_NUM, length_in_bits

from certsvc.adapters.document.qr_codewords import codewords
from certsvc.errors import IntegrityError

QUIET_ZONE = 4
_MASK = 3
_TIMING_COLUMN = 6
_DARK_RUN = re.compile(rb"\x01+")
_FROM_DIGITS = bytes(n - ord("0") if n in b"01" else n for n in range(256))
_LARGEST_SIDE = 177
_NUMBERS = [b"%d " % n for n in range(_LARGEST_SIDE + 1)]
_WIDTHS = [b"%d 1 re\n" % n for n in range(_LARGEST_SIDE + 1)]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A symbol of one version without a text: its masked modules row by row as one number of bytes, and `take`.

    `take` picks for every module its bit out of the text's bits, or the zero that follows them.
    """

    side: int
    modules: int
    take: itemgetter[int]


class _UnwrittenSymbol(QRCode):  # type: ignore[misc]  # the library has no types
    """A symbol that remembers which modules were free when the data came."""

    def map_data(self, data: list[int], mask_pattern: int) -> None:
        self.free = [[module is None for module in row] for row in self.modules]
        super().map_data(data, mask_pattern)


def qr_rows(text: str) -> list[bytes]:
    """The modules row by row from the top, a byte each, 1 = dark, without the quiet zone.

    `text` is `<prefix>#<record>` as in docs/formats/qr-record.md.
    """
    prefix, mark, record = text.rpartition("#")
    address = prefix + mark
    plan = _plan(smallest_version(len(address), len(record)))
    words = codewords(address.encode("ascii"), record, (plan.side - 17) // 4, ERROR_CORRECT_M)
    bits = f"{int.from_bytes(words, 'big'):0{8 * len(words)}b}0".encode("ascii").translate(_FROM_DIGITS)
    switched = plan.modules ^ int.from_bytes(bytes(plan.take(bits)), "big")
    modules = switched.to_bytes(plan.side**2, "big")
    return [modules[at : at + plan.side] for at in range(0, len(modules), plan.side)]


@cache
def _plan(version: int) -> _Plan:
    symbol = _UnwrittenSymbol(version=version, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    symbol.data_cache = []
    symbol.make(fit=False)
    side = len(symbol.modules)
    modules = bytes(bool(module) for row in symbol.modules for module in row)
    places = [row * side + column for row, column in _free_places(symbol.free)]
    bits = 8 * sum(block.total_count for block in rs_blocks(version, ERROR_CORRECT_M))
    order = [bits] * side**2
    for bit, place in enumerate(places[:bits]):
        order[place] = bit
    return _Plan(side, int.from_bytes(modules, "big"), itemgetter(*order))


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


def qr_path(rows: Sequence[bytes]) -> bytes:
    """The dark modules as one filled path; one unit a module, origin at the bottom left."""
    parts: list[bytes] = []
    for up, row in enumerate(reversed(rows)):
        height = _NUMBERS[up]
        for run in _DARK_RUN.finditer(row):
            start, end = run.span()
            parts += (_NUMBERS[start], height, _WIDTHS[end - start])
    return b"".join([*parts, b"f"])
