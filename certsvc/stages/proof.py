"""Proof bundles for those who can show the QR record, or who know number, name and ID: handed out, and noted first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.verification import RegisteredVersion
from certsvc.stages.verify import HolderClaim, Verification

MakeBundle = Callable[[str, int], bytes | None]
NOT_FOUND = "未查询到相符的证书，请核对校验码，或证书编号、姓名和证件号码后四位，也可以扫描证书上的二维码。"
BUNDLE, PAST_BUNDLE = "离线核验包", "履历查验包"
_ANYBODY = "public"


@dataclass(frozen=True, slots=True)
class GivenProof:
    """The file that is handed out, and the number of the certificate that it proves."""

    number: str
    content: bytes


class ProofDesk:
    """Hands out proof bundles (docs/formats/bundle.md, past-bundle.md) with the content closed: the QR record, which
    anybody may have photographed, must not buy the holder's whole document number."""

    def __init__(
        self,
        verification: Verification,
        make_bundle: MakeBundle,
        looks: PersonalLooks,
        clock: Clock,
        purpose: str = BUNDLE,
    ) -> None:
        """`make_bundle` gives the bundle of a published version by number and version, None when it is not published.

        `purpose`: what is handed out, as the log of looks names it.
        """
        self._verification = verification
        self._make_bundle = make_bundle
        self._looks = looks
        self._clock = clock
        self._purpose = purpose

    def for_record(self, text: str) -> GivenProof:
        """The bundle of the certificate whose signed QR record this is. Raises UnknownReference."""
        return self._hand_out(self._verification.identify_qr(text))

    def for_holder(self, claim: HolderClaim) -> GivenProof:
        """The bundle of the newest version that agrees with the claim in all parts. Raises UnknownReference."""
        return self._hand_out(self._verification.identify_holder(claim))

    def _hand_out(self, version: RegisteredVersion | None) -> GivenProof:
        bundle = None if version is None else self._make_bundle(version.number, version.version)
        if version is None or bundle is None:
            raise UnknownReference(NOT_FOUND)
        self._looks.append(PersonalLook(self._clock.now(), "api", _ANYBODY, version.number, self._purpose))
        return GivenProof(version.number, bundle)
