"""Versions of what was measured."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def versions(*packages: str) -> dict[str, str]:
    """Python's version and those of the packages; `sqlite` is the library."""
    found = {"python": platform.python_version()}
    return found | {name: sqlite3.sqlite_version if name == "sqlite" else version(name) for name in packages}


def this_run() -> dict[str, object]:
    """Machine, date and load of this run."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")
