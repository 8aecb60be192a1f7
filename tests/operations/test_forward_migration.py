"""Offices of older revisions, with filings, certificates, decisions and a log in them, go on under the newest one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from certverify import check_bundle, check_pdf, load_trust, open_ledger
from sqlalchemy import Engine, MetaData, Row, func, insert, select

from certsvc.adapters.annulment_store import annulled_among, reference_key
from certsvc.adapters.batch_schema import row_reference
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import MIGRATIONS, open_database
from certsvc.adapters.policy_schema import admitted_count
from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.domain.annulment import ProofKind
from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind, DecisionStatus, StoredDecision
from certsvc.domain.facts import CreditBlock
from certsvc.settings import Settings
from tests.decisions.deciders import audit, issue_sample, open_deciders
from tests.support.databases import Databases
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample

FIRST, SECOND = "0001", "0002"
ONE_PERSON_ANNULS = "0015"
"""A revision under which an annulment counted as soon as one person recorded it."""
ROWS = (
    "actor",
    "registry_document",
    "filing",
    "filing_row",
    "certificate",
    "outbox_event",
    "ledger_head",
    "ledger_hashes",
    "ledger_entries",
    "status_slot",
)


_REPLACED = ("annulment", "web_session")
"""Tables of older revisions that newer ones do not have, or begin anew: whoever was signed in signs in again."""
_DROPPED = (("status_slot", "seq"), ("status_slot", "leaf_hash"))
"""Columns of older revisions that repeated what stands elsewhere."""
_COUNTED = (("outbox_event", "id"), ("registry_document", "position"), ("personal_look", "position"))


def upgrade(engine: Engine, revision: str) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, revision)


def reflected(engine: Engine) -> MetaData:
    tables = MetaData()
    tables.reflect(engine)
    return tables


def copy_rows(source: Engine, target: Engine) -> None:
    """Every row of the tables, and of them the columns, that the target has."""
    have, want = reflected(source), reflected(target)
    with source.connect() as reading, target.begin() as writing:
        for table in want.sorted_tables:
            if table.name in ("alembic_version", *_REPLACED):
                continue
            known = have.tables[table.name].c
            columns = [known[name] for name in table.c.keys() if (table.name, name) not in _DROPPED]  # noqa: SIM118  # a collection
            rows = [dict(row._mapping) for row in reading.execute(select(*columns))]
            if rows:
                writing.execute(insert(table), rows)
        if target.dialect.name == "postgresql":
            for table, column in _COUNTED:
                if table not in want.tables:
                    continue
                newest = select(func.max(want.tables[table].c[column])).scalar_subquery()
                writing.execute(select(func.setval(func.pg_get_serial_sequence(table, column), newest)))


@pytest.fixture
def settings(tmp_path: Path, databases: Databases, clock: FixedClock) -> Settings:
    """A home whose database stands at the first revision, with eight published certificates."""
    office = OfficeUnderTest(tmp_path / "before", clock, databases.fresh())
    office.issue(office.submit(sample(DUAL_DIRECTED).xlsx(), DUAL_DIRECTED))
    return moved_back(office, FIRST, tmp_path / "office", databases.empty())


def moved_back(office: OfficeUnderTest, revision: str, home: Path, url: str) -> Settings:
    """The office in a home of its own whose database stands at an older revision; the office is closed."""
    old = Settings(home=home, database_url=url, suspension="on", _env_file=None)
    shutil.copytree(
        office.office.settings.home, old.home, ignore=shutil.ignore_patterns("*.sqlite3*", "turns", "*.work")
    )
    engine = open_database(old.effective_database_url)
    upgrade(engine, revision)
    copy_rows(office.office.engine, engine)
    engine.dispose()
    office.close()
    return old


def test_the_first_revision_has_rows_of_every_kind(settings: Settings) -> None:
    engine = open_database(settings.effective_database_url)
    tables = reflected(engine)
    assert "decision" not in tables.tables
    assert "status" not in tables.tables["certificate"].c
    with engine.connect() as connection:
        assert all(connection.execute(select(tables.tables[name])).first() is not None for name in ROWS)
    engine.dispose()


def test_the_office_opens_and_old_certificates_export_and_check(
    settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    checkpoint = (settings.public_folder / "checkpoint").read_bytes()
    assert not prepare_home(settings, clock)
    assert (settings.public_folder / "checkpoint").read_bytes() == checkpoint
    office = open_office(settings, clock)
    filing = next(iter(office.filings.announcements_used(besides="")))
    assert filing == sample(DUAL_DIRECTED).header["公布文号"]
    with office.engine.connect() as connection:
        tables = reflected(office.engine)
        (old, *others) = connection.scalars(select(tables.tables["certificate"].c.filing_id).distinct())
        assert not others
        assert set(connection.scalars(select(tables.tables["certificate"].c.status))) == {1}
    assert office.filings.report(old).status.value == "issued"
    assert office.export(tmp_path / "out", filing=old) == 8
    trust = load_trust(settings.public_folder)
    ledger = open_ledger(settings.public_folder, trust)
    for pdf in (tmp_path / "out").glob("*.pdf"):
        raw_bundle = pdf.with_suffix(".bundle.json").read_bytes()
        assert check_pdf(pdf.read_bytes(), trust, ledger, clock.now()).outcome.exit_code == 0
        assert check_bundle(raw_bundle, trust, clock.now()).outcome.exit_code == 0
    office.close()


def test_the_migrated_office_issues_further_on_the_same_log(settings: Settings, clock: FixedClock) -> None:
    prepare_home(settings, clock)
    office = open_office(settings, clock)
    report = office.submit(sample(REGULAR).with_rows([{}]).xlsx(), REGULAR)
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    office.issuance.run(report.filing)
    (new,) = office.certificates.published(filing=report.filing)
    assert new.leaf_index > 8
    office.close()


@dataclass(frozen=True)
class Decided:
    """An office of the second revision: numbers of certificates, the decisions over them, and their holders' records."""

    settings: Settings
    revoked: str
    reinstated: str
    corrected: str
    suspended: str
    decisions: tuple[StoredDecision, ...]
    people: tuple[str, ...]
    blocks: Mapping[str, tuple[CreditBlock, ...]]


@pytest.fixture
def decided(tmp_path: Path, databases: Databases, clock: FixedClock) -> Decided:
    """Decisions of the four kinds that the second revision knew, with credit records that stand and were withdrawn."""
    deciders = open_deciders(tmp_path / "before", clock, databases.fresh())
    issued = issue_sample(deciders, 4)
    revoked, reinstated, corrected, suspended = (one.draft.content.number for one in issued)
    for number in (revoked, reinstated):
        deciders.decide(DecisionKind.REVOKE, number)
    deciders.decide(DecisionKind.REINSTATE, reinstated, ground="复核后原决定不成立")
    deciders.decide(DecisionKind.CORRECT, corrected, changes={"name": "更名人"}, ground="录入有误")
    deciders.decide(DecisionKind.SUSPEND, suspended, ground="正在核查")
    decisions = deciders.office.decisions.listed()
    people = tuple(one.draft.content.award.document.number for one in issued)
    blocks = deciders.office.filings.credit_blocks(people)
    old = moved_back(deciders.under_test, SECOND, tmp_path / "office", databases.empty())
    return Decided(old, revoked, reinstated, corrected, suspended, decisions, people, blocks)


def test_decisions_and_credit_records_of_the_second_revision_are_all_there(
    decided: Decided, clock: FixedClock
) -> None:
    assert len(decided.decisions) == 5
    assert list(decided.blocks) == [decided.people[0]]
    prepare_home(decided.settings, clock)
    office = open_office(decided.settings, clock)
    assert office.decisions.listed() == decided.decisions
    assert office.filings.credit_blocks(decided.people) == decided.blocks
    kinds = [one.proposal.kind for one in office.decisions.confirmed(decided.reinstated)]
    assert sorted(kinds) == [DecisionKind.REINSTATE, DecisionKind.REVOKE]
    with office.engine.connect() as connection:
        own = reflected(office.engine).tables["decision"].c
        rows = connection.execute(select(own.certificate_number, own.ordinal).order_by(own.ordinal)).all()
    ordinals = {number: [row.ordinal for row in rows if row[0] == number] for number, _ in rows}
    assert ordinals.pop(decided.reinstated) == [1, 2]
    assert all(places == [1] for places in ordinals.values())
    assert office.trail.verify_chain().fault is None
    office.close()


def test_what_the_second_revision_decided_is_lifted_ended_and_told_under_the_newest_one(
    decided: Decided, clock: FixedClock
) -> None:
    prepare_home(decided.settings, clock)
    office = open_office(decided.settings, clock)
    expected = {
        decided.revoked: [Status.REVOKED],
        decided.reinstated: [Status.VALID],
        decided.corrected: [Status.SUPERSEDED, Status.VALID],
        decided.suspended: [Status.SUSPENDED],
    }
    assert {number: statuses(office, number) for number in expected} == expected
    clock.advance(timedelta(days=1))
    for kind, number in ((DecisionKind.REINSTATE, decided.revoked), (DecisionKind.VOID, decided.suspended)):
        today, words = clock.today(), ("吉人社复〔2026〕9号", "经复核")
        proposed = office.deciding.propose(kind, number, words[0], today, words[1], "maker")
        office.confirm_decision(proposed, "checker")
    assert office.filings.credit_blocks(decided.people) == {}
    assert statuses(office, decided.revoked) == [Status.VALID]
    assert statuses(office, decided.suspended) == [Status.VOIDED]
    audit(decided.settings.public_folder)
    office.close()


def statuses(office: Office, number: str) -> list[Status]:
    """The committed status of every version."""
    return [version.status for version in office.certificates.versions(number)]


def test_filings_of_an_older_revision_say_again_what_they_cite_and_whom_they_admit(
    tmp_path: Path, databases: Databases, clock: FixedClock
) -> None:
    """Annulments and quotas miss nothing that was filed before their tables were there."""
    before = OfficeUnderTest(tmp_path / "before", clock, databases.fresh())
    known = sample(REGULAR)
    batch = known.with_rows([known.rows[0], {**known.rows[1], "依据文号": "吉人社考〔2023〕7号"}])
    assert len(before.issue(before.submit(batch.xlsx(), REGULAR))) == 2
    cited, counted = contents(before.office)
    assert len(cited) == 1
    assert sum(row.persons for row in counted) == 2
    settings = moved_back(before, SECOND, tmp_path / "office", databases.empty())
    prepare_home(settings, clock)
    office = open_office(settings, clock)
    assert contents(office) == ([], [])
    proof = (ProofKind.EXAMINATION, "吉人社考〔2023〕7号", "吉人社考撤〔2026〕1号", clock.today(), "核查不实")
    recorded = office.case_work.annulments.record(*proof, "maker")
    assert office.case_work.annulments.confirm(recorded, "checker")[1] == ()
    assert office.information.contents.fill(lambda: True) == 0
    assert office.information.contents.fill() == 1
    assert contents(office) == (cited, counted)
    assert [entry.certificate is not None for entry in office.case_work.dependants.listed()] == [True]
    assert office.information.contents.fill() == 0
    assert contents(office) == (cited, counted)
    office.close()


def test_an_annulment_that_one_person_recorded_stays_in_force_and_can_be_lifted(
    tmp_path: Path, databases: Databases, clock: FixedClock
) -> None:
    before = OfficeUnderTest(tmp_path / "before", clock, databases.fresh())
    cipher = before.office.keys.cipher
    settings = moved_back(before, ONE_PERSON_ANNULS, tmp_path / "office", databases.empty())
    engine = open_database(settings.effective_database_url)
    table = reflected(engine).tables["annulment"]
    with engine.begin() as connection:
        connection.execute(
            insert(table).values(
                id="A1",
                kind="examination",
                reference_key=reference_key(cipher, "KS-1"),
                sealed_reference=cipher.encrypt(b"KS-1", context=b"annulment/A1"),
                document_ref="人考函〔2023〕2号",
                decided_on="2023-05-01",
                ground="考试违纪",
                actor="maker",
                recorded_at="2023-05-02T02:00:00Z",
            )
        )
    engine.dispose()
    prepare_home(settings, clock)
    office = open_office(settings, clock)
    annulments = office.case_work.annulments
    (known,) = annulments.store.listed(DecisionStatus.CONFIRMED)
    assert (known.annulment.reference, known.maker, known.checker) == ("KS-1", "maker", None)
    assert known.confirmed_at == known.proposed_at
    with office.engine.begin() as connection:
        assert annulled_among(connection, cipher, {"ks-1"}) == {"ks-1"}
    lifting = annulments.propose_lifting("A1", "人考函〔2023〕9号", clock.today(), "复核", "maker")
    annulments.confirm(lifting, "checker")
    with office.engine.begin() as connection:
        assert not annulled_among(connection, cipher, {"ks-1"})
    office.close()


def contents(office: Office) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """What filings cite, and whom they admit."""
    with office.engine.begin() as connection:
        cited, counted = (
            list(connection.execute(select(table).order_by(*table.primary_key)).all())
            for table in (row_reference, admitted_count)
        )
    return cited, counted
