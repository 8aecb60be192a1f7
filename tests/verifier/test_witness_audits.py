"""A witness with an auditor, who sees consistent checkpoints alone and has the last word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from certverify.checkpoint import Checkpoint, decode_checkpoint
from certverify.errors import AuditError, TreeMissingError
from certverify.witness_protocol import Answer
from certverify.witness_report import render_report, report
from certverify.witness_store import Ground

from tests.verifier.builders import LOG_KEY, WITNESS_KEY
from tests.verifier.witnessing import (
    FORKED,
    NAME,
    Bench,
    cosigned_at,
    note_of,
    request,
    said,
    text_of,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path / "witness")
    yield opened
    opened.store.close()


def test_an_auditor_sees_consistent_checkpoints_alone_and_has_the_last_word(tmp_path: Path) -> None:
    looked: list[tuple[bytes, Checkpoint]] = []

    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        looked.append((raw_note, checkpoint))
        if checkpoint.size == 20:
            raise AuditError("status-array-wrong")

    bench = Bench(tmp_path / "w", examine=examine)
    assert bench.ask(request(0, 9)).status == 200
    assert bench.ask(request(9, 20, FORKED)).status == 422
    assert bench.ask(request(0, 20)).status == 409
    assert [checkpoint.size for _, checkpoint in looked] == [9]
    assert said(bench.ask(request(9, 20))) == (422, "status-array-wrong")
    assert looked[-1] == (note_of(text_of(20)), decode_checkpoint(note_of(text_of(20)))[0])
    assert {(item.ground, item.reason) for item in bench.store.all_refused()} == {
        (Ground.AUDIT, "status-array-wrong"),
        (Ground.UNPROVEN, "proof-wrong"),
    }
    assert bench.ask(request(9, 21)).status == 200
    bench.store.close()


@pytest.mark.parametrize("reason", ["", "with spaces", "line\nbreak", "x" * 65, "大"])
def test_the_reason_of_an_auditor_is_told_as_a_short_code(reason: str, tmp_path: Path) -> None:
    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        raise AuditError(reason)

    bench = Bench(tmp_path / "w", examine=examine)
    assert said(bench.ask(request(0, 9))) == (422, "audit-failed")
    bench.store.close()


@pytest.mark.parametrize("failure", [TreeMissingError("gone"), TimeoutError()])
def test_an_auditor_who_cannot_tell_now_refuses_nothing_for_good(failure: Exception, tmp_path: Path) -> None:
    failures = [failure]

    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        if failures:
            raise failures.pop()

    bench = Bench(tmp_path / "w", examine=examine)
    assert said(bench.ask(request(0, 9))) == (503, "audit-unavailable")
    assert bench.store.all_refused() == []
    assert bench.ask(request(0, 9)).status == 200
    bench.store.close()


def test_a_long_audit_blocks_nobody_and_is_overtaken_by_no_older_checkpoint(tmp_path: Path) -> None:
    begun, go_on = Event(), Event()

    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        begun.set()
        assert go_on.wait(20)

    slow = Bench(tmp_path / "w", examine=examine)
    quick = Bench(tmp_path / "w")
    quick.ask(request(0, 9))
    answers: list[Answer] = []
    thread = Thread(target=lambda: answers.append(slow.ask(request(9, 12))))
    thread.start()
    assert begun.wait(20)
    assert slow.witness.copy(LOG_KEY.name) is not None
    assert quick.ask(request(9, 20)).status == 200
    go_on.set()
    thread.join()
    assert [said(answer) for answer in answers] == [(409, "20")]
    slow.store.close()
    quick.store.close()


def test_a_witness_key_of_its_own_is_needed_for_a_log(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "w")
    assert said(bench.ask(request(0, 9, signer=WITNESS_KEY))) == (404, "origin-unknown")
    bench.store.close()


def test_the_report_of_a_witness_that_has_cosigned_nothing(bench: Bench) -> None:
    assert report(bench.store) == {"name": NAME, "vkey": bench.vkey, "logs": [], "refused": []}
    assert "尚未共签" in render_report(report(bench.store))
    bench.ask(request(0, 9))
    [log] = report(bench.store)["logs"]
    assert log["cosigned_at"] == "2026-11-20T08:00:00Z"
    assert cosigned_at(bench.vkey, text_of(9), log["note"].split("\n\n")[1].encode()) == datetime(
        2026, 11, 20, 8, tzinfo=UTC
    )
