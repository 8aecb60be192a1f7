"""Draw the sample certificates of the documentation: docs/pictures/certificate-*.png (needs pdftoppm).

.venv/bin/python -m scripts.make_certificate_pictures docs/pictures
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from tests.document.samples import FACES, certificate

WIDTH = 1400  # pixels
COLOURS = 128


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--faces", nargs="*", default=["regular", "dual-directed"], choices=sorted(FACES))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in given.faces:
        target = given.folder / f"certificate-{name}.png"
        with tempfile.TemporaryDirectory() as scratch:
            document = Path(scratch) / "certificate.pdf"
            document.write_bytes(certificate(name))
            command = ["pdftoppm", "-png", "-singlefile", "-scale-to-x", str(WIDTH), "-scale-to-y", "-1"]
            subprocess.run([*command, document, Path(scratch) / "page"], check=True)
            with Image.open(Path(scratch) / "page.png") as page:
                page.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
        print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
