"""The command line of the service: `certsvc`. One function here turns failures into words and exit codes."""

from __future__ import annotations

import sys

from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import CertsvcError, KeysChangedError

EXIT_FAILED = 3
EXIT_KEYS_CHANGED = 4


def main() -> None:
    """Entry point of `certsvc`. Exit 0 done; 1, 2 as the command documents; 3 when it could not be done; 4 when a
    process has keys in memory that others have taken over from: started anew, it has the new ones.
    """
    try:
        certsvc(standalone_mode=True)
    except CertsvcError as error:
        print(f"{error}（{error.code}）", file=sys.stderr)  # noqa: T201  # the face of the failure
        sys.exit(EXIT_KEYS_CHANGED if isinstance(error, KeysChangedError) else EXIT_FAILED)
