"""A certificate's exported tlog-proof, and the whole log of an office that issued, corrected and revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from certverify import load_trust
from certverify.leaf import EventLeaf, decode_leaf
from certverify.tlog_proof import decode_tlog_proof

from certsvc.domain.decision import DecisionKind
from tests.conformance.conftest import Outsider
from tests.decisions.deciders import Deciders, decision_day, issue_sample, open_deciders


@pytest.fixture
def deciders(tmp_path: Path) -> Iterator[Deciders]:
    opened = open_deciders(tmp_path / "home", decision_day())
    yield opened
    opened.close()


def test_an_outsider_and_the_reader_accept_the_tlog_proof_of_every_exported_certificate(
    deciders: Deciders, outsider: Outsider, tmp_path: Path
) -> None:
    numbers = [one.draft.content.number for one in issue_sample(deciders, 3)]
    deciders.decide(DecisionKind.REVOKE, numbers[0])
    deciders.clock.advance(timedelta(hours=1))
    deciders.decide(DecisionKind.CORRECT, numbers[1], changes={"name": "林清禾"}, ground="姓名录入有误")
    public, out = deciders.office.settings.public_folder, tmp_path / "out"
    assert [deciders.office.export(out, number=number) for number in numbers] == [1, 1, 1]
    files = [out / f"{number}.tlog-proof" for number in numbers]
    report = outsider.accepts(public, "-status", *(word for file in files for word in ("-tlog-proof", file)))
    assert report["proofs"] == len(numbers)
    trust = load_trust(public)
    for file in files:
        proof = decode_tlog_proof(file.read_bytes())
        assert isinstance(decode_leaf(proof.extra), EventLeaf)
        signed = proof.open(proof.extra, trust.trust_list.log_keys, trust.policy)
        assert signed.checkpoint.size == report["size"]
