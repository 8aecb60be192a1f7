"""Pictures that people send: each gets a clear answer, whatever is cut off, covered, foreign or twice there."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import qrcode
import zxingcpp
from certverify import check_image, load_trust, open_ledger
from certverify.cli import main
from PIL import Image, ImageDraw, ImageOps

from certsvc.adapters.document.qr_symbol import qr_rows
from tests.verifier.builders import DUAL, FIELDS, NOW, PREFIX, Log, record_text

TEXT = PREFIX + record_text(DUAL)
OTHER = PREFIX + record_text(FIELDS)
MODULE, QUIET = 6, 4
Make = Callable[[], Image.Image]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Log(fields=dict(DUAL), filler=3).write(tmp_path_factory.mktemp("tree"))


def ours(text: str = TEXT) -> Image.Image:
    """The symbol as our certificates print it."""
    rows = qr_rows(text)
    side = len(rows) + 2 * QUIET
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows, QUIET):
        for x, dark in enumerate(row, QUIET):
            picture.putpixel((x, y), 0 if dark else 255)
    return picture.resize((side * MODULE, side * MODULE), Image.Resampling.NEAREST)


def foreign(text: str) -> Image.Image:
    """A symbol of somebody else's."""
    made: Image.Image = qrcode.make(text, box_size=MODULE).get_image()
    return made.convert("L")


def barcode(text: str, kind: zxingcpp.BarcodeFormat) -> Image.Image:
    drawn = zxingcpp.create_barcode(text, kind)
    return Image.fromarray(zxingcpp.write_barcode_to_image(drawn, scale=4))


def beside(*pictures: Image.Image) -> Image.Image:
    both = Image.new("L", (sum(one.width for one in pictures), max(one.height for one in pictures)), 255)
    left = 0
    for one in pictures:
        both.paste(one, (left, 0))
        left += one.width
    return both


def covered(left: float, top: float, right: float, bottom: float, shade: int = 255) -> Image.Image:
    """A thumb, a sticker or a stain over a part of the symbol, in shares of its side."""
    picture = ours()
    side = picture.width - 2 * QUIET * MODULE
    place = [QUIET * MODULE + share * side for share in (left, top, right, bottom)]
    ImageDraw.Draw(picture).rectangle(place, fill=shade)
    return picture


def cut(left: float, top: float, right: float, bottom: float) -> Image.Image:
    """What a photograph that shows a part of the symbol alone would show."""
    picture = ours()
    return picture.crop(
        (
            round(left * picture.width),
            round(top * picture.height),
            round(right * picture.width),
            round(bottom * picture.height),
        )
    )


PICTURES: dict[str, tuple[Make, str]] = {
    "the certificate's symbol": (ours, "passed"),
    "the same symbol twice": (lambda: beside(ours(), ours()), "passed"),
    "beside the code of a messenger": (lambda: beside(ours(), foreign("https://u.example.invalid/r/x9")), "passed"),
    "beside a barcode": (lambda: beside(ours(), barcode("6901234567892", zxingcpp.BarcodeFormat.EAN13)), "passed"),
    "light on dark": (lambda: ImageOps.invert(ours()), "passed"),
    "mirrored": (lambda: ImageOps.mirror(ours()), "passed"),
    "a stain in the middle": (lambda: covered(0.45, 0.45, 0.58, 0.58, 90), "passed"),
    "two certificates in one picture": (lambda: beside(ours(), ours(OTHER)), "qr-several"),
    "two foreign codes": (lambda: beside(foreign("https://a.example.invalid"), foreign("tel:110")), "qr-several"),
    "the left half": (lambda: cut(0, 0, 0.5, 1), "qr-not-found"),
    "the right half": (lambda: cut(0.5, 0, 1, 1), "qr-not-found"),
    "the upper half": (lambda: cut(0, 0, 1, 0.5), "qr-not-found"),
    "the lower half": (lambda: cut(0, 0.5, 1, 1), "qr-not-found"),
    "a corner of the eye cut off": (lambda: cut(0.2, 0.2, 1, 1), "qr-not-found"),
    "a third covered by a thumb": (lambda: covered(0.3, 0.3, 1, 1), "qr-not-found"),
    "all but the three eyes": (lambda: covered(0.2, 0.2, 0.8, 0.8), "qr-not-found"),
    "an empty page": (lambda: Image.new("L", (600, 400), 255), "qr-not-found"),
    "a Data Matrix with our text": (lambda: barcode(TEXT, zxingcpp.BarcodeFormat.DataMatrix), "qr-not-found"),
    "an Aztec code with our text": (lambda: barcode(TEXT, zxingcpp.BarcodeFormat.Aztec), "qr-not-found"),
    "a barcode alone": (lambda: barcode("6901234567892", zxingcpp.BarcodeFormat.EAN13), "qr-not-found"),
    "a web address": (lambda: foreign("https://rst.example.invalid/check?id=1"), "record-unreadable"),
    "our address without a record": (lambda: foreign(PREFIX), "record-unreadable"),
    "a network's password": (lambda: foreign("WIFI:T:WPA;S:office;P:secret;;"), "record-unreadable"),
    "a visiting card": (lambda: foreign("BEGIN:VCARD\nVERSION:3.0\nFN:何人\nEND:VCARD"), "record-unreadable"),
    "a payment": (lambda: foreign("https://qr.example.invalid/bax03206ucqvmiqrmxgi0004"), "record-unreadable"),
    "a record of base 45": (lambda: foreign("HC1:NCFOXN%TS3DHPVO13J /G-/2YRVA.Q/R8VRU2FC"), "record-unreadable"),
    "Chinese words": (lambda: foreign("吉林省专业技术职务任职资格证书"), "record-unreadable"),
    "in lower case": (lambda: foreign(TEXT.lower()), "record-unreadable"),
    "with blanks between": (lambda: foreign(f"{TEXT[:90]} {TEXT[90:]}"), "record-unreadable"),
    "cut short": (lambda: foreign(TEXT[:150]), "record-unreadable"),
    "cut short and ended anew": (lambda: foreign(TEXT[:150] + "Z"), "record-unreadable"),
    "without its end": (lambda: foreign(TEXT[:-1]), "record-unreadable"),
    "with a full stop behind": (lambda: foreign(TEXT + "."), "record-unreadable"),
    "with another end": (lambda: foreign(TEXT[:-1] + "Y"), "record-altered"),
    "behind a stranger's address": (lambda: foreign("https://evil.example.invalid/v#" + record_text(DUAL)), "foreign-address"),
}  # fmt: skip


def saved(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_gets_its_answer(name: str, tree: Path) -> None:
    make, expected = PICTURES[name]
    trust = load_trust(tree)
    verdict = check_image(saved(make()), trust, open_ledger(tree, trust), NOW).as_json()
    codes = [finding["code"] for finding in verdict["findings"]]
    if expected == "passed":
        assert (verdict["verdict"], verdict["authentic"]) == ("passed", "yes"), codes
    else:
        assert codes[0] == expected
        assert verdict["authentic"] == {"record-altered": "no", "foreign-address": "yes"}.get(
            expected, "unknown"
        )


@pytest.mark.parametrize("name", ["the certificate's symbol", "two certificates in one picture", "cut short"])
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "bmp"])
def test_the_command_line_says_the_same_of_a_file(
    name: str, ending: str, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, expected = PICTURES[name]
    path = tmp_path / f"picture.{ending}"
    make().save(path)
    code = main(["qr", str(path), "--trust", str(tree), "--json"], clock=lambda: NOW)
    verdict = json.loads(capsys.readouterr().out)
    assert code == (0 if expected == "passed" else 2)
    assert expected in (verdict["verdict"], verdict["findings"][0]["code"])


def test_whatever_strip_of_the_symbol_is_left_nothing_false_is_said(tree: Path) -> None:
    """From a whole symbol to none, in twentieths from each side: read in full, or not found."""
    trust = load_trust(tree)
    ledger = open_ledger(tree, trust)
    answers = set()
    for share in range(1, 20, 2):
        left = share / 20
        for box in ((0.0, 0.0, left, 1.0), (0.0, 0.0, 1.0, left), (1 - left, 0.0, 1.0, 1.0)):
            verdict = check_image(saved(covered(*box)), trust, ledger, NOW).as_json()
            answers.add((verdict["verdict"], verdict["findings"][0]["code"]))
    assert {code for outcome, code in answers if outcome != "passed"} == {"qr-not-found"}
