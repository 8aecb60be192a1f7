"""The eight steps of a bundle: each step has its own wrong bundle."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify import check_bundle, decode_trust, load_trust, open_ledger
from certverify.bundle import decode_bundle
from certverify.errors import BundleError
from certverify.trust import Trust
from certverify.verdict import Outcome, Verdict

from tests.verifier.builders import (
    DUAL,
    FIELDS,
    NOW,
    ORIGIN,
    OTHER_RECORD_KEY,
    RECORD_KEY,
    WITNESS_POLICY,
    Log,
    b64,
    changed,
    flipped,
    key,
    manifest_leaf,
    private_payload,
    record_text,
    write_files,
)

LOG = Log(filler=3)
GOOD = LOG.bundle()


def trust_of(log: Log) -> Trust:
    files = log.trust_files()
    return decode_trust(files["trust-list.json"], files["tables.json"], files["policy"])


def answer(bundle: Any, log: Log = LOG, **how: Any) -> Verdict:
    return check_bundle(json.dumps(bundle).encode(), trust_of(log), NOW, **how)


def told(verdict: Verdict) -> tuple[Outcome, set[str]]:
    return verdict.outcome, {item.code.value for item in verdict.findings} - {"no-witnesses"}


def test_a_good_bundle_passes() -> None:
    verdict = answer(GOOD)
    assert told(verdict) == (Outcome.PASSED, set())
    assert (verdict.authentic, verdict.status, verdict.checkpoint_age) == ("yes", "valid", 0)


@pytest.mark.parametrize(
    ("status", "outcome", "codes"),
    [
        (3, Outcome.FAILED, {"revoked"}),
        (0, Outcome.UNDETERMINED, {"not-in-log"}),
        (7, Outcome.PASSED, {"historical"}),
    ],
)
def test_the_status_comes_out_of_the_chunk(status: int, outcome: Outcome, codes: set[str]) -> None:
    log = Log(status=status)
    assert told(answer(log.bundle(), log)) == (outcome, codes)


def test_a_place_is_judged_like_anywhere() -> None:
    log = Log(fields=dict(DUAL))
    assert told(answer(log.bundle(), log, place="222404")) == (Outcome.PASSED, {"area-limited"})
    elsewhere = told(answer(log.bundle(), log, place="220102"))
    assert elsewhere == (Outcome.FAILED, {"area-limited", "not-valid-here"})


LEAF_OF = {part: GOOD[part]["leaf"] for part in ("issue", "manifest", "seal")}
OTHER_CHECKPOINT = Log(filler=4).bundle()["checkpoint"]
FOREIGN = GOOD["checkpoint"].replace(ORIGIN, "log.example/other")
FORGED = GOOD["checkpoint"].replace(f"\n{len(LOG.entries)}\n", f"\n{len(LOG.entries) + 1}\n")
NO_HASHES: list[str] = []
FAILED, OPEN = Outcome.FAILED, Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("bundle", "outcome", "code"),
    [
        (changed(GOOD, "checkpoint", to="hello"), OPEN, "checkpoint-unreadable"),
        (changed(GOOD, "checkpoint", to=FOREIGN), OPEN, "checkpoint-key-unknown"),
        (changed(GOOD, "checkpoint", to=FORGED), FAILED, "checkpoint-forged"),
        (changed(GOOD, "checkpoint", to=OTHER_CHECKPOINT), FAILED, "issue-proof-bad"),
        (changed(GOOD, "issue", "leaf", to=flipped(LEAF_OF["issue"])), FAILED, "issue-proof-bad"),
        (changed(GOOD, "issue", "leaf", to=LEAF_OF["seal"]), FAILED, "issue-proof-bad"),
        (changed(GOOD, "issue", to=GOOD["seal"]), FAILED, "issue-proof-bad"),
        (changed(GOOD, "issue", "index", to=2), FAILED, "issue-proof-bad"),
        (changed(GOOD, "issue", "proof", to=NO_HASHES), FAILED, "issue-proof-bad"),
        (changed(GOOD, "manifest", "leaf", to=flipped(LEAF_OF["manifest"])), FAILED, "manifest-proof-bad"),
        (changed(GOOD, "manifest", "proof", to=NO_HASHES), FAILED, "manifest-proof-bad"),
        (changed(GOOD, "manifest", "event_proof", to=NO_HASHES), FAILED, "manifest-proof-bad"),
        (
            changed(GOOD, "manifest", to=GOOD["seal"] | {"event_proof": NO_HASHES}),
            FAILED,
            "manifest-proof-bad",
        ),
        (changed(GOOD, "opening", "salt", to=b64(bytes(32))), FAILED, "commitment-mismatch"),
        (
            changed(GOOD, "opening", "payload", to=flipped(GOOD["opening"]["payload"])),
            FAILED,
            "commitment-mismatch",
        ),
        (changed(GOOD, "seal", "proof", to=NO_HASHES), FAILED, "seal-proof-bad"),
        (changed(GOOD, "seal", to=GOOD["issue"]), FAILED, "seal-proof-bad"),
        (changed(GOOD, "status", "chunk", to=flipped(GOOD["status"]["chunk"])), FAILED, "status-proof-bad"),
        (changed(GOOD, "status", "chunk_index", to=0), FAILED, "status-proof-bad"),
        (changed(GOOD, "status", "proof", to=NO_HASHES), FAILED, "status-proof-bad"),
        (changed(GOOD, "record", to="hello"), OPEN, "record-unreadable"),
        (changed(GOOD, "record", to=record_text()[:-1] + "Y"), FAILED, "record-altered"),
        (changed(GOOD, "record", to=record_text(FIELDS | {"title": 50101})), FAILED, "content-mismatch"),
        (changed(GOOD, "record", to=record_text(FIELDS | {"name": "林晓"})), FAILED, "content-mismatch"),
        (changed(GOOD, "record", to=record_text(FIELDS | {"last4": "1234"})), FAILED, "content-mismatch"),
        (changed(GOOD, "record", to=record_text(FIELDS | {"slot": 5})), FAILED, "content-mismatch"),
    ],
)
def test_every_wrong_part_stops_its_own_step(bundle: Any, outcome: Outcome, code: str) -> None:
    assert told(answer(bundle)) == (outcome, {code})


@pytest.mark.parametrize(
    ("payload", "outcome", "code"),
    [
        (private_payload(FIELDS, level=1), FAILED, "content-mismatch"),
        (private_payload(FIELDS, level="2"), FAILED, "content-mismatch"),
        (private_payload(FIELDS, validity_area="222404"), FAILED, "content-mismatch"),
        (private_payload(FIELDS, event="historical"), FAILED, "content-mismatch"),
        (private_payload(FIELDS, more=1), FAILED, "content-mismatch"),
        (private_payload(FIELDS, id_number=None), FAILED, "content-mismatch"),
        (private_payload(FIELDS, issued_on="10.11.2026"), FAILED, "content-mismatch"),
        (private_payload(FIELDS).replace(b",", b", ", 1), FAILED, "content-mismatch"),
        (b"not json", FAILED, "content-mismatch"),
        (private_payload(FIELDS, issued_on="2025-12-31"), OPEN, "record-key-unknown"),
    ],
)
def test_content_that_the_log_commits_to_must_agree_with_the_record(
    payload: bytes, outcome: Outcome, code: str
) -> None:
    log = Log(payload=payload)
    assert told(answer(log.bundle(), log)) == (outcome, {code})


@pytest.mark.parametrize(
    ("signer", "code"),
    [(key("thief", 11), "manifest-proof-bad"), (RECORD_KEY, "manifest-forged")],
)
def test_a_manifest_must_be_signed_by_the_authority(signer: Any, code: str) -> None:
    log = Log(filler=3)
    raw_manifest = manifest_leaf(1, log.manifest_events, signer)
    if signer is RECORD_KEY:
        raw_manifest = raw_manifest[:-1] + bytes([raw_manifest[-1] ^ 1])
    log.entries[log.manifest_index] = raw_manifest
    verdict = answer(log.bundle(), log)
    assert told(verdict) == (FAILED, {code})


def test_a_manifest_of_a_key_outside_the_list_is_unknown() -> None:
    entry = {"alg": "Ed25519", "valid_from": "2026-01-01", "valid_to": None}
    other = entry | {"kid": OTHER_RECORD_KEY.kid.hex(), "public_key": b64(OTHER_RECORD_KEY.public)}
    log = Log(trust_changes={"record_keys": [other]})
    bundle = changed(log.bundle(), "record", to=record_text(signer=OTHER_RECORD_KEY))
    assert told(answer(bundle, log)) == (OPEN, {"manifest-key-unknown"})


@pytest.mark.parametrize(
    ("log", "outcome", "codes"),
    [
        (Log(policy=WITNESS_POLICY), OPEN, {"quorum-missing"}),
        (Log(policy=WITNESS_POLICY, witness_at=NOW), Outcome.PASSED, set()),
        (Log(policy=WITNESS_POLICY, witness_at=NOW - timedelta(days=8)), OPEN, {"checkpoint-stale"}),
        (Log(cosigned_at=NOW - timedelta(days=8)), OPEN, {"checkpoint-stale"}),
        (Log(cosigned_at=NOW - timedelta(days=8), status=3), FAILED, {"checkpoint-stale", "revoked"}),
        (Log(cosigned_at=None), OPEN, {"checkpoint-age-unknown"}),
    ],
)
def test_quorum_and_age_are_judged_before_the_proofs(log: Log, outcome: Outcome, codes: set[str]) -> None:
    assert told(answer(log.bundle(), log)) == (outcome, codes)


def test_an_older_seal_is_not_the_last_leaf() -> None:
    log = Log()
    bundle = log.bundle()
    log.entries.append(log.entries[log.issue_index])
    later = log.bundle()
    stale_seal = changed(later, "seal", "index", to=bundle["seal"]["index"])
    stale_seal = changed(stale_seal, "seal", "leaf", to=bundle["seal"]["leaf"])
    assert told(answer(stale_seal, log)) == (FAILED, {"seal-proof-bad"})


YESTERDAY = NOW - timedelta(days=1)
OLD = Log(filler=3, cosigned_at=YESTERDAY)


def beside(bundle: Any, tree: Log, folder: Path) -> Verdict:
    """The answer to a bundle that lies beside a downloaded tree."""
    tree.write(folder)
    trust = load_trust(folder)
    return check_bundle(json.dumps(bundle).encode(), trust, NOW, ledger=open_ledger(folder, trust))


@pytest.mark.parametrize("seals", [1, 2, 300])
@pytest.mark.parametrize(
    ("was", "now", "outcome", "codes"),
    [
        (1, 3, FAILED, {"revoked"}),
        (1, 6, FAILED, {"superseded"}),
        (2, 1, Outcome.PASSED, set()),
        (1, 1, Outcome.PASSED, set()),
        (1, 9, OPEN, {"tree-inconsistent"}),
    ],
)
def test_a_newer_tree_beside_the_bundle_names_the_status(
    was: int, now: int, outcome: Outcome, codes: set[str], seals: int, tmp_path: Path
) -> None:
    old = Log(filler=3, cosigned_at=YESTERDAY, status=was)
    verdict = beside(old.bundle(), old.later(now, seals=seals), tmp_path)
    assert (told(verdict), verdict.as_of) == ((outcome, codes), NOW)


def test_a_newer_tree_makes_an_old_bundle_fresh_and_a_stale_tree_does_not(tmp_path: Path) -> None:
    stale = Log(filler=3, cosigned_at=NOW - timedelta(days=30))
    assert told(beside(stale.bundle(), stale.later(1), tmp_path / "fresh")) == (Outcome.PASSED, set())
    later = stale.later(1, NOW - timedelta(days=20))
    assert told(beside(stale.bundle(), later, tmp_path / "stale")) == (OPEN, {"checkpoint-stale"})


def test_of_two_checkpoints_of_one_size_the_later_counts(tmp_path: Path) -> None:
    fresh, stale = Log(filler=3), Log(filler=3, cosigned_at=NOW - timedelta(days=30))
    for number, (bundle, tree) in enumerate([(stale, fresh), (fresh, stale)]):
        verdict = beside(bundle.bundle(), tree, tmp_path / str(number))
        assert (told(verdict), verdict.as_of) == ((Outcome.PASSED, set()), NOW)


def test_of_two_checkpoints_of_one_size_the_one_that_witnesses_saw_later_counts(tmp_path: Path) -> None:
    """The log dates the one anew; a witness stands by the other."""
    witnessed = Log(filler=3, policy=WITNESS_POLICY, cosigned_at=YESTERDAY, witness_at=YESTERDAY)
    dated_anew = replace(witnessed, cosigned_at=NOW, witness_at=NOW - timedelta(days=30))
    without = replace(witnessed, cosigned_at=NOW, witness_at=None)
    for number, (bundle, tree) in enumerate(
        [(dated_anew, witnessed), (witnessed, dated_anew), (without, witnessed), (witnessed, without)]
    ):
        verdict = beside(bundle.bundle(), tree, tmp_path / str(number))
        assert (told(verdict), verdict.as_of) == ((Outcome.PASSED, set()), YESTERDAY)


def test_an_older_tree_says_nothing_about_a_newer_bundle(tmp_path: Path) -> None:
    suspended = Log(filler=3, status=2, cosigned_at=YESTERDAY)
    lifted = suspended.later(1)
    assert told(beside(lifted.bundle(), suspended, tmp_path)) == (Outcome.PASSED, set())


def test_bundle_and_tree_that_contradict_each_other_leave_it_open(tmp_path: Path) -> None:
    fork = Log(filler=3, payload=private_payload(FIELDS, sex="男"))
    revoked = Log(filler=3, status=3)
    for number, (bundle, tree, outcome) in enumerate(
        [
            (OLD, fork, OPEN),  # one size, two roots
            (OLD, fork.later(1), OPEN),  # no prefix
            (OLD, fork.later(3), OPEN),
            (revoked, LOG, FAILED),  # known to be wrong all the same
            (revoked, LOG.later(1), FAILED),
        ]
    ):
        said, codes = told(beside(bundle.bundle(), tree, tmp_path / str(number)))
        assert said is outcome
        assert "bundle-conflict" in codes


def test_a_wrong_bundle_fails_beside_any_tree(tmp_path: Path) -> None:
    wrong = changed(OLD.bundle(), "status", "proof", to=NO_HASHES)
    assert told(beside(wrong, OLD.later(1), tmp_path)) == (FAILED, {"status-proof-bad"})


@pytest.mark.parametrize(
    ("lost", "outcome", "codes"),
    [
        ("checkpoint", Outcome.PASSED, set()),  # nothing to compare with
        ("tile/entries", Outcome.PASSED, set()),
        ("status/shard", OPEN, {"tree-missing"}),  # newer, but it does not say
    ],
)
def test_what_a_partial_tree_does_not_hold_is_not_asked_of_it(
    lost: str, outcome: Outcome, codes: set[str], tmp_path: Path
) -> None:
    files = OLD.later(3).files()
    write_files(tmp_path, {name: raw for name, raw in files.items() if not name.startswith(lost)})
    trust = load_trust(tmp_path)
    ledger = open_ledger(tmp_path, trust)
    verdict = check_bundle(json.dumps(OLD.bundle()).encode(), trust, NOW, ledger=ledger)
    assert told(verdict) == (outcome, codes)


def test_a_tree_whose_tiles_do_not_lead_to_its_checkpoint_leaves_it_open(tmp_path: Path) -> None:
    tree = OLD.later(1)
    files = tree.files()
    name = next(name for name in files if name.startswith("tile/0/"))
    write_files(tmp_path, files | {name: bytes(len(files[name]))})
    trust = load_trust(tmp_path)
    ledger = open_ledger(tmp_path, trust)
    verdict = check_bundle(json.dumps(OLD.bundle()).encode(), trust, NOW, ledger=ledger)
    assert told(verdict) == (OPEN, {"tree-inconsistent"})


@pytest.mark.parametrize(
    "bundle",
    [
        None,
        [],
        {},
        GOOD | {"format": "certsvc-bundle/2"},
        GOOD | {"more": 1},
        changed(GOOD, "issue", "index", to=-1),
        changed(GOOD, "issue", "index", to=True),
        changed(GOOD, "issue", "index", to=1.0),
        changed(GOOD, "issue", "leaf", to="!!"),
        changed(GOOD, "issue", "proof", to=[b64(bytes(32))] * 65),
        changed(GOOD, "opening", "salt", to=b64(bytes(31))),
        changed(GOOD, "checkpoint", to="\ud800"),
    ],
)
def test_what_is_no_bundle_is_unreadable(bundle: Any) -> None:
    with pytest.raises(BundleError):
        decode_bundle(json.dumps(bundle).encode())
    assert told(answer(bundle)) == (OPEN, {"bundle-unreadable"})


def test_a_bundle_whose_content_stays_closed_proves_record_log_and_status_and_says_what_it_leaves_out() -> (
    None
):
    verdict = answer(changed(GOOD, "opening", to=None))
    assert told(verdict) == (Outcome.PASSED, {"content-closed"})
    assert "content-closed" in verdict.as_json()["not_established"]
