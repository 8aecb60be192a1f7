"""Draw the sample documents of the README: docs/pictures/*.png (needs pdftoppm).

.venv/bin/python -m scripts.make_certificate_pictures docs/pictures
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from tests.document.samples import document

PICTURES = {
    "certificate-regular": "regular",
    "certificate-dual-directed": "photo",
    "annotated-copy": "annotated",
    "report": "report",
    "statement": "statement",
}
LONGER_SIDE = 1240  # pixels
COLOURS = 96


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=list(PICTURES), choices=sorted(PICTURES))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in given.only:
        target = given.folder / f"{name}.png"
        with tempfile.TemporaryDirectory() as scratch:
            written = Path(scratch) / "document.pdf"
            written.write_bytes(document(PICTURES[name]))
            command = ["pdftoppm", "-png", "-singlefile", "-scale-to", str(LONGER_SIDE)]
            subprocess.run([*command, written, Path(scratch) / "page"], check=True)
            with Image.open(Path(scratch) / "page.png") as page:
                page.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
        print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
