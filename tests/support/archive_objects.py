"""Archive objects of the sample certificates, with fixed times: what a person could bring who was given one.

The times lie in the past: pyHanko's own long-term validation looks back from the machine's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from asn1crypto import crl, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding

from certsvc.adapters.archive.long_term import PdfLongTermWriter
from certsvc.adapters.archive.material import Material, decode_revocation_lists
from certsvc.adapters.archive.timestamping import VerifiedTimestamps
from certsvc.adapters.document.writer import write_certificate
from certsvc.adapters.test_ca import TestChain, make_test_chain
from certsvc.domain.archive_object import ArchiveLevel
from tests.document.samples import FACES, NOW, Signer, layout
from tests.support.timestamp_server import TimestampAuthority, Unit

DAY = timedelta(days=1)
STAMPED = NOW + timedelta(hours=1)
SIGNER_ENDS = NOW - DAY + timedelta(days=365)
FIRST_UNIT_ENDS = NOW - DAY + timedelta(days=540)
RENEWED = NOW + timedelta(days=480)
SECOND_UNIT_ENDS = RENEWED - DAY + timedelta(days=540)


@dataclass(frozen=True)
class ArchiveWorld:
    """One signer (a year), and two timestamp authorities of which the second takes over, each with a unit (540 days)."""

    chain: TestChain
    signer: Signer
    authorities: tuple[TimestampAuthority, TimestampAuthority]
    units: tuple[Unit, Unit]

    def material(self, lists: bool = True) -> Material:
        """What both authorities publish; without the lists of revocations, if so asked."""
        _, issuing, root = (x509.Certificate.load(der) for der in self.chain.certificates_der)
        published: list[crl.CertificateList] = [
            one
            for raw in (self.chain.revocation_lists_pem, *(one.revocation_list() for one in self.authorities))
            for one in decode_revocation_lists(raw)
        ]
        roots = (x509.Certificate.load(one.root.public_bytes(Encoding.DER)) for one in self.authorities)
        return Material((root,), tuple(roots), (issuing,), tuple(published) if lists else ())

    def writer(
        self,
        at: datetime,
        authority: int = 0,
        lists: bool = True,
        skews: tuple[timedelta, ...] = (timedelta(0),),
    ) -> PdfLongTermWriter:
        """A writer at that time, whose timestamps come from the first or the second authority, without a network. Its clock
        goes ahead by each of `skews` in turn, the last for ever."""
        material = self.material(lists)
        stamps = InMemory(
            self.authorities[authority], self.units[authority], lambda: at, self.material(), skews
        )
        return PdfLongTermWriter(material, stamps, lambda: at)


class InMemory(VerifiedTimestamps):
    """The client of the service, asking an authority in the same process."""

    def __init__(
        self,
        authority: TimestampAuthority,
        unit: Unit,
        now: Callable[[], datetime],
        material: Material,
        skews: tuple[timedelta, ...],
    ) -> None:
        super().__init__("", 1.0, now, material.for_timestamps)
        self._authority, self._unit, self._instant = authority, unit, now
        self._skews = list(skews)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Its answer."""
        skew = self._skews.pop(0) if len(self._skews) > 1 else self._skews[0]
        self._authority.now = lambda: self._instant() + skew
        return tsp.TimeStampResp.load(self._authority.answer(req.dump(), self._unit), strict=True)


@cache
def world() -> ArchiveWorld:
    """Made once per run."""
    chain = make_test_chain(NOW, signer_years=1)
    life = timedelta(days=540)
    first, second = TimestampAuthority(NOW), TimestampAuthority(RENEWED, "时间戳测试根证书二")
    units = (first.unit(first.start, life), second.unit(second.start, life))
    return ArchiveWorld(chain, Signer(chain), (first, second), units)


@cache
def original(name: str = "regular") -> bytes:
    """The served B-B file that the archive objects below begin with."""
    return write_certificate(layout(), FACES[name], world().signer, NOW)


@cache
def archive_object(level: ArchiveLevel, name: str = "regular") -> bytes:
    """The archive object of one of FACES, stamped an hour after it was signed."""
    grown = world().writer(STAMPED).raise_to(original(name), None, level)
    assert isinstance(grown, bytes)
    return grown


@cache
def renewed_object(name: str = "regular") -> bytes:
    """The B-LTA object with a further timestamp of the second authority, made while the first was still valid."""
    grown = world().writer(RENEWED, 1).renew(archive_object(ArchiveLevel.B_LTA, name))
    assert isinstance(grown, bytes)
    return grown
