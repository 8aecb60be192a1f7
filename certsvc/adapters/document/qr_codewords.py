"""The codewords of a QR symbol (ISO/IEC 18004, 7.4 to 7.6): bits of the text, error correction, interleaving.

The tables and the field arithmetic are those of `qrcode`; the remainder is taken on whole integers, which is what makes
a symbol cheap enough to draw one for every certificate.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import zip_longest

from qrcode.base import EXP_TABLE, LOG_TABLE, rs_blocks
from qrcode.util import ALPHA_NUM, MODE_8BIT_BYTE, MODE_ALPHA_NUM, length_in_bits

_PADDING = (0xEC, 0x11)
_BASE = len(ALPHA_NUM)


def codewords(address: bytes, record: str, version: int, level: int) -> bytes:
    """Data and error correction codewords in the order in which they are drawn.

    `address` goes in byte mode, `record` in alphanumeric mode; both must fit in the version at the level.
    """
    sizes = [(block.data_count, block.total_count - block.data_count) for block in rs_blocks(version, level)]
    content = _data(address, record, version, sum(size for size, _ in sizes))
    data, corrections, at = [], [], 0
    for size, correction in sizes:
        block = content[at : at + size]
        data.append(block)
        corrections.append(_remainder(block, correction))
        at += size
    return _interleaved(data) + _interleaved(corrections)


def _data(address: bytes, record: str, version: int, capacity: int) -> bytes:
    """The bit stream, ended and padded to the capacity (7.4.9, 7.4.10)."""
    bits = "".join(
        [
            f"{MODE_8BIT_BYTE:04b}{len(address):0{length_in_bits(MODE_8BIT_BYTE, version)}b}",
            *[f"{byte:08b}" for byte in address],
            f"{MODE_ALPHA_NUM:04b}{len(record):0{length_in_bits(MODE_ALPHA_NUM, version)}b}",
            _alphanumeric(record),
        ]
    )
    bits += "0" * min(4, 8 * capacity - len(bits))
    bits += "0" * (-len(bits) % 8)
    content = int(bits, 2).to_bytes(len(bits) // 8, "big")
    missing = capacity - len(content)
    return content + bytes(_PADDING[n % 2] for n in range(missing))


def _alphanumeric(text: str) -> str:
    """Two characters in 11 bits, a last single one in 6 (7.4.4)."""
    values = [ALPHA_NUM.index(char) for char in text.encode("ascii")]
    pairs = [f"{high * _BASE + low:011b}" for high, low in zip(values[::2], values[1::2], strict=False)]
    return "".join(pairs) + (f"{values[-1]:06b}" if len(values) % 2 else "")


def _remainder(block: bytes, count: int) -> bytes:
    """The error correction codewords of a block: the remainder by the generator polynomial (7.5.2)."""
    multiples = _generator_multiples(count)
    top, rest = 8 * (count - 1), (1 << 8 * (count - 1)) - 1
    remainder = 0
    for byte in block:
        remainder = ((remainder & rest) << 8) ^ multiples[(remainder >> top) ^ byte]
    return remainder.to_bytes(count, "big")


@cache
def _generator_multiples(count: int) -> tuple[int, ...]:
    """The generator polynomial of a degree without its leading 1, times every field element, as integers."""
    generator = [1]
    for exponent in range(count):
        shifted = [*generator, 0]
        for n, factor in enumerate(generator):
            shifted[n + 1] ^= _times(factor, EXP_TABLE[exponent])
        generator = shifted
    return tuple(
        int.from_bytes(bytes(_times(factor, element) for factor in generator[1:]), "big")
        for element in range(256)
    )


def _times(one: int, other: int) -> int:
    """The product in GF(256) with the polynomial of the standard."""
    if one == 0 or other == 0:
        return 0
    return int(EXP_TABLE[(LOG_TABLE[one] + LOG_TABLE[other]) % 255])


def _interleaved(blocks: Sequence[bytes]) -> bytes:
    """The first codeword of every block, then the second, ...; shorter blocks end earlier (7.6)."""
    return bytes(byte for column in zip_longest(*blocks) for byte in column if byte is not None)
