"""Policies and calendars of an office: loading, what is in force, and filings examined again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from certsvc.adapters.policy_store import DatabasePolicyStore
from certsvc.adapters.shipped_policies import shipped_bodies, shipped_documents, shipped_policies
from certsvc.domain.policy.decoding import decode_policy
from certsvc.domain.policy.document import PolicyDocument
from certsvc.domain.policy.resolution import PolicySet
from certsvc.errors import ConflictError
from certsvc.ports.access import PersonalLook
from certsvc.ports.policies import KeptCalendar, KeptPolicy

if TYPE_CHECKING:
    from certsvc.bootstrap.parts import Parts
    from certsvc.domain.calendar import WorkCalendar
    from certsvc.domain.caller import Caller
    from certsvc.domain.registry import Registry
    from certsvc.domain.submission import RawWorkbook
    from certsvc.stages.reception import Reception
    from certsvc.stages.reexamination import Reexamined


class Policies:
    """What the gate judges by beside the registry. Every answer is that of the database at the moment of the call."""

    def __init__(
        self,
        parts: Parts,
        read_file: Callable[[bytes, str], RawWorkbook],
        registry_of: Callable[[bytes], Registry],
        reception: Callable[[], Reception],
    ) -> None:
        self._parts = parts
        self._read_file = read_file
        self._registry_of = registry_of
        self._reception = reception
        self._decoded: dict[str, PolicyDocument] = {one.digest: one for one in shipped_documents()}
        self._set = shipped_policies()
        self._shipped_kept = False

    @cached_property
    def store(self) -> DatabasePolicyStore:
        """Where documents and calendars are kept."""
        return DatabasePolicyStore(self._parts.engine)

    def load(self, raw: bytes) -> PolicyDocument:
        """Put a policy document in force, in place of an older one of its identity.

        Raises UnreadableInput naming the place of a fault, ConflictError for the identity of a shipped document.
        """
        document = decode_policy(raw)
        if any(document.id == shipped.id for shipped in shipped_documents()):
            raise ConflictError(
                f"编号 {document.id} 是随程序发布的政策文件，不能替换。请另用编号；新文件自施行之日起优先适用。"
            )
        self.store.load_policy(_kept(document, raw), self._parts.clock.now())
        return document

    def in_force(self) -> PolicySet:
        """Shipped documents and loaded ones; all of them are kept before anything is examined by them."""
        if not self._shipped_kept:
            kept = map(_kept, shipped_documents(), shipped_bodies())
            self.store.keep_shipped(kept, self._parts.clock.now())
            self._shipped_kept = True
        loaded = self.store.loaded_policies()
        documents = (*shipped_documents(), *(self._document(one.body.encode()) for one in loaded))
        return self._joined(documents)

    def of_digests(self, digests: Iterable[str]) -> PolicySet:
        """The documents of a snapshot. Raises UnknownReference for one that was never kept here."""
        asked = tuple(digests)
        unknown = tuple(digest for digest in asked if digest not in self._decoded)
        for body in self.store.policy_bodies(unknown):
            self._document(body)
        return self._joined(tuple(self._decoded[digest] for digest in asked))

    def load_calendar(self, raw: bytes) -> KeptCalendar:
        """Put a year's calendar in force, in place of an older one. Raises UnreadableInput naming the place."""
        from certsvc.domain.calendar_decoding import decode_calendar

        decoded = decode_calendar(raw)
        year = decoded.year
        kept = KeptCalendar(decoded.digest, year.year, year.document, raw.decode("utf-8-sig"))
        self.store.load_calendar(kept, self._parts.clock.now())
        return kept

    def calendar(self) -> WorkCalendar:
        """The published years, with loaded ones added and corrected ones in place of those before."""
        from certsvc.adapters.work_calendar import published_calendar
        from certsvc.domain.calendar_decoding import decode_calendar

        loaded = self.store.loaded_calendars()
        return published_calendar().joined_with(decode_calendar(one.body.encode()).year for one in loaded)

    def reexamine(self, filing: str, by: Caller, *, now: bool = False) -> Reexamined:
        """Examine a filing again, under its own snapshot or today's facts; the look is written down first."""
        from certsvc.adapters.answer_store import DatabaseAnswers
        from certsvc.stages.reexamination import Reexamination

        parts = self._parts
        parts.looks.append(PersonalLook(parts.clock.now(), "cli", by.name, filing, "复审备案"))
        reexamination = Reexamination(
            parts.filings,
            DatabaseAnswers(parts.engine, parts.keys.cipher),
            self._read_file,
            self._registry_of,
            lambda digests: shipped_policies() if digests is None else self.of_digests(digests),
            lambda own_id, submission: self._reception().facts_now(own_id, submission),
        )
        return reexamination.examine(filing, now=now)

    def _document(self, raw: bytes) -> PolicyDocument:
        document = decode_policy(raw)
        return self._decoded.setdefault(document.digest, document)

    def _joined(self, documents: tuple[PolicyDocument, ...]) -> PolicySet:
        if self._set.documents != documents:
            self._set = PolicySet(documents)
        return self._set


def _kept(document: PolicyDocument, raw: bytes) -> KeptPolicy:
    return KeptPolicy(
        document.digest, document.id, document.document, document.issued_on, raw.decode("utf-8-sig")
    )
