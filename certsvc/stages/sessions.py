"""Sessions in browsers: opened under a new token, carried on, given a new token every so often, ended.

The next token is made from the one in use and a salt that is kept: whoever still has the old one meanwhile, or again
after an answer that was lost, gets the very same new one. The old one holds until the new one was used, and a little
longer, so that requests under way beside each other do not fail.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from certsvc.domain.caller import Caller, nobody
from certsvc.errors import NotPermitted, NotSignedIn
from certsvc.ports import Clock, PersonalCipher
from certsvc.ports.access import AuditTrail, EndedThere, SpentTokens
from certsvc.ports.sessions import SESSION_ID_BYTES, KeptSession, Replacement, SessionBoard

OVERLAP: Final = timedelta(minutes=1)
_TOUCH_EVERY: Final = timedelta(minutes=1)
_TOKEN_BYTES: Final = 32
_NEXT: Final = b"certsvc/session-token/v1/"
_PROVIDER: Final = nobody("identity-provider")
OVER: Final = "登录已失效。请重新登录。"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """When a session ends without being used, when in any case, and how often its token is changed."""

    idle: timedelta
    longest: timedelta
    rotate_every: timedelta


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new session is opened with, beside its tokens and times (`KeptSession`)."""

    owner: str
    assurance: str = ""
    browser: str = ""
    provider_session: bytes | None = None
    provider_subject: bytes | None = None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session as its browser gets it, once."""

    token: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ResumedSession:
    """A session in use, its CSRF token, and the token that the browser is to keep from now on (None: as it is)."""

    kept: KeptSession
    csrf_token: str
    next_token: str | None


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one face. `face`: the first word of what is written down of them."""

    face: str
    board: SessionBoard
    trail: AuditTrail
    cipher: PersonalCipher
    clock: Clock
    random: Callable[[int], bytes]
    limits: SessionLimits

    def open(
        self, opening: Opening, caller: Caller, seal: Callable[[bytes], bytes] | None = None
    ) -> OpenedSession:
        """Open a session under a token that nobody knew before; `seal` is given its id, for what is kept sealed."""
        now = self.clock.now()
        token, session = new_text(self.random), self.random(SESSION_ID_BYTES)
        kept = KeptSession(
            id=session,
            owner=opening.owner,
            token_digest=digest_of(token),
            started_at=now,
            ends_at=now + self.limits.longest,
            last_seen_at=now,
            rotated_at=now,
            assurance=opening.assurance,
            sealed_identity=b"" if seal is None else seal(session),
            browser=opening.browser,
            provider_session=opening.provider_session,
            provider_subject=opening.provider_subject,
        )
        self.forget_over()
        self.board.open(kept, caller)
        return OpenedSession(token, kept.ends_at)

    def resume(self, token: str, *, polled: bool = False) -> ResumedSession:
        """The session of a token. Raises NotSignedIn when it is unknown, idle too long, or over.

        `polled`: the page asks by itself, nobody used the session; nothing of it changes, and it ends as if unasked.
        """
        kept = self._living(token)
        if kept is None:
            raise NotSignedIn(OVER)
        if polled:
            return ResumedSession(kept, self.csrf_token(kept), None)
        now, digest = self.clock.now(), digest_of(token)
        next_token = None
        if kept.replacement is not None and digest == kept.replacement.digest:
            self.board.take_over(kept.id, digest, now + OVERLAP, now)
        else:
            if digest == kept.token_digest:
                next_token = self._next_token(kept, token, now)
            if now - kept.last_seen_at >= _TOUCH_EVERY:
                self.board.touch(kept.id, now)
        return ResumedSession(kept, self.csrf_token(kept), next_token)

    def forget_over(self) -> None:
        """Delete sessions that are over, with whatever was kept in them."""
        now = self.clock.now()
        self.board.forget(now, now - self.limits.idle)

    def csrf_token(self, kept: KeptSession) -> str:
        """The CSRF token of a session: it stays when the session's token is changed, and is of no use to find it."""
        return _text(self.cipher.person_key(f"csrf/{kept.id.hex()}"))

    def check_csrf(self, csrf_token: str, given: str | None, caller: Caller, subject: str) -> None:
        """Pass when a session's CSRF token was sent along. Raises NotPermitted, written down, when not."""
        if given is None or not hmac.compare_digest(digest_of(given), digest_of(csrf_token)):
            self.trail.note(caller, f"{self.face}:session:csrf.refused", subject)
            raise NotPermitted("请求缺少本次登录的防伪令牌（X-CSRF-Token）。请刷新页面后重试。")

    def refuse(self, caller: Caller, subject: str) -> None:
        """Write down that no session was opened for somebody."""
        self.trail.note(caller, f"{self.face}:session:open.refused", subject)

    def end(self, token: str, caller: Caller) -> None:
        """End the session of a token; ending it twice changes nothing."""
        kept = self.board.find(digest_of(token))
        if kept is not None:
            self.board.end(kept.id, caller, self.clock.now())

    def living_of(self, owner: str) -> tuple[KeptSession, ...]:
        """The sessions of an owner that may still be used, last used first."""
        return tuple(kept for kept in self.board.of_owner(owner) if self._lives(kept))

    def end_of_owner(
        self, owner: str, caller: Caller, *, only: bytes | None = None, but: bytes | None = None
    ) -> int:
        """End sessions of an owner: all, `only` one, or all `but` one; how many there were."""
        meant = [
            kept.id
            for kept in self.board.of_owner(owner)
            if (only is None or kept.id == only) and (but is None or kept.id != but)
        ]
        now = self.clock.now()
        return sum(self.board.end(session, caller, now) for session in meant)

    def end_as_provider_says(self, meant: EndedThere, spent: SpentTokens) -> None:
        """End what the provider means; a message that was used before changes nothing."""
        now = self.clock.now()
        if spent.spend(meant.token, meant.ends_at, now):
            for kept in self.board.of_provider(meant.session, meant.subject):
                self.board.end(kept.id, _PROVIDER, now)

    def _living(self, token: str) -> KeptSession | None:
        digest = digest_of(token)
        kept = self.board.find(digest)
        if kept is None or not self._lives(kept):
            return None
        if digest == kept.previous_digest and (
            kept.previous_until is None or self.clock.now() >= kept.previous_until
        ):
            return None
        return kept

    def _lives(self, kept: KeptSession) -> bool:
        now = self.clock.now()
        return now < kept.ends_at and now - kept.last_seen_at < self.limits.idle

    def _next_token(self, kept: KeptSession, token: str, now: datetime) -> str | None:
        if kept.replacement is not None:
            return _next_of(token, kept.replacement.salt)
        if now - kept.rotated_at < self.limits.rotate_every:
            return None
        salt = self.random(_TOKEN_BYTES)
        fresh = _next_of(token, salt)
        noted = self.board.offer(kept.id, kept.token_digest, Replacement(digest_of(fresh), salt))
        return fresh if noted else None  # somebody was quicker: this browser hears of it from that answer


def new_text(random: Callable[[int], bytes]) -> str:
    """A random text that nobody guesses, fit for cookies and addresses."""
    return _text(random(_TOKEN_BYTES))


def digest_of(text: str) -> bytes:
    """What is kept of a token."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _next_of(token: str, salt: bytes) -> str:
    return _text(hmac.digest(token.encode("utf-8", "surrogatepass"), _NEXT + salt, "sha256"))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
