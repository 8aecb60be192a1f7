"""ports.own_certificates.HoldersNumbers in the database; persons stand in it as keyed digests."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from certsvc.adapters.history_schema import history_record
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate
from certsvc.ports import PersonalCipher

_MOST = 200
"""Certificates of one person that are looked at: far more than anybody can have."""


class DatabaseHoldersNumbers:
    """On SQLAlchemy Core, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def persons(self, id_numbers: Sequence[str]) -> frozenset[bytes]:
        """The keyed digests of these numbers, and of those linked with them."""
        own = [self._cipher.person_key(number) for number in id_numbers]
        with self._engine.begin() as connection:
            return frozenset(keys_of_persons(connection, own))

    def certificates(self, id_numbers: Sequence[str]) -> tuple[str, ...]:
        """The numbers of the published certificates of a person."""
        own = certificate.c
        wanted = (
            select(own.number)
            .where(own.person_key.in_(self._keys(id_numbers)), own.state == "published")
            .distinct()
            .order_by(own.number)
            .limit(_MOST)
        )
        with self._engine.begin() as connection:
            return tuple(connection.scalars(wanted))

    def historical(self, id_numbers: Sequence[str]) -> tuple[str, ...]:
        """The check references of the published historical records of a person."""
        own = history_record.c
        wanted = (
            select(own.reference)
            .where(own.person_key.in_(self._keys(id_numbers)), own.slot.is_not(None))
            .distinct()
            .order_by(own.reference)
            .limit(_MOST)
        )
        with self._engine.begin() as connection:
            return tuple(connection.scalars(wanted))

    def _keys(self, id_numbers: Sequence[str]) -> list[bytes]:
        return sorted(self.persons(id_numbers))
