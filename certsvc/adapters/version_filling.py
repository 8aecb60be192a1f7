"""Columns of certificate versions that a later version of this service added, filled chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, Row, TextClause, bindparam, select, tuple_, update

from certsvc.adapters.schema import certificate
from certsvc.ports.background import FilledChunk


def fill_versions(
    engine: Engine,
    column: Column[bytes],
    lacking: ColumnElement[bool] | TextClause,
    sealed: Column[bytes],
    value_of: Callable[[Row[Any]], bytes],
    after: tuple[str, int] | None,
    most: int,
) -> FilledChunk:
    """Fill the column of up to so many of those that lack it, behind `after`. `value_of` gets number, version, row_no and
    what is sealed; a row of which it fails is left as it is.

    Two processes write the same values twice, never different ones.
    """
    own = certificate.c
    waiting = (
        select(own.number, own.version, own.row_no, sealed.label("sealed"))
        .where(lacking)
        .order_by(own.number, own.version)  # two processes hold the rows in one order
        .limit(most)
        .with_for_update()
    )
    if after is not None:
        waiting = waiting.where(tuple_(own.number, own.version) > tuple_(*after))
    filling = (
        update(certificate)
        .where(own.number == bindparam("own_number"), own.version == bindparam("own_version"))
        .values({column.name: bindparam("filled")})
    )
    filled: list[dict[str, object]] = []
    faults: dict[str, Exception] = {}
    with engine.begin() as connection:
        rows = connection.execute(waiting).all()
        for row in rows:
            try:
                value = value_of(row)
            except Exception as fault:  # whatever a damaged row does to its decoder
                faults[f"{row.number}/{row.version}"] = fault
            else:
                filled.append({"own_number": row.number, "own_version": row.version, "filled": value})
        if filled:
            connection.execute(filling, filled)
    last = (rows[-1].number, rows[-1].version) if len(rows) == most else None
    return FilledChunk(last, len(filled), faults)
