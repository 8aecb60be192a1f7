"""The whole history of one certificate as a file that proves it: for the holder, and closed for everybody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from certverify import load_trust
from certverify.errors import TrustListError

from certsvc.adapters.past_evidence import DatabasePastEvidence
from certsvc.domain.caller import OPERATOR
from certsvc.errors import UnavailableError, UnknownReference
from certsvc.formats.bundle import Opening
from certsvc.formats.record import record_text
from certsvc.ports.access import PersonalLook
from certsvc.stages.past_bundling import PublishedVersion, build_past_bundle
from certsvc.stages.published_log import PublishedLog

if TYPE_CHECKING:
    from certsvc.adapters.certificate_store import PublicCertificate
    from certsvc.bootstrap.public_side import PublicSide


class PastDesk:
    """Makes past bundles (docs/formats/past-bundle.md) of an office's published certificates."""

    def __init__(self, office: PublicSide) -> None:
        self._office = office

    def export(self, number: str, file: Path) -> int:
        """Write the past bundle with all contents opened; how many bytes. The look is noted first.

        Raises UnknownReference for a certificate that is not published, and as `build_past_bundle`.
        """
        office = self._office
        versions = office.certificates.published(number=number)
        if not versions:
            raise UnknownReference("没有找到已公开的证书。请核对证书编号。")
        look = PersonalLook(office.clock.now(), "cli", OPERATOR.name, number, "导出履历查验包")
        office.looks.append(look)
        raw_bundle = self._bundle(versions, opened=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw_bundle)
        return len(raw_bundle)

    def closed_bundle(self, number: str, version: int) -> bytes | None:
        """The history of one version without any content, for who can show it; None when it is not published.

        Other versions stay out: who has seen one name of a holder shall not learn another here.
        """
        versions = self._office.certificates.published(number=number)
        shown = tuple(one for one in versions if one.draft.content.version == version)
        return self._bundle(shown, opened=False, whole=len(shown) == len(versions)) if shown else None

    def _bundle(self, versions: tuple[PublicCertificate, ...], *, opened: bool, whole: bool = True) -> bytes:
        office = self._office
        evidence = DatabasePastEvidence(office.reading_engine, office.keys.cipher)
        drafts = [one.draft for one in versions]
        slots = [draft.content.slot for draft in drafts]
        openings: dict[bytes, Opening] = {}
        if opened:
            openings |= evidence.decision_openings(slots)
            openings |= {draft.commitment: Opening(draft.salt, draft.payload) for draft in drafts}
        log = PublishedLog(office.tree, office.log_keys)
        events = evidence.logged_on(slots)
        published = [PublishedVersion(record_text(one.record), one.draft.content.slot) for one in versions]
        try:
            trust = load_trust(office.settings.public_folder)
        except TrustListError as error:
            raise UnavailableError("信任清单尚未公开或无法读取。请先运行 certsvc ledger publish。") from error
        return build_past_bundle(log, published, events, openings, trust, office.clock.now(), whole=whole)
