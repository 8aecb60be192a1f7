"""A clock that went back: the log refuses in clear words, signs nothing, and its times never decrease."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from certverify import load_trust
from certverify.checkpoint import open_checkpoint

from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.settings import Settings
from tests.faults.test_restored_backup import folder_digests
from tests.support.other_time import certsvc_at
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES, REGULAR, sample

SENTENCE = "系统时间早于账本最近一次签发的时间，已拒绝签发。请校准系统时间后重试。（conflict）"
COULD_NOT_BE_DONE = 3


@dataclass
class Issued:
    """An office on the machine's time, and the number of its one certificate, published just now."""

    office: Office
    number: str


@pytest.fixture
def issued(tmp_path: Path) -> Iterator[Issued]:
    settings = Settings(home=tmp_path / "var", _env_file=None)
    prepare_home(settings)
    opened = open_office(settings)
    opened.load_registry((EXAMPLES / "registry.json").read_bytes())
    filing = order(opened, DUAL_DIRECTED)
    opened.issuance.run(filing)
    (certificate,) = opened.certificates.published(filing=filing)
    yield Issued(opened, certificate.draft.content.number)
    opened.close()


def order(office: Office, name: str) -> str:
    """A filing whose issue two persons have ordered."""
    batch = sample(name)
    report = office.submit(batch.with_rows([dict(batch.rows[0])]).xlsx(), "filing.xlsx")
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    return report.filing


def propose(issued: Issued) -> str:
    """A revocation of the certificate, proposed by one person."""
    reference, ground = "吉人社撤〔2026〕7号", "经核查，申报材料与事实不符"
    today = issued.office.clock.today()
    return issued.office.deciding.propose(
        DecisionKind.REVOKE, issued.number, reference, today, ground, "maker"
    )


def signed_at(office: Office) -> tuple[int, int]:
    """Size and time of the published checkpoint."""
    folder = office.settings.public_folder
    trust = load_trust(folder)
    signed = open_checkpoint((folder / "checkpoint").read_bytes(), trust.trust_list.log_keys, trust.policy)
    assert signed.cosigned_at is not None
    return signed.checkpoint.size, signed.cosigned_at


def stored_head(office: Office) -> object:
    with office.ledger_store.transaction() as transaction:
        return transaction.head()


def test_commands_on_a_clock_that_went_back_refuse_and_sign_nothing(issued: Issued, faketime: str) -> None:
    office = issued.office
    filing, decision = order(office, REGULAR), propose(issued)
    commands = (
        ("ledger", "publish"),
        ("issue", filing, "--actor", "checker"),
        ("decision", "confirm", decision, "--actor", "checker"),
        ("sequencer",),
    )
    before, head, shown = folder_digests(office.settings.home), stored_head(office), signed_at(office)
    for words in commands:
        done = certsvc_at(faketime, office.settings, "-1h", *words)
        assert (done.returncode, done.stderr.splitlines()[-1]) == (COULD_NOT_BE_DONE, SENTENCE), words
    assert folder_digests(office.settings.home) == before
    assert stored_head(office) == head
    assert office.certificates.progress(filing) == {}
    assert {one.status for one in office.decisions.listed()} == {DecisionStatus.PROPOSED}
    done = certsvc_at(faketime, office.settings, "+0", "decision", "confirm", decision, "--actor", "checker")
    assert done.returncode == 0, done.stderr
    assert signed_at(office) > shown


def test_a_clock_that_jumped_a_year_ahead_and_was_put_right_is_waited_for(
    issued: Issued, faketime: str
) -> None:
    office = issued.office
    ahead = certsvc_at(faketime, office.settings, "+365d", "ledger", "publish")
    assert ahead.returncode == 0, ahead.stderr
    shown, head = signed_at(office), stored_head(office)
    for offset in ("+0", "+364d"):
        back = certsvc_at(faketime, office.settings, offset, "ledger", "publish")
        assert (back.returncode, back.stderr.splitlines()[-1]) == (COULD_NOT_BE_DONE, SENTENCE)
    assert (signed_at(office), stored_head(office)) == (shown, head)
    on = certsvc_at(faketime, office.settings, "+366d", "ledger", "publish")
    assert on.returncode == 0, on.stderr
    assert signed_at(office) > shown
