"""Stage `issue`: admissions become drafts. Number, slot, content and commitment are stored before a key is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certsvc.domain.certificate import Award, CertificateContent
from certsvc.domain.corridor import Draft
from certsvc.domain.rules.at_issue import examine_at_issue
from certsvc.formats.commitment import SALT_BYTES, commit
from certsvc.formats.content import encode_content
from certsvc.ports import CertificateStore, Clock

FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Issuing:
    """What drafting needs: the store, the clock, the issuing authority's name and a source of random bytes."""

    store: CertificateStore
    clock: Clock
    issuer: str
    random_bytes: Callable[[int], bytes]

    def draft(self, filing: str, most: int) -> int:
        """Draft up to `most` admitted persons of a filing that have no draft yet; how many were dealt with.

        Rows that meanwhile have something against them are held, with findings. A killed run is simply run again: what is
        drafted stays, nobody is drafted twice.
        """
        awards = self.store.undrafted(filing, most)
        if awards:
            at = self.clock.now()

            def compose(award: Award, number: str, slot: int) -> Draft:
                content = CertificateContent(
                    number, FIRST_VERSION, slot, award, self.issuer, issued_on=self.clock.today()
                )
                payload, salt = encode_content(content), self.random_bytes(SALT_BYTES)
                return Draft(filing, content, payload, salt, commit(salt, payload), at)

            self.store.draft(filing, awards, at, compose, examine_at_issue)
        return len(awards)
