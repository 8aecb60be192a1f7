"""A witness that audits: each checkpoint is replayed before it is cosigned."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from certverify.cli import main
from certverify.monitor_audit import Auditor
from certverify.sources import FolderSource
from certverify.witness_report import render_report, report
from certverify.witness_store import Ground

from tests.monitor.conftest import Outsider, codes
from tests.monitor.logs import HandLog
from tests.verifier.builders import OTHER_RECORD_KEY, b64, consistency, leaf_hash
from tests.verifier.witnessing import Bench, StandingClock, WitnessProcess, cosigned_at


def asked(log: HandLog, old: int) -> bytes:
    """What the log sends to its witnesses."""
    proof = consistency(old, [leaf_hash(entry) for entry in log.entries]) if old else []
    head = "".join(f"{line}\n" for line in [f"old {old}", *map(b64, proof), ""])
    return head.encode() + log.checkpoint()


def text(log: HandLog) -> str:
    return log.checkpoint().decode().rpartition("\n\n")[0] + "\n"


@pytest.fixture
def bench(outsider: Outsider, tmp_path: Path) -> Iterator[Bench]:
    """A witness with an auditor who reads the public folder."""
    clock, folder = StandingClock(), tmp_path / "witness"
    auditor = Auditor(FolderSource(outsider.public), outsider.home / "trust", folder / "replay", clock)
    made = Bench(folder, examine=auditor.examine, clock=clock)
    yield made
    made.store.close()


def test_a_log_that_keeps_the_rules_is_cosigned_batch_after_batch(bench: Bench, outsider: Outsider) -> None:
    log = outsider.log
    bench.cosigned_at(text(log), bench.ask(asked(log, 0)))
    for turn in range(3):
        old = len(log.entries)
        log.issue(70_000 + turn, 80_000 + turn)
        outsider.publish()
        bench.cosigned_at(text(log), bench.ask(asked(log, old)))


def test_a_log_that_breaks_a_rule_is_refused_whenever_it_asks(bench: Bench, outsider: Outsider) -> None:
    log = outsider.log
    bench.ask(asked(log, 0))
    old = len(log.entries)
    log.event(70_000).manifest().put(3, 3)
    log.seal()
    outsider.publish()
    for _ in range(2):
        answer = bench.ask(asked(log, old))
        assert (answer.status, answer.body) == (422, b"array-wrong\n")
    (refused,) = bench.store.all_refused()
    assert refused.reason == "array-wrong"


def test_a_record_key_that_the_list_does_not_name_yet_is_no_refusal(bench: Bench, outsider: Outsider) -> None:
    log = outsider.log
    bench.ask(asked(log, 0))
    old = len(log.entries)
    log.signer = OTHER_RECORD_KEY
    log.issue(70_000)
    outsider.publish()
    answer = bench.ask(asked(log, old))
    assert (answer.status, bench.store.all_refused()) == (503, [])
    listed = outsider.home / "trust/trust-list.json"
    newer = json.loads(listed.read_bytes())
    newer["sequence"] += 1
    newer["record_keys"].append(
        newer["record_keys"][0]
        | {"kid": OTHER_RECORD_KEY.kid.hex(), "public_key": b64(OTHER_RECORD_KEY.public)}
    )
    listed.write_text(json.dumps(newer))
    assert bench.ask(asked(log, old)).status == 200


def test_a_refusal_that_was_cosigned_later_is_marked_as_superseded(bench: Bench, outsider: Outsider) -> None:
    listed = outsider.home / "trust/trust-list.json"
    honest = listed.read_bytes()
    ended = json.loads(honest)
    ended["record_keys"][0]["valid_to"] = "2026-01-02"
    listed.write_text(json.dumps(ended))
    assert bench.ask(asked(outsider.log, 0)).body == b"manifest-key\n"
    assert [one.ground for one in bench.store.all_refused()] == [Ground.AUDIT]
    listed.write_bytes(honest)
    assert bench.ask(asked(outsider.log, 0)).status == 200
    assert [one.ground for one in bench.store.all_refused()] == [Ground.SUPERSEDED]
    assert "superseded" in [one["ground"] for one in report(bench.store)["refused"]]
    assert "cosigned later" in render_report(report(bench.store))


def test_tiles_that_are_not_there_yet_are_asked_for_again(bench: Bench, outsider: Outsider) -> None:
    log = outsider.log
    bench.ask(asked(log, 0))
    old = len(log.entries)
    log.issue(70_000)
    assert bench.ask(asked(log, old)).status == 503
    outsider.publish()
    assert bench.ask(asked(log, old)).status == 200


def test_status_files_that_do_not_fit_are_not_cosigned(bench: Bench, outsider: Outsider) -> None:
    for path in (outsider.public / "status/shard").iterdir():
        path.write_bytes(bytes(65_536))
    assert bench.ask(asked(outsider.log, 0)).status == 503


def test_an_auditing_witness_runs_by_one_command(outsider: Outsider, tmp_path: Path) -> None:
    running = WitnessProcess(
        tmp_path / "auditor", "--name", "audit.example/a1",
        "--trust", str(outsider.home / "trust"), "--audit", str(outsider.public),
    )  # fmt: skip
    status, lines = running.add(asked(outsider.log, 0))
    assert status == 200, running.log.read_text("utf-8")
    cosigned_at(running.vkey, text(outsider.log), lines)
    old = len(outsider.log.entries)
    outsider.log.event(70_000).seal()
    outsider.publish()
    assert running.add(asked(outsider.log, old)) == (422, b"batch-shape\n")
    running.kill()


@pytest.mark.parametrize("words", [["--audit", "public"], ["--trust", "{trust}", "--audit", "http://"]])
def test_an_audit_that_cannot_be_made_is_not_begun(
    outsider: Outsider, tmp_path: Path, words: list[str]
) -> None:
    words = [word.format(trust=outsider.home / "trust") for word in words]
    assert main(["witness", "--dir", str(tmp_path / "auditor"), "--name", "a", *words]) == 2


def test_a_running_witness_is_a_copy_to_compare_with(outsider: Outsider, tmp_path: Path) -> None:
    running = WitnessProcess(tmp_path / "witness")
    unknown = outsider.watch(copies=[running.url])
    assert codes(unknown) == ["copy-unreachable"]
    assert running.add(asked(outsider.log, 0))[0] == 200
    assert codes(outsider.watch(copies=[running.url])) == []
    hidden = copy.deepcopy(outsider.log).issue(70_000)
    assert running.add(asked(hidden, len(outsider.log.entries)))[0] == 200
    outsider.log.issue(80_000)
    outsider.publish()
    report = outsider.watch(copies=[running.url])
    assert (report.exit_code, codes(report)) == (1, ["fork"])
    assert len(outsider.evidence()) == 2
    running.kill()
