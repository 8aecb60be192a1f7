"""Receipts 备案回执 of the filing chain: a level counts only when the receiving authority's own account recorded it.

What a batch's header says of dates and receipt numbers is a claim of the party that files (谁受理、谁负责、谁签字).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from certsvc.domain.regions import PROVINCE, city_of
from certsvc.domain.registry import Committee, FilingLevel, Registry
from certsvc.domain.submission import BatchHeader


@dataclass(frozen=True, slots=True)
class FilingReceipt:
    """One recorded level: `step` from 1, the receiving `office` (six-digit region), and who recorded it when."""

    filing: str
    step: int
    level: FilingLevel
    receipt_ref: str
    received_on: date
    actor: str
    office: str
    opinion: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptStep:
    """One level of a batch's filing path, as it is to be received.

    `office`: the region of the authority that receives, None where the registry does not say. `claimed_*`: what the
    header says.
    """

    step: int
    level: FilingLevel
    office: str | None
    claimed_on: date | None
    claimed_ref: str | None

    def fulfilled_by(self, receipt: FilingReceipt) -> bool:
        """True when the receipt is of this level and from the authority that must receive it."""
        return receipt.level is self.level and receipt.office == self.office


def receipt_path(committee: Committee, header: BatchHeader, registry: Registry) -> tuple[ReceiptStep, ...]:
    """The levels that must receive the batch, in order (吉人社函〔2022〕181号 三.6; 吉人社函〔2023〕211号 四（四）)."""
    claims = {claim.level: claim for claim in header.filing_steps}
    steps = []
    for step, level in enumerate(committee.filing_path, start=1):
        claim = claims.get(level.value)
        steps.append(
            ReceiptStep(
                step,
                level,
                receiving_office(level, committee, registry),
                None if claim is None else claim.filed_on,
                None if claim is None else claim.receipt,
            )
        )
    return tuple(steps)


def receiving_office(level: FilingLevel, committee: Committee, registry: Registry) -> str | None:
    """The region of the authority that receives a committee's batches at this level; None where nothing says it."""
    match level:
        case FilingLevel.PROVINCE:
            return PROVINCE
        case FilingLevel.CITY:
            return _city(committee, registry)
        case FilingLevel.LOCAL:
            return _local(committee, registry)


def missing_steps(path: Iterable[ReceiptStep], recorded: Iterable[FilingReceipt]) -> tuple[ReceiptStep, ...]:
    """The levels that no receipt fulfils, in order."""
    receipts = tuple(recorded)
    return tuple(step for step in path if not any(step.fulfilled_by(one) for one in receipts))


def _city(committee: Committee, registry: Registry) -> str | None:
    if committee.county is not None:
        return city_of(committee.county)
    local = _local(committee, registry)
    if local is not None:
        return city_of(local)
    cities = {city_of(authorization.region) for authorization in committee.authorizations}
    return cities.pop() if len(cities) == 1 else None


def _local(committee: Committee, registry: Registry) -> str | None:
    if committee.local_hrss is not None:
        department = registry.department(committee.local_hrss)
        return None if department is None else department.region
    return committee.county
