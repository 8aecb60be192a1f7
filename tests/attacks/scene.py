"""The real ledger, and around it whoever attacks and whoever watches."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import cbor2
from certverify.ledger import LedgerUnavailable, LedgerView, open_ledger
from certverify.monitor import Monitor
from certverify.monitor_audit import Auditor
from certverify.monitor_report import Report
from certverify.monitor_state import open_state
from certverify.sources import FolderSource, open_source
from certverify.trust import load_trust
from certverify.witness_protocol import Answer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certsvc.formats.leaf import EventKind
from tests.ledger.conftest import ORIGIN, House, event_on
from tests.ledger.test_append_and_publish import all_entries
from tests.monitor.logs import STATUS_AFTER, HandLog
from tests.verifier.builders import (
    SLOTS,
    Key,
    b64,
    consistency,
    key,
    leaf_hash,
    tables,
    trust_list,
    write_files,
)
from tests.verifier.witnessing import Bench

AUTHORITY = Key("record", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LOG = Key(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
OPERATORS_OWN = key("operator", 77)
WITNESSED = "w"
_NOT_OF_THE_LOG = ("trust-list.json", "tables.json", "policy", "vkey")


@dataclass
class Scene:
    """A house whose log is on public view; an outsider's trust material, monitor, witness and auditor beside it."""

    house: House
    events: Sequence[int] = ()
    witness: Bench = field(init=False)
    auditor: Bench = field(init=False)

    def __post_init__(self) -> None:
        self.house.publisher().publish()
        self._trust("quorum none\n")
        how = {"log_vkeys": [LOG.vkey()], "clock": self.house.clock.now}
        self.witness = Bench(self.house.home / "witness", **how)  # type: ignore[arg-type]
        audit = Auditor(
            FolderSource(self.house.public), self.trust, self.house.home / "audited", self.house.clock.now
        )
        self.auditor = Bench(self.house.home / "auditor", examine=audit.examine, **how)  # type: ignore[arg-type]

    @property
    def trust(self) -> Path:
        return self.house.home / "trust"

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    def pass_time(self, minutes: float = 1) -> None:
        self.house.clock.advance(timedelta(minutes=minutes))

    def goes_on(self, count: int = 3, start: int = 500) -> None:
        """The honest service logs and shows another batch."""
        self.pass_time()
        self.house.ledger().record(self.house.issue(count, start=start))
        self.house.publisher().publish()

    def ask_for_the_witness(self) -> None:
        """From now on the outsider's policy asks for the witness."""
        self._trust(f"witness {WITNESSED} {self.witness.vkey}\nquorum {WITNESSED}\n")

    def retire_the_log_key(self) -> None:
        """The trust list gives the log key an end that lies behind."""
        self._trust("quorum none\n", valid_to="2026-11-10")

    def operator(self) -> HandLog:
        """The log in the hands of its operator, who signs checkpoints and whatever else there is a key for."""
        return taken_over(all_entries(self.house))

    def show(self, log: HandLog, folder: Path | None = None) -> Path:
        """The operator puts a log on public view, signed."""
        folder = folder or self.house.public
        shutil.rmtree(folder, ignore_errors=True)
        files = log.files(self.now, signer=LOG, origin=ORIGIN)
        write_files(folder, {name: content for name, content in files.items() if name not in _NOT_OF_THE_LOG})
        return folder

    def present(self, log: HandLog, to: Bench) -> Answer:
        """The operator asks for a cosignature, with the true proof from the size that the witness names."""
        latest = to.store.latest(ORIGIN)
        old = 0 if latest is None else latest.size
        hashes = [leaf_hash(entry) for entry in log.entries]
        proof = consistency(old, hashes) if 0 < old <= len(hashes) else []
        lines = "".join(f"{line}\n" for line in [f"old {min(old, len(hashes))}", *map(b64, proof), ""])
        return to.ask(lines.encode() + log.checkpoint(self.now, signer=LOG, origin=ORIGIN))

    def watch(self, place: Path | None = None, copies: Sequence[Path] = ()) -> Report:
        """A round of the outsider's monitor."""
        with open_state(self.house.home / "state") as state:
            source = open_source(str(place or self.house.public))
            others = [open_source(str(copy)) for copy in copies]
            return Monitor(source, self.trust, state, copies=others).round(self.now)

    def read(self, folder: Path | None = None) -> LedgerView | LedgerUnavailable:
        """What a checker with a downloaded tree opens."""
        return open_ledger(folder or self.house.public, load_trust(self.trust))

    def close(self) -> None:
        self.witness.store.close()
        self.auditor.store.close()

    def _trust(self, rules: str, valid_to: str | None = None) -> None:
        record_key = {
            "kid": AUTHORITY.kid.hex(), "alg": "Ed25519", "public_key": b64(AUTHORITY.public),
            "valid_from": "2026-01-01", "valid_to": None,
        }  # fmt: skip
        log = {
            "origin": ORIGIN,
            "keys": [{"vkey": LOG.vkey(), "valid_from": "2026-01-01", "valid_to": valid_to}],
        }
        self.trust.mkdir(exist_ok=True)
        (self.trust / "trust-list.json").write_bytes(trust_list(log=log, record_keys=[record_key]))
        (self.trust / "tables.json").write_bytes(tables())
        (self.trust / "policy").write_text(f"log {LOG.vkey()}\n{rules}")


def taken_over(entries: Sequence[bytes]) -> HandLog:
    """Entries as a log that can be continued, with the array that its events make."""
    log = HandLog(entries=list(entries), signer=AUTHORITY)
    for entry in entries:
        fields = cbor2.loads(entry)
        if fields[1] in STATUS_AFTER:
            log.last[fields[4]] = (fields[5], leaf_hash(entry))
            log.put(fields[4], STATUS_AFTER[fields[1]])
            log.hour = fields[8]
    assert log.slots == SLOTS
    return log


def filled(house: House) -> list[int]:
    """Two batches and a revocation; the slots in the order of their leaves 1, 2, 3 ..."""
    events = house.issue(20)
    ledger = house.ledger()
    ledger.record(events)
    ledger.record([event_on(events[4].slot, 5, EventKind.REVOKED)])
    return [event.slot for event in events]


def codes(report: Report) -> list[str]:
    """The findings: for a broken rule the rule."""
    return [(one.fault or one.code).value for one in report.findings]
