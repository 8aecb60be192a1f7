"""The greatest memory a piece of Python takes: in a process of its own, from the kernel's own mark."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# ru_maxrss of a forked child begins with what its parent held; VmHWM begins with the program itself.
_MEASURED = """
import json as _json
def _peak():
    for line in open("/proc/self/status", encoding="ascii"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
def told(answer):
    print(_json.dumps({"answer": answer, "peak": _peak()}))
"""


def run_measured(script: str, *arguments: str, timeout: float = 60) -> tuple[Any, int]:
    """What the script handed to `told(...)` at its end, and the greatest memory of its process in MiB."""
    run = subprocess.run(
        [sys.executable, "-c", _MEASURED + script, *arguments],
        check=True,
        capture_output=True,
        cwd=ROOT,
        timeout=timeout,
    )
    answer = json.loads(run.stdout)
    return answer["answer"], answer["peak"]
