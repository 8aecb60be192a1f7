"""Confirms a batch decision in small chunks and dies by SIGKILL after so many of them: what the kill test runs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

from certsvc.bootstrap import open_office
from certsvc.settings import Settings
from tests.batches.cases import case_day


def main(home: Path, url: str, batch: str, chunks: int) -> None:
    """Confirm; after so many chunks of two certificates the process is gone."""
    office = open_office(Settings(home=home, database_url=url, _env_file=None), case_day())
    carry_out = office.case_work.batches.carry_out

    def dying(wanted: str) -> Generator[int, None, None]:
        steps = carry_out(wanted, 2)
        for done in range(chunks + 1):
            if done == chunks:
                os.kill(os.getpid(), signal.SIGKILL)
            yield next(steps)

    office.case_work.carry_out = dying  # type: ignore[method-assign]
    office.confirm_batch(batch, "checker")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
