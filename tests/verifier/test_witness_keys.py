"""Which log keys a witness believes: those of the trust list with their dates, read again when it changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify.cli import main
from certverify.errors import TrustListError
from certverify.note import VerifierKey, decode_verifier_key
from certverify.witness_logs import FollowedLogs

from tests.verifier.builders import (
    LOG_KEY,
    NOW,
    Key,
    key,
    log_entry,
    tables,
    trust_list,
    write_files,
)
from tests.verifier.witnessing import NAME, Bench, WitnessProcess, request

NEXT_LOG_KEY = key(LOG_KEY.name, 22)
OTHER_LOG = key("log.example/second", 21)
TODAY, YESTERDAY = NOW.date().isoformat(), (NOW.date() - timedelta(days=1)).isoformat()


def publish(folder: Path, *keys: tuple[Key, str, str | None], sequence: int = 1, **changes: Any) -> Path:
    """Trust material that names these log keys."""
    files = {
        "trust-list.json": trust_list(sequence=sequence, log=log_entry(*keys), **changes),
        "tables.json": tables(),
        "policy": f"log {keys[0][0].vkey()}\nquorum none\n".encode(),
    }
    write_files(folder, files)
    return folder


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    return publish(tmp_path / "trust", (LOG_KEY, "2026-01-01", None))


@pytest.fixture
def started(tmp_path: Path, trust: Path) -> Callable[..., Bench]:
    """A witness by the trust material, and by keys of the command line; each start knows what the one before saw."""

    def start(*listed: Key, anchor: VerifierKey | None = None) -> Bench:
        keys = [decode_verifier_key(one.vkey()) for one in listed]
        return Bench(tmp_path / "w", log_keys=FollowedLogs(keys, trust, tmp_path / "followed", anchor))

    return start


def said(bench: Bench, raw_request: bytes) -> tuple[int, str]:
    answer = bench.ask(raw_request)
    return int(answer.status), "" if answer.status == 200 else answer.body.decode().strip()


def test_a_key_of_the_command_line_does_not_cancel_the_dates_of_the_trust_list(
    started: Callable[..., Bench], trust: Path
) -> None:
    publish(trust, (NEXT_LOG_KEY, TODAY, None), (LOG_KEY, "2026-01-01", YESTERDAY))
    bench = started(LOG_KEY)
    assert said(bench, request(0, 9)) == (403, "key-not-in-force")
    assert said(bench, request(0, 9, signer=NEXT_LOG_KEY)) == (200, "")


def test_nor_does_it_bring_back_a_key_that_the_list_no_longer_names(
    started: Callable[..., Bench], trust: Path
) -> None:
    publish(trust, (NEXT_LOG_KEY, TODAY, None))
    assert said(started(LOG_KEY), request(0, 9)) == (403, "signature-missing")


def test_a_key_of_another_log_on_the_command_line_counts_beside_the_list(
    started: Callable[..., Bench],
) -> None:
    bench = started(OTHER_LOG)
    assert said(bench, request(0, 9)) == (200, "")
    assert said(bench, request(0, 9, signer=OTHER_LOG)) == (200, "")


def test_a_rotation_needs_no_start(started: Callable[..., Bench], trust: Path) -> None:
    bench = started()
    assert said(bench, request(0, 9)) == (200, "")
    assert said(bench, request(9, 12, signer=NEXT_LOG_KEY)) == (403, "signature-missing")
    publish(trust, (LOG_KEY, "2026-01-01", TODAY), (NEXT_LOG_KEY, TODAY, None), sequence=2)
    assert said(bench, request(9, 12, signer=NEXT_LOG_KEY)) == (200, "")
    publish(trust, (NEXT_LOG_KEY, TODAY, None), (LOG_KEY, "2026-01-01", YESTERDAY), sequence=3)
    assert said(bench, request(12, 20)) == (403, "key-not-in-force")
    assert said(bench, request(12, 20, signer=NEXT_LOG_KEY)) == (200, "")


def test_an_older_list_is_refused_then_and_after_a_start(
    started: Callable[..., Bench], trust: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish(trust, (LOG_KEY, "2026-01-01", None), sequence=5)
    bench = started()
    assert said(bench, request(0, 9)) == (200, "")
    publish(trust, (LOG_KEY, "2026-01-01", None), sequence=4)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert said(bench, request(9, 12)) == (503, "trust-unavailable")
    [line] = [record.getMessage() for record in caplog.records]
    assert "4 < 5" in line
    bench.store.close()
    bench = started()
    assert said(bench, request(9, 12)) == (503, "trust-unavailable")
    publish(trust, (LOG_KEY, "2026-01-01", None), sequence=5)
    assert said(bench, request(9, 12)) == (200, "")


@pytest.mark.parametrize("harm", ["trust-list.json", "policy", "tables.json"])
def test_a_list_that_cannot_be_read_is_waited_for(
    harm: str, started: Callable[..., Bench], trust: Path
) -> None:
    bench = started()
    assert said(bench, request(0, 9)) == (200, "")
    before = (trust / harm).read_bytes()
    (trust / harm).write_bytes(b"{")
    assert said(bench, request(9, 12)) == (503, "trust-unavailable")
    (trust / harm).write_bytes(before)
    assert said(bench, request(9, 12)) == (200, "")


def test_the_list_is_read_once_as_long_as_it_stays_the_same(
    started: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, reads = started(), list[Path]()
    really_open = Path.open
    assert said(bench, request(0, 9)) == (200, "")

    def counted(path: Path, *how: Any, **more: Any) -> Any:
        reads.append(path)
        return really_open(path, *how, **more)

    monkeypatch.setattr(Path, "open", counted)
    assert said(bench, request(9, 12)) == (200, "")
    assert reads == []


def test_a_list_that_the_anchor_has_not_signed_is_not_believed(
    started: Callable[..., Bench], trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchor = key("anchor.example/a", 31)
    bench = started(anchor=decode_verifier_key(anchor.vkey()))
    assert said(bench, request(0, 9)) == (503, "trust-unavailable")
    words = ["witness", "--dir", str(tmp_path / "other"), "--name", NAME, "--trust", str(trust)]
    assert main([*words, "--anchor", anchor.vkey()]) == 2
    assert "见证方无法运行" in capsys.readouterr().err


def test_without_keys_there_is_no_witness(tmp_path: Path) -> None:
    with pytest.raises(TrustListError):
        FollowedLogs([], tmp_path / "nowhere", tmp_path / "followed", None)()


def test_a_running_witness_takes_a_new_key_and_refuses_an_older_list(tmp_path: Path) -> None:
    trust = publish(tmp_path / "trust", (LOG_KEY, "2026-01-01", None))
    running = WitnessProcess(
        tmp_path / "w", "--name", NAME, "--trust", str(trust), "--log", LOG_KEY.vkey(),
    )  # fmt: skip
    assert running.add(request(0, 9))[0] == 200
    publish(trust, (NEXT_LOG_KEY, "2026-01-01", None), sequence=2)
    assert running.add(request(9, 12)) == (403, b"signature-missing\n")
    assert running.add(request(9, 12, signer=NEXT_LOG_KEY))[0] == 200
    publish(trust, (LOG_KEY, "2026-01-01", None), sequence=1)
    assert running.add(request(12, 20)) == (503, b"trust-unavailable\n")
    running.kill()
    assert "1 < 2" in running.log.read_text(encoding="utf-8")
