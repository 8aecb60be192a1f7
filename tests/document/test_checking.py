"""The checker knows the original from everything else, bit by bit."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import BytesIO
from random import Random

import pytest
from certverify.document import MAX_DOCUMENT_BYTES, check_document
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from certsvc.adapters.document.writer import write_certificate
from certsvc.adapters.test_ca import make_test_chain
from tests.document.samples import FACES, NOW, REGULAR, Signer, certificate, layout
from tests.document.trust import trust_list

TRUST = trust_list()
RAW = certificate("regular")
MUTATIONS = 250


@pytest.mark.parametrize("name", FACES)
def test_the_original_is_recognised_and_gives_its_record(name: str) -> None:
    check = check_document(certificate(name), TRUST)
    assert (check.outcome, check.record_text, check.code) == (
        "original",
        FACES[name].qr_text,
        "document-original",
    )


@pytest.mark.parametrize(
    "raw",
    [
        RAW + b"\n",
        RAW + b"%%EOF\n",
        RAW + RAW,
        RAW[:-1],
        RAW[: len(RAW) // 2] + RAW[len(RAW) // 2 + 1 :],
        RAW[: layout().head_length],
        RAW[: layout().head_length + 1],
        RAW[: RAW.index(b"/Contents<") + 10],
        RAW.replace(b"/P 1/V", b"/P 2/V"),
    ],
    ids=["newline", "end mark", "twice", "last byte", "one byte", "head", "head and more", "cut", "docmdp"],
)
def test_anything_added_or_taken_away_is_an_alteration(raw: bytes) -> None:
    assert check_document(raw, TRUST).outcome == "altered"


def test_random_mutations_never_pass() -> None:
    chance, outcomes = Random(7), Counter[str]()
    for _ in range(MUTATIONS):
        raw = bytearray(RAW)
        for _ in range(chance.choice((1, 3, 20))):
            place = chance.randrange(len(raw))
            match chance.randrange(3):
                case 0:
                    raw[place] ^= chance.randrange(1, 256)
                case 1:
                    del raw[place : place + chance.randrange(1, 30)]
                case _:
                    start = chance.randrange(len(raw))
                    raw[place:place] = raw[start : start + chance.randrange(1, 60)]
        outcomes[check_document(bytes(raw), TRUST).outcome] += 1
    assert "original" not in outcomes
    assert outcomes["altered"] > MUTATIONS * 0.8


def _regions() -> list[range]:
    contents = RAW.index(b"/Contents<")
    return [
        range(48),
        range(layout().head_length - 24, layout().head_length + 24),
        range(RAW.index(b"/URI(") - 8, RAW.index(b"/URI(") + 48),
        range(RAW.index(b"/M(D:"), RAW.index(b"/M(D:") + 20),
        range(RAW.index(b"/ByteRange"), contents + 60),
        range(contents + 8180, contents + 8260),
        range(len(RAW) - 120, len(RAW)),
    ]


def test_every_byte_of_the_sensitive_regions_is_guarded() -> None:
    for region in _regions():
        for place in region:
            raw = bytearray(RAW)
            raw[place] ^= 1 << (place % 8)
            assert check_document(bytes(raw), TRUST).outcome != "original", place


def test_every_bit_of_the_signature_value_is_guarded() -> None:
    contents = RAW.index(b"/Contents<") + len(b"/Contents<")
    used = len(RAW[contents : contents + 8192].rstrip(b"0"))
    for place in range(contents, contents + used + 4):
        for bit in (0, 5):
            raw = bytearray(RAW)
            raw[place] ^= 1 << bit
            assert check_document(bytes(raw), TRUST).outcome == "altered", place


def test_a_bit_in_the_head_makes_an_altered_original() -> None:
    raw = bytearray(RAW)
    raw[500] ^= 1
    assert check_document(bytes(raw), TRUST).outcome == "altered"


def test_a_file_saved_again_by_another_program_is_altered_or_no_original() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(RAW)))
    saved = BytesIO()
    writer.write(saved)
    assert check_document(saved.getvalue(), TRUST).outcome in ("altered", "not-original")


def test_another_pdf_is_not_the_original() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    blank = BytesIO()
    writer.write(blank)
    check = check_document(blank.getvalue(), TRUST)
    assert (check.outcome, check.record_text, check.code) == ("not-original", None, "document-not-original")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "document-unreadable"),
        (b"PK\x03\x04", "document-unreadable"),
        (b"%PD", "document-unreadable"),
        (b"\n" + RAW, "document-unreadable"),
        (RAW + bytes(MAX_DOCUMENT_BYTES), "document-too-large"),
    ],
)
def test_what_is_no_pdf_or_too_large_is_unreadable(raw: bytes, code: str) -> None:
    check = check_document(raw, TRUST)
    assert (check.outcome, check.code) == ("unreadable", code)


def test_a_copy_signed_by_a_stranger_is_altered() -> None:
    stranger = Signer(make_test_chain(NOW))
    forged = write_certificate(layout(), REGULAR, stranger, NOW)
    assert check_document(forged, TRUST).outcome == "altered"
    assert check_document(forged, trust_list(stranger)).outcome == "original"


@pytest.mark.parametrize(
    ("first", "last", "outcome", "code"),
    [
        (date(2023, 12, 14), date(2023, 12, 14), "original", "document-original"),
        (date(2023, 12, 15), None, "altered", "document-key-dates"),
        (date(2023, 1, 1), date(2023, 12, 13), "altered", "document-key-dates"),
    ],
)
def test_the_key_speaks_only_within_its_dates(
    first: date, last: date | None, outcome: str, code: str
) -> None:
    check = check_document(RAW, trust_list(valid_from=first, valid_to=last))
    assert (check.outcome, check.code) == (outcome, code)


def test_a_good_signature_over_a_layout_we_do_not_know_is_no_original() -> None:
    check = check_document(RAW, trust_list(layouts=False))
    assert (check.outcome, check.record_text, check.code) == ("not-original", None, "document-layout-unknown")


@given(st.binary(max_size=400))
def test_the_checker_is_total(tail: bytes) -> None:
    for raw in (tail, b"%PDF-1.7\n" + tail, layout().head + tail):
        assert check_document(raw, TRUST).outcome != "original"
