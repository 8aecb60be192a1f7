"""The certificate number 证书编号: `22`, year, series, level, serial, check character; 16 characters.

`22` is the province's division prefix. The check character is ISO/IEC 7064 MOD 37,36, which finds every single wrong
character and nearly every exchange of two neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from certsvc.domain.levels import Level

PROVINCE = "22"
LARGEST_SERIAL = 999_999
_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORM = re.compile(r"22([0-9]{4})([0-9]{2})([1-5])([0-9]{6})[0-9A-Z]", re.ASCII)


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """The parts of a number whose check character is right."""

    year: int
    series: int
    level: Level
    serial: int

    def __str__(self) -> str:
        return build_certificate_number(self.year, self.series, self.level, self.serial)


def check_character(body: str) -> str:
    """The MOD 37,36 check character of digits and capital letters."""
    product = 36
    for symbol in body:
        total = (product + _SYMBOLS.index(symbol)) % 36 or 36
        product = total * 2 % 37
    return _SYMBOLS[(37 - product) % 36]


def build_certificate_number(year: int, series: int, level: Level, serial: int) -> str:
    """The 16 characters. Raises ValueError when a part is out of its range."""
    if not (1000 <= year <= 9999 and 1 <= series <= 99 and 1 <= serial <= LARGEST_SERIAL):
        raise ValueError("year, series or serial is out of range")
    body = f"{PROVINCE}{year:04d}{series:02d}{int(level)}{serial:06d}"
    return body + check_character(body)


def parse_certificate_number(text: str) -> CertificateNumber | None:
    """The parts of a number; None for anything that is not exactly a number with its right check character."""
    match = _FORM.fullmatch(text)
    if match is None or check_character(text[:-1]) != text[-1]:
        return None
    year, series, level, serial = (int(part) for part in match.groups())
    if year < 1000 or series == 0 or serial == 0:
        return None
    return CertificateNumber(year, series, Level(level), serial)
