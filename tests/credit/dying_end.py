"""Notes the end of a credit record and dies by SIGKILL, before or after the commit: what the kill test runs."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from certsvc.adapters import credit_store
from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import open_office
from certsvc.settings import Settings


def main(home: Path, url: str, at: str, step: str) -> None:
    """Note ends at an instant; at the step the process is gone."""
    office = open_office(
        Settings(home=home, database_url=url, _env_file=None), FixedClock(datetime.fromisoformat(at))
    )

    def die(*_given: object, **_named: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if step == "before-commit":
        credit_store.append_entry = die
    office.credit.archive.note_ends()
    die()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
