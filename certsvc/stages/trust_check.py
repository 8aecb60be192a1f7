"""The published trust material held against itself and against what this service has signed, for `certsvc ledger fsck`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from certverify.errors import CertverifyError
from certverify.trust import TrustList, decode_trust, earlier_trust
from certverify.trust_note import decode_trust_note, is_signed_by_any

from certsvc.ports import PublicTree
from certsvc.stages.ledger_faults import FaultCode, Faults
from certsvc.stages.trust_files import POLICY_PATH, TABLES_PATH, TRUST_LIST_PATH

NOTE_PATH = "trust.note"
_EARLIER = re.compile(r"trust/([0-9]{1,10})\.(note|json)")


def check_trust(tree: PublicTree, expected: Mapping[str, bytes], faults: Faults) -> TrustList | None:
    """The published trust list, None when the material cannot be believed; what is wrong is noted.

    Digests and signature as a reader checks them, the statements of before each by its own list, and every file of
    `expected` byte for byte.
    """
    for path, content in expected.items():
        shown = tree.read(path)
        if shown is None:
            faults.add(FaultCode.PUBLIC_MISSING, path)
        elif shown != content:
            faults.add(FaultCode.PUBLIC_TRUST_DIFFERS, path)
    _check_earlier(tree, faults)
    files = [tree.read(path) for path in (TRUST_LIST_PATH, TABLES_PATH, POLICY_PATH)]
    raw_list, raw_tables, raw_policy = files
    if raw_list is None or raw_tables is None or raw_policy is None:
        for path, found in zip((TRUST_LIST_PATH, TABLES_PATH, POLICY_PATH), files, strict=True):
            if found is None and path not in expected:
                faults.add(FaultCode.PUBLIC_MISSING, path)
        return None
    try:
        return decode_trust(raw_list, raw_tables, raw_policy, tree.read(NOTE_PATH)).trust_list
    except CertverifyError:
        faults.add(FaultCode.PUBLIC_TRUST, TRUST_LIST_PATH)
        return None


def _check_earlier(tree: PublicTree, faults: Faults) -> None:
    numbers = {found[1] for path in tree.paths("trust") if (found := _EARLIER.fullmatch(path))}
    for number in sorted(numbers, key=int):
        raw_note, raw_list = tree.read(f"trust/{number}.note"), tree.read(f"trust/{number}.json")
        if raw_note is None or raw_list is None:
            faults.add(FaultCode.PUBLIC_MISSING, f"trust/{number}.{'note' if raw_note is None else 'json'}")
        elif not _is_statement(raw_note, raw_list, int(number)):
            faults.add(FaultCode.PUBLIC_TRUST, f"trust/{number}.note")


def _is_statement(raw_note: bytes, raw_list: bytes, number: int) -> bool:
    try:
        statement, note = decode_trust_note(raw_note)
        earlier = earlier_trust(raw_note, raw_list)
    except CertverifyError:
        return False
    stated = (statement.sequence, statement.trust_list)
    return stated == (number, sha256(raw_list).digest()) and is_signed_by_any(note, earlier.anchors)
