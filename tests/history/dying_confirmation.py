"""Confirms a historical import and dies by SIGKILL after some of its records are published: what the kill test runs."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import open_office
from certsvc.domain.caller import official
from certsvc.settings import Settings


def main(home: Path, url: str, import_id: str, now: datetime, chunks: int) -> None:
    """Confirm; after so many chunks of one record the process is gone."""
    office = open_office(Settings(home=home, database_url=url, _env_file=None), FixedClock(now))
    store, left = office.history.store, chunks
    publish_some = store.publish_some

    def dying(_most: int, at: datetime) -> int:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return publish_some(1, at)

    store.publish_some = dying  # type: ignore[method-assign]
    second = office.actors.find_actor("second")
    assert second is not None
    office.history.confirm(import_id, official(second))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), given[1], given[2], datetime.fromisoformat(given[3]), int(given[4]))
