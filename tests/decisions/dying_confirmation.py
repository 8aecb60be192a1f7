"""Confirms a decision and dies by SIGKILL at a chosen step after the commit: what the kill test runs."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from certsvc.bootstrap import open_office
from certsvc.settings import Settings
from tests.decisions.deciders import decision_day


def main(home: Path, url: str, decision: str, step: str) -> None:
    """Confirm; at the step the process is gone."""
    office = open_office(Settings(home=home, database_url=url, _env_file=None), decision_day())

    def die(*_given: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    match step:
        case "seal":
            office.catch_up = die
        case "record":
            office.ledger.record = die
        case "publish":
            office.publish = die
        case "release":
            office.certificates.publish = die
    office.confirm_decision(decision, "checker")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
