"""Verification by manual code 校验码: whoever types the code beside the QR symbol is answered as if it had been scanned.

A code that no record has is answered as a claim that agrees with nothing, after comparable work.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from certverify import Verdict

from certsvc.formats.record import record_text
from certsvc.ports.manual_codes import RecordsByCode
from certsvc.stages.past_answers import PastAnswer, PastAnswers
from certsvc.stages.proof import GivenProof, ProofDesk
from certsvc.stages.verify import HolderClaim, Verification

_NOBODY: Final = HolderClaim(number="-", name="-", id_last4="----")


class CodeAnswers:
    """Answers about the records of every source; a code is its 15 symbols, as `certverify.manual_code` reads them.

    Each raises what the same question by QR text raises.
    """

    def __init__(
        self, verification: Verification, past: PastAnswers, sources: Sequence[RecordsByCode]
    ) -> None:
        self._verification = verification
        self._past = past
        self._sources = tuple(sources)

    def check(self, code: str, place: str | None = None) -> Verdict:
        """The verdict on the record with this code."""
        text = self._text(code)
        if text is None:
            return self._verification.check_holder(_NOBODY, place)
        return self._verification.check_qr(text, place)

    def past(self, code: str, on: date, place: str | None = None) -> PastAnswer:
        """How the certificate whose record has this code stood on a day."""
        text = self._text(code)
        if text is None:
            return self._past.for_holder(_NOBODY, on, place)
        return self._past.for_record(text, on, place)

    def hand_out(self, code: str, desk: ProofDesk) -> GivenProof:
        """The bundle that a desk has of the certificate whose record has this code."""
        text = self._text(code)
        return desk.for_holder(_NOBODY) if text is None else desk.for_record(text)

    def asked(self, code: str) -> str | HolderClaim:
        """The same question in other words: the text of the record with this code, or a claim that agrees with nothing."""
        text = self._text(code)
        return _NOBODY if text is None else text

    def _text(self, code: str) -> str | None:
        """The QR text, without link, of the record with this code; every source is asked, whichever has it."""
        records = [source.record(code) for source in self._sources]
        found = next((one for one in records if one is not None), None)
        return None if found is None else record_text(found)
