"""Holders' requests 申请, joined: the portal's side and the console's."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from certsvc.adapters.holder_request_store import DatabaseRequestStore
from certsvc.adapters.holders_numbers import DatabaseHoldersNumbers
from certsvc.stages.holder_requests import HolderRequests, WithdrawnEvidence
from certsvc.stages.request_work import RequestWork

if TYPE_CHECKING:
    from certsvc.bootstrap.office import Office


class RequestDesk:
    """What the two faces call."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.store = DatabaseRequestStore(
            office.engine, office.keys.cipher, office.holder_news, office.reading_engine
        )

    @cached_property
    def holders(self) -> HolderRequests:
        """The holder's side."""
        office, cipher = self._office, self._office.keys.cipher
        return HolderRequests(
            permits=office.permits,
            store=self.store,
            numbers=DatabaseHoldersNumbers(office.reading_engine, cipher),
            certificates=office.certificates,
            looks=office.looks,
            key_of=cipher.person_key,
            calendar=lambda: office.policies.calendar(),
            days=office.settings.request_work_days,
            clock=office.clock,
            random_bytes=os.urandom,
        )

    @cached_property
    def retention(self) -> WithdrawnEvidence:
        """Deletes the files of requests that were withdrawn."""
        return WithdrawnEvidence(self.store, self._office.clock)

    @cached_property
    def work(self) -> RequestWork:
        """The officials' side."""
        office = self._office
        decisions = office.decisions
        return RequestWork(
            office.permits, self.store, decisions.find, decisions.confirmed, office.looks, office.clock
        )
