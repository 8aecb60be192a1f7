"""`certverify` as a process whose clock stands still at the time of the tests."""

from __future__ import annotations

import sys

from certverify.cli import main

from tests.verifier.builders import NOW

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], lambda: NOW))
