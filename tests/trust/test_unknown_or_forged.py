"""An unknown key leaves the answer open; a wrong signature of a known key does not: QR, PDF, bundle, tree, manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from certverify.bundle import check_bundle
from certverify.check import check_record
from certverify.document import check_document
from certverify.ledger import LedgerUnavailable, open_ledger
from certverify.trust import decode_trust, load_trust

from certsvc.adapters.test_ca import make_test_chain
from tests.document.samples import NOW as DOCUMENT_NOW
from tests.document.samples import Signer, certificate
from tests.document.trust import trust_list as document_trust
from tests.trust.key_cases import CASES, NEW_LOG_KEY, KeyCase, record_entry
from tests.verifier.builders import (
    FIELDS,
    LOG_KEY,
    NOW,
    OTHER_RECORD_KEY,
    RECORD_KEY,
    Log,
    b64,
    leaf_hash,
    manifest_leaf,
    mth,
    path,
    record_text,
    tables,
    trust_list,
    write_files,
)

POLICY = f"log {LOG_KEY.vkey()}\nlog {NEW_LOG_KEY.vkey()}\nquorum none\n".encode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_qr_text_is_judged_by_the_table(case: KeyCase, tmp_path: Path) -> None:
    write_files(tmp_path, case.files())
    trust = load_trust(tmp_path)
    verdict = check_record(case.text, trust, open_ledger(tmp_path, trust), case.now).as_json()
    found = [item["code"] for item in verdict["findings"]]
    assert (verdict["verdict"], case.code in (None, *found)) == (case.verdict, True), found


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.code and "record" not in case.code], ids=lambda case: case.name
)
def test_a_bundle_is_judged_by_the_table(case: KeyCase) -> None:
    bundle = case.log().bundle() | {"checkpoint": case.checkpoint()}
    trust = decode_trust(trust_list(**case.trust), tables(), POLICY)
    verdict = check_bundle(json.dumps(bundle).encode(), trust, case.now).as_json()
    found = [item["code"] for item in verdict["findings"]]
    forged = case.code == "tree-inconsistent"  # a bundle's own checkpoint cannot be a damaged download
    assert ("checkpoint-forged" if forged else case.code) in found
    assert verdict["verdict"] == ("failed" if forged else "undetermined")


@pytest.mark.parametrize(
    ("case", "code"),
    [(case, case.code) for case in CASES if case.code and case.code.startswith(("checkpoint-key", "tree-"))],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_tree_is_opened_by_the_table(case: KeyCase, code: str, tmp_path: Path) -> None:
    write_files(tmp_path, case.files())
    opened = open_ledger(tmp_path, load_trust(tmp_path))
    assert isinstance(opened, LedgerUnavailable)
    assert opened.code.value == code


def manifested(signer: Any, kid_of: Any) -> dict[str, Any]:
    """A bundle whose manifest `signer` signed under the kid of another key."""
    log = Log()
    events = log.manifest_events
    forged = manifest_leaf(1, events, signer)
    if kid_of is not signer:
        good = manifest_leaf(1, events, kid_of)
        forged = good[:-64] + forged[-64:]
    log.entries[log.manifest_index] = forged
    hashes = [leaf_hash(entry) for entry in log.entries]
    bundle = log.bundle()
    for part, index in (
        ("issue", log.issue_index),
        ("manifest", log.manifest_index),
        ("seal", len(hashes) - 1),
    ):
        bundle[part]["proof"] = list(map(b64, path(index, hashes)))
    assert mth(hashes)
    return bundle


@pytest.mark.parametrize(
    ("signer", "kid_of", "keys", "code", "verdict"),
    [
        (RECORD_KEY, RECORD_KEY, [record_entry(RECORD_KEY)], None, "passed"),
        (OTHER_RECORD_KEY, RECORD_KEY, [record_entry(RECORD_KEY)], "manifest-forged", "failed"),
    ],
)
def test_a_manifest_of_a_known_kid_by_another_key_is_forged(
    signer: Any, kid_of: Any, keys: list[Any], code: str | None, verdict: str
) -> None:
    trust = decode_trust(trust_list(record_keys=keys), tables(), POLICY)
    told = check_bundle(json.dumps(manifested(signer, kid_of)).encode(), trust, NOW).as_json()
    assert (told["verdict"], code in (None, *(item["code"] for item in told["findings"]))) == (verdict, True)


def test_a_manifest_of_a_key_outside_the_list_leaves_the_answer_open() -> None:
    trust = decode_trust(trust_list(record_keys=[record_entry(OTHER_RECORD_KEY)]), tables(), POLICY)
    bundle = Log().bundle() | {"record": record_text(signer=OTHER_RECORD_KEY)}
    told = check_bundle(json.dumps(bundle).encode(), trust, NOW).as_json()
    assert told["verdict"] == "undetermined"
    assert "manifest-key-unknown" in [item["code"] for item in told["findings"]]


def test_a_manifest_of_a_retired_record_key_still_counts() -> None:
    keys = [
        record_entry(OTHER_RECORD_KEY, "2026-11-15"),
        record_entry(RECORD_KEY, "2026-01-01", "2026-11-15"),
    ]
    trust = decode_trust(trust_list(record_keys=keys), tables(), POLICY)
    assert check_bundle(json.dumps(Log().bundle()).encode(), trust, NOW).as_json()["verdict"] == "passed"


@pytest.mark.parametrize(("version", "verdict"), [(1, "undetermined"), (2, "passed")])
def test_only_a_corrected_version_may_bear_a_key_that_is_younger_than_its_issue_date(
    version: int, verdict: str
) -> None:
    """Issued 2026-11-10; a correction of later keeps that date and bears the key of later."""
    trust = decode_trust(trust_list(record_keys=[record_entry(RECORD_KEY, "2026-11-15")]), tables(), POLICY)
    bundle = Log(fields=FIELDS | {"version": version}).bundle()
    assert check_bundle(json.dumps(bundle).encode(), trust, NOW).as_json()["verdict"] == verdict


def test_a_retired_record_key_issues_nothing_after_its_end() -> None:
    """The bundle says when the certificate was issued: 2026-11-10."""
    keys = [record_entry(RECORD_KEY, "2026-01-01", "2026-11-09")]
    trust = decode_trust(trust_list(record_keys=keys), tables(), POLICY)
    told = check_bundle(json.dumps(Log().bundle()).encode(), trust, NOW).as_json()
    assert (told["verdict"], told["authentic"]) == ("undetermined", "unknown")
    assert "record-key-unknown" in [item["code"] for item in told["findings"]]


@pytest.mark.parametrize(
    ("listed", "changed", "outcome"),
    [
        ({}, False, "original"),
        ({}, True, "altered"),
        ({"key": "another", "layouts": False}, False, "not-original"),
        ({"key": "another", "layouts": False}, True, "not-original"),
    ],
    ids=["known key", "known key, wrong signature", "unknown key", "unknown key, wrong signature"],
)
def test_a_certificate_file_of_an_unknown_key_is_not_called_altered(
    listed: dict[str, Any], changed: bool, outcome: str
) -> None:
    trust = document_trust(
        **(listed | ({"key": Signer(make_test_chain(DOCUMENT_NOW))} if "key" in listed else {}))
    )
    raw = bytearray(certificate("regular"))
    if changed:
        at = raw.rindex(b"/URI(") - 40
        raw[at] ^= 1
    assert check_document(bytes(raw), trust).outcome == outcome
