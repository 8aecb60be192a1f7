"""An office with issued certificates, and short ways to decide over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from certverify import check_pdf, load_trust, open_ledger
from certverify.leaf import EventLeaf, ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import leaf_hash, root_of_hashes
from certverify.tree import PublicTree

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office
from certsvc.domain.actor import Actor, Role
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind, StoredDecision
from certsvc.formats.leaf import SlotStatus
from certsvc.formats.status import StatusArray
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample

DECIDED_ON = date(2024, 6, 3)
SUN = {"姓名": "孙建国", "证件号码": "229906197605300515", "性别": "男", "出生日期": date(1976, 5, 30)}
OFFICERS = (
    Actor("checker-two", Role.CHECKER, "220000"),
    Actor("city-two", Role.CHECKER, "222400"),
    Actor("changchun", Role.MAKER, "220100"),
    Actor("watcher", Role.SUPERVISOR, "220000"),
)


def decision_day() -> FixedClock:
    """2024-06-03, ten in the morning in Shanghai."""
    return FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))


@dataclass
class Deciders:
    """The office, and how the tests decide."""

    under_test: OfficeUnderTest
    clock: FixedClock

    @property
    def office(self) -> Office:
        return self.under_test.office

    def propose(self, kind: DecisionKind, number: str, actor: str = "maker", **given: Any) -> str:
        """A proposal that is right unless something else is given."""
        changes: Mapping[str, str] | None = given.get("changes")
        return self.office.deciding.propose(
            kind,
            number,
            given.get("document_ref", f"吉人社{kind.label[:2]}〔2024〕7号"),
            given.get("decided_on", self.clock.today()),
            given.get("ground", "经核查，申报材料与事实不符"),
            actor,
            changes,
            given.get("document_sha256"),
        )

    def decide(self, kind: DecisionKind, number: str, **given: Any) -> StoredDecision:
        """Propose by one, confirm by the other, logged and published."""
        return self.office.confirm_decision(self.propose(kind, number, **given), "checker")

    def status(self, number: str) -> list[CertificateStatus]:
        """The committed status of every version, oldest first."""
        return [version.status for version in self.office.certificates.versions(number)]

    def shown(self, certificate: PublicCertificate) -> tuple[str, str]:
        """What an outsider finds with the public tree alone: status by the QR symbol, and by the PDF."""
        content, folder = certificate.draft.content, self.office.settings.public_folder
        trust = load_trust(folder)
        document = self.office.archive.read(content.number, content.version)
        assert document is not None
        by_file = check_pdf(document, trust, open_ledger(folder, trust), self.clock.now()).as_json()
        return self.under_test.check_qr(certificate)["status"], by_file["status"]

    def audit(self) -> list[EventLeaf]:
        """Replay the published log as an auditor does: chains, manifests, array; the events."""
        return audit(self.office.settings.public_folder)

    def close(self) -> None:
        self.under_test.close()


def open_deciders(home: Path, clock: FixedClock, url: str | None = None, **given: Any) -> Deciders:
    """A prepared office with officers of every sort, and no certificate; suspension is on unless given otherwise."""
    opened = OfficeUnderTest(home, clock, url, **{"suspension": "on", **given})
    for officer in OFFICERS:
        opened.office.actors.register_actor(officer, clock.now())
    return Deciders(opened, clock)


def issue_sun(deciders: Deciders) -> PublicCertificate:
    """孙建国's certificate, regular way, unit in Changchun."""
    return issue_rows(deciders, [SUN])[0]


def issue_rows(deciders: Deciders, rows: list[dict[str, Any]]) -> tuple[PublicCertificate, ...]:
    """Certificates of the regular sample for rows that differ from its first one."""
    return deciders.under_test.issue(deciders.under_test.submit(sample(REGULAR).with_rows(rows).xlsx()))


def issue_sample(deciders: Deciders, count: int) -> tuple[PublicCertificate, ...]:
    """The first persons of the regular sample."""
    batch = sample(REGULAR)
    rows = [dict(row) for row in batch.rows[:count]]
    return deciders.under_test.issue(deciders.under_test.submit(batch.with_rows(rows).xlsx()))


def issue_dual(deciders: Deciders) -> PublicCertificate:
    """A dual-directed certificate of 珲春市 (延边州)."""
    batch = sample(DUAL_DIRECTED)
    report = deciders.under_test.submit(batch.with_rows([dict(batch.rows[0])]).xlsx())
    return deciders.under_test.issue(report)[0]


def audit(folder: Path) -> list[EventLeaf]:
    """Every event of a published log, after the whole log was replayed."""
    checkpoint = (folder / "checkpoint").read_text(encoding="utf-8").splitlines()
    tree, size = PublicTree(folder), int(checkpoint[1])
    root = open_ledger(folder, load_trust(folder)) and _root(checkpoint[2])
    entries = [tree.entry(index, size, root) for index in range(size)]
    assert root_of_hashes([leaf_hash(entry) for entry in entries]) == root
    array, chain, uncovered = StatusArray(), dict[int, tuple[int, bytes]](), list[bytes]()
    events: list[EventLeaf] = []
    for entry in entries:
        match decode_leaf(entry):
            case EventLeaf() as event:
                before = chain.get(event.slot)
                assert (event.seq, event.prev) == (
                    (0, None) if before is None else (before[0] + 1, before[1])
                )
                chain[event.slot] = event.seq, leaf_hash(entry)
                array[event.slot] = SlotStatus(event.type.status_after)
                uncovered.append(leaf_hash(entry))
                events.append(event)
            case ManifestLeaf() as manifest:
                assert manifest.root == root_of_hashes(uncovered)
                uncovered = []
            case SealLeaf() as seal:
                assert not uncovered
                assert seal.root == array.root
    return events


def _root(line: str) -> bytes:
    from base64 import b64decode

    return b64decode(line, validate=True)
