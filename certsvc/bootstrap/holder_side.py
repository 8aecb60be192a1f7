"""What an office does for holders, joined over its public side."""

from __future__ import annotations

import os
from functools import cached_property

from certsvc.adapters.holders_numbers import DatabaseHoldersNumbers
from certsvc.adapters.share_store import DatabaseShareGrantStore
from certsvc.bootstrap.copies import open_copies
from certsvc.bootstrap.notices import NoticeDesk
from certsvc.bootstrap.public_side import PublicSide
from certsvc.stages.annotated_copies import AnnotatedCopies
from certsvc.stages.look_ups import HolderLookUps
from certsvc.stages.share_grants import Ownership, ShareGrants


class HolderSide(PublicSide):
    """Share grants, look-ups, annotated copies, notices on change: for the portal, programs of holders, background work."""

    @cached_property
    def ownership(self) -> Ownership:
        """Whose a certificate is, by a registered other number too."""
        numbers = DatabaseHoldersNumbers(self.reading_engine, self.keys.cipher)
        return Ownership(numbers.persons, self.keys.cipher.person_key)

    @cached_property
    def share_grants(self) -> ShareGrants:
        """Share grants, for the portal in which holders sign in."""
        store = DatabaseShareGrantStore(self.engine, self.keys.cipher)
        return ShareGrants(store, self.certificates, self.ownership, self.clock, os.urandom)

    @cached_property
    def holder_look_ups(self) -> HolderLookUps:
        """Who checked a holder's certificates, for the same portal."""
        return HolderLookUps(self.look_ups.store, self.share_grants.store, self.certificates, self.ownership)

    @cached_property
    def copies(self) -> AnnotatedCopies:
        """Annotated copies, for the portal and the command line."""
        return open_copies(self, self.ownership)

    @cached_property
    def notice_desk(self) -> NoticeDesk:
        """Notices on change: inboxes, addresses, messages that wait to leave."""
        return NoticeDesk(self)
