"""`python -m certverify`."""

import sys

from certverify.cli import main

sys.exit(main())
