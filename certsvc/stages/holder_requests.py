"""The holder's side of requests 申请: making, following, completing and withdrawing them.

Source: the right to have personal data corrected, and to be answered (个人信息保护法 第四十六条、第五十条). The notices give no
term for the answer; the number of working days is a setting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, Protocol

from certsvc.domain.calendar import UnknownCalendarYearError, WorkCalendar
from certsvc.domain.caller import Caller
from certsvc.domain.decision_authority import city_responsible
from certsvc.domain.decision_document import MediaType
from certsvc.domain.holder_request import (
    MOST_A_DAY,
    MOST_FILES,
    MOST_OPEN,
    WITHDRAWN_KEPT,
    EvidenceFile,
    HolderRequest,
    RequestKind,
    RequestState,
    WholeRequest,
    evidence_file,
    is_number,
    lines,
    new_number,
    request_words,
)
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, RequestError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.holder_requests import NewRequest, RequestMove, RequestStore, TooMany
from certsvc.ports.own_certificates import HoldersNumbers
from certsvc.ports.share_grants import PublishedVersions
from certsvc.stages.permits import Permits
from certsvc.stages.share_grants import Holder

_NOT_YOURS: Final = "您名下没有这个编号的证书或历史记录。请核对编号；证件号码变更过的，请选择“证件号码变更”。"
_UNKNOWN: Final = "没有这项申请。请在“我的申请”中查看受理编号。"
_LONGEST_SUPPLEMENT: Final = 1000
_CHUNK: Final = 200
_WEEKEND: Final = 5
_OPEN: Final = frozenset({RequestState.RECEIVED, RequestState.ASSIGNED, RequestState.ASKED})


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What a form of the portal holds. `form`: a text that the page made for this one form."""

    kind: RequestKind
    subject: str
    wrong: str
    right: str
    old_number: str
    files: tuple[bytes, ...]
    form: str


class Calendars(Protocol):
    """Where the calendar in force is found."""

    def __call__(self) -> WorkCalendar:
        """The calendar."""
        ...


@dataclass(frozen=True, slots=True)
class HolderRequests:
    """What the portal calls. `days`: working days within which a request is to be answered."""

    permits: Permits
    store: RequestStore
    numbers: HoldersNumbers
    certificates: PublishedVersions
    looks: PersonalLooks
    key_of: Callable[[str], bytes]
    calendar: Calendars
    days: int
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def make(self, holder: Holder, by: Caller, form: RequestForm) -> str:
        """Hand a request in; its receipt number, the same for the same form.

        Raises NotPermitted, RequestError (words, files), UnknownReference (not the holder's), ConflictError (too many open).
        """
        self.permits.require(Action.REQUEST_MAKE, by, "request")
        words = request_words(
            form.kind,
            holder.name,
            holder.id_number,
            subject=form.subject,
            wrong=form.wrong,
            right=form.right,
            old_number=form.old_number,
        )
        files, now = _files(form.files), self.clock.now()
        request = HolderRequest(
            new_number(self.random_bytes),
            form.kind,
            words.subject,
            self._place(holder, words.subject),
            RequestState.RECEIVED,
            now,
            self._due_on(),
        )
        key = sha256(form.form.encode("utf-8", "replace")).digest()
        new = NewRequest(request, words, self._owner(holder), key, files)
        number = self.store.receive(new, by, MOST_OPEN, MOST_A_DAY)
        match number:
            case TooMany.OPEN:
                raise ConflictError(
                    f"您有 {MOST_OPEN} 项申请还没有办结。请等其中一项办结，或先撤回不需要的申请。"
                )
            case TooMany.A_DAY:
                raise ConflictError(f"24 小时内最多提出 {MOST_A_DAY} 项申请（含已撤回的）。请明天再提出。")
            case str():
                return number

    def listed(
        self, holder: Holder, by: Caller, offset: int, most: int
    ) -> tuple[int, tuple[HolderRequest, ...]]:
        """How many requests the holder made, and some of them, newest first. Raises NotPermitted."""
        self.permits.require(Action.OWN_REQUEST_READ, by, "request")
        return self.store.of_owner([self._owner(holder)], offset, most)

    def show(self, holder: Holder, by: Caller, number: str) -> WholeRequest:
        """A request of the holder; the look is written down first. Raises NotPermitted, UnknownReference."""
        self.permits.require(Action.OWN_REQUEST_READ, by, "request")
        found = self.store.whole(number, self._owner(holder)) if is_number(number) else None
        if found is None:
            raise UnknownReference(_UNKNOWN)
        self.looks.append(PersonalLook(self.clock.now(), "portal", by.name, number, "查看本人申请"))
        return found

    def file(self, holder: Holder, by: Caller, number: str, place: int) -> tuple[MediaType, bytes]:
        """A file of a request of the holder. Raises NotPermitted, UnknownReference."""
        self.show(holder, by, number)
        found = self.store.file(number, place)
        if found is None:
            raise UnknownReference("没有这个文件。")
        return found

    def complete(self, holder: Holder, by: Caller, number: str, words: str, files: Sequence[bytes]) -> None:
        """Hand in what was asked back. Raises NotPermitted, UnknownReference, RequestError, ConflictError."""
        self.permits.require(Action.REQUEST_MAKE, by, "request")
        told = lines(words, "补正说明", _LONGEST_SUPPLEMENT)
        move = RequestMove(
            {RequestState.ASKED}, RequestState.ASSIGNED, told, Action.REQUEST_MAKE, files=_files(files)
        )
        self._move(holder, by, number, move)

    def withdraw(self, holder: Holder, by: Caller, number: str) -> None:
        """Take a request back that was not accepted yet. Raises NotPermitted, UnknownReference, ConflictError."""
        self.permits.require(Action.REQUEST_MAKE, by, "request")
        move = RequestMove(_OPEN, RequestState.WITHDRAWN, "", Action.REQUEST_MAKE)
        self._move(holder, by, number, move)

    def _move(self, holder: Holder, by: Caller, number: str, move: RequestMove) -> None:
        if not is_number(number):
            raise UnknownReference(_UNKNOWN)
        self.store.move(number, move, by, self.clock.now(), self._owner(holder))

    def _place(self, holder: Holder, subject: str) -> str | None:
        """The city responsible; None for the province. Only the ID number is compared: a name may have changed."""
        if not subject:
            return None
        asked = asked_id_numbers(holder.id_number)
        if subject in self.numbers.certificates(asked):
            return city_responsible(self.certificates.published(number=subject)[-1].draft.content.award)
        if subject in self.numbers.historical(asked):
            return None
        raise UnknownReference(_NOT_YOURS)

    def _due_on(self) -> date:
        today = self.clock.today()
        try:
            return self.calendar().publicity_end(today, self.days)
        except UnknownCalendarYearError:
            return _weekdays_after(today, self.days)  # the holidays of a year that is not published yet

    def _owner(self, holder: Holder) -> bytes:
        return self.key_of(asked_id_numbers(holder.id_number)[-1])


@dataclass(frozen=True, slots=True)
class WithdrawnEvidence:
    """Deletes the files of withdrawn requests when they were kept long enough; the requests themselves stay."""

    store: RequestStore
    clock: Clock

    def work(self, stopping: Callable[[], bool]) -> None:
        """Delete, chunk by chunk."""
        before = self.clock.now() - WITHDRAWN_KEPT
        while not stopping() and self.store.forget_withdrawn(before, _CHUNK) == _CHUNK:
            pass


def _files(given: Sequence[bytes]) -> tuple[EvidenceFile, ...]:
    if len(given) > MOST_FILES:
        raise RequestError(f"一次最多附 {MOST_FILES} 个文件。")
    return tuple(evidence_file(raw) for raw in given)


def _weekdays_after(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _WEEKEND
    return day
