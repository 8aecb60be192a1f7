"""Bundles: what the published tree proves of one certificate, for checking without network (docs/formats/bundle.md)."""

from __future__ import annotations

from certverify.errors import CertverifyError
from certverify.leaf import ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import leaf_hash, verify_inclusion

from certsvc.errors import IntegrityError
from certsvc.formats.bundle import LedgerEvidence, Opening, ProvenChunk, ProvenLeaf, encode_bundle
from certsvc.formats.merkle import ListTree
from certsvc.formats.status import (
    CHUNK_BYTES,
    CHUNK_SLOTS,
    SHARD_CHUNKS,
    chunk_of,
    roots_path,
    shard_path,
)
from certsvc.formats.tile import split_hashes
from certsvc.ports import LoggedEvent
from certsvc.stages.published_log import PublishedLog

_BROKEN = "公开账本中的证明材料互相矛盾，已停止生成核验包。"


def build_bundle(log: PublishedLog, event: LoggedEvent, record_text: str, opening: Opening | None) -> bytes:
    """The bundle of a certificate whose issue event is `event`, under the checkpoint of `log`.

    `record_text` is the QR text without prefix; `opening` is for the holder and those the holder shows it to. Every
    proof in it was verified with the reader's code. Raises IntegrityError when the public tree contradicts itself or
    lacks the event.
    """
    return encode_bundle(record_text, opening, collect_evidence(log, event))


def collect_evidence(log: PublishedLog, event: LoggedEvent) -> LedgerEvidence:
    """The proofs alone: issue leaf, its manifest, the seal, the status chunk of the slot. Raises IntegrityError."""
    try:
        return _collect(log, event)
    except (CertverifyError, ValueError, IndexError) as error:
        raise IntegrityError(_BROKEN) from error


def _collect(log: PublishedLog, event: LoggedEvent) -> LedgerEvidence:
    issue, manifest, seal = (
        log.prove(index) for index in (event.leaf_index, event.manifest_index, log.size - 1)
    )
    statement, sealed = decode_leaf(manifest.leaf), decode_leaf(seal.leaf)
    if not isinstance(statement, ManifestLeaf) or not isinstance(sealed, SealLeaf):
        raise IntegrityError(_BROKEN)
    event_proof = prove_covered(log, statement, issue)
    status = prove_chunk(log, sealed, chunk_of(event.slot))
    return LedgerEvidence(log.note, issue, manifest, event_proof, seal, status)


def prove_covered(log: PublishedLog, manifest: ManifestLeaf, event: ProvenLeaf) -> tuple[bytes, ...]:
    """The proof of an event in the manifest's own tree. Raises CertverifyError where the manifest does not cover it."""
    covered = ListTree(log.leaf_hashes(manifest.first_index, manifest.count))
    at = event.index - manifest.first_index
    proof = covered.inclusion_proof(at)
    verify_inclusion(at, manifest.count, leaf_hash(event.leaf), proof, manifest.root)
    return proof


def prove_chunk(log: PublishedLog, seal: SealLeaf, number: int) -> ProvenChunk:
    """A chunk of the status array with its proof under the last seal. Raises CertverifyError where the files disagree."""
    shard_number, position = divmod(number, SHARD_CHUNKS)
    roots = split_hashes(log.read(roots_path(seal.index)))
    shard = log.read(shard_path(roots[shard_number]))
    chunks = [shard[start : start + CHUNK_BYTES] for start in range(0, len(shard), CHUNK_BYTES)]
    inner = ListTree([leaf_hash(chunk) for chunk in chunks]).inclusion_proof(position)
    proof = inner + ListTree(roots).inclusion_proof(shard_number)
    verify_inclusion(number, seal.slots // CHUNK_SLOTS, leaf_hash(chunks[position]), proof, seal.root)
    return ProvenChunk(number, chunks[position], proof)
