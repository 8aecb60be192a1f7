"""Freeze a layout: write its compiled head beside it, the bytes that the trust list will name.

    .venv/bin/python -m scripts.freeze_layout templates/certificate/v1

Until the first certificate is issued with a layout it may be frozen again; after that a change is a new folder.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from certsvc.adapters.document.frozen import HEAD_FILE
from certsvc.adapters.document.glyphs import GlyphStore
from certsvc.adapters.document.layout import compile_layout

FONT = Path("templates/fonts/CertificateSerifSC-Regular.ttf")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--again", action="store_true", help="replace a head that is already frozen")
    given = parser.parse_args()
    frozen = given.folder / HEAD_FILE
    if frozen.exists():
        if not given.again:
            raise SystemExit(
                f"{frozen} exists: this layout is frozen (use --again only before its first certificate)"
            )
        frozen.unlink()
    layout = compile_layout(given.folder, GlyphStore(FONT))
    frozen.write_bytes(layout.head)
    print(f"{frozen}: {layout.head_length} bytes, SHA-256 {layout.head_sha256}")


if __name__ == "__main__":
    main()
