"""The report code 报告查验码: how a verification report is found again by whoever holds it on paper (docs/api.md).

`B`, 16 random symbols and a check symbol (check_symbol.py): by its first letter and its length it is told from a manual code
of 15 symbols and from a share code of 16.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from certverify.manual_code import LONGEST_TYPED, plain_symbols

from certsvc.domain.share_grant import new_code
from certsvc.errors import MistypedReportCode
from certsvc.formats.check_symbol import ALPHABET, check_symbol, holds

LETTER: Final = "B"
SYMBOLS: Final = 18
GROUP: Final = 6


def new_report_code(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh code, 18 symbols: 79 bits that nobody can try out."""
    symbols = LETTER + new_code(random_bytes)
    return symbols + check_symbol(symbols)


def written_report_code(code: str) -> str:
    """The code as it is printed: `BCDEFG-HJKMNP-QRSTUV`."""
    return "-".join(code[start : start + GROUP] for start in range(0, SYMBOLS, GROUP))


def decode_report_code(raw_code: str) -> str:
    """The 18 symbols in what somebody typed: any case and width, spaces and hyphens wherever they stand.

    Raises MistypedReportCode, which names the group (1 to 3) to look at again, or none when only the check symbol fails.
    """
    if len(raw_code) > LONGEST_TYPED:
        raise MistypedReportCode(None)
    row = plain_symbols(raw_code).replace("-", "")
    for number in range(SYMBOLS // GROUP):
        last = number == SYMBOLS // GROUP - 1
        group = row[number * GROUP :] if last else row[number * GROUP : (number + 1) * GROUP]
        if len(group) != GROUP or not set(group) <= set(ALPHABET):
            raise MistypedReportCode(number + 1)
    if not row.startswith(LETTER):
        raise MistypedReportCode(1)
    if not holds(row):
        raise MistypedReportCode(None)
    return row
