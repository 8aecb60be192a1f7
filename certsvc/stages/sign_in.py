"""Signing in: an attempt is begun, the provider's answer finishes it, a session carries it on.

The provider says who somebody is; whether that name is registered, and what it may do, the register of actors says.
An attempt (state, nonce, PKCE verifier) travels in the browser, sealed; a session's tokens are kept as digests.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from certsvc.domain.caller import Caller, nobody, official
from certsvc.errors import IntegrityError, NotPermitted, NotSignedIn, UnavailableError
from certsvc.ports import ActorStore, Clock, PersonalCipher
from certsvc.ports.access import AuditTrail, IdentityProvider, SessionStore, SpentTokens, StoredSession

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=8)
ATTEMPT_LASTS: Final = timedelta(minutes=10)
_TOUCH_EVERY: Final = timedelta(minutes=1)
_CONTEXT: Final = b"sign-in/attempt"
_OVER: Final = "登录已失效。请重新登录。"
_BROKEN_ATTEMPT: Final = "登录没有完成：请求与本浏览器发起的登录不符，或已超过十分钟。请从头重新登录。"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that was begun: where the browser goes, and what it must bring back (sealed bytes)."""

    address: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session as its browser gets it, once."""

    token: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in use: the official as registered *now*, and the CSRF token that belongs to the session."""

    caller: Caller
    csrf_token: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """What signing in needs. `provider` is None where no provider is set up."""

    provider: IdentityProvider | None
    sessions: SessionStore
    spent: SpentTokens
    actors: ActorStore
    trail: AuditTrail
    cipher: PersonalCipher
    clock: Clock
    random: Callable[[int], bytes]

    def begin(self) -> Attempt:
        """Begin an attempt. Raises UnavailableError when no provider is set up, or it does not answer."""
        state, nonce, verifier = (self._random_text() for _ in range(3))
        address = self._provider().authorization_address(state, nonce, verifier)
        ends_at = int((self.clock.now() + ATTEMPT_LASTS).timestamp())
        plain = json.dumps([state, nonce, verifier, ends_at]).encode()
        return Attempt(address, self.cipher.encrypt(plain, context=_CONTEXT))

    def finish(self, sealed: bytes, state: str, code: str, replaced: str | None) -> OpenedSession:
        """Open a session, if everything holds; the browser's session until now (`replaced`) ends.

        Raises NotSignedIn for an attempt that does not hold, NotPermitted for somebody who is not registered.
        """
        now = self.clock.now()
        nonce, verifier = self._spend_attempt(sealed, state, now)
        identity = self._provider().redeem(code, verifier, nonce, now)
        actor = self.actors.find_actor(identity.name)
        if actor is None:
            self.trail.note(nobody(identity.name), "console:session:open.refused", "session")
            raise NotPermitted("您的账号没有登记为本系统的办理人员。请联系系统维护人员登记。")
        if replaced is not None:
            self.sessions.close(_digest(replaced), official(actor), now)
        token = self._random_text()
        session = StoredSession(
            _digest(token), actor.name, _digest(csrf_token_of(token)), now, now + LONGEST, now
        )
        self.sessions.open(session, official(actor))
        return OpenedSession(token, session.ends_at)

    def resume(self, token: str) -> SignedIn:
        """The official of a session token. Raises NotSignedIn when it is unknown, idle too long, or over."""
        now = self.clock.now()
        session = self.sessions.find(_digest(token))
        if session is None or now >= session.ends_at or now - session.last_seen_at >= IDLE:
            raise NotSignedIn(_OVER)
        actor = self.actors.find_actor(session.actor)
        if actor is None:
            raise NotSignedIn(_OVER)
        if now - session.last_seen_at >= _TOUCH_EVERY:
            self.sessions.touch(session.token_digest, now)
        return SignedIn(official(actor), csrf_token_of(token), session.ends_at)

    def check_csrf(self, token: str, given: str | None, caller: Caller, subject: str) -> None:
        """Pass when the header carries the session's CSRF token. Raises NotPermitted, written down, when not."""
        session = self.sessions.find(_digest(token))
        if session is None or given is None or not hmac.compare_digest(_digest(given), session.csrf_digest):
            self.trail.note(caller, "console:session:csrf.refused", subject)
            raise NotPermitted("请求缺少本次登录的防伪令牌（X-CSRF-Token）。请刷新页面后重试。")

    def end(self, token: str, caller: Caller) -> None:
        """End a session; ending it twice changes nothing."""
        self.sessions.close(_digest(token), caller, self.clock.now())

    def _spend_attempt(self, sealed: bytes, state: str, now: datetime) -> tuple[str, str]:
        try:
            own_state, nonce, verifier, ends_at = json.loads(self.cipher.decrypt(sealed, context=_CONTEXT))
        except (IntegrityError, ValueError) as error:
            # The cookie is the browser's: what was altered there is no failure of our own store.
            raise NotSignedIn(_BROKEN_ATTEMPT) from error
        ends = datetime.fromtimestamp(ends_at, UTC)
        if now >= ends or not hmac.compare_digest(_digest(own_state), _digest(state)):
            raise NotSignedIn(_BROKEN_ATTEMPT)
        if not self.spent.spend(_digest(f"attempt/{own_state}"), ends, now):
            raise NotSignedIn(_BROKEN_ATTEMPT)
        return nonce, verifier

    def _provider(self) -> IdentityProvider:
        if self.provider is None:
            raise UnavailableError("尚未设置统一身份认证（CERTSVC_OIDC_ISSUER），不能登录。")
        return self.provider

    def _random_text(self) -> str:
        return urlsafe_b64encode(self.random(32)).rstrip(b"=").decode()


def csrf_token_of(token: str) -> str:
    """The CSRF token of a session: derived from the session token, of no use to find it."""
    mac = hmac.digest(token.encode(), b"certsvc/csrf/v1", sha256)
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
