"""The e-licence identifier: published examples, strict reading, and what the check character finds."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from certsvc.domain.certificate_number import check_character
from certsvc.domain.e_licence import (
    ROOT,
    SYNTHETIC_ISSUER,
    SYNTHETIC_TYPE,
    ELicenceCodes,
    ELicenceIdentifier,
    IdentifierFault,
    identify_version,
    read_e_licence_identifier,
)

CODES = ELicenceCodes(SYNTHETIC_TYPE, SYNTHETIC_ISSUER)
SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TEXTS = st.text(SYMBOLS, min_size=1, max_size=32)
TYPES = st.from_regex(r"[0-9A-Z]{18}[0-9]{3}", fullmatch=True, alphabet=SYMBOLS)
ISSUERS = st.from_regex(r"[0-9A-Z]{18}|[0-9]{6}", fullmatch=True, alphabet=SYMBOLS)
IDENTIFIERS = st.builds(ELicenceIdentifier, TYPES, ISSUERS, TEXTS, st.integers(1, 999))


@pytest.mark.parametrize(
    "written",
    [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
        "1.2.156.3005.2.111000000000000A23099.11220000000000019E.2220260400000001.001.L",
    ],
)
def test_published_identifiers_are_read_and_written_alike(written: str) -> None:
    read = read_e_licence_identifier(written)
    assert isinstance(read, ELicenceIdentifier)
    assert str(read) == written


def test_a_published_example_with_another_check_character_is_refused() -> None:
    body = "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001."
    assert read_e_licence_identifier(body + "M") is IdentifierFault.CHECK
    assert isinstance(read_e_licence_identifier(body + "D"), ELicenceIdentifier)


GOOD = str(identify_version("2220230520000014", 1, CODES))


@pytest.mark.parametrize(
    "written",
    [
        "",
        ROOT,
        GOOD.removeprefix(f"{ROOT}."),
        GOOD.replace("1.2.156.3005.2", "1.2.156.3005.3"),
        GOOD.replace("1.2.156.3005.2", "1.2.156.3005.20"),
        f" {GOOD}",
        f"{GOOD}\n",
        f"{GOOD}.1",
        GOOD[:-1],
        f"{GOOD}X",
        GOOD.lower(),
        GOOD.replace(".001.", ".1.1."),
        GOOD.replace(".001.", ".000."),
        GOOD.replace(".001.", ".１０１."),
        GOOD.replace("A23099", "A2309A"),
        GOOD.replace("2220230520000014", ""),
        GOOD.replace("2220230520000014", "2" * 33),
        GOOD.replace("2220230520000014", "林晓棠"),
        GOOD.replace(SYNTHETIC_ISSUER, "22010"),
        GOOD.replace(SYNTHETIC_ISSUER, "ABCDEF"),
        "1" * 1_000_000,
    ],
)
def test_whatever_is_not_of_the_form_is_said_to_be_so(written: str) -> None:
    assert read_e_licence_identifier(written) is IdentifierFault.FORM


@hypothesis.given(identifier=IDENTIFIERS)
def test_what_is_written_is_read_back(identifier: ELicenceIdentifier) -> None:
    assert read_e_licence_identifier(str(identifier)) == identifier


@hypothesis.given(text=st.text() | st.text("0123456789.ABCDEFW").map(lambda end: f"{ROOT}.{end}"))
def test_every_text_has_an_answer_and_only_one_writing_is_right(text: str) -> None:
    read = read_e_licence_identifier(text)
    assert isinstance(read, IdentifierFault) or str(read) == text


@hypothesis.given(identifier=IDENTIFIERS, at=st.integers(min_value=0), symbol=st.sampled_from(SYMBOLS))
def test_every_single_wrong_symbol_is_found(identifier: ELicenceIdentifier, at: int, symbol: str) -> None:
    parts = str(identifier).removeprefix(f"{ROOT}.")
    at %= len(parts)
    hypothesis.assume(parts[at] not in (".", symbol))
    wrong = f"{ROOT}.{parts[:at]}{symbol}{parts[at + 1 :]}"
    assert isinstance(read_e_licence_identifier(wrong), IdentifierFault)


def test_an_exchange_of_neighbours_goes_unseen_once_in_630_times() -> None:
    unseen = [
        (first, second)
        for start in SYMBOLS
        for at, first in enumerate(SYMBOLS)
        for second in SYMBOLS[:at]
        if check_character(start + first + second) == check_character(start + second + first)
    ]
    assert len(unseen) == 36  # of 36 * 630: one pair for each state of the sum
    apart = {(SYMBOLS.index(first) - SYMBOLS.index(second)) % 36 for first, second in unseen}
    assert apart <= {1, 35}  # and only symbols that follow each other, round the alphabet


def test_serial_and_version_are_those_of_the_certificate() -> None:
    written = str(identify_version("2220230520000014", 12, CODES))
    assert written[:-1] == f"{ROOT}.{SYNTHETIC_TYPE}.{SYNTHETIC_ISSUER}.2220230520000014.012."


@pytest.mark.parametrize("version", [0, 1000])
def test_a_version_that_does_not_fit_is_no_identifier(version: int) -> None:
    with pytest.raises(ValueError, match="three digits"):
        identify_version("2220230520000014", version, CODES)


@pytest.mark.parametrize(
    ("type_code", "issuer"),
    [
        ("111000000000000A2309", SYNTHETIC_ISSUER),
        ("111000000000000A23O99", SYNTHETIC_ISSUER),
        ("111000000000000A24099", SYNTHETIC_ISSUER),
        (SYNTHETIC_TYPE, "11220000000000019F"),
        (SYNTHETIC_TYPE, "220000"),
        (SYNTHETIC_TYPE, "１1220000000000019E"),
        (SYNTHETIC_TYPE.lower(), SYNTHETIC_ISSUER),
    ],
)
def test_codes_that_cannot_be_codes_are_refused(type_code: str, issuer: str) -> None:
    with pytest.raises(ValueError, match="unit code"):
        ELicenceCodes(type_code, issuer)
