"""Attempts to sign in: begun here, answered by the provider, finished by the browser that began them.

An attempt (state, nonce, PKCE verifier, where to go on afterwards) travels in the browser, sealed, and is used once.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from certsvc.errors import IntegrityError, NotSignedIn, UnavailableError
from certsvc.ports import Clock, PersonalCipher
from certsvc.ports.access import Assertion, IdentityProvider, SpentTokens
from certsvc.stages.sessions import digest_of, new_text

ATTEMPT_LASTS: Final = timedelta(minutes=10)
_BROKEN: Final = "登录没有完成：请求与本浏览器发起的登录不符，或已超过十分钟。请从头重新登录。"
_NO_RESULT: Final = "登录没有完成：统一身份认证没有给出结果，或不是本浏览器发起的登录。请重新登录。"
_REFUSED_THERE: Final = {
    "access_denied": "登录没有完成：您在统一身份认证平台取消了登录，或平台没有同意。如需办理，请重新登录。",
    "unmet_authentication_requirements": "登录没有完成：统一身份认证平台没有能完成所要求的验证。请按平台提示补充验证后重新登录。",
    "temporarily_unavailable": "统一身份认证平台暂时不可用。请稍后重新登录。",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that was begun: where the browser goes, and what it must bring back (sealed bytes)."""

    address: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the browser brings back from the provider, as it stands in the address; empty where it is missing."""

    state: str
    code: str
    issuer: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Attempts:
    """The attempts of one face. `face` keeps those of two faces apart; `provider` is None where none is set up."""

    face: str
    provider: IdentityProvider | None
    missing: str
    spent: SpentTokens
    cipher: PersonalCipher
    clock: Clock
    random: Callable[[int], bytes]

    def begin(self, next_address: str) -> Attempt:
        """Begin an attempt. Raises UnavailableError when no provider is set up, or it does not answer."""
        state, nonce, verifier = (new_text(self.random) for _ in range(3))
        address = self.known_provider().authorization_address(state, nonce, verifier)
        ends_at = int((self.clock.now() + ATTEMPT_LASTS).timestamp())
        plain = json.dumps([state, nonce, verifier, ends_at, next_address]).encode()
        return Attempt(address, self.cipher.encrypt(plain, context=self._context()))

    def finish(self, sealed: bytes, answer: ProviderAnswer) -> tuple[Assertion, str]:
        """What the provider asserts, and where to go on. Raises NotSignedIn for whatever does not hold, UnavailableError."""
        now = self.clock.now()
        if not (sealed and answer.state and (answer.code or answer.error)):
            raise NotSignedIn(_NO_RESULT)
        nonce, verifier, next_address = self._spend(sealed, answer.state, now)
        if answer.error:
            raise NotSignedIn(_REFUSED_THERE.get(answer.error, _NO_RESULT))
        provider = self.known_provider()
        return provider.redeem(answer.code, verifier, nonce, now, answer.issuer or None), next_address

    def known_provider(self) -> IdentityProvider:
        """The provider. Raises UnavailableError, naming the setting, where none is set up."""
        if self.provider is None:
            raise UnavailableError(self.missing)
        return self.provider

    def _spend(self, sealed: bytes, state: str, now: datetime) -> tuple[str, str, str]:
        try:
            own_state, nonce, verifier, ends_at, next_address = json.loads(
                self.cipher.decrypt(sealed, context=self._context())
            )
        except (IntegrityError, ValueError) as error:
            # The cookie is the browser's: what was altered there is no failure of our own store.
            raise NotSignedIn(_BROKEN) from error
        ends = datetime.fromtimestamp(ends_at, UTC)
        if now >= ends or not hmac.compare_digest(digest_of(own_state), digest_of(state)):
            raise NotSignedIn(_BROKEN)
        if not self.spent.spend(digest_of(f"attempt/{own_state}"), ends, now):
            raise NotSignedIn(_BROKEN)
        return nonce, verifier, next_address

    def _context(self) -> bytes:
        return f"sign-in/attempt/{self.face}".encode()
