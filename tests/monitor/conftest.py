"""A log in a public folder, its trust material apart, and monitors that follow it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.monitor import Monitor
from certverify.monitor_report import Report
from certverify.monitor_state import open_state
from certverify.replay import Replay
from certverify.replay_follow import Follower
from certverify.sources import open_source
from certverify.tree import PublicTree
from certverify.trust import TrustList, load_trust

from tests.monitor.logs import HandLog, honest_log
from tests.verifier.builders import NOW


@dataclass
class Outsider:
    """Somebody who follows the log in `home/public`, with trust material and state of their own."""

    home: Path
    log: HandLog = field(default_factory=lambda: honest_log(3))
    now: datetime = NOW

    @property
    def public(self) -> Path:
        return self.home / "public"

    @property
    def state(self) -> Path:
        return self.home / "state"

    def publish(self, **how: Any) -> None:
        """The log as it is now, on public view; the first time the trust material is fetched too."""
        self.log.write(self.public, self.now, **how)
        if not (self.home / "trust").exists():
            (self.home / "trust").mkdir()
            for name in ("trust-list.json", "tables.json", "policy"):
                shutil.copy(self.public / name, self.home / "trust" / name)

    def pass_time(self, minutes: float = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def watch(self, place: str | Path | None = None, **how: Any) -> Report:
        """One round by a new process with the state kept so far."""
        copies = [open_source(str(one)) for one in how.pop("copies", ())]
        with open_state(self.state) as state:
            source = open_source(str(place or self.public))
            return Monitor(source, self.home / "trust", state, copies=copies, **how).round(self.now)

    def evidence(self) -> list[Path]:
        """The notes and leaves of every item, without the trust material by which they were judged."""
        files = (self.state / "evidence").glob("*/*")
        return sorted(
            path
            for path in files
            if path.name == "leaf.json" or (path.suffix == ".note" and path.stem != "trust")
        )

    def items(self) -> list[str]:
        return sorted(path.name for path in (self.state / "evidence").iterdir())

    def kept(self) -> list[str]:
        return sorted(path.name for path in (self.state / "checkpoints").iterdir())


def codes(report: Report) -> list[str]:
    """The codes of the findings; the object for programs is whole as well."""
    told = json.loads(json.dumps(report.as_json()))
    assert report.words().count("\n[") == len(report.findings)
    return [finding["code"] for finding in told["findings"]]


@pytest.fixture
def outsider(tmp_path: Path) -> Outsider:
    """An outsider beside an honest log that is on public view."""
    made = Outsider(tmp_path)
    made.publish()
    return made


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serve a folder on loopback, by a handler class if one is given; its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(folder: Path, handler: Any = _Quiet) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def trust_list(tmp_path_factory: pytest.TempPathFactory) -> TrustList:
    """The keys of the small authority."""
    return load_trust(HandLog().write(tmp_path_factory.mktemp("trust"))).trust_list


@pytest.fixture
def follow(tmp_path: Path, trust_list: TrustList) -> Callable[..., Replay]:
    """Publish a log, and replay it with the state of the times before."""

    def run(log: HandLog, **how: object) -> Replay:
        tree = PublicTree(log.write(tmp_path / "public"))
        checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
        follower = Follower(tmp_path / "replay", **how)  # type: ignore[arg-type]
        return follower.follow(tree, checkpoint, int(NOW.timestamp()), trust_list)

    return run
