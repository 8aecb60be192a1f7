"""Make the golden pictures of tests/document/golden anew (needs pdftoppm). Look at them before you commit them.

.venv/bin/python -m scripts.make_golden_pictures [name ...]
"""

from __future__ import annotations

import argparse

from tests.document.golden import GOLDEN, keep


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", default=GOLDEN, metavar="name", help=", ".join(GOLDEN))
    for name in parser.parse_args().names:
        path = keep(name)
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
