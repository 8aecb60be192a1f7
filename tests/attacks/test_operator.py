"""What the log's operator, who holds log key, database and public tree, can try; and a thief of the log key."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import cbor2
import pytest
from certverify.codes import Code
from certverify.errors import ProofError
from certverify.examination import Examination, Question
from certverify.ledger import LedgerUnavailable, LedgerView
from certverify.merkle import leaf_hash, verify_inclusion
from certverify.status import Status
from certverify.trust import load_trust

from tests.attacks.scene import AUTHORITY, LOG, OPERATORS_OWN, Scene, codes, taken_over
from tests.ledger.conftest import ORIGIN
from tests.monitor.logs import HandLog
from tests.verifier.builders import cbor, mth, path, sha


def rewritten(log: HandLog) -> HandLog:
    """The revocation becomes a suspension, under a manifest and a seal made anew."""
    at = next(at for at, entry in enumerate(log.entries) if cbor2.loads(entry)[1] == 3)
    slot = cbor2.loads(log.entries[at])[4]
    return taken_over(log.entries[:at]).event(slot, 6).manifest().seal()


def deleted(log: HandLog) -> HandLog:
    """The revocation with its batch is gone, and another batch stands there."""
    at = next(at for at, entry in enumerate(log.entries) if cbor2.loads(entry)[1] == 3)
    free = next(slot for slot in range(1000) if slot not in log.last)
    return (
        taken_over(log.entries[:at])
        .issue(free)
        .issue(free + 100_000 if free + 100_000 in log.last else 99_999)
    )


@pytest.mark.parametrize("bend", [rewritten, deleted])
def test_a_bent_past_is_convicted_by_a_monitor_and_refused_by_a_witness(
    scene: Scene, bend: Callable[[HandLog], HandLog]
) -> None:
    honest = scene.operator()
    assert scene.watch().exit_code == 0
    assert scene.present(honest, scene.witness).status == 200
    bent = bend(honest)
    scene.pass_time()
    scene.show(bent)
    report = scene.watch()
    assert (report.exit_code, codes(report)) == (1, ["fork"])
    assert len(report.findings[0].evidence) == 2
    assert scene.present(bent, scene.witness).status in (409, 422)


@pytest.mark.parametrize("bend", [rewritten, deleted])
def test_a_proof_handed_out_before_the_past_was_bent_no_longer_holds(
    scene: Scene, bend: Callable[[HandLog], HandLog]
) -> None:
    honest = scene.operator()
    at = next(at for at, entry in enumerate(honest.entries) if cbor2.loads(entry)[1] == 3)
    hashes = [leaf_hash(entry) for entry in honest.entries]
    verify_inclusion(at, len(hashes), hashes[at], path(at, hashes), mth(hashes))
    bent = bend(honest)
    with pytest.raises(ProofError):
        verify_inclusion(at, len(hashes), hashes[at], path(at, hashes), bent.root)


def two_views(scene: Scene) -> tuple[HandLog, HandLog]:
    """One past, and two presents: in one of them the third certificate is revoked."""
    honest = scene.operator()
    other = copy.deepcopy(honest).event(scene.events[2], 3).manifest().seal()
    return honest.issue(1_111 if 1_111 not in honest.last else 1_112), other


def test_two_views_are_found_when_copies_are_compared(scene: Scene) -> None:
    one, other = two_views(scene)
    shown, hidden = scene.show(one), scene.show(other, scene.house.home / "another view")
    report = scene.watch(shown, copies=[hidden])
    assert (report.exit_code, codes(report)) == (1, ["fork"])
    kept = {Path(name).read_bytes() for name in report.findings[0].evidence}
    assert kept == {(shown / "checkpoint").read_bytes(), (hidden / "checkpoint").read_bytes()}


def test_a_second_view_never_gets_the_quorum(scene: Scene) -> None:
    one, other = two_views(scene)
    assert scene.present(one, scene.witness).status == 200
    assert scene.present(other, scene.witness).status in (409, 422)
    scene.ask_for_the_witness()
    scene.show(other)
    assert codes(scene.watch()) == ["quorum-missing"]
    view = scene.read()
    assert isinstance(view, LedgerView)
    assert not view.freshness.quorum_met


def test_an_old_genuine_state_is_older_than_kept_for_a_monitor_and_old_for_everybody(scene: Scene) -> None:
    old = {item: item.read_bytes() for item in scene.house.public.rglob("*") if item.is_file()}
    scene.goes_on()
    assert scene.watch().exit_code == 0
    for item, content in old.items():
        item.write_bytes(content)
    scene.pass_time(90)
    report = scene.watch()
    assert (report.exit_code, codes(report)) == (2, ["stale", "older-than-kept"])
    view = scene.read()
    assert isinstance(view, LedgerView)
    assert view.freshness.as_of is not None
    assert (scene.now - view.freshness.as_of).total_seconds() > 3600


def test_an_old_genuine_state_stays_old_though_the_log_key_dates_it_anew(scene: Scene) -> None:
    """The witness saw the log go on; the operator keeps its old line under the old state and signs the time of today."""
    scene.ask_for_the_witness()
    frozen = scene.operator()
    seen = scene.present(frozen, scene.witness)
    assert seen.status == 200
    seen_at = scene.now
    scene.pass_time()
    assert (
        scene.present(copy.deepcopy(frozen).event(scene.events[2], 3).manifest().seal(), scene.witness).status
        == 200
    )
    scene.pass_time(30 * 24 * 60)
    folder = scene.show(frozen)
    (folder / "checkpoint").write_bytes(frozen.checkpoint(scene.now, signer=LOG, origin=ORIGIN) + seen.body)
    view = scene.read()
    assert isinstance(view, LedgerView)
    assert view.status_of(scene.events[2]) is Status.VALID
    assert (view.freshness.as_of, view.freshness.quorum_met) == (seen_at.replace(microsecond=0), True)
    exam = Examination(load_trust(scene.trust), Question(scene.now))
    exam.judge_freshness(view.freshness)
    assert exam.codes == [Code.CHECKPOINT_STALE]
    assert codes(scene.watch()) == ["stale"]
    assert scene.present(frozen, scene.witness).status == 409


def test_a_state_that_hides_its_last_batch_has_no_seal_at_its_end(scene: Scene) -> None:
    log = scene.operator()
    free = next(slot for slot in range(1000) if slot not in log.last)
    scene.show(log.event(free).manifest())
    view = scene.read()
    assert isinstance(view, LedgerUnavailable)
    assert view.code is Code.TREE_INCONSISTENT
    assert codes(scene.watch()) == ["batch-shape"]


def test_a_wrong_array_passes_a_witness_and_is_found_by_every_replay(scene: Scene) -> None:
    """A witness sees that the log grows; only whoever replays sees that a revoked certificate was sealed as valid."""
    log = scene.operator()
    assert scene.present(log, scene.witness).status == 200
    assert scene.present(log, scene.auditor).status == 200
    free = next(slot for slot in range(1000) if slot not in log.last)
    log.event(free).manifest().put(scene.events[4], 1)
    log.seal()
    scene.show(log)
    view = scene.read()
    assert isinstance(view, LedgerView)
    assert view.status_of(scene.events[4]) is Status.VALID
    assert scene.present(log, scene.witness).status == 200
    refused = scene.present(log, scene.auditor)
    assert (refused.status, refused.body) == (422, b"array-wrong\n")
    report = scene.watch()
    assert (report.exit_code, codes(report)) == (1, ["array-wrong"])


def without_manifest(log: HandLog, slot: int, kind: int) -> None:
    log.event(slot, kind).seal()


def manifest_of_its_own(log: HandLog, slot: int, kind: int) -> None:
    log.event(slot, kind, kid=OPERATORS_OWN.kid).manifest(signer=OPERATORS_OWN).seal()


def manifest_in_the_name_of_the_authority(log: HandLog, slot: int, kind: int) -> None:
    stated = [1, 100, -8, AUTHORITY.kid, len(log.entries), 1]
    log.event(slot, kind)
    signed = cbor([*stated, mth([leaf_hash(log.batch[0])])])
    log.manifest(signature=OPERATORS_OWN.private.sign(b"certsvc/manifest/v1\x00" + signed)).seal()


def manifest_of_an_earlier_batch(log: HandLog, slot: int, kind: int) -> None:
    earlier = next(entry for entry in log.entries if cbor2.loads(entry)[1] == 100)
    log.event(slot, kind)
    log.entries.append(earlier)
    log.seal()


def one_more_behind_a_genuine_manifest(log: HandLog, slot: int, kind: int) -> None:
    free = next(slot for slot in range(1000) if slot not in log.last)
    log.event(free).manifest().event(slot, kind).seal()


@pytest.mark.parametrize(("kind", "at"), [(3, 2), (7, 4)], ids=["a revocation", "a reinstatement"])
@pytest.mark.parametrize(
    ("invent", "fault"),
    [
        (without_manifest, "batch-shape"),
        (manifest_in_the_name_of_the_authority, "manifest-signature"),
        (manifest_of_an_earlier_batch, "manifest-coverage"),
        (one_more_behind_a_genuine_manifest, "batch-shape"),
    ],
    ids=lambda value: value.__name__.replace("_", " ") if callable(value) else "",
)
def test_an_invented_event_has_no_manifest_of_the_authority(
    scene: Scene, invent: Callable[[HandLog, int, int], None], fault: str, kind: int, at: int
) -> None:
    log = scene.operator()
    assert scene.present(log, scene.auditor).status == 200
    invent(log, scene.events[at], kind)
    scene.show(log)
    report = scene.watch()
    assert (report.exit_code, codes(report)) == (1, [fault])
    assert scene.present(log, scene.auditor).body == f"{fault}\n".encode()


def test_an_event_under_a_manifest_of_the_operators_own_is_taken_by_nobody(scene: Scene) -> None:
    """A key that the reader's list does not name may be the authority's newest: nobody is accused, nothing cosigned."""
    log = scene.operator()
    assert scene.present(log, scene.auditor).status == 200
    manifest_of_its_own(log, scene.events[2], 3)
    scene.show(log)
    report = scene.watch()
    assert (report.exit_code, codes(report)) == (2, ["record-key-unknown"])
    assert scene.present(log, scene.auditor).status == 503
    assert scene.auditor.store.all_refused() == []


def test_a_slot_that_is_used_a_second_time_is_found_even_under_the_authoritys_manifest(scene: Scene) -> None:
    log = scene.operator()
    log.event(scene.events[4], 1, seq=0, prev=None, commitment=sha(b"another person")).manifest().seal()
    scene.show(log)
    report = scene.watch()
    assert (report.exit_code, codes(report)) == (1, ["slot-reused"])


def test_a_fork_signed_by_a_thief_of_the_log_key_is_refused_by_the_witness_and_kept_by_the_monitor(
    scene: Scene,
) -> None:
    assert scene.watch().exit_code == 0
    assert scene.present(scene.operator(), scene.witness).status == 200
    forged = deleted(scene.operator())
    assert scene.present(forged, scene.witness).status in (409, 422)
    assert scene.witness.store.all_refused()
    thief = scene.show(forged, scene.house.home / "thief")
    report = scene.watch(thief)
    assert (report.exit_code, codes(report)) == (1, ["fork"])


def test_a_stolen_key_signs_nothing_more_once_the_trust_list_has_retired_it(scene: Scene) -> None:
    assert scene.watch().exit_code == 0
    scene.retire_the_log_key()
    scene.show(scene.operator())
    report = scene.watch()
    assert report.exit_code == 2
    assert "checkpoint-key-not-in-force" in codes(report)
    view = scene.read()
    assert isinstance(view, LedgerUnavailable)
    assert view.code is Code.CHECKPOINT_KEY_NOT_IN_FORCE


def test_the_log_of_somebody_else_under_the_same_name_is_not_taken(scene: Scene) -> None:
    other = HandLog(signer=AUTHORITY).issue(3)
    (scene.house.public / "checkpoint").write_bytes(
        other.checkpoint(scene.now, signer=OPERATORS_OWN, origin=ORIGIN)
    )
    assert codes(scene.watch()) == ["checkpoint-key-unknown"]
    assert LOG.public != OPERATORS_OWN.public
