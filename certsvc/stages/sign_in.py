"""Signing in of officials: the provider says who somebody is and that a second factor was shown; a session carries it on.

Whether that name is registered, and what it may do, the register of actors says, at every request anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certsvc.domain.caller import Caller, nobody, official
from certsvc.domain.delegation import is_acting
from certsvc.errors import NotPermitted, NotSignedIn
from certsvc.ports import ActorStore
from certsvc.stages.sessions import OVER, OpenedSession, Opening, Sessions
from certsvc.stages.sign_in_attempts import Attempts, ProviderAnswer

NAME = "name"
"""Our word for the text that names a registered actor."""
_NO_SECOND_FACTOR = (
    "登录没有完成：统一身份认证没有确认您的第二重验证（如动态口令、数字证书或短信验证码）。"
    "请在统一身份认证平台启用并完成第二重验证后重新登录。"
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in use: the official as registered *now*, the session's id and CSRF token.

    `next_token`: what the browser is to keep from now on (None: as it is). `owner`: the account that signed in, whoever
    `caller` acts for; `acting_for`: whom it chose to act for (None: nobody), in force or not.
    """

    caller: Caller
    csrf_token: str
    ends_at: datetime
    session: bytes
    next_token: str | None
    owner: str
    acting_for: str | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """What signing in needs. `second_factors`: the levels of assurance that mean one; empty: none is asked for."""

    attempts: Attempts
    sessions: Sessions
    actors: ActorStore
    second_factors: frozenset[str]

    def finish(
        self, sealed: bytes, answer: ProviderAnswer, replaced: str | None, browser: str = ""
    ) -> tuple[OpenedSession, str]:
        """Open a session, if everything holds, and say where to go on; the browser's session until now (`replaced`) ends.

        Raises NotSignedIn for an attempt that does not hold, NotPermitted, written down, for somebody who is not
        registered or has shown no second factor, UnavailableError.
        """
        asserted, next_address = self.attempts.finish(sealed, answer)
        name = asserted.texts[NAME]
        actor = None if is_acting(name) else self.actors.find_actor(name)
        caller = nobody(name) if actor is None else official(actor)
        if self.second_factors and asserted.assurance not in self.second_factors:
            self.sessions.refuse(caller, "session/second-factor")
            raise NotPermitted(_NO_SECOND_FACTOR)
        if actor is None:
            self.sessions.refuse(caller, "session")
            raise NotPermitted("您的账号没有登记为本系统的办理人员。请联系系统维护人员登记。")
        if replaced is not None:
            self.sessions.end(replaced, caller)
        opening = Opening(actor.name, asserted.assurance, browser, asserted.session, asserted.subject)
        return self.sessions.open(opening, caller), next_address

    def resume(self, token: str, *, polled: bool = False) -> SignedIn:
        """The official of a session token; `polled` as in `Sessions.resume`.

        Raises NotSignedIn when it is unknown, idle too long, or over.
        """
        resumed = self.sessions.resume(token, polled=polled)
        kept = resumed.kept
        if is_acting(kept.owner):
            self.sessions.refuse(nobody(kept.owner), "session")
            raise NotSignedIn(OVER)
        actor = self.actors.find_actor(kept.owner)
        if actor is None:
            raise NotSignedIn(OVER)
        return SignedIn(
            official(actor),
            resumed.csrf_token,
            kept.ends_at,
            kept.id,
            resumed.next_token,
            actor.name,
            kept.acting_for,
        )

    def check_csrf(self, session: SignedIn, given: str | None, subject: str) -> None:
        """Pass when the session's CSRF token was sent along. Raises NotPermitted, written down, when not."""
        self.sessions.check_csrf(session.csrf_token, given, session.caller, subject)

    def act_for(self, session: bytes, name: str | None) -> None:
        """Have a session act for somebody from now on, None: for nobody; whether that is delegated, each request asks."""
        self.sessions.board.act_for(session, name)

    def end(self, token: str, caller: Caller) -> None:
        """End a session; ending it twice changes nothing."""
        self.sessions.end(token, caller)

    def work(self, _stopping: Callable[[], bool]) -> None:
        """Background work: forget sessions that are over."""
        self.sessions.forget_over()

    def end_as_provider_says(self, raw_token: str) -> None:
        """End the sessions that the provider ended. Raises NotSignedIn for a message that is not the provider's."""
        meant = self.attempts.known_provider().ended_there(raw_token, self.sessions.clock.now())
        self.sessions.end_as_provider_says(meant, self.attempts.spent)
