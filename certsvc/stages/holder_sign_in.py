"""Signing in of holders 持证人: who the provincial identity platform asserts, for as long as a session lasts.

Source: real-name sign-in, 吉人社函〔2022〕38号 五（二）. A holder is a name and the number of an identity document; both
are kept sealed, and only while the session is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certsvc.domain.caller import Caller, holder_caller, nobody
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.errors import NotPermitted
from certsvc.ports import PersonalCipher
from certsvc.ports.access import Assertion
from certsvc.ports.sessions import SeenBrowsers
from certsvc.stages.sessions import OpenedSession, Opening, Sessions
from certsvc.stages.share_grants import Holder
from certsvc.stages.sign_in_attempts import Attempts, ProviderAnswer

NAME, ID_NUMBER, DOCUMENT_KIND = "name", "id_number", "document_kind"
"""Our words for the texts that the platform asserts."""
_CONTEXT: Final = b"holder_session/"
_ID_NUMBER: Final = re.compile(r"[0-9A-Z]{5,18}")
_NOT_SURE_ENOUGH: Final = (
    "登录没有完成：您在统一身份认证平台的实名等级还不够，不能查看和使用电子证书。"
    "请先在平台完成更高等级的实名认证（如人脸识别、身份证读卡或社会保障卡核验），再回到这里重新登录。"
)
_NOBODY_NAMED: Final = (
    "登录没有完成：统一身份认证平台没有提供您的姓名和证件号码。"
    "请在平台完成个人实名认证（单位账号不能登录），并同意向本服务提供姓名和证件号码，再重新登录。"
)


@dataclass(frozen=True, slots=True)
class AssertedHolder:
    """Who the provider says signed in: `document_kind` in its own words (None: not asserted), level of assurance."""

    holder: Holder
    document_kind: str | None
    assurance: str
    provider_session: bytes | None = None
    provider_subject: bytes | None = None


@dataclass(frozen=True, slots=True)
class SignedInHolder:
    """A holder's session in use. `next_token`: what the browser is to keep from now on (None: as it is)."""

    holder: Holder
    caller: Caller
    csrf_token: str
    ends_at: datetime
    session: bytes
    next_token: str | None


@dataclass(frozen=True, slots=True)
class HolderSignIn:
    """What signing in of holders needs. `enough`: the levels of assurance that are accepted."""

    attempts: Attempts
    sessions: Sessions
    cipher: PersonalCipher
    enough: frozenset[str]
    browsers: SeenBrowsers

    def finish(
        self, sealed: bytes, answer: ProviderAnswer, replaced: str | None, browser: str = ""
    ) -> tuple[OpenedSession, str]:
        """Open a session, if everything holds, and say where to go on; the browser's session until now (`replaced`) ends.

        Raises NotSignedIn for an attempt that does not hold, NotPermitted, written down, where the platform is not sure
        enough or names no person, UnavailableError.
        """
        asserted, next_address = self.attempts.finish(sealed, answer)
        holder = self._asserted(asserted)
        if replaced is not None:
            self.sessions.end(replaced, self.caller_of(holder.holder))
        return self.open(holder, browser), next_address

    def open(self, asserted: AssertedHolder, browser: str = "") -> OpenedSession:
        """Open a session for a holder that the provider has asserted; a new kind of browser is told to the holder."""
        opening = Opening(
            self.owner_of(asserted.holder),
            asserted.assurance,
            browser,
            asserted.provider_session,
            asserted.provider_subject,
        )
        self.browsers.note(self._person_key(asserted.holder), browser, self.sessions.clock.now())
        plain = json.dumps([asserted.holder.name, asserted.holder.id_number, asserted.document_kind])
        return self.sessions.open(
            opening,
            self.caller_of(asserted.holder),
            lambda session: self.cipher.encrypt(plain.encode(), context=_CONTEXT + session),
        )

    def resume(self, token: str, *, polled: bool = False) -> SignedInHolder:
        """The holder of a session token; `polled` as in `Sessions.resume`.

        Raises NotSignedIn when it is unknown, idle too long, or over.
        """
        resumed = self.sessions.resume(token, polled=polled)
        kept = resumed.kept
        plain = self.cipher.decrypt(kept.sealed_identity, context=_CONTEXT + kept.id)
        name, id_number, _ = json.loads(plain)
        holder = Holder(name, id_number)
        return SignedInHolder(
            holder,
            self.caller_of(holder),
            resumed.csrf_token,
            kept.ends_at,
            kept.id,
            resumed.next_token,
        )

    def check_csrf(self, session: SignedInHolder, given: str | None, subject: str) -> None:
        """Pass when the session's CSRF token was sent along. Raises NotPermitted, written down, when not."""
        self.sessions.check_csrf(session.csrf_token, given, session.caller, subject)

    def end(self, token: str, caller: Caller) -> None:
        """End a session; ending it twice changes nothing."""
        self.sessions.end(token, caller)

    def work(self, _stopping: Callable[[], bool]) -> None:
        """Background work: forget sessions that are over, and browsers that were seen too long ago."""
        self.sessions.forget_over()
        self.browsers.forget(self.sessions.clock.now())

    def end_as_provider_says(self, raw_token: str) -> None:
        """End the sessions that the provider ended. Raises NotSignedIn for a message that is not the provider's."""
        meant = self.attempts.known_provider().ended_there(raw_token, self.sessions.clock.now())
        self.sessions.end_as_provider_says(meant, self.attempts.spent)

    def caller_of(self, holder: Holder) -> Caller:
        """The holder as a caller: a pseudonym, the same whenever and however the number is written."""
        return holder_caller(self._person_key(holder))

    def owner_of(self, holder: Holder) -> str:
        """The holder as the owner of sessions."""
        return self._person_key(holder).hex()

    def _person_key(self, holder: Holder) -> bytes:
        return self.cipher.person_key(asked_id_numbers(holder.id_number)[-1])

    def _asserted(self, asserted: Assertion) -> AssertedHolder:
        name = asserted.texts.get(NAME, "").strip()
        id_number = asked_id_numbers(asserted.texts.get(ID_NUMBER, ""))[-1]
        named = bool(name) and _ID_NUMBER.fullmatch(id_number) is not None
        holder = Holder(name, id_number)
        if asserted.assurance not in self.enough:
            caller = self.caller_of(holder) if named else nobody("")
            self.sessions.refuse(caller, "session/assurance")
            raise NotPermitted(_NOT_SURE_ENOUGH)
        if not named:
            self.sessions.refuse(nobody(""), "session/identity")
            raise NotPermitted(_NOBODY_NAMED)
        kind = asserted.texts.get(DOCUMENT_KIND)
        return AssertedHolder(holder, kind, asserted.assurance, asserted.session, asserted.subject)
