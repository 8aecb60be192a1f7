"""Looking for certificates: what may be asked, and what is shown of each one found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.levels import Level
from certsvc.domain.regions import PROVINCE, REGIONS, lies_within


@dataclass(frozen=True, slots=True)
class CertificateQuestion:
    """What is looked for; everything that is given must hold. `place`: a six-digit code, with all that lies within it.

    `year`: the year in which the title was acquired. `status`: how the newest version stands.
    """

    number: str | None = None
    name: str | None = None
    id_number: str | None = None
    place: str | None = None
    series: int | None = None
    year: int | None = None
    status: CertificateStatus | None = None

    @property
    def is_personal(self) -> bool:
        """True when it names a person, and so must not stand in an address."""
        return self.name is not None or self.id_number is not None


@dataclass(frozen=True, slots=True)
class FoundCertificate:
    """A certificate by its newest version. `place`: where it counts or, without such a bound, where the unit is."""

    number: str
    version: int
    name: str
    unit_name: str | None
    series: int
    level: Level
    title: int
    dual_directed: bool
    place: str | None
    acquired_on: date
    status: CertificateStatus


def places_within(region: str) -> frozenset[str] | None:
    """The codes of everything within a region; None for the province, within which lies everything."""
    if region == PROVINCE:
        return None
    return frozenset(code for code in REGIONS if lies_within(code, region)) | {region}
