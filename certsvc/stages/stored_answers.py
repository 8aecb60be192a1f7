"""Making stored answers: the verdict on every published record, without the age of what it rests on.

An answer is stored only while register and log agree about every version of a number, so that whoever tells it has to ask
the log for nothing but the very same slot value. What cannot be stored is answered as ever, by verification itself.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from certverify import LedgerUnavailable, Outcome, StatusSource, Trust, Verdict
from certverify.codes import Code
from certverify.examination import Examination, Question
from certverify.meanings import MEANINGS

from certsvc.errors import CertsvcError
from certsvc.formats.record import record_text
from certsvc.ports import Clock
from certsvc.ports.stored_answers import FRAME_ID_BYTES, AnswerFrame, AnswerStore, StoredAnswer, record_key
from certsvc.ports.verification import DecisionNotice, PublishedState, RegisteredVersion, RegisterEntry
from certsvc.stages.verify import MAX_AGE_ON_LINE, Verification

CHUNK: Final = 200
_log = logging.getLogger(__name__)
_FORM: Final = "certsvc/stored-answer/v1"
_AGE: Final = b'"as_of":null,"checkpoint_age":null'
_AS_OF: Final = b'"as_of":'
_OWN: Final = b'"certificate":{'
_WORDS: Final = sha256(
    "".join(f"{code}{meaning}" for code, meaning in sorted(MEANINGS.items())).encode()
).digest()


def generation_of(trust: Trust) -> bytes:
    """What the answers of one time have in common: the trust material, and the words of this program (8 bytes)."""
    listed = trust.trust_list
    told = f"{_FORM}/{listed.sequence}/{listed.issued_at.isoformat()}/{listed.environment}".encode()
    return sha256(told + listed.tables_sha256 + _WORDS).digest()[:8]


def encode_verdict(verdict: Verdict) -> bytes:
    """A verdict as it is sent: JSON without spaces."""
    return json.dumps(verdict.as_json(), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def take_apart(verdict: Verdict, generation: bytes) -> tuple[AnswerFrame, bytes]:
    """Frame and own part of the verdict on a certificate; put together around an age they are its JSON again."""
    told = encode_verdict(replace(verdict, as_of=None, checkpoint_age=None))
    before, _, after = told.partition(_AGE)
    middle, _, own = after.partition(_OWN)
    head = before + _AS_OF
    digest = sha256(generation + len(head).to_bytes(4, "big") + head + middle).digest()
    return AnswerFrame(digest[:FRAME_ID_BYTES], generation, head, middle), _OWN + own


def put_together(frame: AnswerFrame, age: bytes, own: bytes) -> bytes:
    """The answer; `age` is that of `encode_age`."""
    return b"".join((frame.head, age, frame.middle, own))


def encode_age(as_of: str, seconds: int) -> bytes:
    """The values of `as_of` and `checkpoint_age`, with what stands between them."""
    return f'"{as_of}","checkpoint_age":{seconds}'.encode()


class _EntriesAtHand:
    """ports.verification.Register over entries that were read already."""

    def __init__(self, entries: Mapping[str, RegisterEntry]) -> None:
        self._entries = entries

    def versions(self, number: str) -> tuple[RegisteredVersion, ...]:
        return self._entries[number].versions

    def decisions(self, number: str) -> tuple[DecisionNotice, ...]:
        return self._entries[number].decisions

    def some_number(self, besides: str = "") -> str | None:
        del besides
        return None


@dataclass(frozen=True, slots=True)
class AnswerStoring:
    """What storing needs."""

    store: AnswerStore
    published: PublishedState
    clock: Clock

    def work(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Store what is due, until nothing is or `stopping`; how many numbers. While the log is not fresh nothing is stored."""
        count = 0
        while not stopping():
            trust, ledger = self.published.open()
            if isinstance(ledger, LedgerUnavailable) or not is_fresh(trust, ledger, self.clock.now()):
                return count
            generation = generation_of(trust)
            numbers = self.store.waiting(CHUNK)
            if not numbers and self.store.queue_more(generation, CHUNK):
                continue
            done = self._store(numbers, generation, ledger) if numbers else 0
            count += done
            if not done:
                return count
        return count

    def _store(self, numbers: Sequence[str], generation: bytes, ledger: StatusSource) -> int:
        entries = self.store.entries(numbers)
        readable = {number: entry for number, entry in entries.items() if entry is not None}
        verification = Verification(self.published, _EntriesAtHand(readable), self.clock)
        frames: dict[bytes, AnswerFrame] = {}
        answers: list[StoredAnswer] = []
        # What cannot be read is settled without an answer: verification itself says so to whoever asks.
        settled: dict[str, RegisterEntry | None] = {n: None for n in entries if n not in readable}
        for number, entry in readable.items():
            if not _agrees(entry, ledger):
                continue  # the log follows in a moment: the number stays queued
            settled[number] = entry
            try:
                own = _answers_about(entry, verification, generation)
            except CertsvcError as error:
                _log.error(
                    "the answers about a certificate cannot be stored, run `certsvc ledger fsck`: %s", error
                )
                continue
            frames |= {frame.id: frame for frame, _ in own}
            answers += [answer for _, answer in own]
        if damaged := len(entries) - len(readable):
            _log.error("%d certificates have damaged rows, run `certsvc ledger fsck`", damaged)
        return self.store.keep(settled, tuple(frames.values()), answers) if settled else 0


def is_fresh(trust: Trust, ledger: StatusSource, now: datetime) -> bool:
    """Whether answers that rest on this state of the log may be told: known to be young, with the quorum asked for."""
    exam = Examination(trust, Question(now, None, MAX_AGE_ON_LINE))
    exam.judge_freshness(ledger.freshness)
    return not set(exam.codes) - {Code.NO_WITNESSES}


def _agrees(entry: RegisterEntry, ledger: StatusSource) -> bool:
    """Whether the log says of every published version what the register says, and no version is on its way."""
    return all(one.published and ledger.status_of(one.slot) == one.status for one in entry.versions)


def _answers_about(
    entry: RegisterEntry, verification: Verification, generation: bytes
) -> list[tuple[AnswerFrame, StoredAnswer]]:
    """The versions whose answers hold until something changes. Raises IntegrityError for a damaged record."""
    answers = []
    for version in entry.versions:
        text = record_text(version.record or b"")
        verdict = verification.check_qr(text)
        if verdict.outcome is not Outcome.UNDETERMINED and verdict.certificate is not None:
            frame, own = take_apart(verdict, generation)
            key, number = record_key(text), version.number
            answers.append((frame, StoredAnswer(key, number, version.slot, version.status, frame.id, own)))
    return answers
