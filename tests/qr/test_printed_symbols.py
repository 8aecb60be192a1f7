"""The symbol on the finished page survives paper, scanner and messenger, for other people's decoders too."""

from __future__ import annotations

from pathlib import Path

import pytest

from certsvc.adapters.document.qr_symbol import qr_rows
from tests.document.samples import document, page_of
from tests.qr.printed import (
    TEXTS,
    Change,
    as_jpeg,
    blurred,
    photographed,
    read_by_zbar,
    read_by_zxing,
    rendered,
    slanted,
    symbol_box,
    turned,
)

pytestmark = pytest.mark.usefixtures("decoders")
SAMPLES = [
    "regular",
    "dual-directed",
    "long",
    "rare",
    "photo",
    "production",
    "annotated",
    "annotated-dual-directed",
    "report",
    "report-failed",
    "statement",
]
HAND = 100
"""Pixels at 200 dpi: what a photograph shows around the symbol."""
SENT: tuple[Change, ...] = (blurred(1), as_jpeg(40))
USUAL, CHINESE, RARE, COPY, RARE_COPY = TEXTS

BOTH_READ: dict[str, tuple[str, int, tuple[Change, ...]]] = {
    "150 dpi": (USUAL, 150, ()),
    "300 dpi": (USUAL, 300, ()),
    "blurred by 1 px": (USUAL, 200, (blurred(1),)),
    "askew by 5 degrees": (USUAL, 200, (turned(5),)),
    "on its side": (USUAL, 200, (turned(90),)),
    "upside down": (USUAL, 200, (turned(180),)),
    "photographed from the side": (USUAL, 200, (slanted,)),
    "JPEG of quality 40": (USUAL, 200, (as_jpeg(40),)),
    "askew, blurred and compressed": (USUAL, 200, (turned(5), *SENT)),
    "printed at half the size, scanned at 200 dpi": (USUAL, 100, ()),
    "printed at half the size, scanned at 300 dpi, blurred": (USUAL, 150, (blurred(1),)),
    "a name of 50 characters, sent": (CHINESE, 200, SENT),
    "a name of 50 characters, askew, at 150 dpi": (CHINESE, 150, (turned(5),)),
    "a name of 50 characters at half the size, scanned at 200 dpi": (CHINESE, 100, ()),
    "50 rare characters, blurred": (RARE, 200, (blurred(1),)),
    "50 rare characters, askew and compressed, at 150 dpi": (RARE, 150, (turned(5), as_jpeg(40))),
    "the longest usual copy, blurred": (COPY, 200, (blurred(1),)),
    "the longest usual copy, askew, at 150 dpi": (COPY, 150, (turned(5),)),
    "the longest of all, askew": (RARE_COPY, 200, (turned(5),)),
    "the longest of all, at 150 dpi": (RARE_COPY, 150, ()),
}
"""The text, the resolution, and what happens to the picture; two decoders read each."""
ONE_READS: dict[str, tuple[str, int, tuple[Change, ...]]] = {
    "half the size at 150 dpi": (USUAL, 75, ()),
    "half the size at 200 dpi, askew, blurred and compressed": (USUAL, 100, (turned(5), *SENT)),
    "50 rare characters at half the size, scanned at 200 dpi": (RARE, 100, ()),
    "the longest of all, blurred": (RARE_COPY, 200, (blurred(1),)),
}
"""What zxing-cpp, the reader of `certverify`, still reads and ZBar does not always."""


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_of_every_layout_is_read_back_by_two_decoders(sample: str, tmp_path: Path) -> None:
    picture = rendered(document(sample), 200)
    left, top, right, bottom = symbol_box(picture)
    picture = picture.crop((left - HAND, top - HAND, right + HAND, bottom + HAND))
    for change in SENT:
        picture = change(picture)
    expected = {page_of(sample)[1].qr_text}
    assert read_by_zxing(picture) == expected
    assert read_by_zbar(picture, tmp_path) == expected


@pytest.mark.parametrize(
    ("sample", "side"), [("dual-directed", 35), ("annotated", 44), ("report", 35), ("statement", 44)]
)
def test_the_symbol_has_its_size_and_four_light_modules_around_it(sample: str, side: int) -> None:
    picture = rendered(document(sample), 200)
    left, top, right, bottom = symbol_box(picture)
    millimetre = 200 / 25.4
    assert (right - left) / millimetre == pytest.approx(side, abs=0.4)
    assert (bottom - top) / millimetre == pytest.approx(side, abs=0.4)
    quiet = round(4 * (right - left) / len(qr_rows(page_of(sample)[1].qr_text))) - 1
    around = picture.crop((left - quiet, top - quiet, right + quiet, bottom + quiet))
    around.paste(255, (quiet - 2, quiet - 2, around.width - quiet + 2, around.height - quiet + 2))
    assert around.getextrema()[0] > 240


@pytest.mark.parametrize("case", BOTH_READ)
def test_both_decoders_read_a_printed_symbol(case: str, tmp_path: Path) -> None:
    text, dpi, changes = BOTH_READ[case]
    picture = photographed(text, dpi)
    for change in changes:
        picture = change(picture)
    assert read_by_zxing(picture) == {TEXTS[text]}
    assert read_by_zbar(picture, tmp_path) == {TEXTS[text]}


@pytest.mark.parametrize("case", ONE_READS)
def test_our_own_reader_reads_still_more(case: str) -> None:
    text, dpi, changes = ONE_READS[case]
    picture = photographed(text, dpi)
    for change in changes:
        picture = change(picture)
    assert read_by_zxing(picture) == {TEXTS[text]}
