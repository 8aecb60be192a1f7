"""What sessions in browsers need from the world: kept at the server, found by digests of their tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller

SESSION_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Replacement:
    """The token that follows the one in use: its digest, and the salt that makes it from the one in use."""

    digest: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session as it is kept: never a token, only digests of them.

    `owner`: the account of an official, or the keyed digest of a holder's ID number in hex. `sealed_identity`: a
    holder's name and ID number, empty for officials. `browser`: its kind in plain words. `provider_session` and
    `provider_subject`: digests of what the provider calls session and person, for when it ends them. `acting_for`: whom
    an official chose to act for in this session (None: nobody).
    """

    id: bytes
    owner: str
    token_digest: bytes
    started_at: datetime
    ends_at: datetime
    last_seen_at: datetime
    rotated_at: datetime
    assurance: str = ""
    sealed_identity: bytes = b""
    browser: str = ""
    replacement: Replacement | None = None
    previous_digest: bytes | None = None
    previous_until: datetime | None = None
    provider_session: bytes | None = None
    provider_subject: bytes | None = None
    acting_for: str | None = None

    @property
    def subject(self) -> str:
        """The session as the audit trail names it: enough to tell two apart, of no use to anybody else."""
        return f"session/{self.id.hex()[:16]}"


class SeenBrowsers(Protocol):
    """In which kinds of browsers holders signed in, as far as telling them of a new one needs it."""

    def note(self, owner: bytes, browser: str, at: datetime) -> None:
        """Note a sign-in. The holder is told of a kind of browser that was not seen for 90 days, not at the first sign-in."""
        ...

    def forget(self, at: datetime) -> None:
        """Delete what was seen too long ago."""
        ...


class SessionBoard(Protocol):
    """The sessions of one face."""

    def open(self, session: KeptSession, caller: Caller) -> None:
        """Keep a new session, with its audit entry, in one transaction."""
        ...

    def find(self, token_digest: bytes) -> KeptSession | None:
        """The session whose token in use, next token or previous token has that digest."""
        ...

    def forget(self, ended_at: datetime, idle_since: datetime) -> None:
        """Delete what ended by then in any case, or was not used since."""
        ...

    def touch(self, session: bytes, at: datetime) -> None:
        """Note that the session was used."""
        ...

    def act_for(self, session: bytes, name: str | None) -> None:
        """Note for whom the official of the session acts from now on; None: for nobody."""
        ...

    def offer(self, session: bytes, token_digest: bytes, replacement: Replacement) -> bool:
        """Note the next token, unless one is noted already or the token in use is another by now; whether it was noted."""
        ...

    def take_over(self, session: bytes, token_digest: bytes, previous_until: datetime, at: datetime) -> None:
        """Make the next token the one in use, if it is still that digest; the one until now holds a little longer."""
        ...

    def end(self, session: bytes, caller: Caller, at: datetime) -> bool:
        """End a session, with its audit entry; False when there was none."""
        ...

    def of_owner(self, owner: str) -> tuple[KeptSession, ...]:
        """Everything kept of an owner, last used first; sessions that are over may be among it."""
        ...

    def of_provider(self, session: bytes | None, subject: bytes | None) -> tuple[KeptSession, ...]:
        """What the provider means by its session, or else by a person (digests)."""
        ...
