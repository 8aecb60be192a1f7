"""A writer that issues, records and publishes for ever: what the kill test runs and kills."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from certsvc.adapters.clock import FixedClock
from tests.ledger.conftest import open_house


def main(home: Path, url: str, first_serial: int) -> None:
    """Append small batches and publish each, telling every published size on standard output."""
    house = open_house(home, url, FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC)))
    ledger, publisher, serial = house.ledger(), house.publisher(), first_serial
    while True:
        ledger.record(house.issue(7, start=serial))
        serial += 7
        sys.stdout.write(f"{publisher.publish().size}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
