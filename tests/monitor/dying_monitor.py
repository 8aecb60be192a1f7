"""A monitor that dies by SIGKILL once it has replayed so many leaves: PUBLIC TRUST STATE SECONDS LEAVES."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from certverify.monitor import Monitor
from certverify.monitor_state import open_state
from certverify.replay_follow import Progress
from certverify.sources import open_source


def main(public: str, trust: str, state_folder: str, seconds: str, leaves: str) -> None:
    def die_late(progress: Progress) -> None:
        if progress.size >= int(leaves):
            os.kill(os.getpid(), signal.SIGKILL)

    with open_state(Path(state_folder)) as state:
        monitor = Monitor(open_source(public), Path(trust), state, tell=die_late)
        monitor.follower.seconds_between_saves = 0.0
        monitor.round(datetime.fromtimestamp(int(seconds), UTC))


if __name__ == "__main__":
    main(*sys.argv[1:])
