"""A witness (C2SP tlog-witness): it cosigns a log's checkpoint when the log has only grown since the last one.

    store, key = open_folder(folder, name)
    witness = Witness(store, key, listed_logs(log_keys), clock)
    answer = witness.add_checkpoint(raw_request)

No sockets here; `witness_server` puts this behind HTTP. The order of work is that of docs/formats/witness.md: decode, log
key, consistency, audit; then once more, persist, and only then sign and answer.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from threading import Lock

from certverify.checkpoint import Checkpoint
from certverify.errors import AuditError, CertverifyError, ProofError, SignatureError, WitnessRequestError
from certverify.merkle import EMPTY_ROOT, verify_consistency
from certverify.note import NoteSignature, SignatureType, VerifierKey
from certverify.witness_key import WitnessKey
from certverify.witness_logs import LogKeys
from certverify.witness_protocol import (
    AddCheckpoint,
    Answer,
    conflict,
    cosign,
    cosigned,
    decode_add_checkpoint,
    refused,
    signature_line,
)
from certverify.witness_store import FORK_REASON, Ground, Latest, Refused, Turn, WitnessStore

Examine = Callable[[bytes, Checkpoint], None]
"""An auditor: given the note and the checkpoint in it, returns when all is well. AuditError: refused (422); any
other CertverifyError or OSError: it cannot tell now (503). One call at a time."""
SECONDS_TO_WAIT_FOR_AN_AUDIT = 5.0
"""While one audit lasts, nobody waits longer for the next: the log asks again."""
_REASON = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Signed:
    """A request whose checkpoint the log has signed; `note` is its text with the log's own signatures alone."""

    request: AddCheckpoint
    note: bytes


class Witness:
    """Judges checkpoints one by one; may be called from many threads."""

    def __init__(
        self,
        store: WitnessStore,
        key: WitnessKey,
        log_keys: LogKeys,
        clock: Callable[[], datetime],
        examine: Examine | None = None,
    ) -> None:
        self._store = store
        self._key = key
        self._clock = clock
        self._examine = examine
        self._audit_turn = Lock()
        self._log_keys = log_keys
        self._complaint = ""

    def add_checkpoint(self, raw_request: bytes) -> Answer:
        """Answer a log's request: 200 with our cosignature, or why not. What is answered is on disk before. Never raises
        for anything that a request can hold, nor for a disk that fails (503)."""
        try:
            request = decode_add_checkpoint(raw_request)
        except WitnessRequestError:
            return refused(HTTPStatus.BAD_REQUEST, "malformed")
        signed = self._signed_by_log(request)
        if isinstance(signed, Answer):
            return signed
        if request.old_size > request.checkpoint.size:
            return refused(HTTPStatus.BAD_REQUEST, "old-size-too-large")
        try:
            return self._audit(signed) or self._add(signed)
        except sqlite3.Error as error:
            _log.error("the state cannot be written: %s", type(error).__name__)
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "state-unavailable")

    def copy(self, origin: str) -> bytes | None:
        """The newest note of a log with our cosignature, for whoever compares copies; None when there is none.

        Raises sqlite3.Error.
        """
        latest = self._store.latest(origin)
        return None if latest is None else latest.note + latest.cosignature.encode()

    def _signed_by_log(self, request: AddCheckpoint) -> _Signed | Answer:
        try:
            keys = self._log_keys().get(request.checkpoint.origin)
        except (CertverifyError, OSError) as error:
            self._complain(f"the trust list cannot be used: {error}")
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "trust-unavailable")
        self._complaint = ""
        if keys is None:
            return refused(HTTPStatus.NOT_FOUND, "origin-unknown")
        try:
            signers = [key for key in keys if request.note.signed_by(key)]
        except SignatureError:
            return refused(HTTPStatus.FORBIDDEN, "signature-wrong")
        if not signers:
            return refused(HTTPStatus.FORBIDDEN, "signature-missing")
        now = self._seconds()
        if not any(key.speaks_at(now) for key in signers):
            return refused(HTTPStatus.FORBIDDEN, "key-not-in-force")
        lines = "".join(signature_line(item) for item in _signatures_of(request, signers))
        return _Signed(request, f"{request.note.text}\n{lines}".encode())

    def _audit(self, signed: _Signed) -> Answer | None:
        """Consistency, then the auditor, outside of the transaction because replaying takes its time; None when all is well."""
        if self._examine is None:
            return None
        if not self._audit_turn.acquire(timeout=SECONDS_TO_WAIT_FOR_AN_AUDIT):
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "audit-unavailable")
        try:
            with self._store.turn() as turn:
                answer = self._judge(turn, signed)
            if answer is not None:
                return answer
            self._examine(signed.request.raw_note, signed.request.checkpoint)
        except AuditError as error:
            return self._refuse_audited(signed, error.reason)
        except (CertverifyError, OSError) as error:
            _log.error("the audit could not be made: %s", type(error).__name__)
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "audit-unavailable")
        finally:
            self._audit_turn.release()
        return None

    def _refuse_audited(self, signed: _Signed, reason: str) -> Answer:
        code = reason if _REASON.fullmatch(reason) else "audit-failed"
        with self._store.turn() as turn:
            self._keep_refused(turn, signed, Ground.AUDIT, code, None)
        return refused(HTTPStatus.UNPROCESSABLE_ENTITY, code)

    def _add(self, signed: _Signed) -> Answer:
        """Judge, persist and sign as one step: between the look at the state and the commit nobody else can write."""
        checkpoint, text = signed.request.checkpoint, signed.request.note.text
        with self._store.turn() as turn:
            answer = self._judge(turn, signed)
            if answer is not None:
                return answer
            now = self._seconds()
            if now < turn.newest_time():
                _log.error("the clock stands before our newest cosignature: nothing is signed")
                return refused(HTTPStatus.SERVICE_UNAVAILABLE, "clock-behind")
            line = cosign(self._key.verifier, self._key.private, text, now)
            before = turn.latest(checkpoint.origin)
            latest = Latest(checkpoint.origin, checkpoint.size, checkpoint.root, signed.note, now, line)
            if latest != before:
                turn.accept(latest)
        if before is None or before.size != checkpoint.size:
            _log.info("cosigned %s at size %d", checkpoint.origin, checkpoint.size)
        return cosigned(line)

    def _judge(self, turn: Turn, signed: _Signed) -> Answer | None:
        """None when the checkpoint may be cosigned; what speaks against the log is kept."""
        request, checkpoint = signed.request, signed.request.checkpoint
        latest = turn.latest(checkpoint.origin)
        size, root = (0, EMPTY_ROOT) if latest is None else (latest.size, latest.root)
        known = turn.accepted(checkpoint.origin, checkpoint.size)
        if known is not None and known[0] != checkpoint.root:
            self._keep_refused(turn, signed, Ground.FORK, FORK_REASON, known[1])
            return conflict(size)
        if request.old_size != size or (checkpoint.size == size and checkpoint.root != root):
            return conflict(size)
        try:
            verify_consistency(size, checkpoint.size, root, checkpoint.root, request.proof)
        except ProofError:
            against = None if latest is None else latest.note
            self._keep_refused(turn, signed, Ground.UNPROVEN, "proof-wrong", against)
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, "proof-wrong")
        return None

    def _keep_refused(
        self, turn: Turn, signed: _Signed, ground: Ground, reason: str, against: bytes | None
    ) -> None:
        checkpoint = signed.request.checkpoint
        kept = turn.refuse(
            Refused(
                checkpoint.origin,
                ground,
                reason,
                checkpoint.size,
                checkpoint.root,
                signed.note,
                against,
                self._seconds(),
            )
        )
        if kept:
            _log.warning("refused %s at size %d: %s", checkpoint.origin, checkpoint.size, reason)

    def _complain(self, text: str) -> None:
        """Log it once, however often a stranger asks."""
        if text != self._complaint:
            self._complaint = text
            _log.error("%s", text)

    def _seconds(self) -> int:
        return int(self._clock().timestamp())


def _signatures_of(request: AddCheckpoint, signers: Iterable[VerifierKey]) -> list[NoteSignature]:
    """The lines of the log's keys: its signatures, and its own cosignatures where they verify. Of others nothing is kept."""
    names = {(key.name, key.key_id) for key in signers}
    for key in signers:
        own = key.as_type(SignatureType.COSIGNATURE_V1)
        try:
            request.note.cosigned_at(own)
        except SignatureError:
            continue
        names.add((own.name, own.key_id))
    return [line for line in request.note.signatures if (line.name, line.key_id) in names]
