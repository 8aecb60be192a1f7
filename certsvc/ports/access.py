"""What signing in, service tokens and the audit trail need from the world: small protocols, as in `ports`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller, ServiceClient


@dataclass(frozen=True, slots=True)
class Assertion:
    """What the provider asserts of who signed in: texts by our own words for them, and how sure it is.

    `assurance`: the claim `acr`. `session` and `subject`: digests of what the provider calls session (`sid`) and person
    (`sub`), by which it may end them later.
    """

    texts: Mapping[str, str]
    assurance: str
    session: bytes | None
    subject: bytes


@dataclass(frozen=True, slots=True)
class EndedThere:
    """A person, or one of their sessions, that the provider ended; `token` is the digest of its message, to be used once."""

    session: bytes | None
    subject: bytes | None
    token: bytes
    ends_at: datetime


class IdentityProvider(Protocol):
    """An OpenID provider: code flow with PKCE."""

    def authorization_address(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent. Raises UnavailableError when the provider does not answer."""
        ...

    def redeem(self, code: str, verifier: str, nonce: str, now: datetime, issuer: str | None) -> Assertion:
        """Exchange the code, check the id_token. `issuer`: who the browser says answered (RFC 9207).

        Raises NotSignedIn for what does not hold, UnavailableError.
        """
        ...

    def leaving_address(self, back: str) -> str | None:
        """Where a browser is sent to be signed out at the provider too, and back; None where it offers nothing."""
        ...

    def ended_there(self, raw_token: str, now: datetime) -> EndedThere:
        """Read the provider's message that a session ended (back-channel logout). Raises NotSignedIn, UnavailableError."""
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
