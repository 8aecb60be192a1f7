"""An office of the first revision, with filings, certificates and a log in it, goes on under the newest one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from certverify import check_bundle, check_pdf, load_trust, open_ledger
from sqlalchemy import Engine, MetaData, func, insert, select

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import MIGRATIONS, open_database
from certsvc.bootstrap import open_office, prepare_home
from certsvc.settings import Settings
from tests.support.databases import Databases
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample

FIRST = "0001"
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
            if table.name == "alembic_version":
                continue
            columns = [have.tables[table.name].c[name] for name in table.c.keys()]  # noqa: SIM118  # a collection
            rows = [dict(row._mapping) for row in reading.execute(select(*columns))]
            if rows:
                writing.execute(insert(table), rows)
        if target.dialect.name == "postgresql":
            for table, column in (("outbox_event", "id"), ("registry_document", "position")):
                newest = select(func.max(want.tables[table].c[column])).scalar_subquery()
                writing.execute(select(func.setval(func.pg_get_serial_sequence(table, column), newest)))


@pytest.fixture
def settings(tmp_path: Path, databases: Databases, clock: FixedClock) -> Settings:
    """A home whose database stands at the first revision, with eight published certificates."""
    office = OfficeUnderTest(tmp_path / "before", clock, databases.fresh())
    office.issue(office.submit(sample(DUAL_DIRECTED).xlsx(), DUAL_DIRECTED))
    old = Settings(home=tmp_path / "office", database_url=databases.empty(), _env_file=None)
    shutil.copytree(
        office.office.settings.home, old.home, ignore=shutil.ignore_patterns("*.sqlite3*", "turns", "*.work")
    )
    engine = open_database(old.effective_database_url)
    upgrade(engine, FIRST)
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
