"""What the log has signed against itself is kept, tested again, and reported until somebody has looked at it."""

from __future__ import annotations

import copy
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from certverify.cli import main
from certverify.monitor_key import AuditorKey, open_key
from certverify.monitor_seen import SEEN_KEPT, SeenNotes

from tests.monitor.conftest import Outsider, codes
from tests.monitor.logs import HandLog, honest_log
from tests.verifier.witnessing import note_of, text_of


def seen(outsider: Outsider) -> list[bytes]:
    return [path.read_bytes() for path in sorted((outsider.state / "seen").iterdir())]


def another(batches: int = 4) -> HandLog:
    """A history that has nothing of the followed one but its signer."""
    return honest_log(batches, issue=lambda turn: range(30_000 + 100 * turn, 30_090 + 100 * turn))


def auditor(outsider: Outsider) -> AuditorKey:
    return open_key(outsider.home / "auditor.pem", "audit.example/a1")


def test_a_larger_fork_without_its_tiles_is_kept_and_convicts_when_the_tree_has_grown(
    outsider: Outsider,
) -> None:
    outsider.watch()
    honest = outsider.log
    forked = another().checkpoint(outsider.now)
    (outsider.public / "checkpoint").write_bytes(forked)
    assert codes(outsider.watch()) == ["consistency-unproven"]
    outsider.publish()
    assert outsider.watch().exit_code == 0
    assert seen(outsider) == [forked]
    outsider.log = honest.issue(*range(70_000, 70_200))
    outsider.publish()
    report = outsider.watch(key=auditor(outsider))
    assert (report.exit_code, codes(report), report.cosigned) == (1, ["fork"], None)
    assert forked in {path.read_bytes() for path in outsider.evidence()}
    assert seen(outsider) == []


def test_a_fork_that_a_copy_showed_once_is_kept_after_the_copy_is_gone(
    outsider: Outsider, tmp_path: Path
) -> None:
    (tmp_path / "mirror").mkdir()
    forked = another().checkpoint(outsider.now)
    (tmp_path / "mirror/checkpoint").write_bytes(forked)
    assert codes(outsider.watch(copies=[tmp_path / "mirror"])) == ["copy-unproven"]
    outsider.log.issue(*range(70_000, 70_200))
    outsider.publish()
    assert codes(outsider.watch()) == ["fork"]


def test_two_seen_checkpoints_of_one_size_are_a_fork(outsider: Outsider) -> None:
    outsider.watch()
    one = another()
    other = honest_log(4, issue=lambda turn: range(50_000 + 100 * turn, 50_090 + 100 * turn))
    for log in (one, other):
        (outsider.public / "checkpoint").write_bytes(log.checkpoint(outsider.now))
        report = outsider.watch()
    assert report.exit_code == 1
    assert "fork" in codes(report)


def test_an_old_genuine_checkpoint_leaves_the_seen_ones(outsider: Outsider) -> None:
    old = outsider.log.checkpoint(outsider.now - timedelta(minutes=3))
    outsider.log.issue(70_000)
    outsider.publish()
    outsider.watch()
    (outsider.public / "checkpoint").write_bytes(old)
    assert codes(outsider.watch()) == ["older-than-kept"]
    assert seen(outsider) == []


def test_a_seen_checkpoint_that_cannot_be_tested_is_not_forgotten(outsider: Outsider) -> None:
    outsider.watch()
    outsider.log.issue(*range(70_000, 70_600))
    outsider.publish()
    outsider.watch()
    shorter = another(3).issue(1).checkpoint(outsider.now)
    honest = (outsider.public / "checkpoint").read_bytes()
    hidden = shutil.move(outsider.public / "tile", outsider.home / "hidden")
    (outsider.public / "checkpoint").write_bytes(shorter)
    assert codes(outsider.watch()) == ["older-than-kept"]
    assert seen(outsider) == [shorter]
    (outsider.public / "checkpoint").write_bytes(honest)
    assert "seen-unproven" in codes(outsider.watch())
    shutil.move(hidden, outsider.public / "tile")
    assert "fork" in codes(outsider.watch())


def test_the_seen_ones_are_bounded_and_the_oldest_stay(tmp_path: Path) -> None:
    from certverify.checkpoint import decode_checkpoint

    notes = SeenNotes(tmp_path)
    for number in range(SEEN_KEPT + 5):
        leaves = [bytes([number]) * 32] * 3
        raw_note = note_of(text_of(3 if number > SEEN_KEPT - 20 else 4, [*leaves, bytes([number]) * 32]))
        notes.add(decode_checkpoint(raw_note)[0], raw_note, number)
    assert [note.number for note in notes.all] == [*range(76), *range(81, SEEN_KEPT + 5)]
    assert len(SeenNotes(tmp_path).all) == len(list(tmp_path.iterdir())) == SEEN_KEPT


def test_evidence_is_reported_and_keeps_the_auditor_from_cosigning_until_it_is_acknowledged(
    outsider: Outsider, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = copy.deepcopy(outsider.log).issue(80_000).write(tmp_path / "mirror", outsider.now)
    outsider.log.issue(70_000)
    outsider.publish()
    assert codes(outsider.watch(copies=[mirror])) == ["fork"]
    (name,) = outsider.items()
    for _ in range(2):
        report = outsider.watch(key=auditor(outsider))
        assert (report.exit_code, codes(report), report.cosigned) == (1, ["unacknowledged"], None)
        assert report.findings[0].detail == name
    (outsider.home / "trust/policy").rename(outsider.home / "policy")
    assert codes(outsider.watch()) == ["trust-unreadable", "unacknowledged"]
    (outsider.home / "policy").rename(outsider.home / "trust/policy")
    words = ["monitor", str(outsider.public), "--trust", str(outsider.home / "trust")]
    words += ["--state", str(outsider.state)]
    assert main([*words, "--acknowledge", "another"], clock=lambda: outsider.now) == 2
    assert main([*words, "--acknowledge", name], clock=lambda: outsider.now) == 0
    assert name in capsys.readouterr().out
    assert {path.name for path in (outsider.state / "acknowledged" / name).iterdir()} >= {"trust-list.json"}
    report = outsider.watch(key=auditor(outsider))
    assert (report.exit_code, report.cosigned is None) == (0, False)


def test_evidence_holds_the_trust_list_by_which_was_judged(outsider: Outsider) -> None:
    outsider.log.event(70_000).seal()
    outsider.publish()
    outsider.watch()
    (name,) = outsider.items()
    kept = outsider.state / "evidence" / name / "trust-list.json"
    assert kept.read_bytes() == (outsider.home / "trust/trust-list.json").read_bytes()


def test_one_broken_leaf_is_one_item_however_often_it_is_found(outsider: Outsider) -> None:
    outsider.log.event(70_000).seal()
    for _ in range(3):
        outsider.pass_time()
        outsider.publish()
        assert codes(outsider.watch()) == ["rule-broken"]
    assert len(outsider.items()) == 1


def test_a_tree_that_stays_behind_its_copy_is_withheld(outsider: Outsider, tmp_path: Path) -> None:
    ahead = copy.deepcopy(outsider.log).issue(80_000)
    mirror = ahead.write(tmp_path / "mirror", outsider.now)
    assert codes(outsider.watch(copies=[mirror])) == ["copy-ahead"]
    for minutes, found in ((50, ["copy-ahead"]), (20, ["copy-ahead", "withheld"])):
        outsider.pass_time(minutes)
        outsider.publish()
        report = outsider.watch(copies=[mirror])
        assert (report.exit_code, codes(report)) == (2 if minutes == 20 else 0, found)
    assert codes(outsider.watch()) == ["withheld"], "the copy is gone, the note is kept"
    outsider.log = ahead
    outsider.publish()
    assert (codes(outsider.watch()), seen(outsider)) == ([], [])


@pytest.mark.parametrize(
    "damaged",
    [
        b"[1]",
        b'{"sequence": "abc"}',
        b'{"trust/policy": 5}',
        b'{"trust/policy": "00"}',
        b"\xff",
        b"[" * 5000,
        b"",
    ],
)
def test_a_damaged_memory_of_trust_files_is_told(
    outsider: Outsider, damaged: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    outsider.watch()
    (outsider.state / "trust/latest.json").write_bytes(damaged)
    words = ["monitor", str(outsider.public), "--trust", str(outsider.home / "trust")]
    assert main([*words, "--state", str(outsider.state)], clock=lambda: outsider.now) == 2
    err = capsys.readouterr().err
    assert "latest.json" in err
    assert "is damaged" in err


@pytest.mark.parametrize("damaged", [b"abc", b"\xff", b"", b"-1", b"0"])
def test_a_damaged_sequence_is_told(
    outsider: Outsider, damaged: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    outsider.watch()
    (outsider.state / "followed/sequence").write_bytes(damaged)
    words = ["monitor", str(outsider.public), "--trust", str(outsider.home / "trust")]
    assert main([*words, "--state", str(outsider.state)], clock=lambda: outsider.now) == 2
    assert "damaged" in capsys.readouterr().err
