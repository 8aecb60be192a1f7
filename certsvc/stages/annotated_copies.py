"""Making, listing, giving and ending annotated copies 加注件.

The order of making: the copy is written down, while its certificate is held, in force and with room for one more; then its
record is signed, verified and kept; then the document is written, signed and kept; then it is shown. A process that dies
leaves a copy without a document, which the same request, any question for the document, or the background work finishes.

The portal asks in a holder's name, as with share grants; at the office the operator asks by the certificate's number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

from certsvc.domain.annotated_copy import (
    AnnotatedCopy,
    copy_words,
    new_copy_id,
    require_end,
    require_in_force,
    require_printable,
    require_room,
    require_space,
    require_usable,
)
from certsvc.domain.caller import Caller
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.corridor import Draft
from certsvc.errors import (
    ConflictError,
    IntegrityError,
    OlderDatabase,
    RequestError,
    UnavailableError,
    UnknownReference,
)
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.annotated_copies import CopyStore, JudgeCopy
from certsvc.ports.share_grants import PublishedVersions
from certsvc.stages.public_words import making
from certsvc.stages.share_grants import Holder, Ownership

_log = logging.getLogger(__name__)
_COPY = "加注件"
_NO_CERTIFICATE = "没有与持证人相符的证书。请核对证书编号。"
_UNKNOWN = "没有这份加注件。请刷新列表后重试。"
_CHANGED = "证书刚刚有变动，没有办理加注件。请稍后重试。"

PrintCopy = Callable[[Draft, AnnotatedCopy], str]
"""Sign and keep whatever a copy lacks; the digest of its kept document."""


@dataclass(frozen=True, slots=True)
class CopyWish:
    """What is asked for: whose request it is tells `request`, by which the same wish is made once, however often it is sent."""

    number: str
    recipient: str
    purpose: str
    ends_on: date
    request: str


@dataclass(frozen=True, slots=True)
class AnnotatedCopies:
    """The copies of an office.

    `missing`: the characters that the fonts lack; `without_room`: the texts that fit nowhere on the page; `read`: the kept
    document of a copy, None while there is none.
    """

    store: CopyStore
    certificates: PublishedVersions
    ownership: Ownership
    clock: Clock
    random_bytes: Callable[[int], bytes]
    missing: Callable[[Iterable[str]], frozenset[str]]
    without_room: Callable[[Draft, AnnotatedCopy], tuple[str, ...]]
    print_copy: PrintCopy
    read: Callable[[str], bytes | None]
    looks: PersonalLooks

    def make(self, holder: Holder, wish: CopyWish, by: Caller) -> AnnotatedCopy:
        """A copy of the holder's own certificate, finished. Raises UnknownReference when the holder has no such certificate.

        Raises RequestError (words, glyphs, last day) and ConflictError (not in force, three are live, another wish under
        the same request).
        """
        newest = self._newest(wish.number)
        if newest is None or not self.ownership.holds(holder, newest.content):
            raise UnknownReference(_NO_CERTIFICATE)
        begun = self._begin(newest, wish, by)
        with making(_COPY):
            return self._finish(begun)

    def make_at_office(self, wish: CopyWish, by: Caller) -> AnnotatedCopy:
        """The same for whoever stands at the counter; the operator has seen the identity document."""
        newest = self._newest(wish.number)
        if newest is None:
            raise UnknownReference("没有这份证书。请核对证书编号。")
        return self._finish(self._begin(newest, wish, by))

    def of_holder(self, holder: Holder) -> tuple[AnnotatedCopy, ...]:
        """The holder's copies, newest first: of certificates that bear the holder's name, and a number of theirs."""
        copies = self.store.of_holder(_plain(holder.id_number))
        own = {number for number in {one.number for one in copies} if self._is_own(holder, number)}
        return tuple(one for one in copies if one.number in own)

    def of_certificate(self, number: str) -> tuple[AnnotatedCopy, ...]:
        """The copies of a certificate, newest first."""
        return self.store.of_certificate(_plain(number))

    def document(self, copy: str, by: Caller, channel: str, holder: Holder | None = None) -> bytes:
        """The PDF of a copy that may still be used, finished first if need be; the look is written down before.

        With a holder, of the holder's own alone. Raises UnknownReference, ConflictError for a copy that has ended, or whose
        certificate is not in force: neither when it is asked nor when it is handed out.
        """
        found = self._own(copy, holder)
        require_usable(found, self.clock.today())
        with nullcontext() if holder is None else making(_COPY):
            finished = self._finish(found)
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, finished.id, "下载加注件"))
        document = self.read(finished.id)
        if document is None:
            raise IntegrityError(f"加注件 {finished.id} 的文件不在档案中，已停止处理。")
        require_usable(self._own(copy, holder), self.clock.today())
        return document

    def withdraw(self, copy: str, by: Caller, holder: Holder | None = None) -> AnnotatedCopy:
        """End a copy early; again: nothing new. Raises UnknownReference."""
        return self.store.withdraw(self._own(copy, holder).id, by, self.clock.now())

    def work(self, stopping: Callable[[], bool]) -> None:
        """Finish the copies that a process left behind, one after another until `stopping`.

        One that cannot be finished is told to the log and holds up no other; it is tried again the next time.
        Raises ConfigurationError and OlderDatabase, which are about all of them.
        """
        after, today = "", self.clock.today()
        while not stopping() and (waiting := self.store.waiting(1, today, after)):
            after = waiting[0].id
            try:
                self._finish(waiting[0])
            except OlderDatabase:
                raise
            except (UnavailableError, ConflictError, RequestError) as error:
                _log.warning("annotated copy %s waits (%s): %s", after, error.code, error)
            except IntegrityError as error:
                _log.critical("annotated copy %s cannot be finished: %s", after, error)

    def _begin(self, newest: Draft, wish: CopyWish, by: Caller) -> AnnotatedCopy:
        today, content = self.clock.today(), newest.content
        words = copy_words(wish.recipient, wish.purpose)
        fresh = AnnotatedCopy(
            id=new_copy_id(self.random_bytes),
            number=content.number,
            version=content.version,
            words=words,
            made_at=self.clock.now(),
            ends_on=wish.ends_on,
        )
        begun = self.store.begin(
            fresh, wish.request, content.award.document.number, by, self._judge(newest, fresh, today)
        )
        if (begun.number, begun.words, begun.ends_on) != (content.number, words, wish.ends_on):
            raise ConflictError("这个请求号已用于另一份加注件。请换一个请求号后重试。")
        return begun

    def _judge(self, newest: Draft, fresh: AnnotatedCopy, today: date) -> JudgeCopy:
        """Everything that printing could stumble over is known before the copy is written down."""
        lacking = self.missing((fresh.words.recipient, fresh.words.purpose))
        too_long = () if lacking else self.without_room(newest, fresh)

        def judge(version: int, status: CertificateStatus, copies: Sequence[AnnotatedCopy]) -> None:
            require_printable(lacking)
            require_space(too_long)
            require_end(fresh.ends_on, today)
            require_in_force(status)
            if version != fresh.version:
                raise ConflictError(_CHANGED)
            require_room(copies, version, today)

        return judge

    def _finish(self, copy: AnnotatedCopy) -> AnnotatedCopy:
        """Nothing is printed of a copy that ended, or whose certificate is not in force any more: ConflictError."""
        now = self.store.find(copy.id)
        if now is None:
            raise UnknownReference(_UNKNOWN)
        if now.ready or now.withdrawn_at is not None:
            return now
        require_usable(now, self.clock.today())
        versions = self.certificates.published(number=copy.number)
        draft = next((one.draft for one in versions if one.draft.content.version == copy.version), None)
        if draft is None:
            raise IntegrityError(f"加注件 {copy.id} 所依据的证书版本不存在，已停止处理。")
        return self.store.finish(copy.id, self.print_copy(draft, copy))

    def _own(self, copy: str, holder: Holder | None) -> AnnotatedCopy:
        found = self.store.find(copy) if holder is None else self._of_holder(copy, holder)
        if found is None:
            raise UnknownReference(_UNKNOWN)
        return found

    def _of_holder(self, copy: str, holder: Holder) -> AnnotatedCopy | None:
        return next((one for one in self.of_holder(holder) if one.id == copy), None)

    def _is_own(self, holder: Holder, number: str) -> bool:
        newest = self._newest(number)
        return newest is not None and self.ownership.holds(holder, newest.content)

    def _newest(self, number: str) -> Draft | None:
        versions = self.certificates.published(number=_plain(number))
        return versions[-1].draft if versions else None


def _plain(number: str) -> str:
    return number.strip().upper()
