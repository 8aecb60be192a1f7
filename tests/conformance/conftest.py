"""The outsider: a Go program on golang.org/x/mod/sumdb, built once a session from Debian's packages, without network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.conftest import house

__all__ = ["house"]

SOURCES = Path(__file__).parent / "program"
BUILDS = Path(__file__).parents[2] / "var" / "conformance"
DEBIAN_SOURCES = Path("/usr/share/gocode")


@dataclass(frozen=True)
class Outsider:
    """The built program."""

    program: Path

    def run(self, mode: str, *arguments: object) -> tuple[int, Any]:
        """Exit code and report of one run; a wrong use of the program fails the test."""
        done = subprocess.run(
            [self.program, mode, *map(str, arguments)], capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 1), done.stderr
        return done.returncode, json.loads(done.stdout)

    def accepts(self, tree: Path, *flags: object) -> dict[str, Any]:
        """The report on a public tree, which holds."""
        code, report = self.run("tree", *flags, tree)
        assert (code, report["problems"]) == (0, [])
        assert report["unknown_lines"] == 0
        return dict(report)


@pytest.fixture(scope="session")
def outsider() -> Outsider:
    """The program, built from its sources unless they are the ones built last."""
    if shutil.which("go") is None or not (DEBIAN_SOURCES / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.fail("go or golang.org/x/mod is missing: run `make test-system`")
    content = b"".join(path.read_bytes() for path in sorted(SOURCES.glob("*.go")))
    program = BUILDS / f"conformance-{sha256(content).hexdigest()[:16]}"
    if not program.exists():
        BUILDS.mkdir(parents=True, exist_ok=True)
        fresh = program.with_suffix(f".{os.getpid()}")
        subprocess.run(["go", "build", "-o", fresh, "."], cwd=SOURCES, env=_shut_in(), check=True)
        fresh.replace(program)
    return Outsider(program)


def _shut_in() -> dict[str, str]:
    """An environment in which go builds from Debian's sources alone."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(BUILDS),
        "GOCACHE": str(BUILDS / "cache"),
        "GOPATH": str(DEBIAN_SOURCES),
        "GO111MODULE": "off",
        "GOENV": "off",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }
