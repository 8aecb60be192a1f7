"""The golden vectors: the encoders still write exactly these bytes, and the reader's decoders read them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from certverify.base43 import Base43Error, decode_base43
from certverify.bundle import check_bundle
from certverify.checkpoint import open_checkpoint
from certverify.codes import Code
from certverify.examination import Examination, Question
from certverify.leaf import EventLeaf, ManifestLeaf, SealLeaf, commitment, decode_leaf
from certverify.ledger import freshness_of
from certverify.merkle import leaf_hash, root_of_hashes, verify_inclusion
from certverify.note import decode_verifier_key
from certverify.policy import decode_policy
from certverify.record import decode_record
from certverify.status import array_root, shard_root, status_in_shard
from certverify.tree import PublicTree
from certverify.trust import Trust, decode_trust

from scripts.make_vectors import make_vectors

VECTORS = Path(__file__).parent.parent / "vectors"
NAMES = (
    "base43", "records", "annotated-records", "historical-records", "leaves", "status", "ages", "trust", "witness",
    "tree", "checkpoint", "bundle", "manual-code", "e-licence", "signed-verdict",
)  # fmt: skip


@cache
def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_bytes())


@cache
def trust() -> Trust:
    texts = load("bundle")
    return decode_trust(texts["trust_list"].encode(), texts["tables"].encode(), texts["policy"].encode())


def test_the_encoders_still_write_the_golden_bytes() -> None:
    made = make_vectors()
    assert set(made) == {f"{name}.json" for name in NAMES}
    for name, content in made.items():
        assert content == (VECTORS / name).read_bytes(), f"{name} differs"


def test_base43_texts_decode_to_their_bytes() -> None:
    for case in load("base43")["good"]:
        assert decode_base43(case["digits"]).hex() == case["hex"]


def test_texts_that_are_no_base43_are_refused() -> None:
    for text in load("base43")["bad"]:
        with pytest.raises(Base43Error):
            decode_base43(text)


def test_records_decode_to_their_fields_and_verify() -> None:
    for case in load("records")["good"]:
        signed = decode_record(case["text"])
        fields, record = case["fields"], signed.record
        assert record is not None
        assert signed.signed_bytes.hex() == case["signed_hex"]
        assert (record.number, record.version, record.slot) == (
            fields["number"],
            fields["version"],
            fields["slot"],
        )
        assert (record.name, record.last4) == (fields["name"], fields["id_last4"])
        assert (record.series, record.title, record.level) == (
            fields["series"],
            fields["title"],
            fields["level"],
        )
        assert (record.way, record.validity_area) == (fields["way"], fields["validity_area"])
        assert record.acquired_on.isoformat() == fields["acquired_on"]
        assert signed.verify(trust().trust_list, date(2026, 11, 20)).kid.hex() == load("records")["kid"]


@pytest.mark.parametrize("case", load("records")["bad"], ids=lambda case: case["name"])
def test_a_damaged_record_is_answered_with_its_code(case: dict[str, str]) -> None:
    now = datetime.fromisoformat(load("bundle")["now"])
    exam = Examination(trust(), Question(now, None, timedelta(days=7)))
    exam.examine_record(case["text"])
    assert [str(code) for code in exam.codes if code is not Code.TEST_ENVIRONMENT] == [case["code"]]


def test_leaves_decode_and_hash() -> None:
    leaves = load("leaves")
    for case in (*leaves["events"], leaves["manifest"], leaves["seal"]):
        assert leaf_hash(bytes.fromhex(case["hex"])).hex() == case["leaf_hash"]
    for case in leaves["events"]:
        leaf = decode_leaf(bytes.fromhex(case["hex"]))
        assert isinstance(leaf, EventLeaf)
        assert leaf.type.name.lower() == case["event"]
        assert leaf.type.status_after == case["status_after"]
    manifest = decode_leaf(bytes.fromhex(leaves["manifest"]["hex"]))
    assert isinstance(manifest, ManifestLeaf)
    assert manifest.verify(trust().trust_list).kid == manifest.kid
    assert isinstance(decode_leaf(bytes.fromhex(leaves["seal"]["hex"])), SealLeaf)


def test_the_commitment_is_the_readers() -> None:
    case = load("leaves")["commitment"]
    opened = commitment(bytes.fromhex(case["salt"]), case["payload"].encode())
    assert opened.hex() == case["hex"]


def test_the_status_vectors_prove_their_chunk() -> None:
    for case in load("status")["arrays"]:
        roots = [bytes.fromhex(root) for root in case["shard_roots"]]
        assert array_root(roots).hex() == case["root"]
        proof = [bytes.fromhex(item) for item in case["chunk_1_proof"]]
        hashed = leaf_hash(bytes.fromhex(case["chunk_1"]))
        verify_inclusion(1, case["slots"] // 512, hashed, proof, bytes.fromhex(case["root"]))


def test_the_checkpoint_opens_under_its_key() -> None:
    case = load("checkpoint")
    signed = open_checkpoint(
        case["note"].encode(), [decode_verifier_key(case["vkey"])], decode_policy(b"quorum none\n")
    )
    checkpoint = signed.checkpoint
    assert (checkpoint.origin, checkpoint.size, checkpoint.root.hex()) == (
        case["origin"],
        case["size"],
        case["root"],
    )
    assert signed.cosigned_at == case["cosigned_at"]


@pytest.mark.parametrize("case", load("ages"), ids=lambda case: case["what"])
def test_a_checkpoint_is_as_old_as_the_quorum_that_stood_by_it_last(case: Any) -> None:
    policy = decode_policy(case["policy"].encode())
    signed = open_checkpoint(case["note"].encode(), [decode_verifier_key(case["vkey"])], policy)
    freshness = freshness_of(signed, replace(trust(), policy=policy))
    as_of = None if freshness.as_of is None else int(freshness.as_of.timestamp())
    assert (as_of, freshness.quorum_met) == (case["as_of"], case["quorum_met"])
    newest: dict[str, int] = {}
    for name, time in case["lines"]:
        newest[name] = max(int(time), newest.get(name, 0))
    assert signed.cosigned_at == newest.pop("log", None)
    assert signed.witnesses == {name.encode(): time for name, time in newest.items()}


def unpack_tree(folder: Path) -> None:
    """Write the tree of the vectors into a folder."""
    for name, content in load("tree")["files"].items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            target.write_bytes(base64.b64decode(content))
        else:
            chunks = (base64.b64decode(content.get(str(number), "")) for number in range(256))
            target.write_bytes(b"".join(chunk.ljust(256, b"\0") for chunk in chunks))


def test_the_reader_finds_every_leaf_seal_and_status_in_the_tree(tmp_path: Path) -> None:
    unpack_tree(tmp_path)
    case, tree = load("checkpoint"), PublicTree(tmp_path)
    assert tree.raw_checkpoint().decode() == case["note"]
    size, root = case["size"], bytes.fromhex(case["root"])
    entries = [tree.entry(index, size, root) for index in range(size)]
    assert root_of_hashes([leaf_hash(entry) for entry in entries]) == root
    seal = tree.seal(size, root)
    shard = tree.shard(seal, 0)
    assert shard_root(shard) == seal.root
    expected = dict.fromkeys(range(100_000, 100_260), 1) | {7: 1, 130_306: 1, 70_000: 3, 513: 1, 8: 0}
    assert {slot: int(status_in_shard(shard, slot)) for slot in expected} == expected


@pytest.mark.parametrize("case", load("bundle")["cases"], ids=lambda case: case["name"])
def test_a_bundle_gets_its_verdict(case: dict[str, Any]) -> None:
    now = datetime.fromisoformat(load("bundle")["now"])
    verdict = check_bundle(case["bundle"].encode(), trust(), now).as_json()
    got = {key: verdict[key] for key in ("verdict", "authentic", "status")}
    assert got == {key: case[key] for key in got}
    assert [finding["code"] for finding in verdict["findings"]] == case["findings"]
