"""What persons are told of a filing's examination, in the transaction in which the filing is stored.

Whoever is held or not admitted is told so, without why; whoever was told so of the batch and is admitted now is told that it
goes on. Nobody is told anything of a filing that was returned as a whole: that is the clerk's to put right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, select

from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.holder_notice_schema import holder_notice
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import filing
from certsvc.domain.admission import Admission, Hold, Outcome
from certsvc.domain.filing import ExaminedFiling, FilingStatus
from certsvc.domain.holder_notice import NewNotice, NoticeKind
from certsvc.ports import PersonalCipher

_STOPPED: Final = (NoticeKind.NOT_ADMITTED, NoticeKind.HELD)
_CHUNK: Final = 500
_T = TypeVar("_T")


def tell_of_examination(
    connection: Connection, cipher: PersonalCipher, examined: ExaminedFiling, at: datetime
) -> None:
    """Queue the notices of an examined filing: each kind once per filing and person, however often it is stored."""
    if examined.status is FilingStatus.REFUSED:
        return
    news = HolderNews(cipher)
    outcomes = {one.row: _kind(one) for one in examined.examination.outcomes}
    kinds: dict[bytes, NoticeKind] = {}
    for person in examined.persons:
        kind = outcomes.get(person.row)
        if kind is not None:
            owner = news.owner_of(person.id_number)
            kinds[owner] = min(kinds.get(owner, kind), kind, key=_ORDER.index)
    admitted = [owner for owner, kind in kinds.items() if kind is NoticeKind.GOES_ON]
    waiting = _waiting(connection, _filings_of_batch(connection, examined), admitted)
    told = [
        NewNotice(f"examined/{kind}/{examined.id}/{owner.hex()[:32]}", owner, kind, examined.id)
        for owner, kind in kinds.items()
        if kind is not NoticeKind.GOES_ON or owner in waiting
    ]
    for chunk in _chunks(told):
        news.queue(connection, chunk, at)


_ORDER: Final = (*_STOPPED, NoticeKind.GOES_ON)
"""Of several rows of one person, what is told: the worst."""


def _kind(outcome: Outcome) -> NoticeKind:
    if isinstance(outcome, Hold):
        return NoticeKind.HELD
    return NoticeKind.GOES_ON if isinstance(outcome, Admission) else NoticeKind.NOT_ADMITTED


def _filings_of_batch(connection: Connection, examined: ExaminedFiling) -> frozenset[str]:
    own = filing.c
    if examined.batch_ref is None or examined.committee_code is None:
        return frozenset({examined.id})
    ours = own.batch_ref == examined.batch_ref, own.committee_code == examined.committee_code
    return frozenset(connection.scalars(select(own.id).where(*ours)))


def _waiting(
    connection: Connection, filings: frozenset[str], owners: Sequence[bytes]
) -> Mapping[bytes, NoticeKind]:
    """Those of the owners who were told last, of these filings, that it does not go on."""
    own = holder_notice.c
    last: dict[bytes, NoticeKind] = {}
    for chunk in _chunks(sorted(owners)):
        sought = keys_of_persons(connection, chunk)
        told = select(own.owner, own.kind).where(
            own.owner.in_(list(sought)), own.kind.in_(_ORDER), own.subject.in_(filings)
        )
        for row in connection.execute(told.order_by(own.id)):
            for owner in sought[bytes(row.owner)]:
                last[owner] = NoticeKind(row.kind)
    return {owner: kind for owner, kind in last.items() if kind in _STOPPED}


def _chunks(every: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (every[start : start + _CHUNK] for start in range(0, len(every), _CHUNK))
