"""kill -9 on the way of a copy, and two processes at once: nothing is lost, nothing made twice, never a fourth copy."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.copy_store import DatabaseCopyBoard, DatabaseCopyStore
from certsvc.entrypoints.jobs.steps import finish_cases
from certsvc.errors import IntegrityError, UnavailableError
from tests.annotated.desk import CopyDesk

ROOT = Path(__file__).parents[2]


def started(copies: CopyDesk, **given: Any) -> subprocess.Popen[bytes]:
    """Another process at the same office."""
    settings = copies.office.settings
    told = {
        "home": str(settings.home),
        "url": settings.effective_database_url,
        "now": copies.desk.clock.now().isoformat(),
        "number": copies.number,
        "ends_on": copies.day(30).isoformat(),
    }
    command = [sys.executable, "-m", "tests.annotated.another_process", json.dumps(told | given)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def die(copies: CopyDesk, death: str) -> str:
    """Let another process die on the way of a copy; the id of what it left behind."""
    process = started(copies, requests=["request-0001"], death=death)
    _, told = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, told.decode()
    (left,) = copies.own("/list").json()["copies"]
    assert left["ready"] is False
    return str(left["copy"])


def test_the_same_request_finishes_a_copy_whose_record_was_not_kept(copies: CopyDesk) -> None:
    left = die(copies, "before the record is kept")
    finished = copies.make().json()
    assert (finished["copy"], finished["ready"]) == (left, True)
    assert len(copies.own("/list").json()["copies"]) == 1
    assert copies.desk.actions(f"annotated-copy/{left}") == [("operator", "portal:copy:make")]


def test_the_background_work_finishes_a_copy_whose_document_was_not_kept(copies: CopyDesk) -> None:
    left = die(copies, "before the document is kept")
    finish_cases(copies.office, lambda: False)
    (listed,) = copies.own("/list").json()["copies"]
    assert (listed["copy"], listed["ready"]) == (left, True)


def test_asking_for_the_document_finishes_a_copy_whose_document_was_not_noted(copies: CopyDesk) -> None:
    left = die(copies, "before the document is noted")
    kept = copies.office.archive.read(left, 1)
    assert kept is not None
    assert copies.document(left) == kept


def test_a_broken_off_copy_that_its_holder_ends_is_finished_by_nobody(
    copies: CopyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_given: object) -> bytes:
        raise UnavailableError("签名设备没有应答。")

    with monkeypatch.context() as without_key:
        without_key.setattr(DatabaseCopyStore, "keep_record", unavailable)
        assert copies.make().status_code == 503
    (left,) = copies.own("/list").json()["copies"]
    copies.own(f"/{left['copy']}/withdrawal")
    finish_cases(copies.office, lambda: False)
    (left,) = copies.own("/list").json()["copies"]
    assert (left["ready"], left["standing"]) == (False, "withdrawn")


def test_one_copy_that_cannot_be_finished_holds_up_no_other(
    copies: CopyDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    left = leave_behind(copies, monkeypatch, 3)
    keep = DatabaseCopyStore.keep_record
    failures = {left[0]: IntegrityError("记录不符。"), left[1]: UnavailableError("签名设备没有应答。")}

    def some_fail(store: DatabaseCopyStore, copy: str, record: bytes) -> bytes:
        if copy in failures:
            raise failures[copy]
        return keep(store, copy, record)

    with monkeypatch.context() as some_broken:
        some_broken.setattr(DatabaseCopyStore, "keep_record", some_fail)
        finish_cases(copies.office, lambda: False)
    ready = {one["copy"]: one["ready"] for one in copies.own("/list").json()["copies"]}
    assert ready == {left[0]: False, left[1]: False, left[2]: True}
    assert [left[0] in caplog.text, left[1] in caplog.text] == [True, True]
    board = DatabaseCopyBoard(copies.office.engine, copies.office.keys.cipher)
    today, now = copies.day(0), copies.desk.clock.now()
    assert board.overdue(today, now) == 0
    assert board.overdue(today, now + timedelta(minutes=11)) == 2
    finish_cases(copies.office, lambda: False)
    assert board.overdue(today, now + timedelta(minutes=11)) == 0


def test_nothing_is_printed_of_a_certificate_that_was_revoked_meanwhile(
    copies: CopyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (left,) = leave_behind(copies, monkeypatch, 1)
    copies.revoke()
    finish_cases(copies.office, lambda: False)
    refused = copies.make()
    assert (refused.status_code, copies.office.archive.read(left, 1)) == (409, None)
    assert "“已撤销”" in refused.json()["detail"]
    assert copies.office.copies.store.record(left) is None


def leave_behind(copies: CopyDesk, monkeypatch: pytest.MonkeyPatch, count: int) -> list[str]:
    """Copies that were written down while the signing key did not answer; their ids in order."""

    def unavailable(*_given: object) -> bytes:
        raise UnavailableError("签名设备没有应答。")

    with monkeypatch.context() as without_key:
        without_key.setattr(DatabaseCopyStore, "keep_record", unavailable)
        for n in range(1, count + 1):
            assert copies.make(request=f"request-{n:04}").status_code == 503
    return sorted(one["copy"] for one in copies.own("/list").json()["copies"])


def test_two_processes_at_once_make_three_copies_and_no_fourth(copies: CopyDesk) -> None:
    requests = [f"request-{n:04}" for n in range(5)]
    both = [started(copies, requests=requests), started(copies, requests=requests[::-1])]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    forwards, backwards = (json.loads(out) for out, _ in told)
    assert forwards == backwards[::-1]
    assert sum(forwards) == 3
    assert [one["ready"] for one in copies.own("/list").json()["copies"]] == [True] * 3
