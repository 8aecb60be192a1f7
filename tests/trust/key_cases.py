"""Keys that are unknown, outside their dates, or misused: what a reader may say of each, for every reader the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.verifier.builders import (
    FIELDS,
    LOG_KEY,
    NOW,
    ORIGIN,
    OTHER_RECORD_KEY,
    RECORD_KEY,
    Key,
    Log,
    b64,
    key,
    log_entry,
    record_bytes,
    record_text,
)

NEW_LOG_KEY = key(ORIGIN, 31)
STRANGE_LOG_KEY = key(ORIGIN, 32)
__all__ = ["CASES", "NOW", "KeyCase"]


def record_entry(signer: Key, valid_from: str = "2026-01-01", valid_to: str | None = None) -> dict[str, Any]:
    """A record key of a trust list."""
    return {
        "kid": signer.kid.hex(),
        "alg": "Ed25519",
        "public_key": b64(signer.public),
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


@dataclass(frozen=True)
class KeyCase:
    """A tree and the text of a QR symbol, with the code and the verdict that every reader gives."""

    name: str
    code: str | None
    verdict: str
    text: str = field(default_factory=record_text)
    trust: dict[str, Any] = field(default_factory=dict)
    signers: tuple[tuple[Key, datetime | None], ...] = ((LOG_KEY, NOW),)
    damage: tuple[int, int] | None = None
    now: datetime = NOW

    def log(self) -> Log:
        """The log whose newest checkpoint these signers signed, each with a cosignature of its own time."""
        policy = f"log {LOG_KEY.vkey()}\nlog {NEW_LOG_KEY.vkey()}\nquorum none\n"
        return Log(trust_changes=self.trust, policy=policy)

    def checkpoint(self) -> str:
        """The note; with `damage`, one character of a signature line is another."""
        log = self.log()
        text = log.checkpoint().split("\n\n")[0] + "\n"
        lines = []
        for signer, at in self.signers:
            lines.append(signer.sign_note(text))
            if at is not None:
                lines.append(signer.cosign(text, int(at.timestamp())))
        if self.damage is not None:
            line, place = self.damage
            old = lines[line]
            lines[line] = old[:place] + ("A" if old[place] != "A" else "B") + old[place + 1 :]
        return text + "\n" + "".join(lines)

    def files(self) -> dict[str, bytes]:
        """The public tree."""
        return self.log().files() | {"checkpoint": self.checkpoint().encode()}


def _log(*keys: tuple[Key, str, str | None]) -> dict[str, Any]:
    return {"log": log_entry(*keys)}


_YESTERDAY = NOW - timedelta(days=1)
_LONG_AGO = NOW - timedelta(days=40)
_FORGED_RECORD = record_bytes(FIELDS | {"name": "林小燕"}, kid=RECORD_KEY.kid, signer=OTHER_RECORD_KEY)
_RETIRED = (LOG_KEY, "2026-01-01", "2026-11-19")
_IN_FORCE = (NEW_LOG_KEY, "2026-11-01", None)


def _text(raw: bytes) -> str:
    from tests.verifier.builders import base43

    return base43(raw) + "Z"


CASES = (
    KeyCase("everything in order", None, "passed"),
    KeyCase(
        "a record of a key outside the list",
        "record-key-unknown",
        "undetermined",
        record_text(signer=OTHER_RECORD_KEY),
    ),
    KeyCase("a record under a known kid by another key", "record-forged", "failed", _text(_FORGED_RECORD)),
    KeyCase(
        "a record of a retired key from its time",
        None,
        "passed",
        trust={
            "record_keys": [
                record_entry(OTHER_RECORD_KEY, "2026-11-01"),
                record_entry(RECORD_KEY, "2026-01-01", "2026-11-01"),
            ]
        },
    ),
    KeyCase(
        "a record of a retired key from after its time",
        "record-key-unknown",
        "undetermined",
        trust={"record_keys": [record_entry(RECORD_KEY, "2026-01-01", "2026-10-14")]},
    ),
    KeyCase(
        "a record of an announced key before its day",
        "record-key-unknown",
        "undetermined",
        record_text(signer=OTHER_RECORD_KEY),
        trust={"record_keys": [record_entry(RECORD_KEY), record_entry(OTHER_RECORD_KEY, "2026-11-21")]},
    ),
    KeyCase(
        "a record of a key of an algorithm that is not known yet",
        "record-key-unknown",
        "undetermined",
        record_text(signer=OTHER_RECORD_KEY),
        trust={"record_keys": [record_entry(RECORD_KEY), record_entry(OTHER_RECORD_KEY) | {"alg": "Ed448"}]},
    ),
    KeyCase(
        "a record beside a key of an algorithm that is not known yet",
        None,
        "passed",
        trust={"record_keys": [record_entry(OTHER_RECORD_KEY) | {"alg": "Ed448"}, record_entry(RECORD_KEY)]},
    ),
    KeyCase(
        "a checkpoint of a key outside the list",
        "checkpoint-key-unknown",
        "undetermined",
        signers=((STRANGE_LOG_KEY, NOW),),
    ),
    KeyCase(
        "a checkpoint whose known signature is wrong", "tree-inconsistent", "undetermined", damage=(0, 40)
    ),
    KeyCase(
        "a checkpoint whose known cosignature is wrong", "tree-inconsistent", "undetermined", damage=(1, 60)
    ),
    KeyCase(
        "a checkpoint of a retired key for a time after its end",
        "checkpoint-key-not-in-force",
        "undetermined",
        trust=_log(_IN_FORCE, _RETIRED),
    ),
    KeyCase(
        "a checkpoint of a retired key from its last day",
        None,
        "passed",
        trust=_log(_IN_FORCE, _RETIRED),
        signers=((LOG_KEY, _YESTERDAY),),
        now=_YESTERDAY + timedelta(minutes=10),
    ),
    KeyCase(
        "an old checkpoint of a retired key",
        "checkpoint-stale",
        "undetermined",
        trust=_log(_IN_FORCE, _RETIRED),
        signers=((LOG_KEY, _LONG_AGO),),
    ),
    KeyCase(
        "a checkpoint of a retired key without a time",
        "checkpoint-key-not-in-force",
        "undetermined",
        trust=_log(_IN_FORCE, _RETIRED),
        signers=((LOG_KEY, None),),
    ),
    KeyCase(
        "a checkpoint of an announced key before its day",
        "checkpoint-key-not-in-force",
        "undetermined",
        trust=_log((LOG_KEY, "2026-01-01", None), (NEW_LOG_KEY, "2026-11-21", None)),
        signers=((NEW_LOG_KEY, NOW),),
    ),
    KeyCase(
        "a checkpoint of old and new key in the overlap",
        None,
        "passed",
        trust=_log(_IN_FORCE, (LOG_KEY, "2026-01-01", None)),
        signers=((NEW_LOG_KEY, NOW), (LOG_KEY, NOW)),
    ),
    KeyCase(
        "a checkpoint of the overlap read with a list of before it",
        None,
        "passed",
        signers=((NEW_LOG_KEY, NOW), (LOG_KEY, NOW)),
    ),
    KeyCase(
        "a stale checkpoint freshened with a retired key",
        "checkpoint-stale",
        "undetermined",
        trust=_log(_IN_FORCE, _RETIRED),
        signers=((NEW_LOG_KEY, NOW - timedelta(days=8)), (LOG_KEY, NOW)),
    ),
)
