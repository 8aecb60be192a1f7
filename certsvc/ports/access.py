"""What signing in, service tokens and the audit trail need from the world: small protocols, as in `ports`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller, ServiceClient


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says signed in: the value of the claim that names our actors."""

    name: str


class IdentityProvider(Protocol):
    """An OpenID provider: code flow with PKCE."""

    def authorization_address(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent. Raises UnavailableError when the provider does not answer."""
        ...

    def redeem(self, code: str, verifier: str, nonce: str, now: datetime) -> Identity:
        """Exchange the code, check the id_token. Raises NotSignedIn for what does not hold, UnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as it is kept: digests of its two tokens, never the tokens."""

    token_digest: bytes
    actor: str
    csrf_digest: bytes
    started_at: datetime
    ends_at: datetime
    last_seen_at: datetime


class SessionStore(Protocol):
    """The sessions of signed-in officials."""

    def open(self, session: StoredSession, caller: Caller) -> None:
        """Keep a new session, with its audit entry, in one transaction; forgets those that are long over."""
        ...

    def find(self, token_digest: bytes) -> StoredSession | None:
        """The session of a token digest."""
        ...

    def touch(self, token_digest: bytes, at: datetime) -> None:
        """Note that the session was used."""
        ...

    def close(self, token_digest: bytes, caller: Caller, at: datetime) -> bool:
        """End a session, with its audit entry; False when there was none."""
        ...


class SpentTokens(Protocol):
    """Tokens that were used and may not be used again."""

    def spend(self, digest: bytes, ends_at: datetime, now: datetime) -> bool:
        """Note the digest of a token until it ends anyway; False when it was spent before."""
        ...


class ServiceClientStore(Protocol):
    """The registered programs."""

    def find_client(self, name: str) -> ServiceClient | None:
        """The client of that name."""
        ...


class AuditTrail(Protocol):
    """Append-only, hash-chained: who did what to which object."""

    def note(
        self,
        caller: Caller,
        action: str,
        subject: str,
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Append an entry in a transaction of its own, for what has none."""
        ...


@dataclass(frozen=True, slots=True)
class PersonalLook:
    """Somebody was shown personal data: where, who as far as known, of which certificate or filing, what for."""

    at: datetime
    channel: str
    viewer: str
    object: str
    purpose: str


class PersonalLooks(Protocol):
    """The log of looks at personal data: it can be added to, nothing else."""

    def append(self, *looks: PersonalLook) -> None:
        """Note looks durably, before the data is shown."""
        ...
