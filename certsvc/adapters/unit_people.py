"""The persons whom the register knows of a unit: they may not be named where the unit is named publicly."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from sqlalchemy import Engine, select

from certsvc.adapters.certificate_store import DatabaseCertificateStore
from certsvc.adapters.filing_store import award_context
from certsvc.adapters.policy_schema import admitted_count
from certsvc.adapters.schema import certificate, filing_row
from certsvc.domain.certificate import Award
from certsvc.errors import UnknownReference
from certsvc.formats.award import decode_award
from certsvc.ports import PersonalCipher

_CHUNK = 500


class DatabaseUnitPeople:
    """ports.notices.UnitPeople, over the filings that admitted somebody of the unit."""

    def __init__(
        self, engine: Engine, cipher: PersonalCipher, certificates: DatabaseCertificateStore
    ) -> None:
        self._engine = engine
        self._cipher = cipher
        self._certificates = certificates

    def of(
        self, unit_code: str | None, certificates: Iterable[str]
    ) -> Generator[tuple[str, str], None, None]:
        """Name and ID number of everybody admitted from the unit, and of the certificates' holders, under every name
        that a version ever bore. A person comes more than once where names changed. Raises UnknownReference.
        """
        if unit_code is not None:
            yield from self._admitted(unit_code)
        for number in certificates:
            versions = self._certificates.versions(number)
            if not versions:
                raise UnknownReference(f"没有编号为 {number} 的证书。请核对证书编号。")
            for version in versions:
                yield _person(version.content.award)

    def _admitted(self, unit_code: str) -> Generator[tuple[str, str], None, None]:
        filings = select(admitted_count.c.filing_id).where(admitted_count.c.unit_code == unit_code)
        admitted = select(filing_row).where(
            filing_row.c.filing_id.in_(filings), filing_row.c.outcome == "admitted"
        )
        found: set[tuple[str, int]] = set()
        with self._engine.begin() as connection:
            with connection.execute(admitted.execution_options(yield_per=_CHUNK)) as rows:
                for row in rows:
                    context = award_context(row.filing_id, row.row_no)
                    award = decode_award(self._cipher.decrypt(row.sealed_award, context=context))
                    if award.unit_code in (unit_code, None):
                        found.add((row.filing_id, row.row_no))
                        yield _person(award)
            corrected = select(certificate).where(
                certificate.c.filing_id.in_(filings), certificate.c.version > 1
            )
            with connection.execute(corrected.execution_options(yield_per=_CHUNK)) as rows:
                for row in rows:
                    if (row.filing_id, row.row_no) in found:
                        yield _person(self._certificates.version_of(row).content.award)


def _person(award: Award) -> tuple[str, str]:
    return award.name, award.document.number
