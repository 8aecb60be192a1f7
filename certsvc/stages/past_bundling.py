"""Past bundles: what the published tree proves of a certificate's whole history (docs/formats/past-bundle.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certverify import Trust
from certverify.codes import Code
from certverify.errors import CertverifyError
from certverify.leaf import ManifestLeaf, SealLeaf, decode_leaf
from certverify.past import check_past

from certsvc.errors import ConflictError, IntegrityError, UnavailableError
from certsvc.formats.bundle import Opening, ProvenLeaf
from certsvc.formats.past_bundle import (
    MAX_EVENTS,
    MAX_PAST_BUNDLE_BYTES,
    MAX_VERSIONS,
    PastEvidence,
    ProvenEvent,
    ProvenVersion,
    encode_past_bundle,
)
from certsvc.formats.status import chunk_of
from certsvc.ports import LoggedEvent
from certsvc.stages.bundling import prove_chunk, prove_covered
from certsvc.stages.published_log import PublishedLog

_BROKEN: Final = "公开账本中的证明材料互相矛盾，已停止生成履历查验包。"
_NOT_YET: Final = "该证书有事项正在入账或公开，请稍候片刻后重试。"
_TOO_LARGE: Final = "该证书的履历超出一个履历查验包的容量，请逐版导出离线核验包。"


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A certificate version as the holder has it: QR text without prefix, and its slot."""

    record_text: str
    slot: int


def build_past_bundle(
    log: PublishedLog,
    versions: Sequence[PublishedVersion],
    events: Sequence[LoggedEvent],
    openings: Mapping[bytes, Opening],
    trust: Trust,
    now: datetime,
    *,
    whole: bool = True,
) -> bytes:
    """The past bundle of a certificate under the checkpoint of `log`.

    `versions`: from the first to the newest, or (not `whole`) the one that was shown. `events`: those logged on their
    slots; later ones than the checkpoint are left out. `openings`: by commitment; an event without one stays closed. The
    whole file is checked with the reader's code under `trust`. Raises IntegrityError when the public tree contradicts
    itself, UnavailableError while an event of the certificate is not published, ConflictError when there are too many.
    """
    published = [one for one in events if one.manifest_index < log.size]
    if len(versions) > MAX_VERSIONS or len(published) > MAX_EVENTS:
        raise ConflictError(_TOO_LARGE)
    if {one.slot for one in published} != {version.slot for version in versions}:
        raise UnavailableError(_NOT_YET)
    try:
        raw_bundle = _assemble(log, versions, published, openings, whole=whole)
    except (CertverifyError, ValueError, IndexError) as error:
        raise IntegrityError(_BROKEN) from error
    if len(raw_bundle) > MAX_PAST_BUNDLE_BYTES:
        raise ConflictError(_TOO_LARGE)
    _require_own_verdict(raw_bundle, trust, now)
    return raw_bundle


def _assemble(
    log: PublishedLog,
    versions: Sequence[PublishedVersion],
    events: Sequence[LoggedEvent],
    openings: Mapping[bytes, Opening],
    *,
    whole: bool,
) -> bytes:
    seal = log.prove(log.size - 1)
    sealed = decode_leaf(seal.leaf)
    if not isinstance(sealed, SealLeaf):
        raise IntegrityError(_BROKEN)
    manifests = {index: log.prove(index) for index in sorted({one.manifest_index for one in events})}
    chunks = [prove_chunk(log, sealed, number) for number in sorted({chunk_of(one.slot) for one in versions})]
    proven = [
        ProvenVersion(
            version.record_text,
            tuple(
                _proven_event(log, one, manifests[one.manifest_index], openings.get(one.commitment))
                for one in sorted(events, key=lambda one: one.leaf_index)
                if one.slot == version.slot
            ),
        )
        for version in versions
    ]
    evidence = PastEvidence(log.note, seal, tuple(chunks), tuple(manifests.values()))
    return encode_past_bundle(evidence, proven, whole=whole)


def _proven_event(
    log: PublishedLog, event: LoggedEvent, manifest: ProvenLeaf, opening: Opening | None
) -> ProvenEvent:
    statement, leaf = decode_leaf(manifest.leaf), log.prove(event.leaf_index)
    if not isinstance(statement, ManifestLeaf):
        raise IntegrityError(_BROKEN)
    return ProvenEvent(leaf, manifest.index, prove_covered(log, statement, leaf), opening)


def _require_own_verdict(raw_bundle: bytes, trust: Trust, now: datetime) -> None:
    """Nothing leaves the service that its reader would not take as the whole history."""
    answer = check_past(raw_bundle, trust, now)
    if answer.past is None:
        codes = {finding.code for finding in answer.verdict.findings}
        if Code.PAST_INCOMPLETE in codes:
            raise UnavailableError(_NOT_YET)
        raise IntegrityError(_BROKEN)
