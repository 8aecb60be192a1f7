"""A filing of 20,000 rows in a process of its own: read, accepted, examined; then the same with everything stored."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.people import ROOT, filing
from bench.timing import Measurement, Scale, Target
from bench.versions import versions


def measure(scale: Scale) -> list[Measurement]:
    """Seconds and greatest memory, beside the cells read by calamine alone."""
    with tempfile.TemporaryDirectory(prefix="certsvc-bench-") as folder:
        path = Path(folder) / "filing.xlsx"
        path.write_bytes(filing(scale.rows))
        rounds = min(scale.rounds, 3)
        bare, examined, stored = (
            [_run(how, path) for _ in range(rounds)] for how in ("calamine", "examine", "submit")
        )
    floor = median(one["seconds"] for one in bare)
    floor_mb = median(one["peak_mb"] for one in bare)
    floor_is = "the cells read by python-calamine alone"
    used = versions("python-calamine", "sqlalchemy")
    return [
        Measurement(
            "filing_20000_rows_seconds",
            "filing of 20,000 rows: read, accepted, examined",
            median(one["seconds"] for one in examined),
            "s",
            floor,
            floor_is,
            used,
            Target(2, at_least=False),
        ),
        Measurement(
            "filing_20000_rows_peak_mb",
            "the same, greatest memory of the process",
            max(one["peak_mb"] for one in examined),
            "MB",
            floor_mb,
            floor_is,
            used,
            Target(300, at_least=False),
        ),
        Measurement(
            "filing_20000_rows_stored_seconds",
            "the same, and everything stored encrypted in SQLite",
            median(one["seconds"] for one in stored),
            "s",
            floor,
            floor_is,
            used,
        ),
    ]


def _run(how: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.filing_process", how, str(path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=300,
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer
