"""Opened payloads of decisions (docs/formats/content.md): whether they say what leaf and record say, and their public words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from certverify.codes import Code
from certverify.errors import JsonError
from certverify.evidence import Opening
from certverify.leaf import EventType
from certverify.past_life import ChainedEvent
from certverify.proof_steps import StopError, opened_content
from certverify.record import Record
from certverify.strict_json import day, only_keys, text

_KEYS = (
    "format", "event", "decision", "number", "version", "slot", "document_ref", "decided_on", "effective_on",
    "recorded_on", "ground", "replaced_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """The public words of a decision; days as `YYYY-MM-DD`."""

    document_ref: str
    decided_on: str
    ground: str
    effective_on: str


def opened_decision(
    opening: Opening, event: ChainedEvent, record: Record, replaced_by: int | None
) -> DecisionWords:
    """The words of the decision behind `event`, once its payload agrees with leaf and record.

    `replaced_by`: the version that a correction names; None for any other event. Stops with `commitment-mismatch` or
    `content-mismatch`.
    """
    content = opened_content(opening, event.leaf)
    expected = {
        "format": "certsvc-content/1",
        "event": event.leaf.type.name.lower(),
        "number": record.number,
        "version": record.version,
        "slot": record.slot,
        "effective_on": event.effective_on.isoformat(),
        "replaced_by": replaced_by,
    }
    try:
        fields = only_keys(content, (*_KEYS, *_digest_key(content)))
        if any(
            type(fields[key]) is not type(value) or fields[key] != value for key, value in expected.items()
        ):
            raise JsonError("another event, certificate or day")
        return DecisionWords(
            text(fields["document_ref"]),
            day(fields["decided_on"]).isoformat(),
            text(fields["ground"]),
            day(fields["effective_on"]).isoformat(),
        )
    except JsonError as error:
        raise StopError(Code.CONTENT_MISMATCH) from error


def _digest_key(content: Any) -> tuple[str, ...]:
    """The digest of the document, which payloads of before do not have."""
    return ("document_sha256",) if type(content) is dict and "document_sha256" in content else ()


def replacing_version(event: ChainedEvent, version: int, issued: list[int]) -> int | None:
    """The version that a `corrected` event on the slot of `version` names: the newest of its time; None for others.

    `issued`: the log index of the first event of every version. The correction itself names the next version, whose issue
    follows it in the log.
    """
    if event.leaf.type is not EventType.CORRECTED:
        return None
    return max(version + 1, sum(index < event.index for index in issued))
