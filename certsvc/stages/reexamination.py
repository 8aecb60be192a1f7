"""Examining a past filing again: under the facts it was decided on, or under those of today.

The first answers an appeal or an audit: the same file, facts and documents give the same answer, whatever was loaded
since, and rules that came later say nothing. The second shows what would be decided now. Neither changes anything that is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certsvc.domain.examined_answer import ExaminedAnswer
from certsvc.domain.facts import GateFacts
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.registry import Registry
from certsvc.domain.rules.registry import RULE_SET_VERSION
from certsvc.domain.submission import RawWorkbook, Submission
from certsvc.formats.examination import answer_of, differing_rows, encode_answer
from certsvc.formats.facts import decode_facts, facts_references
from certsvc.ports import FilingStore
from certsvc.ports.policies import AnswerStore
from certsvc.stages.filing import accept
from certsvc.stages.gate import examine


@dataclass(frozen=True, slots=True)
class Reexamined:
    """Both answers, what the second rests on, and the rows in which they differ (None: the header)."""

    filing: str
    stored: ExaminedAnswer
    again: ExaminedAnswer
    registry: str
    policies: tuple[str, ...]
    rows: tuple[int | None, ...]

    @property
    def same(self) -> bool:
        """True when both answers have the same bytes."""
        return encode_answer(self.stored) == encode_answer(self.again)


@dataclass(frozen=True, slots=True)
class Reexamination:
    """What examining again needs. `policies_of`: documents by digest; None: those that ship with the program."""

    filings: FilingStore
    answers: AnswerStore
    read_file: Callable[[bytes, str], RawWorkbook]
    registry_of: Callable[[bytes], Registry]
    policies_of: Callable[[tuple[str, ...] | None], PolicySet]
    facts_now: Callable[[str, Submission], tuple[GateFacts, str]]

    def examine(self, filing: str, *, now: bool = False) -> Reexamined:
        """Examine a filing again. Raises UnknownReference for one that does not exist."""
        stored, snapshot = self.answers.answer(filing)
        raw, file_name = self.filings.filed_file(filing)
        intake = accept(self.read_file(raw, file_name))
        if now:
            facts, registry_digest = self.facts_now(filing, intake.submission)
        else:
            facts, registry_digest = self._facts_then(snapshot)
        rule_set = RULE_SET_VERSION if now else stored.rule_set
        again = answer_of(examine(intake.submission, intake.findings, facts, rule_set))
        return Reexamined(
            filing=filing,
            stored=stored,
            again=again,
            registry=registry_digest,
            policies=facts.policies.digests,
            rows=differing_rows(stored, again),
        )

    def _facts_then(self, snapshot: bytes) -> tuple[GateFacts, str]:
        named = facts_references(snapshot)
        registry = self.registry_of(self.filings.registry(named.registry))
        return decode_facts(snapshot, registry, self.policies_of(named.policies)), named.registry
