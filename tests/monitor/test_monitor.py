"""A monitor's rounds: what it accepts, keeps and compares, and what it says when something is wrong."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.errors import MonitorStateError
from certverify.monitor_codes import Found, Weight
from certverify.monitor_key import open_key
from certverify.monitor_state import open_state
from certverify.policy import decode_policy
from certverify.replay_faults import Fault

from tests.monitor.conftest import Outsider, codes
from tests.monitor.logs import HandLog, honest_log
from tests.verifier.builders import LOG_KEY, WITNESS_KEY, WITNESS_POLICY, key


def test_an_honest_log_is_all_right(outsider: Outsider) -> None:
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (0, [])
    assert report.new_leaves == len(outsider.log.entries)
    assert outsider.kept() == [f"{len(outsider.log.entries)}-{int(outsider.now.timestamp())}.note"]
    assert "ALL RIGHT" in report.words()


def test_only_new_leaves_are_replayed_the_next_time(outsider: Outsider) -> None:
    outsider.watch()
    outsider.log.issue(70_000, 70_001)
    outsider.pass_time()
    outsider.publish()
    report = outsider.watch()
    assert (report.exit_code, report.new_leaves) == (0, 4)
    assert len(outsider.kept()) == 2


def test_the_same_tree_cosigned_anew_is_kept_anew(outsider: Outsider) -> None:
    outsider.watch()
    before = {path: path.read_bytes() for path in (outsider.state / "checkpoints").iterdir()}
    outsider.pass_time(10)
    outsider.publish()
    assert outsider.watch().exit_code == 0
    assert len(outsider.kept()) == 2
    assert all(path.read_bytes() == content for path, content in before.items())


def test_a_log_that_broke_a_rule_is_named_with_evidence(outsider: Outsider) -> None:
    outsider.watch()
    outsider.log.event(70_000).manifest().put(5, 3)
    outsider.log.seal()
    outsider.pass_time()
    outsider.publish()
    for _ in range(2):
        report = outsider.watch()
        assert (report.exit_code, codes(report)) == (1, ["rule-broken"])
        assert (report.findings[0].fault, report.findings[0].index) == (
            Fault.ARRAY_WRONG,
            len(outsider.log.entries) - 1,
        )
    note, proof = outsider.evidence()
    assert set(report.findings[0].evidence) == {str(proof), str(note)}
    assert note.read_bytes() == (outsider.public / "checkpoint").read_bytes()
    told = json.loads(proof.read_text())
    assert told["leaf"] == outsider.log.entries[-1].hex()
    assert told["proof"]


def test_a_rewritten_past_is_a_fork_with_both_notes(outsider: Outsider) -> None:
    outsider.watch()
    kept = (outsider.public / "checkpoint").read_bytes()
    outsider.log = HandLog().issue(*range(200)).issue(*range(200, 400))
    outsider.pass_time()
    outsider.publish()
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (1, ["fork"])
    served = (outsider.public / "checkpoint").read_bytes()
    assert {path.read_bytes() for path in outsider.evidence()} == {kept, served}
    assert len(outsider.kept()) == 1


def test_another_root_at_the_same_size_is_a_fork(outsider: Outsider) -> None:
    outsider.watch()
    other = honest_log(3, issue=lambda turn: range(50_000 + turn * 1000, 50_090 + turn * 1000))
    assert len(other.entries) == len(outsider.log.entries)
    outsider.log = other
    outsider.publish()
    assert codes(outsider.watch()) == ["fork"]


def test_a_fork_smaller_than_what_was_kept_is_a_fork_when_the_old_tiles_are_there(outsider: Outsider) -> None:
    outsider.watch()
    shorter = HandLog().issue(9)
    (outsider.public / "checkpoint").write_bytes(shorter.checkpoint(outsider.now))
    assert codes(outsider.watch()) == ["fork"]


def test_tiles_that_do_not_fit_accuse_nobody(outsider: Outsider) -> None:
    outsider.watch()
    outsider.log.issue(70_000)
    outsider.publish()
    for path in (outsider.public / "tile/0").rglob("*"):
        if path.is_file():
            content = bytearray(path.read_bytes())
            content[1] ^= 1
            path.write_bytes(content)
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (2, ["consistency-unproven"])


def test_an_old_genuine_state_is_said_to_be_old(outsider: Outsider) -> None:
    old = outsider.log.checkpoint(outsider.now)
    outsider.watch()
    outsider.pass_time()
    outsider.log.issue(70_000)
    outsider.publish()
    assert outsider.watch().exit_code == 0
    (outsider.public / "checkpoint").write_bytes(old)
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (2, ["older-than-kept"])


def test_a_log_that_stands_still_becomes_stale(outsider: Outsider) -> None:
    outsider.watch()
    outsider.pass_time(61)
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (2, ["stale"])
    assert outsider.watch(max_age=timedelta(hours=2)).exit_code == 0


def test_a_checkpoint_of_tomorrow_is_not_believed(outsider: Outsider) -> None:
    outsider.now += timedelta(days=1)
    outsider.publish()
    outsider.now -= timedelta(days=1)
    assert codes(outsider.watch()) == ["in-future"]


def test_cosignatures_that_the_policy_asks_for_must_be_there(outsider: Outsider) -> None:
    (outsider.home / "trust/policy").write_text(WITNESS_POLICY)
    outsider.log.policy = WITNESS_POLICY
    outsider.publish()
    assert codes(outsider.watch()) == ["quorum-missing"]
    outsider.publish(cosigners=[WITNESS_KEY])
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (0, [])
    assert report.as_json()["checkpoint"]["witnesses"] == ["w"]


def _another_log(outsider: Outsider) -> None:
    outsider.publish(origin="other.example/log")


def _stranger(outsider: Outsider) -> None:
    outsider.publish(signer=key(LOG_KEY.name, 9))


def _garbled(outsider: Outsider) -> None:
    (outsider.public / "checkpoint").write_bytes(b"nothing\n")


def _huge(outsider: Outsider) -> None:
    (outsider.public / "checkpoint").write_bytes(b"x" * (1 << 20))


def _gone(outsider: Outsider) -> None:
    (outsider.public / "checkpoint").unlink()


def _wrong_signature(outsider: Outsider) -> None:
    path = outsider.public / "checkpoint"
    size = f"\n{len(outsider.log.entries)}\n".encode()
    path.write_bytes(path.read_bytes().replace(size, b"\n8\n"))


def _undated(outsider: Outsider) -> None:
    path = outsider.public / "checkpoint"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _no_roots(outsider: Outsider) -> None:
    for path in (outsider.public / "status").glob("*/roots"):
        path.unlink()


def _wrong_roots(outsider: Outsider) -> None:
    for path in (outsider.public / "status").glob("*/roots"):
        path.write_bytes(bytes(32))


def _wrong_shard(outsider: Outsider) -> None:
    for path in (outsider.public / "status/shard").iterdir():
        path.write_bytes(b"\x01" + path.read_bytes()[1:])


def _no_trust(outsider: Outsider) -> None:
    (outsider.home / "trust/policy").unlink()


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (_another_log, "checkpoint-key-unknown"),
        (_stranger, "checkpoint-key-unknown"),
        (_garbled, "checkpoint-unreadable"),
        (_huge, "tree-inconsistent"),
        (_gone, "file-missing"),
        (_wrong_signature, "signature-wrong"),
        (_undated, "undated"),
        (_no_roots, "file-missing"),
        (_wrong_roots, "status-files-wrong"),
        (_wrong_shard, "status-files-wrong"),
        (_no_trust, "trust-unreadable"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else value,
)
def test_what_anyone_could_have_altered_is_at_worst_undetermined(
    outsider: Outsider, break_it: Callable[[Outsider], None], code: str
) -> None:
    break_it(outsider)
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (2, [code])


def test_a_mirror_and_a_witness_that_agree_are_compared(
    outsider: Outsider, tmp_path: Path, serve: Callable[..., str]
) -> None:
    mirror = shutil.copytree(outsider.public, tmp_path / "mirror")
    outsider.log.issue(70_000)
    outsider.publish()
    report = outsider.watch(copies=[mirror, serve(mirror)])
    assert (report.exit_code, codes(report)) == (0, [])
    assert [size for _, size in report.copies] == [len(outsider.log.entries) - 3] * 2


def test_a_copy_of_another_history_is_a_fork(outsider: Outsider, tmp_path: Path) -> None:
    other = copy.deepcopy(outsider.log)
    other.issue(80_000).issue(80_001)
    mirror = other.write(tmp_path / "mirror", outsider.now)
    outsider.log.issue(70_000)
    outsider.publish()
    report = outsider.watch(copies=[mirror])
    assert (report.exit_code, codes(report)) == (1, ["fork"])
    notes = {(mirror / "checkpoint").read_bytes(), (outsider.public / "checkpoint").read_bytes()}
    assert {path.read_bytes() for path in outsider.evidence()} == notes
    assert str(mirror) in report.words()


def test_a_copy_that_is_ahead_and_continues_is_a_remark(outsider: Outsider, tmp_path: Path) -> None:
    other = copy.deepcopy(outsider.log).issue(80_000)
    report = outsider.watch(copies=[other.write(tmp_path / "mirror", outsider.now)])
    assert (report.exit_code, codes(report)) == (0, ["copy-ahead"])


def test_a_copy_that_cannot_be_told_is_not_passed_over(outsider: Outsider, tmp_path: Path) -> None:
    other = honest_log(4, issue=lambda turn: range(30_000 + 100 * turn, 30_090 + 100 * turn))
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare/checkpoint").write_bytes(other.checkpoint(outsider.now))
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange/checkpoint").write_bytes(
        outsider.log.checkpoint(outsider.now, origin="else.example/log")
    )
    report = outsider.watch(copies=[tmp_path / "bare", tmp_path / "strange", tmp_path / "nowhere"])
    assert report.exit_code == 2
    assert codes(report) == ["copy-unproven", "copy-unreadable", "copy-unreachable"]


def test_the_same_tree_over_http_gives_the_same_answer(outsider: Outsider, serve: Callable[..., str]) -> None:
    address = serve(outsider.public)
    assert outsider.watch(address).exit_code == 0
    outsider.log.event(70_000).seal()
    outsider.publish()
    assert codes(outsider.watch(address)) == ["rule-broken"]


def test_nobody_there_is_undetermined(outsider: Outsider, serve: Callable[..., str]) -> None:
    report = outsider.watch("http://127.0.0.1:1")
    assert (report.exit_code, codes(report)) == (2, ["unreachable"])


def test_a_changed_trust_file_is_kept_and_named(outsider: Outsider) -> None:
    outsider.watch()
    kept = {path.name for path in (outsider.state / "trust").iterdir()}
    listed = outsider.home / "trust/trust-list.json"
    listed.write_bytes(listed.read_bytes() + b"\n")
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (0, ["trust-changed", "trust-differs"])
    assert len(list((outsider.state / "trust").iterdir())) == len(kept) + 1


def test_an_older_trust_list_than_before_is_not_believed(outsider: Outsider) -> None:
    listed = outsider.home / "trust/trust-list.json"
    old = listed.read_bytes()
    newer = json.loads(old)
    newer["sequence"] += 1
    listed.write_text(json.dumps(newer))
    assert outsider.watch().exit_code == 0
    listed.write_bytes(old)
    report = outsider.watch()
    assert report.exit_code == 2
    assert "trust-older" in codes(report)


def test_an_unusual_leaf_is_a_remark(outsider: Outsider) -> None:
    outsider.log.event(70_000).event(70_000, 3).event(70_000, 3).manifest().seal()
    outsider.publish()
    report = outsider.watch()
    assert (report.exit_code, codes(report)) == (0, ["leaf-remark"])


def auditor(outsider: Outsider) -> Any:
    return open_key(outsider.home / "auditor.pem", "audit.example/a1")


def test_an_auditor_cosigns_what_was_replayed_without_fault(outsider: Outsider) -> None:
    report = outsider.watch(key=auditor(outsider))
    assert report.cosigned is not None
    raw_note = Path(report.cosigned).read_bytes()
    assert raw_note.startswith((outsider.public / "checkpoint").read_bytes())
    policy = decode_policy(f"log {LOG_KEY.vkey()}\nwitness a {auditor(outsider).line}\nquorum a\n".encode())
    _, note = decode_checkpoint(raw_note)
    assert note.cosigned_at(policy.witnesses[b"a"]) == int(outsider.now.timestamp())


def test_the_key_of_an_auditor_is_made_once_and_for_nobody_else(outsider: Outsider) -> None:
    assert auditor(outsider).line == auditor(outsider).line
    path = outsider.home / "auditor.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(MonitorStateError):
        auditor(outsider)


def test_an_auditor_does_not_cosign_a_broken_log(outsider: Outsider) -> None:
    outsider.log.event(70_000).seal()
    outsider.publish()
    assert outsider.watch(key=auditor(outsider)).cosigned is None
    assert not list((outsider.state / "cosigned").iterdir())


def test_an_auditor_does_not_cosign_with_a_clock_that_went_back(outsider: Outsider) -> None:
    outsider.watch(key=auditor(outsider))
    outsider.now -= timedelta(seconds=30)
    assert codes(outsider.watch(key=auditor(outsider))) == ["clock-behind"]


def test_one_state_serves_one_process(outsider: Outsider) -> None:
    with open_state(outsider.state), pytest.raises(MonitorStateError):
        outsider.watch()


def test_a_damaged_kept_checkpoint_is_not_believed(outsider: Outsider) -> None:
    outsider.watch()
    (path,) = (outsider.state / "checkpoints").iterdir()
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(MonitorStateError):
        outsider.watch()


def test_every_finding_has_words_and_a_weight() -> None:
    for found in Found:
        assert found.zh
        assert found.en
    assert {found for found in Found if found.weight is Weight.MISBEHAVED} == {
        Found.FORK,
        Found.RULE_BROKEN,
        Found.UNACKNOWLEDGED,
    }
    assert all(fault.zh and fault.en for fault in Fault)
