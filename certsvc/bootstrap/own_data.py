"""Exports of personal data, joined with everything that they are gathered from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from certsvc.adapters.data_export_store import DatabaseDataExports, DatabaseOwnCredit
from certsvc.adapters.holder_inbox import DatabaseHolderInbox
from certsvc.adapters.notice_address_store import DatabaseNoticeAddresses
from certsvc.stages.data_exports import PersonalExports
from certsvc.stages.own_data import OwnData

if TYPE_CHECKING:
    from collections.abc import Sequence

    from certsvc.bootstrap.office import Office
    from certsvc.ports.sessions import KeptSession
    from certsvc.stages.share_grants import Holder


def open_exports(office: Office) -> PersonalExports:
    """For portal and background work."""
    engine, reading, cipher = office.engine, office.reading_engine, office.keys.cipher

    def sessions(holder: Holder) -> Sequence[KeptSession]:
        sign_in = office.holder_sign_in
        return sign_in.sessions.living_of(sign_in.owner_of(holder))

    data = OwnData(
        certificates=office.own_certificates,
        under_way=office.titles_under_way,
        credit=DatabaseOwnCredit(reading, cipher),
        look_ups=office.holder_look_ups,
        grants=office.share_grants,
        copies=office.copies,
        requests=office.request_desk.store,
        inbox=DatabaseHolderInbox(engine, reading),
        addresses=DatabaseNoticeAddresses(engine, cipher, reading),
        sessions=sessions,
        key_of=cipher.person_key,
        clock=office.clock,
    )
    store = DatabaseDataExports(engine, cipher, office.holder_news, reading)
    return PersonalExports(office.permits, store, data, cipher.person_key, office.clock, os.urandom)
