"""Announced lists: loaded by one person, put in force by another of the same authority, neither of whom filed the batch.

A corrected document brings a list that replaces the one in force; what it changes is worked out when it is loaded (the
dry run that the second person sees) and stored when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certsvc.domain.announced_changes import Change, ListComparison, compare_lists
from certsvc.domain.announced_list import AnnouncedHead, AnnouncedList, Listed, ListStatus, list_id
from certsvc.domain.announcing_place import place_of_announcer
from certsvc.domain.caller import Caller
from certsvc.domain.delegation import persons_behind, share_a_person
from certsvc.domain.findings import Finding, stops
from certsvc.domain.permission import Action
from certsvc.domain.registry import Registry
from certsvc.domain.rules.announced import LIST_LINK, LIST_UNCLEAR
from certsvc.domain.submission import RawWorkbook
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.ports import ActorStore, Clock
from certsvc.ports.announced import AnnouncedStore
from certsvc.stages.announced_reading import ListReading, read_announced_list
from certsvc.stages.permits import Permits
from certsvc.stages.second_person import why_not_second


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What loading answers: every finding at once; the list as kept, None when an error refused the file or nothing was
    to be kept; for a correction every change against the list in force."""

    findings: tuple[Finding, ...]
    kept: AnnouncedList | None
    changes: tuple[Change, ...] = ()

    @property
    def refused(self) -> bool:
        """True when an error refused the file: nothing of it is kept."""
        return stops(self.findings)


@dataclass(frozen=True, slots=True)
class AnnouncedLists:
    """What it needs. `registry` gives the registry in force; `unfinished` counts the changes of a list (by id) that
    still ask for a decision."""

    actors: ActorStore
    permits: Permits
    lists: AnnouncedStore
    clock: Clock
    registry: Callable[[], Registry]
    unfinished: Callable[[str], int]

    def load(self, workbook: RawWorkbook, by: str) -> ListAnswer:
        """Load the list of a document. The same file is one list; an error anywhere refuses it, with all findings.

        Raises UnknownReference (actor), NotPermitted (authority, or who filed the batch), ConflictError (the document
        has a list).
        """
        reading = read_announced_list(workbook, self.clock.today())
        caller, place = self._loader(workbook, reading, by)
        if reading.head is None or stops(reading.findings):
            return ListAnswer(reading.findings, None)
        self.require_other_person(reading.head.document_ref, caller)
        return ListAnswer(reading.findings, self._save(workbook, reading.head, reading.rows, place, by, None))

    def replace(
        self, workbook: RawWorkbook, replaced_ref: str, document_ref: str, by: str, *, keep: bool = True
    ) -> ListAnswer:
        """Load the list of a corrected document 更正文件 against the one in force; without `keep` only compare.

        Raises as `load`; RequestError when the file names another document, UnknownReference when the replaced
        document has no confirmed list, ConflictError while changes of an earlier correction wait.
        """
        reading = read_announced_list(workbook, self.clock.today())
        caller, place = self._loader(workbook, reading, by)
        known = self.lists.find(list_id(workbook.digest))
        if known is not None and known.confirmed_by is not None:
            return ListAnswer(
                reading.findings, known, tuple(one.change for one in self.lists.changes(known.id))
            )
        before = self._replaceable(replaced_ref)
        if reading.head is None or stops(reading.findings):
            return ListAnswer(reading.findings, None)
        if reading.head.document_ref != document_ref:
            raise RequestError("文件中的公布文号与所给的更正文号不同。请核对更正文件的文号。")
        if document_ref in self.lists.chain(replaced_ref):
            raise RequestError("更正文件须有自己的文号，不能与被更正的文件相同。请核对文号。")
        if reading.head.announced_on < before.head.announced_on:
            raise RequestError("更正文件的公布日期早于被更正的文件。请核对日期。")
        self.require_other_person(document_ref, caller)
        found = compare_lists(self.lists.rows(before.id), reading.rows)
        findings = (*reading.findings, *_doubts(found))
        if stops(findings) or not keep:
            return ListAnswer(findings, None, found.changes)
        kept = self._save(workbook, reading.head, reading.rows, place, by, before.id)
        return ListAnswer(findings, kept, found.changes)

    def receive(
        self, workbook: RawWorkbook, replaced_ref: str, document_ref: str, by: str, *, keep: bool = True
    ) -> ListAnswer:
        """The list of a document, or of a corrected one where both references are given; empty words: none.

        Raises RequestError where only one of them is given; as `load`, as `replace`.
        """
        if bool(replaced_ref) != bool(document_ref):
            raise RequestError(
                "载入更正名单时，被更正的公布文号和更正文件的文号都要填写；首次载入的名单两项都不填。"
            )
        if replaced_ref:
            return self.replace(workbook, replaced_ref, document_ref, by, keep=keep)
        return self.load(workbook, by)

    def confirm(self, wanted: str, by: str) -> AnnouncedList:
        """The second person puts a list in force. By the same person again: nothing new.

        Raises UnknownReference, NotPermitted (same person, other authority, who filed the batch), ConflictError.
        """
        stored = self.find(wanted)
        subject = f"announced/{stored.id}"
        checker = self.permits.official(by, Action.ANNOUNCED_LIST_CONFIRM, subject)
        self.permits.require(
            Action.ANNOUNCED_LIST_CONFIRM,
            checker,
            subject,
            place=self.permits.place_of(stored.loaded_by, stored.loaded_at),
            first_person=self.permits.first_person(stored.loaded_by, stored.loaded_at),
        )
        self.require_other_person(stored.head.document_ref, checker)
        changes, refs = self._changes(stored)
        return self.lists.confirm(stored.id, checker.name, self.clock.now(), changes, refs)

    def may_confirm(self, stored: AnnouncedList, by: Caller) -> bool:
        """Whether the caller may put a list in force as the second person."""
        action = Action.ANNOUNCED_LIST_CONFIRM
        return stored.status is ListStatus.LOADED and (
            why_not_second(self.permits, action, by, stored.loaded_by, stored.loaded_at) is None
        )

    def preview(self, stored: AnnouncedList) -> tuple[Change, ...]:
        """What a list that waits for its second person would change; empty for one that replaces none."""
        if stored.replaces is None:
            return ()
        return compare_lists(self.lists.rows(stored.replaces), self.lists.rows(stored.id)).changes

    def find(self, wanted: str) -> AnnouncedList:
        """A list. Raises UnknownReference when there is none."""
        stored = self.lists.find(wanted.strip().upper())
        if stored is None:
            raise UnknownReference(f"没有编号为 {wanted[:32]} 的公布名单。请核对编号。")
        return stored

    def require_other_person(self, document_ref: str, by: Caller) -> None:
        """Raises NotPermitted for who filed a batch of the document: the list must come from somebody else."""
        filers = self.lists.submitters(self.lists.chain(document_ref))
        if any(self._is(by, filer, at) for filer, at in filers):
            raise NotPermitted("公布名单须由报送汇总表以外的人员载入和确认。请由另一位人员办理。")

    def require_other_filer(self, document_ref: str | None, by: Caller) -> None:
        """Raises NotPermitted for somebody who loaded or confirmed the list and now files the batch."""
        stored = None if document_ref is None else self.lists.in_force(document_ref)
        if stored is None:
            return
        handlers = (stored.loaded_by, stored.loaded_at), (stored.confirmed_by, stored.confirmed_at)
        if any(name is not None and self._is(by, name, at) for name, at in handlers):
            raise NotPermitted("该公布文件的名单由您载入或确认，汇总表须由另一位人员报送。")

    def _is(self, by: Caller, name: str, at: datetime | None) -> bool:
        first = self.permits.first_person(name, at)
        return share_a_person(first.persons, persons_behind(by.name, by.person))

    def _replaceable(self, replaced_ref: str) -> AnnouncedList:
        before = self.lists.in_force(replaced_ref)
        if before is None:
            raise UnknownReference("被更正的公布文件没有已确认的名单。请先载入并确认原名单。")
        if before.status is ListStatus.REPLACED:
            raise ConflictError("该公布文件已有更正。请以最近的更正文件的文号作为被更正的文号。")
        if self.unfinished(before.id):
            raise ConflictError("上一次更正还有变更没有办结。请先办结，再载入新的更正。")
        return before

    def _changes(self, stored: AnnouncedList) -> tuple[tuple[Change, ...], tuple[str, ...]]:
        if stored.replaces is None or stored.status is not ListStatus.LOADED:
            return (), ()
        before = self.find(stored.replaces)
        if self.unfinished(before.id):
            raise ConflictError("上一次更正还有变更没有办结。请先办结，再确认新的更正。")
        return self.preview(stored), self.lists.chain(before.head.document_ref)

    def _loader(self, workbook: RawWorkbook, reading: ListReading, by: str) -> tuple[Caller, str | None]:
        subject = f"announced/{list_id(workbook.digest)}"
        caller = self.permits.official(by, Action.ANNOUNCED_LIST_LOAD, subject)
        if reading.head is None:
            self.permits.require_role(Action.ANNOUNCED_LIST_LOAD, caller, subject)
            return caller, None
        place = place_of_announcer(reading.head.announcing_body, self.registry())
        self.permits.require(Action.ANNOUNCED_LIST_LOAD, caller, subject, place=place)
        return caller, place

    def _save(
        self,
        workbook: RawWorkbook,
        head: AnnouncedHead,
        rows: tuple[Listed, ...],
        place: str | None,
        by: str,
        replaces: str | None,
    ) -> AnnouncedList:
        new = AnnouncedList(
            id=list_id(workbook.digest),
            digest=workbook.digest,
            head=head,
            place=place,
            row_count=len(rows),
            status=ListStatus.LOADED,
            replaces=replaces,
            loaded_by=by,
            loaded_at=self.clock.now(),
        )
        return self.lists.save(new, rows)


def _doubts(found: ListComparison) -> tuple[Finding, ...]:
    return (
        *(LIST_LINK.finding(row=number, column="原序号") for number in found.mistaken),
        *(LIST_UNCLEAR.finding(row=number, column="原序号") for number in found.unclear),
    )
