"""What somebody between log and reader can try: bytes altered, answers of another time. At worst nothing can be told."""

from __future__ import annotations

import random
import shutil

from certverify.ledger import LedgerView
from certverify.status import Status

from tests.attacks.scene import Scene, codes

TURNS = 40


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
