"""Answering the application system whether a person may apply; every question is a look at a person and is noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certsvc.domain.caller import Caller
from certsvc.domain.eligibility import EligibilityQuestion, PersonFacts, judge_eligibility
from certsvc.domain.permission import Action
from certsvc.domain.policy.resolution import PolicySet
from certsvc.formats.eligibility_answer import encode_eligibility
from certsvc.ports import Clock, FilingStore, PersonalCipher
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.decisions import Versions
from certsvc.ports.verification import Register
from certsvc.stages.permits import Permits

PURPOSE = "核查申报资格"
_LOOK_LENGTH = 19  # hexadecimal digits of the person's keyed digest in the log of looks


@dataclass(frozen=True, slots=True)
class EligibilityDesk:
    """What answering needs. `historical_names`: on older papers of a person; `versions`: of a certificate.

    `register` tells which certificates are published: others are not told, as a verifier would not find them. `policies`:
    those in force.
    """

    permits: Permits
    facts: FilingStore
    historical_names: Callable[[str], frozenset[str]]
    versions: Callable[[str], Versions]
    register: Register
    cipher: PersonalCipher
    looks: PersonalLooks
    clock: Clock
    policies: Callable[[], PolicySet]

    def answer(self, question: EligibilityQuestion, raw_question: bytes, by: Caller) -> bytes:
        """The answer's bytes. Raises NotPermitted for anybody but a program registered for this purpose."""
        self.permits.require(Action.ELIGIBILITY_ASK, by, "eligibility")
        at, number = self.clock.now(), question.document.number
        looked_at = "P" + self.cipher.person_key(number).hex()[:_LOOK_LENGTH].upper()
        self.looks.append(PersonalLook(at, "service", by.name, looked_at, PURPOSE))
        judged = judge_eligibility(question, self._facts(question), self.policies())
        return encode_eligibility(question, judged, raw_question, at)

    def _facts(self, question: EligibilityQuestion) -> PersonFacts:
        number = question.document.number
        held = self.facts.titles_held([number]).get(number, ())
        titles = tuple(one for one in held if self._can_be_verified(one.number))
        names = {versions[-1].content.award.name for one in titles if (versions := self.versions(one.number))}
        names |= self.historical_names(number)
        return PersonFacts(
            titles=titles,
            credit_blocks=self.facts.credit_blocks([number]).get(number, ()),
            cancelled_years=self.facts.cancelled_years([number]).get(number, frozenset()),
            aided_before=number in self.facts.aided_before([number]),
            name_agrees=question.name in names if names else None,
        )

    def _can_be_verified(self, number: str) -> bool:
        """False for a certificate that was never published; older papers and mapping statements have no certificate."""
        versions = self.register.versions(number)
        return not versions or any(version.published for version in versions)
