"""Past bundles of an office, checked as an outsider does: with the published trust material alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from certverify import load_trust, open_ledger
from certverify.past import PastVerdict, check_past

from certsvc.adapters.certificate_store import PublicCertificate
from tests.decisions.deciders import Deciders


def exported(deciders: Deciders, number: str) -> bytes:
    """The opened past bundle under a checkpoint of this moment."""
    deciders.office.republish()
    file = Path(deciders.office.settings.home) / f"{number}.past.json"
    deciders.office.past_desk.export(number, file)
    return file.read_bytes()


def closed(deciders: Deciders, certificate: PublicCertificate) -> bytes:
    """The closed past bundle, as everybody gets it who can show that version."""
    deciders.office.republish()
    content = certificate.draft.content
    raw_bundle = deciders.office.past_desk.closed_bundle(content.number, content.version)
    assert raw_bundle is not None
    return raw_bundle


def asked(
    deciders: Deciders,
    raw_bundle: bytes,
    on: date | None = None,
    *,
    tree: Path | None = None,
    complete: bool = False,
) -> PastVerdict:
    """The outsider's answer; `tree` is the downloaded public tree beside the file, where there is one."""
    trust = load_trust(deciders.office.settings.public_folder)
    ledger = None if tree is None else open_ledger(tree, trust)
    return check_past(raw_bundle, trust, deciders.clock.now(), on, ledger=ledger, complete=complete)


def codes(answer: PastVerdict) -> set[str]:
    """The codes of the findings, without those of every test."""
    return {finding.code.value for finding in answer.verdict.findings} - {"no-witnesses", "test-environment"}
