"""The QR symbol (ISO/IEC 18004) of a certificate: level M, the address in byte mode, the record in alphanumeric mode.

The mask is fixed. Any mask is legal, the choice among the eight only breaks up large plain areas, and a record that
ends in a signature is as good as random; trying all eight would cost more than the rest of the page. The version is the
smallest that holds the text at level M, so it depends on the text's length alone.
"""

from __future__ import annotations

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import BIT_LIMIT_TABLE, MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData, length_in_bits

from certsvc.errors import IntegrityError

QUIET_ZONE = 4
_MASK = 3


def qr_rows(text: str) -> list[list[bool]]:
    """The modules row by row from the top, True = dark, without the quiet zone.

    `text` is `<prefix>#<record>` as in docs/formats/qr-record.md.
    """
    prefix, mark, record = text.rpartition("#")
    address = prefix + mark
    symbol = QRCode(
        version=smallest_version(len(address), len(record)),
        error_correction=ERROR_CORRECT_M,
        border=0,
        mask_pattern=_MASK,
    )
    symbol.add_data(QRData(address.encode("ascii"), mode=MODE_8BIT_BYTE, check_data=False))
    symbol.add_data(QRData(record.encode("ascii"), mode=MODE_ALPHA_NUM))
    symbol.make(fit=False)
    return [[bool(module) for module in row] for row in symbol.modules]


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
    parts = []
    for up, row in enumerate(reversed(rows)):
        start = None
        for across, dark in enumerate([*row, False]):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                parts.append(b"%d %d %d 1 re" % (start, up, across - start))
                start = None
    return b"\n".join([*parts, b"f"])
