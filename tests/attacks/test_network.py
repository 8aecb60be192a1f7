"""What somebody between log and reader can try: bytes altered, answers of another time. At worst nothing can be told."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from certverify.ledger import LedgerView
from certverify.status import Status

from tests.attacks.scene import OPERATORS_OWN, Scene, codes
from tests.monitor.conftest import serve as serve

TURNS = 40
SECONDS = 60
ROOT = Path(__file__).parents[2]
Answer = Callable[[str, int], Path | int | bytes]
"""What a hostile server gives for a path and the number of the question: a folder that answers, a status, or a body."""


def test_no_altered_byte_makes_a_monitor_accuse_the_log_or_a_reader_believe_a_status(scene: Scene) -> None:
    dice, public = random.Random(5), scene.house.public
    honest = shutil.copytree(public, scene.house.home / "honest")
    names = sorted(str(item.relative_to(honest)) for item in honest.rglob("*") if item.is_file())
    for turn in range(TURNS):
        name = names[turn % len(names)]
        content = bytearray((honest / name).read_bytes())
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        (public / name).write_bytes(content)
        shutil.rmtree(scene.house.home / "state", ignore_errors=True)
        assert scene.watch().exit_code in (0, 2), name
        view = scene.read()
        if isinstance(view, LedgerView):
            assert view.status_of(scene.events[4]) in (Status.REVOKED, *not_known(view, scene)), name
        (public / name).write_bytes((honest / name).read_bytes())
    assert scene.watch().exit_code == 0


def not_known(view: LedgerView, scene: Scene) -> list[object]:
    """What an answer may be besides the right one: a code that says why there is none."""
    told = view.status_of(scene.events[4])
    return [] if isinstance(told, Status) else [told]


def test_a_replayed_checkpoint_is_told_by_its_age_and_by_what_was_seen_before(scene: Scene) -> None:
    replayed = (scene.house.public / "checkpoint").read_bytes()
    scene.goes_on()
    assert scene.watch().exit_code == 0
    (scene.house.public / "checkpoint").write_bytes(replayed)
    assert codes(scene.watch()) == ["older-than-kept"]
    scene.pass_time(61)
    report = scene.watch()
    assert (report.exit_code, codes(report)) == (2, ["stale", "older-than-kept"])


def test_files_that_are_kept_back_are_missed(scene: Scene) -> None:
    for item in scene.house.public.rglob("*"):
        if item.is_file() and "entries" in str(item):
            item.unlink()
    report = scene.watch()
    assert (report.exit_code, codes(report)) == (2, ["file-missing"])


def hostile(answer: Answer) -> type[SimpleHTTPRequestHandler]:
    """A server that answers as somebody on the way likes."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].lstrip("/")
            asked.append(path)
            given = answer(path, len(asked))
            if isinstance(given, int):
                self.send_error(given)
            elif isinstance(given, bytes):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(given)
            else:
                self.directory = str(given)
                super().do_GET()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler


def told_by_the_command(scene: Scene, address: str, *more: str) -> tuple[int, set[str]]:
    """Exit code and findings of `certverify monitor` as a process of its own, which ends in time."""
    words = ["monitor", address, "--trust", str(scene.trust), "--state", str(scene.house.home / "state")]
    ended = subprocess.run(
        [sys.executable, "-m", "certverify", *words, "--json", "--max-age", "525600", *more],
        cwd=ROOT,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert b"Traceback" not in ended.stderr
    told = json.loads(ended.stdout)
    assert told["exit_code"] == ended.returncode
    return ended.returncode, {one["code"] for one in told["findings"]}


def evidence(scene: Scene) -> list[Path]:
    return list((scene.house.home / "state/evidence").iterdir())


def test_an_honest_rotation_that_the_reader_has_not_heard_of_accuses_nobody(
    scene: Scene, serve: Callable[..., str]
) -> None:
    log = scene.operator()
    log.signer = OPERATORS_OWN
    free = next(slot for slot in range(1000) if slot not in log.last)
    scene.show(log.issue(free))
    address = serve(scene.house.public)
    for _ in range(2):
        code, found = told_by_the_command(scene, address)
        assert (code, "record-key-unknown" in found) == (2, True)
    assert evidence(scene) == []


@pytest.mark.parametrize(
    ("kept_back", "answer"),
    [
        ("tile/0", 404),
        ("tile/0", b"\x00" * 8192),
        ("tile/entries", 503),
        ("status", b""),
        ("checkpoint", 404),
        ("", 503),
        ("", b"\x00" * 8192),
    ],
    ids=["no tiles", "other tiles", "no entries", "empty status", "no checkpoint", "nobody", "zeros"],
)
def test_what_is_kept_back_or_made_up_on_the_way_accuses_nobody(
    scene: Scene, serve: Callable[..., str], kept_back: str, answer: int | bytes
) -> None:
    public = scene.house.public
    handler = hostile(lambda path, _number: answer if path.startswith(kept_back) else public)
    code, found = told_by_the_command(scene, serve(public, handler))
    assert code == 2, found
    assert evidence(scene) == []


def test_answers_of_two_times_mixed_in_any_way_accuse_nobody(scene: Scene, serve: Callable[..., str]) -> None:
    old = shutil.copytree(scene.house.public, scene.house.home / "old")
    scene.goes_on()
    new, dice = scene.house.public, random.Random(7)
    old_head: Answer = lambda path, _number: old if path == "checkpoint" else new  # noqa: E731
    old_tiles: Answer = lambda path, _number: new if path == "checkpoint" else old  # noqa: E731
    turns: Answer = lambda _path, number: old if number % 2 else new  # noqa: E731
    chance: Answer = lambda _path, _number: dice.choice((old, new, 404))  # noqa: E731
    now = serve(new)
    for answer in (old_head, old_tiles, turns, chance):
        code, found = told_by_the_command(scene, serve(new, hostile(answer)), "--copy", now)
        assert code != 1, found
        assert evidence(scene) == []
        told_by_the_command(scene, now, "--copy", serve(new, hostile(answer)))
        assert evidence(scene) == []


def test_a_copy_that_answers_with_anything_accuses_nobody(scene: Scene, serve: Callable[..., str]) -> None:
    note = (scene.house.public / "checkpoint").read_bytes()
    address = serve(scene.house.public)
    for body in (b"", b"nothing", note[:-10], note.replace(b"\n2", b"\n3", 1), note * 2, b"\xff" * 300_000):
        code, found = told_by_the_command(
            scene, address, "--copy", serve(scene.house.public, hostile(lambda *_asked, body=body: body))
        )
        assert code != 1, found
    assert evidence(scene) == []
