"""Signing in of holders 持证人: who the provincial identity platform asserts, for as long as a session lasts.

Source: real-name sign-in, 吉人社函〔2022〕38号 五（二）. A holder is a name and the number of an identity document; both
are kept sealed, and only while the session is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certsvc.domain.caller import Caller, holder_caller
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.ports import PersonalCipher
from certsvc.stages.sessions import OpenedSession, Opening, Sessions
from certsvc.stages.share_grants import Holder

_CONTEXT: Final = b"holder_session/"


@dataclass(frozen=True, slots=True)
class AssertedHolder:
    """Who the provider says signed in: `document_kind` in its own words (None: not asserted), level of assurance."""

    holder: Holder
    document_kind: str | None
    assurance: str


@dataclass(frozen=True, slots=True)
class SignedInHolder:
    """A holder's session in use. `next_token`: what the browser is to keep from now on (None: as it is)."""

    holder: Holder
    caller: Caller
    csrf_token: str
    ends_at: datetime
    next_token: str | None


@dataclass(frozen=True, slots=True)
class HolderSignIn:
    """What signing in of holders needs."""

    sessions: Sessions
    cipher: PersonalCipher

    def open(self, asserted: AssertedHolder, browser: str = "") -> OpenedSession:
        """Open a session for a holder that the provider has asserted."""
        caller = self.caller_of(asserted.holder)
        opening = Opening(self.owner_of(asserted.holder), asserted.assurance, browser)
        plain = json.dumps([asserted.holder.name, asserted.holder.id_number, asserted.document_kind])
        return self.sessions.open(
            opening, caller, lambda session: self.cipher.encrypt(plain.encode(), context=_CONTEXT + session)
        )

    def resume(self, token: str) -> SignedInHolder:
        """The holder of a session token. Raises NotSignedIn when it is unknown, idle too long, or over."""
        resumed = self.sessions.resume(token)
        kept = resumed.kept
        name, id_number, _ = json.loads(self.cipher.decrypt(kept.sealed_identity, context=_CONTEXT + kept.id))
        holder = Holder(name, id_number)
        caller = self.caller_of(holder)
        return SignedInHolder(holder, caller, resumed.csrf_token, kept.ends_at, resumed.next_token)

    def check_csrf(self, session: SignedInHolder, given: str | None, subject: str) -> None:
        """Pass when the session's CSRF token was sent along. Raises NotPermitted, written down, when not."""
        self.sessions.check_csrf(session.csrf_token, given, session.caller, subject)

    def end(self, token: str, caller: Caller) -> None:
        """End a session; ending it twice changes nothing."""
        self.sessions.end(token, caller)

    def caller_of(self, holder: Holder) -> Caller:
        """The holder as a caller: a pseudonym, the same whenever and however the number is written."""
        return holder_caller(self.cipher.person_key(asked_id_numbers(holder.id_number)[-1]))

    def owner_of(self, holder: Holder) -> str:
        """The holder as the owner of sessions."""
        return self.cipher.person_key(asked_id_numbers(holder.id_number)[-1]).hex()
