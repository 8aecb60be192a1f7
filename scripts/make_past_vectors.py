"""Write tests/vectors/past-bundle.json: the whole histories of two made-up certificates, made by the service's own stages.

Run `.venv/bin/python -m scripts.make_past_vectors` after the format has gained a version; a test makes them again and
compares, the reader is driven by them.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from certverify.past import check_past
from certverify.trust import Trust, decode_trust
from sqlalchemy import insert

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import open_database
from certsvc.adapters.ledger_schema import metadata, status_slot
from certsvc.adapters.ledger_store import DatabaseLedgerStore
from certsvc.adapters.public_tree import FolderTree
from certsvc.domain.certificate import CertificateContent
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.corridor import Draft
from certsvc.domain.decision import (
    CertificateVersion,
    DecisionKind,
    DecisionStatus,
    Proposal,
    StoredDecision,
)
from certsvc.formats.bundle import Opening
from certsvc.formats.commitment import commit
from certsvc.formats.content import encode_content
from certsvc.formats.decision_payload import encode_status_event
from certsvc.formats.leaf import EventKind
from certsvc.formats.record import record_text
from certsvc.ports import PendingEvent
from certsvc.stages.ledger import Ledger
from certsvc.stages.past_bundling import PublishedVersion, build_past_bundle
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import PublishedLog, log_key
from scripts.vector_material import (
    LOG_KEY,
    NOW,
    PEOPLE,
    POLICY,
    RECORD_KEY,
    TABLES,
    TRUST_LIST,
    content_of,
    record_of,
    salt_of,
    sign_record,
)

TARGET = Path(__file__).parent.parent / "tests" / "vectors" / "past-bundle.json"
_A_DAY = timedelta(days=1)
_FIRST = content_of(1, PEOPLE[0])
_SECOND = replace(_FIRST, version=2, slot=99_999, award=replace(_FIRST.award, name="林青荷"))
_OTHER = content_of(3, PEOPLE[2])
_DAYS = tuple(date(2026, 10, 14) + _A_DAY * step for step in (0, 1, 36, 37, 38, 39, 40, 41, 42, 43, 44))


class _Log:
    """A ledger in a folder, a batch a day, and what opens its events."""

    def __init__(self, home: Path) -> None:
        self.engine = open_database(f"sqlite:///{home / 'ledger.sqlite3'}")
        self.store, self.tree = DatabaseLedgerStore(self.engine), FolderTree(home / "public")
        self.clock = FixedClock(NOW)
        self.ledger = Ledger(self.store, self.tree, self.clock, RECORD_KEY, LOG_KEY)
        self.openings: dict[bytes, Opening] = {}
        with self.engine.begin() as connection:
            metadata.create_all(connection)
            slots = [_FIRST.slot, _SECOND.slot, _OTHER.slot]
            connection.execute(insert(status_slot), [{"slot": slot} for slot in slots])
        self.ledger.start_log()

    def batch(self, *events: PendingEvent) -> None:
        self.ledger.record(list(events))
        self.clock.advance(_A_DAY)

    def issue(self, content: CertificateContent) -> PendingEvent:
        return self._event(EventKind.ISSUED, content, content.award.acquired_on, encode_content(content))

    def decide(
        self, kind: EventKind, content: CertificateContent, days_back: int, replaced_by: int | None = None
    ) -> PendingEvent:
        today = self.clock.today()
        effective_on = today - _A_DAY * days_back
        proposal = Proposal(
            DecisionKind.SUSPEND,
            content.number,
            "吉人社测〔2026〕1号",
            effective_on,
            "示例理由",
            effective_on,
        )
        decided = StoredDecision(
            "D0123456789ABCDE", proposal, DecisionStatus.CONFIRMED, "maker", NOW, "checker", NOW
        )
        draft = Draft("F0123456789ABCDE", content, b"", b"", b"", NOW)
        version = CertificateVersion(draft, CertificateStatus.VALID, True)
        payload = encode_status_event(kind, decided, version, today, replaced_by)
        return self._event(kind, content, effective_on, payload)

    def bundle(self, trust: Trust, *contents: CertificateContent, opened: bool = True) -> bytes:
        self.ledger.refresh_checkpoint()
        self._publish()
        log = PublishedLog(self.tree, [log_key(LOG_KEY)])
        slots = {content.slot for content in contents}
        events = [one for one in self.store.logged_at(range(log.size)) if one.slot in slots]
        versions = [
            PublishedVersion(record_text(sign_record(record_of(content))), content.slot)
            for content in contents
        ]
        openings: Mapping[bytes, Opening] = self.openings if opened else {}
        return build_past_bundle(log, versions, events, openings, trust, self.clock.now())

    def _publish(self) -> None:
        files = {"policy": POLICY, "tables.json": TABLES, "trust-list.json": TRUST_LIST}
        Publisher(self.store, self.tree, [log_key(LOG_KEY)]).publish(files)

    def _event(
        self, kind: EventKind, content: CertificateContent, effective_on: date, payload: bytes
    ) -> PendingEvent:
        salt = salt_of(1000 + len(self.openings))
        committed = commit(salt, payload)
        self.openings[committed] = Opening(salt, payload)
        name = f"{kind.name.lower()}/{content.number}/{content.version}/{len(self.openings)}"
        return PendingEvent(
            name, kind, content.slot, effective_on, committed, content.number, content.version
        )


def past_vectors() -> dict[str, Any]:
    """Past bundles with what they answer, and one whose seal was damaged."""
    trust = decode_trust(TRUST_LIST, TABLES, POLICY)
    with tempfile.TemporaryDirectory() as folder:
        log = _Log(Path(folder))
        log.batch(log.issue(_FIRST), log.issue(_OTHER))
        log.batch(log.decide(EventKind.SUSPENDED, _FIRST, 1))
        log.batch(log.decide(EventKind.REINSTATED, _FIRST, 0))
        log.batch(log.decide(EventKind.CORRECTED, _FIRST, 0, 2))
        log.batch(log.issue(_SECOND))
        corrected = log.bundle(trust, _FIRST, _SECOND)
        closed = log.bundle(trust, _FIRST, _SECOND, opened=False)
        log.batch(log.decide(EventKind.REVOKED, _FIRST, 4), log.decide(EventKind.REVOKED, _SECOND, 4))
        revoked = log.bundle(trust, _FIRST, _SECOND)
        never_decided = log.bundle(trust, _OTHER)
        now = log.clock.now()
        log.engine.dispose()
    cases = {
        "corrected": corrected,
        "corrected-closed": closed,
        "revoked": revoked,
        "issued-alone": never_decided,
        "damaged-seal": _damaged(revoked),
    }
    return {
        "trust_list": TRUST_LIST.decode(),
        "tables": TABLES.decode(),
        "policy": POLICY.decode(),
        "now": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cases": [
            {"name": name, "bundle": raw_bundle.decode(), "answers": _answers(raw_bundle, trust, log)}
            for name, raw_bundle in cases.items()
        ],
    }


def _answers(raw_bundle: bytes, trust: Trust, log: _Log) -> list[dict[str, Any]]:
    answers = []
    for on in _DAYS:
        answer = check_past(raw_bundle, trust, log.clock.now(), on).as_json()
        verdict, past = answer["verdict"], answer["past"]
        told = {"on": on.isoformat(), "verdict": verdict["verdict"], "status": verdict["status"]}
        found = {"findings": [finding["code"] for finding in verdict["findings"]]}
        answers.append(told | found | {key: past and past[key] for key in ("recorded_then", "known_now")})
    return answers


def _damaged(raw_bundle: bytes) -> bytes:
    """The bundle with one bit of the seal flipped."""
    fields = json.loads(raw_bundle)
    leaf = bytearray(base64.b64decode(fields["seal"]["leaf"]))
    leaf[-1] ^= 1
    fields["seal"]["leaf"] = base64.b64encode(leaf).decode()
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def make_past_vectors() -> bytes:
    """The bytes of the vector file."""
    return (json.dumps(past_vectors(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


if __name__ == "__main__":
    content = make_past_vectors()
    TARGET.write_bytes(content)
    print(f"{TARGET.name}: {len(content)} bytes")
