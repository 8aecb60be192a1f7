"""A past bundle beside a downloaded tree: what a newer one knows, and what only the whole log can show."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from certverify import load_trust, open_ledger

from tests.past.builders import (
    CORRECTED,
    FIRST,
    OTHER,
    REINSTATED,
    SECOND,
    SUSPENDED,
    Happened,
    a_life,
    revoked,
)
from tests.past.presented import FAILED, GOOD, LOG, OPEN, PASSED, answer, told, without_events
from tests.verifier.builders import (
    NOW,
    write_files,
)


def test_a_pair_left_out_at_the_end_is_said_to_be_possible_and_found_in_the_whole_log(tmp_path: Path) -> None:
    """The one thing that a file alone cannot show."""
    cut = without_events((0, 4), (0, 5), (1, 1), (1, 2))
    alone = answer(cut)
    assert alone.verdict.outcome is PASSED
    assert "past-pairs-possible" in alone.as_json()["verdict"]["not_established"]
    LOG.write(tmp_path)
    trust = load_trust(tmp_path)
    ledger = open_ledger(tmp_path, trust)
    assert told(answer(cut, ledger=ledger)) == (PASSED, set())
    assert told(answer(cut, ledger=ledger, complete=True)) == (OPEN, {"past-incomplete"})
    whole = answer(GOOD, ledger=ledger, complete=True)
    assert "past-pairs-possible" not in whole.as_json()["verdict"]["not_established"]
    assert told(whole) == (PASSED, set())


def test_a_newer_tree_beside_the_file_has_the_last_word(tmp_path: Path) -> None:
    yesterday = NOW - timedelta(days=1)
    old = a_life(cosigned_at=yesterday)
    bundle = old.past(FIRST, SECOND)
    unchanged, ended, paired = old.grown(), revoked(old), old.grown()
    unchanged.batch(19, Happened(OTHER, SUSPENDED, 19))
    paired.batch(19, Happened(FIRST, SUSPENDED, 19), Happened(SECOND, SUSPENDED, 19))
    paired.batch(20, Happened(FIRST, CORRECTED, 20, replaced_by=2), Happened(SECOND, REINSTATED, 20))
    for number, (tree, alone, complete) in enumerate(
        [
            (unchanged, (PASSED, set()), (PASSED, set())),
            (ended, (FAILED, {"revoked", "past-changed-since"}), (FAILED, {"revoked", "past-changed-since"})),
            (paired, (PASSED, set()), (PASSED, {"past-changed-since"})),
        ]
    ):
        tree.cosigned_at = NOW
        folder = tree.write(tmp_path / str(number))
        trust = load_trust(folder)
        ledger = open_ledger(folder, trust)
        assert told(answer(bundle, ledger=ledger)) == alone
        assert told(answer(bundle, ledger=ledger, complete=True)) == complete


def test_a_tree_that_contradicts_the_file_or_itself_leaves_it_open(tmp_path: Path) -> None:
    fork = a_life()
    fork.entries[1] = LOG.entries[2]
    fork.entries = [*fork.entries[:-1]]
    fork.seal()
    folder = fork.write(tmp_path / "fork")
    trust = load_trust(folder)
    answered = answer(GOOD, ledger=open_ledger(folder, trust))
    assert told(answered) == (OPEN, {"bundle-conflict"})
    assert answered.past is None
    files = LOG.files()
    name = next(name for name in files if name.startswith("tile/entries"))
    write_files(tmp_path / "bent", files)
    ledger = open_ledger(tmp_path / "bent", trust)
    raw_entries = bytearray(files[name])
    raw_entries[10] ^= 1
    (tmp_path / "bent" / name).write_bytes(raw_entries)
    assert told(answer(GOOD, ledger=ledger, complete=True)) == (OPEN, {"tree-inconsistent"})
    (tmp_path / "bent" / name).unlink()
    missing = answer(GOOD, ledger=ledger, complete=True)
    assert told(missing) == (PASSED, set())
    assert "past-pairs-possible" in missing.as_json()["verdict"]["not_established"]


def test_an_entry_that_nobody_can_read_might_be_an_event(tmp_path: Path) -> None:
    log = a_life()
    log.entries.append(b"\x00")
    log.seal()
    folder = log.write(tmp_path)
    ledger = open_ledger(folder, load_trust(folder))
    answered = answer(log.past(FIRST, SECOND), log, ledger=ledger, complete=True)
    assert told(answered) == (OPEN, {"tree-inconsistent"})
