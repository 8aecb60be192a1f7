"""Golden pictures: what every kind of document looks like, kept as small PNGs in `golden/` beside this module.

Made anew, after somebody has looked at the change: .venv/bin/python -m scripts.make_golden_pictures
"""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

from tests.document.samples import document

FOLDER = Path(__file__).parent / "golden"
GOLDEN = (
    "regular",
    "dual-directed",
    "long",
    "rare",
    "photo",
    "production",
    "annotated",
    "report",
    "report-failed",
    "statement",
)
RESOLUTION = 66  # dots per inch
COLOURS = 32
_WHITE = 212  # whatever is lighter becomes white: the fine net of the background, which the frozen head guards byte by byte
LARGEST_SHARE = 0.0004  # of pixels that may differ: the anti-aliasing of another version of poppler
_NOTICEABLE = 48  # of 255, after a slight blur


def render(name: str) -> Image.Image:
    """The page of a sample, as pdftoppm draws it."""
    command = ["pdftoppm", "-png", "-singlefile", "-r", str(RESOLUTION), "-"]
    drawn = subprocess.run(command, input=document(name), capture_output=True, check=True)
    page = Image.open(BytesIO(drawn.stdout)).convert("RGB")
    return page.point([min(255, round(level * 255 / _WHITE)) for level in range(256)] * 3)


def golden(name: str) -> Image.Image:
    """The kept picture."""
    return Image.open(FOLDER / f"{name}.png").convert("RGB")


def keep(name: str) -> Path:
    """Make a golden picture anew."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.png"
    render(name).quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def difference(one: Image.Image, other: Image.Image) -> tuple[float, Image.Image]:
    """The share of pixels that differ noticeably, and where: black on white."""
    if one.size != other.size:
        return 1.0, one
    blurred = (picture.filter(ImageFilter.GaussianBlur(0.8)) for picture in (one, other))
    strongest = ImageChops.difference(*blurred).split()
    apart = ImageChops.lighter(ImageChops.lighter(strongest[0], strongest[1]), strongest[2])
    where = apart.point([255 if level < _NOTICEABLE else 0 for level in range(256)])
    return where.histogram()[0] / (where.width * where.height), where
