"""ports.certificate_search.CertificateIndex in the database: names and ID numbers are looked up by their keyed digests."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, func, select

from certsvc.adapters.information_schema import title_entry
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate
from certsvc.adapters.sealed_certificates import name_key, open_content
from certsvc.domain.certificate_search import CertificateQuestion, FoundCertificate
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.domain.levels import Level
from certsvc.formats.content import decode_content
from certsvc.ports import PersonalCipher

_own = certificate.c
_later = certificate.alias("later")
_any = certificate.alias("any_version")
_newest = (
    ~select(_later.c.number).where(_later.c.number == _own.number, _later.c.version > _own.version).exists()
)
_issued = (_own.state != "drafted") | (_own.version > 1)
_place = func.coalesce(_own.validity_area, title_entry.c.unit_region)


class DatabaseCertificateIndex:
    """On SQLAlchemy Core, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def count(self, question: CertificateQuestion, places: Collection[str] | None) -> int:
        """How many certificates the question means."""
        wanted = select(func.count()).select_from(
            certificate.outerjoin(title_entry, title_entry.c.number == _own.number)
        )
        with self._engine.begin() as connection:
            keys = self._person_keys(connection, question)
            found = wanted.where(*self._conditions(question, places, keys))
            return int(connection.scalar(found) or 0)

    def found(
        self, question: CertificateQuestion, places: Collection[str] | None, offset: int, most: int
    ) -> tuple[FoundCertificate, ...]:
        """Some of them; each by its newest version."""
        wanted: Select[Any] = select(_own.number, _own.version, _place.label("place")).select_from(
            certificate.outerjoin(title_entry, title_entry.c.number == _own.number)
        )
        with self._engine.begin() as connection:
            keys = self._person_keys(connection, question)
            shown = (
                wanted.where(*self._conditions(question, places, keys))
                .order_by(_own.number.desc())
                .offset(offset)
                .limit(most)
            )
            page = shown.subquery()  # numbers alone are sorted and skipped: sealed contents are long
            whole = select(certificate, page.c.place).join(
                page, (page.c.number == _own.number) & (page.c.version == _own.version)
            )
            rows = connection.execute(whole.order_by(_own.number.desc())).all()
        return tuple(self._certificate(row) for row in rows)

    def _conditions(
        self, question: CertificateQuestion, places: Collection[str] | None, keys: Collection[bytes] | None
    ) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = [_newest, _issued]
        if places is not None:
            conditions.append(_place.in_(sorted(places)))
        if question.number is not None:
            conditions.append(_own.number == question.number)
        if question.series is not None:
            conditions.append(_own.series == question.series)
        if question.year is not None:
            conditions.append(
                _own.acquired_on.between(f"{question.year:04}-01-01", f"{question.year:04}-12-31")
            )
        if question.status is not None:
            conditions.append(_own.status == int(question.status))
        if question.name is not None:
            named = select(_any.c.number).where(_any.c.name_key == name_key(self._cipher, question.name))
            conditions.append(_own.number.in_(named))
        if keys is not None:
            conditions.append(
                _own.number.in_(select(_any.c.number).where(_any.c.person_key.in_(sorted(keys))))
            )
        return conditions

    def _person_keys(self, connection: Any, question: CertificateQuestion) -> Collection[bytes] | None:
        if question.id_number is None:
            return None
        asked = [self._cipher.person_key(one) for one in asked_id_numbers(question.id_number)]
        return tuple(keys_of_persons(connection, asked))

    def _certificate(self, row: Row[Any]) -> FoundCertificate:
        payload = open_content(self._cipher, row.number, row.version, row.sealed_content)
        award = decode_content(payload, row=row.row_no).award
        return FoundCertificate(
            number=row.number,
            version=row.version,
            name=award.name,
            unit_name=award.unit_name,
            series=row.series,
            level=Level(row.level),
            title=row.title,
            dual_directed=row.validity_area is not None,
            place=row.place,
            acquired_on=date.fromisoformat(row.acquired_on),
            status=CertificateStatus(row.status),
        )
