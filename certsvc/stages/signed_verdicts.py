"""Signed verdicts 已签名的核验结论: the answer to one question as a file that is filed, and checked years later without us.

Nothing is signed but the verdict that `Verification` gives, with what the published log proves of its slot. Every file is
checked with the reader's code before it is given out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certverify import Code, Trust, Verdict
from certverify.errors import CertverifyError
from certverify.leaf import SealLeaf, decode_leaf
from certverify.record import decode_record, record_bytes
from certverify.signed_verdict import check_signed_verdict
from certverify.verdict import Authentic, StatusWord

from certsvc.errors import ConflictError, IntegrityError, UnavailableError
from certsvc.formats.record import record_text
from certsvc.formats.signed_verdict import AskedBy, AskedQuestion, StatusEvidence, encode_signed_verdict
from certsvc.formats.status import chunk_of
from certsvc.ports import Clock
from certsvc.ports.platforms import ApiSigner
from certsvc.ports.verification import PublishedState
from certsvc.stages.bundling import prove_chunk
from certsvc.stages.manual_codes import CodeAnswers
from certsvc.stages.public_words import making
from certsvc.stages.published_log import PublishedLog
from certsvc.stages.verify import HolderClaim, Verification

SIGNED_VERDICT: Final = "已签名的核验结论"
_ATTEMPTS: Final = 3
_NOT_LISTED: Final = frozenset({Code.SIGNED_VERDICT_KEY_UNKNOWN, Code.SIGNED_VERDICT_KEY_NOT_IN_FORCE})
_HARMLESS: Final = frozenset(
    {
        Code.SIGNED_VERDICT_AHEAD,
        Code.SIGNED_VERDICT_NO_EVIDENCE,
        Code.NO_WITNESSES,
        Code.QUORUM_MISSING,
        Code.TEST_ENVIRONMENT,
    }
)


@dataclass(frozen=True, slots=True)
class SignedVerdict:
    """A finished file, and the verdict in it."""

    verdict: Verdict
    content: bytes


@dataclass(frozen=True, slots=True)
class SignedVerdicts:
    """Gives signed verdicts. `log` opens the published log, `signer` has the API key.

    Every question raises UnavailableError when register, tree or signer do not answer, and while the trust list in force does
    not name the API key: such a file nobody could check.
    """

    verification: Verification
    codes: CodeAnswers
    published: PublishedState
    log: Callable[[], PublishedLog]
    signer: Callable[[], ApiSigner]
    clock: Clock

    def for_record(self, qr_text: str, place: str | None = None) -> SignedVerdict:
        """On the text of a QR symbol."""
        return self._answer(AskedBy.QR, qr_text, place)

    def for_code(self, code: str, place: str | None = None) -> SignedVerdict:
        """On the record with this manual code."""
        return self._answer(AskedBy.CODE, self.codes.asked(code), place)

    def for_holder(self, claim: HolderClaim, place: str | None = None) -> SignedVerdict:
        """On the newest published version that agrees with the claim in all three parts."""
        found = self.verification.identify_holder(claim)
        if found is None or found.record is None:
            return self._answer(AskedBy.HOLDER, claim, place)
        return self._answer(AskedBy.HOLDER, record_text(found.record), place)

    def _answer(self, by: AskedBy, question: str | HolderClaim, place: str | None) -> SignedVerdict:
        """A publication between verdict and evidence makes them disagree: then both are taken again."""
        for _ in range(_ATTEMPTS):
            if isinstance(question, HolderClaim):
                verdict, record, slot = self.verification.check_holder(question, place), None, None
            else:
                verdict = self.verification.check_qr(question, place)
                record, slot = _believed(verdict, question)
            content = self._sign(AskedQuestion(by, place, record), verdict, self._evidence(verdict, slot))
            trust, _ = self.published.open()
            if self._holds(content, trust):
                return SignedVerdict(verdict, content)
        raise IntegrityError("核验结论与公开账本的证据不一致，没有出具已签名的核验结论。请稍后重试。")

    def _sign(self, question: AskedQuestion, verdict: Verdict, evidence: StatusEvidence | None) -> bytes:
        with making(SIGNED_VERDICT):
            signer = self.signer()
            return encode_signed_verdict(
                question, verdict.as_json(), evidence, self.clock.now(), signer.key_id, signer.sign
            )

    def _holds(self, content: bytes, trust: Trust) -> bool:
        """Whether the reader believes it. Raises UnavailableError while the list in force does not name the key."""
        check = check_signed_verdict(content, trust, self.clock.now())
        if not _NOT_LISTED.isdisjoint(check.codes):
            raise UnavailableError(
                "签署核验结论的密钥尚未列入公开的信任清单，暂时不能出具已签名的核验结论；核验不受影响。"
            )
        return check.statement is not None and _HARMLESS.issuperset(check.codes)

    def _evidence(self, verdict: Verdict, slot: int | None) -> StatusEvidence | None:
        """What the log proves of the slot; None where no status was found, or the log does not answer."""
        if slot is None or verdict.status is StatusWord.UNKNOWN:
            return None
        try:
            log = self.log()
            seal = log.prove(log.size - 1)
            sealed = decode_leaf(seal.leaf)
            if not isinstance(sealed, SealLeaf):
                return None
            return StatusEvidence(slot, log.note, seal, prove_chunk(log, sealed, chunk_of(slot)))
        except (UnavailableError, ConflictError, IntegrityError, CertverifyError, ValueError, IndexError):
            # The verdict says by itself that the log does not answer, or that its files disagree.
            return None


def _believed(verdict: Verdict, qr_text: str) -> tuple[bytes | None, int | None]:
    """The bytes and the slot of a record whose signature was verified; of anything else nothing is named."""
    if verdict.authentic is not Authentic.YES:
        return None, None
    items = decode_record(qr_text)
    record = items.record or items.historical
    return record_bytes(qr_text), None if record is None else record.slot
