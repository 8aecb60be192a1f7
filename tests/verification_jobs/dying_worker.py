"""Works verification jobs off and dies by SIGKILL on the way: what the kill tests run. For every line `home url at where` on
standard input a child is forked, so that the program is loaded once; how it ended is written out.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import open_office
from certsvc.settings import Settings
from certsvc.stages import verification_jobs


def main(home: str, url: str, at: str, where: str) -> None:
    """`where`: `between` the second and the third chunk, in the `middle` of the second, or `stored`: while it is stored."""
    settings = Settings(home=Path(home), database_url=url, _env_file=None)
    office = open_office(settings, FixedClock(datetime.fromisoformat(at)))
    verification_jobs.CHUNK = 4
    line = office.verification_jobs.line
    line._chunk = 4
    line.work_off()
    if where == "middle":
        check, asked = line._check.answer, []

        def dying(question: Any) -> Any:
            asked.append(question)
            return _die() if len(asked) == 3 else check(question)

        line._check.answer = dying  # type: ignore[method-assign]
    if where == "stored":
        line._work._close_if_done = lambda *_: _die()  # type: ignore[attr-defined]
    line.work_off()
    _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _child(line: str) -> int:
    """How a child ended that was given this line: minus the signal, as subprocess has it."""
    child = os.fork()
    if not child:
        main(*line.split())
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    for asked in sys.stdin:
        sys.stdout.write(f"{_child(asked)}\n")
        sys.stdout.flush()
