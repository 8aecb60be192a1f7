"""Everything somebody might do to a past bundle: left out, swapped, borrowed, forged; each has its own end."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from certverify.errors import BundleError
from certverify.past_bundle import decode_past_bundle
from certverify.verdict import Outcome

from tests.past.builders import (
    CORRECTED,
    FIRST,
    ISSUED,
    OTHER,
    REINSTATED,
    SECOND,
    SUSPENDED,
    VOIDED,
    Happened,
    PastLog,
    a_life,
    canonical,
    revoked,
    tidied,
)
from tests.past.presented import BESIDE, FAILED, GOOD, LOG, OPEN, PASSED, Bundle, answer, told, without_events
from tests.verifier.builders import (
    NOW,
    OTHER_RECORD_KEY,
    RECORD_KEY,
    WITNESS_POLICY,
    b64,
    changed,
    flipped,
    key,
    record_text,
)


def test_a_good_past_bundle_passes() -> None:
    assert told(answer(GOOD)) == (PASSED, set())
    assert answer(GOOD).past is not None


def with_swapped(version: int, one: int, other: int) -> Bundle:
    bundle = copy.deepcopy(GOOD)
    events = bundle["versions"][version]["events"]
    events[one], events[other] = events[other], events[one]
    return bundle


def with_version(place: int, version: Bundle, other: Bundle) -> Bundle:
    """The good bundle with a version of another bundle in place of its own."""
    bundle = copy.deepcopy(GOOD)
    moved = copy.deepcopy(version)
    for event in moved["events"]:
        event["manifest"] += len(bundle["manifests"])
    bundle["versions"][place] = moved
    bundle["manifests"] += other["manifests"]
    return in_order(bundle)


def in_order(bundle: Bundle) -> Bundle:
    """Manifests listed once and ascending, and named by their new places."""
    indices = sorted({manifest["index"] for manifest in bundle["manifests"]})
    listed = {manifest["index"]: manifest for manifest in bundle["manifests"]}
    for version in bundle["versions"]:
        for event in version["events"]:
            event["manifest"] = indices.index(bundle["manifests"][event["manifest"]]["index"])
    return tidied(bundle | {"manifests": [listed[index] for index in indices]})


def without_version(place: int) -> Bundle:
    bundle = copy.deepcopy(GOOD)
    del bundle["versions"][place]
    return tidied(bundle, [(SECOND, FIRST)[place]["slot"]])


def at(*steps: Any) -> Any:
    value: Any = GOOD
    for step in steps:
        value = value[step]
    return value


def flipped_at(*steps: Any) -> Bundle:
    bundle: Bundle = changed(GOOD, *steps, to=flipped(at(*steps)))
    return bundle


EVENT = ("versions", 0, "events", 1)
PAYLOAD_OF_ANOTHER = at("versions", 0, "events", 2, "opening")


@pytest.mark.parametrize(
    ("bundle", "outcome", "code"),
    [
        pytest.param(without_events((0, 1)), FAILED, "past-chain-bad", id="an event left out in the middle"),
        pytest.param(
            without_events((0, 1), (0, 2)), FAILED, "past-chain-bad", id="a pair left out in the middle"
        ),
        pytest.param(without_events((1, 2)), OPEN, "past-incomplete", id="the last event left out"),
        pytest.param(
            without_events((0, 5), (1, 2)), OPEN, "past-incomplete", id="the last decision left out"
        ),
        pytest.param(
            without_events((0, 4), (0, 5)), OPEN, "past-incomplete", id="a pair left out on one version alone"
        ),
        pytest.param(without_events((0, 3), (0, 4), (0, 5)), OPEN, "past-incomplete", id="no correction"),
        pytest.param(without_events((1, 0)), FAILED, "past-chain-bad", id="no issue"),
        pytest.param(with_swapped(0, 1, 2), FAILED, "past-chain-bad", id="two events swapped"),
        pytest.param(with_swapped(1, 0, 2), FAILED, "past-chain-bad", id="first and last event swapped"),
        pytest.param(
            with_version(0, GOOD["versions"][0] | {"events": BESIDE["versions"][0]["events"]}, BESIDE),
            FAILED,
            "content-mismatch",
            id="events of another slot",
        ),
        pytest.param(
            with_version(1, BESIDE["versions"][0], BESIDE), FAILED, "past-chain-bad", id="another certificate"
        ),
        pytest.param(without_version(0), OPEN, "past-incomplete", id="the first version left out"),
        pytest.param(
            GOOD | {"versions": GOOD["versions"][::-1]}, OPEN, "past-incomplete", id="versions swapped"
        ),
        pytest.param(
            changed(GOOD, "versions", 1, "record", to=record_text(SECOND | {"title": 50101})),
            FAILED,
            "past-chain-bad",
            id="another title in the corrected version",
        ),
        pytest.param(
            changed(GOOD, "versions", 0, "record", to=record_text(FIRST)[:-1] + "Y"),
            FAILED,
            "record-altered",
            id="an altered record",
        ),
        pytest.param(
            changed(GOOD, "versions", 0, "record", to=record_text(FIRST, kid=b"none")),
            OPEN,
            "record-key-unknown",
            id="a record of an unknown key",
        ),
        pytest.param(
            changed(GOOD, "versions", 1, "record", to="hello"), OPEN, "record-unreadable", id="no record"
        ),
        pytest.param(flipped_at(*EVENT, "leaf"), FAILED, "past-event-proof-bad", id="a leaf's bit"),
        pytest.param(flipped_at(*EVENT, "proof", 0), FAILED, "past-event-proof-bad", id="a proof's bit"),
        pytest.param(
            changed(GOOD, *EVENT, "index", to=9),
            FAILED,
            "past-event-proof-bad",
            id="another place in the log",
        ),
        pytest.param(
            changed(GOOD, *EVENT, "leaf", to=at("seal", "leaf")),
            FAILED,
            "past-event-proof-bad",
            id="another leaf",
        ),
        pytest.param(
            flipped_at("versions", 0, "events", 0, "event_proof", 0),
            FAILED,
            "manifest-proof-bad",
            id="a bit of the proof in the manifest",
        ),
        pytest.param(
            changed(GOOD, *EVENT, "manifest", to=3),
            OPEN,
            "bundle-unreadable",
            id="a manifest that none names",
        ),
        pytest.param(
            changed(changed(GOOD, *EVENT, "manifest", to=2), "versions", 0, "events", 2, "manifest", to=1),
            FAILED,
            "manifest-proof-bad",
            id="manifests swapped",
        ),
        pytest.param(flipped_at("manifests", 1, "leaf"), FAILED, "manifest-proof-bad", id="a manifest's bit"),
        pytest.param(
            flipped_at("manifests", 1, "proof", 0), FAILED, "manifest-proof-bad", id="a bit of its proof"
        ),
        pytest.param(
            flipped_at("seal", "proof", 0), FAILED, "seal-proof-bad", id="a bit of the seal's proof"
        ),
        pytest.param(flipped_at("chunks", 0, "chunk"), FAILED, "status-proof-bad", id="a chunk's bit"),
        pytest.param(
            flipped_at("chunks", 1, "proof", 0), FAILED, "status-proof-bad", id="a bit of its proof"
        ),
        pytest.param(
            GOOD | {"chunks": GOOD["chunks"][:1]}, FAILED, "status-proof-bad", id="a chunk left out"
        ),
        pytest.param(
            changed(GOOD, "chunks", 0, "chunk_index", to=7),
            FAILED,
            "status-proof-bad",
            id="another slot's chunk",
        ),
        pytest.param(
            changed(GOOD, *EVENT, "opening", to=PAYLOAD_OF_ANOTHER),
            FAILED,
            "commitment-mismatch",
            id="the opening of another event",
        ),
        pytest.param(flipped_at(*EVENT, "opening", "salt"), FAILED, "commitment-mismatch", id="another salt"),
        pytest.param(
            changed(GOOD, "checkpoint", to="hello"), OPEN, "checkpoint-unreadable", id="no checkpoint"
        ),
        pytest.param(
            changed(GOOD, "checkpoint", to=revoked(LOG).checkpoint()),
            FAILED,
            "manifest-proof-bad",
            id="another checkpoint",
        ),
    ],
)
def test_every_attack_has_its_own_end(bundle: Bundle, outcome: Outcome, code: str) -> None:
    answered = answer(bundle)
    assert told(answered) == (outcome, {code})
    assert answered.past is None


def test_without_its_newest_version_a_certificate_is_superseded_and_its_history_not_whole() -> None:
    answered = answer(without_version(1))
    assert told(answered) == (FAILED, {"superseded", "past-incomplete"})
    assert answered.past is None


@pytest.mark.parametrize(
    ("last", "code"),
    [
        (Happened(SECOND, VOIDED, 19, changes={"number": OTHER["number"]}), "content-mismatch"),
        (Happened(SECOND, VOIDED, 19, changes={"version": 1}), "content-mismatch"),
        (Happened(SECOND, VOIDED, 19, changes={"slot": 1}), "content-mismatch"),
        (Happened(SECOND, VOIDED, 19, changes={"event": "revoked"}), "content-mismatch"),
        (Happened(SECOND, VOIDED, 19, changes={"effective_on": "2026-11-18"}), "content-mismatch"),
        (Happened(SECOND, VOIDED, 19, changes={"decided_on": "18.11.2026"}), "content-mismatch"),
        (Happened(SECOND, VOIDED, 19, changes={"more": 1}), "content-mismatch"),
        (Happened(SECOND, VOIDED, 19, replaced_by=3), "content-mismatch"),
        (Happened(SECOND, VOIDED, 19), "voided"),
    ],
)
def test_what_an_event_commits_to_must_agree_with_leaf_and_record(last: Happened, code: str) -> None:
    log = a_life()
    log.batch(19, Happened(FIRST, VOIDED, 19), last)
    assert told(answer(log.past(FIRST, SECOND), log)) == (FAILED, {"voided", code})
    closed = answer(log.past(FIRST, SECOND, opened=False), log)
    assert told(closed) == (FAILED, {"voided", "content-closed"}), "closed, nobody can see it"


def test_a_correction_names_the_version_that_takes_its_place() -> None:
    log = PastLog()
    log.batch(10, Happened(FIRST, ISSUED))
    log.batch(12, Happened(FIRST, CORRECTED, 12, replaced_by=3))
    log.batch(12, Happened(SECOND, ISSUED))
    assert told(answer(log.past(FIRST, SECOND), log)) == (FAILED, {"content-mismatch"})


@pytest.mark.parametrize(
    "batches",
    [
        [(12, Happened(FIRST, REINSTATED, 12))],
        [(12, Happened(FIRST, ISSUED))],
        [(12, Happened(FIRST, SUSPENDED, 12)), (13, Happened(FIRST, SUSPENDED, 13))],
        [(12, Happened(FIRST, VOIDED, 12)), (13, Happened(FIRST, SUSPENDED, 13))],
        [(12, Happened(FIRST, VOIDED, 12)), (11, Happened(FIRST, REINSTATED, 13))],
    ],
)
def test_a_log_whose_events_may_not_follow_each_other_or_whose_time_steps_back_is_no_history(
    batches: list[tuple[int, Happened]],
) -> None:
    log = PastLog()
    log.batch(11, Happened(FIRST, ISSUED))
    for logged_on, happened in batches:
        log.batch(logged_on, happened)
    answered = answer(log.past(FIRST), log)
    assert answered.past is None
    assert "past-chain-bad" in told(answered)[1]


def test_two_versions_that_tell_different_histories_are_none() -> None:
    log = a_life()
    log.batch(19, Happened(FIRST, VOIDED, 19), Happened(SECOND, SUSPENDED, 19))
    log.batch(20, Happened(FIRST, CORRECTED, 20, replaced_by=2), Happened(SECOND, REINSTATED, 20))
    assert told(answer(log.past(FIRST, SECOND), log)) == (FAILED, {"past-chain-bad"})


@pytest.mark.parametrize(("how", "code"), [("thief", "manifest-proof-bad"), ("flipped", "manifest-forged")])
def test_an_event_without_a_manifest_of_the_authority_is_not_its_own(how: str, code: str) -> None:
    log = PastLog()
    log.batch(10, Happened(FIRST, ISSUED))
    signer = {"signer": key("thief", 11)} if how == "thief" else {"flipped": True}
    log.batch(12, Happened(FIRST, SUSPENDED, 12), **signer)
    log.batch(13, Happened(FIRST, REINSTATED, 13))
    assert told(answer(log.past(FIRST), log)) == (FAILED, {code})


def test_a_manifest_of_a_key_outside_the_trust_list_is_unknown() -> None:
    entry = {"alg": "Ed25519", "valid_from": "2026-01-01", "valid_to": None}
    other = entry | {"kid": OTHER_RECORD_KEY.kid.hex(), "public_key": b64(OTHER_RECORD_KEY.public)}
    log = PastLog(trust_changes={"record_keys": [other]})
    log.batch(10, Happened(FIRST, ISSUED))
    bundle = changed(log.past(FIRST), "versions", 0, "record", to=record_text(FIRST, signer=OTHER_RECORD_KEY))
    assert told(answer(bundle, log)) == (OPEN, {"manifest-key-unknown"})


def test_a_history_goes_on_under_the_next_record_key() -> None:
    entry = {"alg": "Ed25519", "valid_to": None}
    keys = [
        entry | {"kid": one.kid.hex(), "public_key": b64(one.public), "valid_from": since, "valid_to": until}
        for one, since, until in (
            (RECORD_KEY, "2026-01-01", "2026-11-11"),
            (OTHER_RECORD_KEY, "2026-11-12", None),
        )
    ]
    log = PastLog(trust_changes={"record_keys": keys})
    log.batch(10, Happened(FIRST, ISSUED))
    log.batch(12, Happened(FIRST, SUSPENDED, 12), signer=OTHER_RECORD_KEY)
    log.batch(13, Happened(FIRST, REINSTATED, 13), signer=OTHER_RECORD_KEY)
    assert told(answer(log.past(FIRST), log)) == (PASSED, set())


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"cosigned_at": NOW - timedelta(days=8)}, "checkpoint-stale"),
        ({"cosigned_at": None}, "checkpoint-age-unknown"),
        ({"policy": WITNESS_POLICY}, "quorum-missing"),
        ({"policy": WITNESS_POLICY, "witness_at": NOW - timedelta(days=8)}, "checkpoint-stale"),
    ],
)
def test_a_checkpoint_that_is_old_or_not_witnessed_leaves_today_open(
    given: dict[str, Any], code: str
) -> None:
    log = a_life(**given)
    outcome, codes = told(answer(log.past(FIRST, SECOND), log))
    assert (outcome, code in codes) == (OPEN, True)


@pytest.mark.parametrize(
    "bundle",
    [
        None,
        [],
        GOOD | {"format": "certsvc-past-bundle/2"},
        GOOD | {"more": 1},
        GOOD | {"versions": []},
        GOOD | {"versions": GOOD["versions"] * 33},
        GOOD | {"manifests": GOOD["manifests"][::-1]},
        GOOD | {"manifests": [*GOOD["manifests"], GOOD["seal"]]},
        GOOD | {"chunks": GOOD["chunks"][::-1]},
        changed(GOOD, "versions", 0, "events", to=[]),
        changed(GOOD, "versions", 0, "events", to=GOOD["versions"][0]["events"] * 50),
        changed(GOOD, *EVENT, "index", to=-1),
        changed(GOOD, *EVENT, "proof", to=[b64(bytes(32))] * 65),
        changed(GOOD, *EVENT, "event_proof", to=None),
        changed(GOOD, *EVENT, "opening", to={"salt": b64(bytes(31)), "payload": ""}),
    ],
)
def test_what_is_no_past_bundle_is_unreadable(bundle: Any) -> None:
    with pytest.raises(BundleError):
        decode_past_bundle(canonical(bundle))
    assert told(answer(bundle)) == (OPEN, {"bundle-unreadable"})


def test_only_the_canonical_form_is_read() -> None:
    for raw_bundle in (json.dumps(GOOD).encode(), canonical(GOOD) + b"\n", b"\xff", b"", b"[" * 100_000):
        with pytest.raises(BundleError):
            decode_past_bundle(raw_bundle)
    with pytest.raises(BundleError):
        decode_past_bundle(b" " * (1 << 20) + canonical(GOOD))


def test_one_version_alone_says_that_it_is_one() -> None:
    for fields, outcome, status in ((FIRST, FAILED, "superseded"), (SECOND, PASSED, "valid")):
        answered = answer(LOG.past(fields, opened=False, whole=False))
        codes = {"past-one-version", "content-closed"} | ({"superseded"} if outcome is FAILED else set())
        assert told(answered) == (outcome, codes)
        stands = answered.as_json()["past"]["known_now"]
        assert stands == {"status": status, "version": fields["version"]}


@pytest.mark.parametrize(
    "bundle",
    [
        pytest.param(GOOD | {"whole": False}, id="two versions called a part"),
        pytest.param(LOG.past(SECOND, whole=False), id="a part with contents"),
        pytest.param(GOOD | {"whole": 1}, id="a number for a truth"),
    ],
)
def test_a_part_is_one_version_with_closed_events_and_says_that_it_is_one(bundle: Bundle) -> None:
    assert told(answer(bundle)) == (OPEN, {"bundle-unreadable"})
    assert all("past-incomplete" in told(answer(LOG.past(fields)))[1] for fields in (FIRST, SECOND))
