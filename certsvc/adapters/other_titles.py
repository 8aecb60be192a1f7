"""Titles that the gate counts beside certificates and historical records: mapping statements in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, select, true

from certsvc.adapters.annulment_store import annulled_among
from certsvc.adapters.history_schema import mapping_list, mapping_statement
from certsvc.adapters.mapping_store import open_statement
from certsvc.domain.facts import HeldTitle
from certsvc.domain.mapping_list import decode_mapping_list
from certsvc.ports import PersonalCipher

MAPPED_TITLES: Final = mapping_statement
ALL_STATEMENTS: Final = true()


def mapped_titles(
    connection: Connection, cipher: PersonalCipher, rows: Iterable[tuple[str, Row[Any]]], on: date
) -> Iterator[tuple[str, HeldTitle]]:
    """Person and title for the statements that the list in force on a day still holds and no known annulment ends."""
    newest = select(mapping_list.c.body).order_by(mapping_list.c.position.desc()).limit(1)
    body: str | None = connection.execute(newest).scalar_one_or_none()
    if body is None:
        return
    known = decode_mapping_list(body.encode())
    statements = [(person, open_statement(cipher, row)) for person, row in rows]
    proofs = {statement.qualification.certificate_ref for _person, statement in statements}
    annulled = annulled_among(connection, cipher, proofs)
    for person, statement in statements:
        qualification = statement.qualification
        line = known.line_for(qualification.name, qualification.grade, on)
        if line is None or qualification.certificate_ref in annulled:
            continue
        yield (
            person,
            HeldTitle(
                number=statement.reference,
                series=line.series,
                level=line.level,
                title=line.title,
                dual_directed=False,
                acquired_on=max(qualification.obtained_on, line.from_on),
            ),
        )
