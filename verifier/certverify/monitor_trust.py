"""Which trust files of a tree are proven to be the authority's, whoever serves them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from certverify.errors import SignatureError, TreeError, TrustListError
from certverify.note import MAX_NOTE_BYTES, VerifierKey
from certverify.sources import Source
from certverify.trust_note import decode_trust_note


def signed_digests(source: Source, anchors: Iterable[VerifierKey]) -> frozenset[str]:
    """The SHA-256 (hexadecimal) of `trust.note` and of the trust list and policy it states, when known anchors alone have
    signed it, each once; otherwise nothing. So whoever serves a statement cannot make new ones of it by adding lines.
    """
    try:
        raw_note = source.read("trust.note", MAX_NOTE_BYTES)
        statement, note = decode_trust_note(raw_note)
        by_key = {anchor.raw_key: anchor for anchor in anchors}
        signers = sum(note.signed_by(anchor) for anchor in by_key.values())
    except (TreeError, TrustListError, SignatureError):
        return frozenset()
    if not signers or signers != len(note.signatures):
        return frozenset()
    return frozenset({sha256(raw_note).hexdigest(), statement.trust_list.hex(), statement.policy.hex()})
