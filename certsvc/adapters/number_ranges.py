"""Certificate numbers: ranges of serials per series and year, reserved in the draft's own transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, update

from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.schema import number_counter
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_number import build_certificate_number


def reserve_numbers(connection: Connection, awards: Sequence[Award]) -> list[str]:
    """A number for each award; gaps are allowed, reuse is not."""
    wanted = Counter((award.series, award.announcement_on.year) for award in awards)
    next_serial = {
        (series, year): _reserve_serials(connection, series, year, count)
        for (series, year), count in sorted(wanted.items())
    }
    numbers = []
    for award in awards:
        key = (award.series, award.announcement_on.year)
        numbers.append(build_certificate_number(key[1], award.series, award.level, next_serial[key]))
        next_serial[key] += 1
    return numbers


def _reserve_serials(connection: Connection, series: int, year: int, count: int) -> int:
    """The first of `count` serials that belong to the caller from now on; the counter is held until the commit."""
    insert_unless_known(connection, number_counter, {"series": series, "year": year, "next_serial": 1})
    after = connection.execute(
        update(number_counter)
        .where(number_counter.c.series == series, number_counter.c.year == year)
        .values(next_serial=number_counter.c.next_serial + count)
        .returning(number_counter.c.next_serial)
    ).scalar_one()
    return int(after) - count
