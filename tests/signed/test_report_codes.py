"""Report codes: every wrong symbol and every exchange of two is found, and none is taken for another kind of code."""

from __future__ import annotations

import pytest
from certverify.errors import ManualCodeError
from certverify.manual_code import decode_manual_code
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.errors import MistypedReportCode
from certsvc.formats.check_symbol import ALPHABET, check_symbol, holds
from certsvc.formats.manual_code import manual_code
from certsvc.formats.report_code import (
    SYMBOLS,
    decode_report_code,
    new_report_code,
    written_report_code,
)

codes = st.binary(min_size=64, max_size=64).map(
    lambda seed: new_report_code(lambda size: bytes(b % 200 for b in seed)[:size])
)


@settings(max_examples=50, deadline=None)
@given(codes)
def test_a_code_is_read_as_it_is_printed(code: str) -> None:
    assert (len(code), code[0]) == (SYMBOLS, "B")
    assert decode_report_code(written_report_code(code)) == code


@settings(max_examples=20, deadline=None)
@given(codes)
def test_every_wrong_symbol_is_found(code: str) -> None:
    for place in range(SYMBOLS):
        for symbol in set(ALPHABET) - {code[place]}:
            with pytest.raises(MistypedReportCode):
                decode_report_code(code[:place] + symbol + code[place + 1 :])


@settings(max_examples=20, deadline=None)
@given(codes)
def test_every_exchange_of_two_symbols_is_found(code: str) -> None:
    for first in range(SYMBOLS):
        for second in range(first + 1, SYMBOLS):
            if code[first] != code[second]:
                swapped = list(code)
                swapped[first], swapped[second] = swapped[second], swapped[first]
                with pytest.raises(MistypedReportCode):
                    decode_report_code("".join(swapped))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    with pytest.raises(MistypedReportCode):
        decode_report_code(typed)


@settings(max_examples=50, deadline=None)
@given(codes)
def test_a_report_code_is_no_manual_code(code: str) -> None:
    with pytest.raises(ManualCodeError):
        decode_manual_code(code)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=80))
def test_manual_codes_end_with_the_same_arithmetic(record: bytes) -> None:
    symbols = manual_code(record).replace("-", "")
    assert holds(symbols)
    assert symbols[-1] == check_symbol(symbols[:-1])
    assert decode_manual_code(symbols) == symbols
