"""An office that has issued certificates, and the ways in which outsiders look at it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from certverify.bundle import check_bundle
from certverify.check import check_record
from certverify.ledger import LedgerUnavailable, open_ledger
from certverify.trust import decode_verifier_anchor, load_trust

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.test_ca import make_test_chain
from certsvc.bootstrap import Office, open_office
from certsvc.domain.key_plan import KeyKind
from certsvc.formats.record import record_text
from tests.support.databases import Databases
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample


@dataclass
class House:
    """An office, opened as often as processes of it would be."""

    first: OfficeUnderTest
    opened: list[Office] = field(default_factory=list)

    @property
    def public(self) -> Path:
        """The public tree."""
        return self.first.office.settings.public_folder

    @property
    def keys(self) -> Path:
        """The folder of keys."""
        return self.first.office.settings.keys_folder

    def process(self, **changes: Any) -> Office:
        """The office as a process that starts now has it."""
        settings = self.first.office.settings.model_copy(update=changes)
        self.opened.append(open_office(settings, self.first.clock))
        return self.opened[-1]

    def issue(self, office: Office, workbook: str = DUAL_DIRECTED) -> PublicCertificate:
        """Issue the certificates of a sample; one of them. Each sample can be filed once."""
        report = office.submit(sample(workbook).xlsx(), "filing.xlsx")
        office.approval.approve(report.filing, "maker")
        office.approval.begin_issue(report.filing, "checker")
        office.issuance.run(report.filing)
        return office.certificates.published(filing=report.filing)[0]

    def bundle(self, office: Office, certificate: PublicCertificate, folder: Path) -> bytes:
        """The proof bundle, as exported now."""
        number = certificate.draft.content.number
        office.export(folder, number=number)
        return (folder / f"{number}.bundle.json").read_bytes()

    def qr(self, certificate: PublicCertificate, tree: Path | None = None) -> dict[str, Any]:
        """The outsider's verdict on the QR text."""
        folder = tree or self.public
        trust = load_trust(folder)
        text = record_text(certificate.record)
        return check_record(text, trust, open_ledger(folder, trust), self.first.clock.now()).as_json()

    def check(self, raw_bundle: bytes) -> dict[str, Any]:
        """The outsider's verdict on a bundle, with the trust material of now."""
        return check_bundle(raw_bundle, load_trust(self.public), self.first.clock.now()).as_json()

    def copy_tree(self, target: Path) -> Path:
        """What somebody downloads today."""
        return shutil.copytree(self.public, target)

    def signers(self) -> int:
        """How many signature lines of log keys the published checkpoint bears, of one kind."""
        lines = (self.public / "checkpoint").read_text(encoding="utf-8").split("\n\n")[1].splitlines()
        return len(lines) // 2

    def listed(self) -> dict[str, Any]:
        """The published trust list."""
        found: dict[str, Any] = json.loads((self.public / "trust-list.json").read_bytes())
        return found

    def believed_from(self, vkey: str) -> int:
        """The sequence number of the list, when the chain leads to that anchor."""
        return load_trust(self.public, decode_verifier_anchor(vkey)).trust_list.sequence

    def opens(self) -> bool:
        """Whether an outsider can open the published log."""
        return not isinstance(open_ledger(self.public, load_trust(self.public)), LedgerUnavailable)


@pytest.fixture
def house(tmp_path: Path, databases: Databases, clock: FixedClock) -> Iterator[House]:
    """An office with its log begun, the trust anchor at hand."""
    made = House(OfficeUnderTest(tmp_path / "var", clock, databases.fresh()))
    yield made
    for office in made.opened:
        office.close()
    made.first.close()


@pytest.fixture
def new_key(tmp_path: Path) -> Callable[[str], Path]:
    """Private keys as a ceremony gives them."""

    def make(name: str) -> Path:
        from certsvc.adapters.ed25519_pem import ed25519_pem

        path = tmp_path / name
        path.write_bytes(ed25519_pem())
        return path

    return make


@pytest.fixture
def next_key(
    tmp_path: Path, clock: FixedClock, new_key: Callable[[str], Path]
) -> Callable[[KeyKind, str], Path]:
    """The same of any kind; a document key has its certificate and chain behind it."""

    def make(kind: KeyKind, name: str) -> Path:
        if kind is not KeyKind.DOCUMENT:
            return new_key(name)
        chain, path = make_test_chain(clock.now()), tmp_path / name
        path.write_bytes(chain.signer_key_pem + b"".join(chain.certificates_pem))
        return path

    return make
