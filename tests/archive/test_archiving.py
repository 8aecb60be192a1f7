"""An office archives what it published: in rounds, again and again, whatever fails and whoever dies in between."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from certverify import check_pdf, load_trust, open_ledger
from cryptography import x509

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.metrics import Metrics
from certsvc.adapters.test_ca import make_test_chain
from certsvc.backup import back_up, restore
from certsvc.bootstrap import open_office
from certsvc.domain.archive_object import ArchiveFailure, ArchiveFault, ArchiveLevel, ArchiveObject
from certsvc.domain.key_plan import KeyKind
from certsvc.errors import (
    ConfigurationError,
    IntegrityError,
    TimestampRefused,
    UnavailableError,
    UnknownReference,
)
from tests.support.databases import Databases, SqliteFiles
from tests.support.office import OfficeUnderTest
from tests.support.timestamp_server import Behaviour, TimestampAuthority, TimestampServer, timestamp_server
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample

DAY = timedelta(days=1)
B_T, B_LT, B_LTA = ArchiveLevel
CERTIFICATES = 3


class ArchivedOffice(OfficeUnderTest):
    """An office with a timestamp server and three published certificates."""

    def __init__(self, home: Path, clock: FixedClock, url: str | None, server: TimestampServer, **given: Any):
        server.authority.now = clock.now
        roots = server.authority.write_to(home.parent / "lists")
        super().__init__(
            home,
            clock,
            url,
            timestamp_url=server.address,
            timestamp_roots=roots,
            timestamp_seconds=20.0,
            revocation_folder=home.parent / "lists",
            **given,
        )
        (home.parent / "lists" / "document-ca.crl").write_bytes(
            (home / "keys" / "document-ca.crl").read_bytes()
        )
        self.server, self.lists = server, home.parent / "lists"
        batch = sample(DUAL_DIRECTED)
        self.issue(self.submit(batch.with_rows(batch.rows[:CERTIFICATES]).xlsx()))
        self.desk = self.office.archive_desk
        self.archiving = self.desk.archiving

    def upgrade(self, most: int = 100) -> list[ArchiveObject | ArchiveFailure]:
        """One round."""
        return list(self.archiving.upgrade(self.desk.level, most))

    def take_over(self, life: timedelta) -> None:
        """A new unit of the authority signs from today on, and its list is renewed."""
        now, authority = self.clock.now(), self.server.authority
        self.server.unit = authority.unit(now - DAY, life)
        (self.lists / "timestamps.crl").write_bytes(authority.revocation_list(now - DAY))

    def files(self) -> dict[str, str]:
        """Every file of the archive by its digest."""
        folder = self.office.settings.archive_folder
        return {
            str(one.relative_to(folder)): sha256(one.read_bytes()).hexdigest() for one in folder.rglob("*.*")
        }

    def sound(self) -> bool:
        """Whether every kept object is what was entered."""
        return all(one.sound for one in self.archiving.check())


BEGUN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """The time of these tests: what they sign ends in years."""
    return FixedClock(BEGUN)


@pytest.fixture
def server() -> Iterator[TimestampServer]:
    """An authority and its server, good for 540 days."""
    authority = TimestampAuthority(BEGUN)
    with timestamp_server(authority, authority.unit(authority.start, 540 * DAY)) as running:
        yield running


@pytest.fixture
def office(
    tmp_path: Path, clock: FixedClock, server: TimestampServer, sqlite_template: Path
) -> Iterator[ArchivedOffice]:
    """An office on SQLite."""
    opened = ArchivedOffice(tmp_path / "var", clock, SqliteFiles(tmp_path, sqlite_template).fresh(), server)
    yield opened
    opened.close()


def kept(done: ArchiveObject | ArchiveFailure) -> ArchiveObject:
    """What was archived, not a failure."""
    assert isinstance(done, ArchiveObject)
    return done


def test_rounds_go_on_where_they_stopped_until_everything_is_archived_and_is_renewed_in_time(
    tmp_path: Path, clock: FixedClock, server: TimestampServer, databases: Databases
) -> None:
    opened = ArchivedOffice(tmp_path / "var", clock, databases.fresh(), server)
    assert [len(opened.upgrade(2)) for _ in range(3)] == [2, 1, 0]
    status = opened.archiving.status(B_LTA)
    assert (status.total, status.levels, status.waiting) == (3, {B_T: 0, B_LT: 0, B_LTA: 3}, 0)
    assert opened.sound()
    first, before = opened.files(), list(opened.archiving.check())
    assert len(first) == CERTIFICATES

    assert status.next_renewal_at == server.authority.start + 450 * DAY
    clock.instant = status.next_renewal_at - DAY
    assert opened.upgrade() == []
    opened.take_over(540 * DAY)
    clock.advance(DAY)
    assert opened.archiving.status(B_LTA).renewals_due == CERTIFICATES
    assert {kept(one).generation for one in opened.upgrade()} == {2}
    assert opened.upgrade() == []
    assert first.items() <= opened.files().items()  # nothing is overwritten
    clock.instant = server.authority.start + 600 * DAY  # the first unit has ended
    later = list(opened.archiving.check())
    assert (len(later), all(one.sound for one in later)) == (2 * len(before), True)

    made = back_up(opened.office.settings, tmp_path / "office.tar", clock)
    elsewhere = opened.office.settings.model_copy(
        update={"home": tmp_path / "restored", "database_url": databases.empty()}
    )
    assert restore(elsewhere, made.file).archive_objects == made.archive_objects == 2 * CERTIFICATES
    opened.close()
    shutil.copytree(opened.office.settings.keys_folder, elsewhere.keys_folder)
    copy = open_office(elsewhere, clock)
    assert all(one.sound for one in copy.archive_desk.archiving.check())
    copy.close()


def test_what_is_served_stays_as_it_was_and_still_checks_when_its_signers_certificate_has_ended(
    office: ArchivedOffice,
) -> None:
    documents = office.office.settings.documents_folder
    served = {one: one.read_bytes() for one in documents.rglob("*.pdf")}
    office.upgrade()
    assert {one: one.read_bytes() for one in documents.rglob("*.pdf")} == served
    signer = x509.load_der_x509_certificate(office.office.keys.document.certificate)
    office.clock.instant = signer.not_valid_after_utc + 2000 * DAY
    office.office.republish()
    folder = office.office.settings.public_folder
    trust = load_trust(folder)
    ledger = open_ledger(folder, trust)
    for document in served.values():
        assert check_pdf(document, trust, ledger, office.clock.now()).outcome.exit_code == 0


def test_documents_of_the_certificate_of_before_are_archived_and_check_after_its_successor_has_taken_over(
    office: ArchivedOffice, tmp_path: Path
) -> None:
    first = kept(office.upgrade(1)[0])
    successor, settings = make_test_chain(office.clock.now()), office.office.settings
    (office.lists / "successor.crl").write_bytes(successor.revocation_lists_pem)
    pem = tmp_path / "successor.pem"
    pem.write_bytes(successor.signer_key_pem + b"".join(successor.certificates_pem))
    desk = office.office.key_desk
    desk.announce(KeyKind.DOCUMENT, pem, office.clock.today(), stolen=True)
    office.office.publish()
    desk.switch(KeyKind.DOCUMENT)
    office.office.close()
    after = office.office = open_office(settings, office.clock)
    after.republish()
    batch = sample(REGULAR)
    office.issue(office.submit(batch.with_rows(batch.rows[:1]).xlsx()))
    rest = [kept(one) for one in after.archive_desk.archiving.upgrade(B_LTA, 100)]
    assert len(rest) == CERTIFICATES, "two of the certificate of before, one of its successor"
    assert all(one.sound for one in after.archive_desk.archiving.check())
    for one in (first, *rest):
        verdict = after.verification.check_document(after.archive_desk.export(one.number, one.version))
        codes = {finding["code"] for finding in verdict.as_json()["findings"]}
        assert (verdict.outcome.exit_code, "document-archived" in codes) == (0, True)


def test_a_document_that_fails_is_told_and_passed_over_and_tried_again_later(office: ArchivedOffice) -> None:
    altered, missing, *_ = sorted(office.office.settings.documents_folder.rglob("*.pdf"))
    was, gone = altered.read_bytes(), missing.read_bytes()
    altered.write_bytes(was + b" ")
    missing.unlink()
    done = office.upgrade()
    failed = {one.fault: one for one in done if isinstance(one, ArchiveFailure)}
    assert set(failed) == {ArchiveFault.ALTERED, ArchiveFault.MISSING}
    assert len(done) - len(failed) == CERTIFICATES - 2
    assert failed[ArchiveFault.ALTERED].next_try_at == office.clock.now() + timedelta(hours=1)
    assert office.upgrade() == []  # not yet
    altered.write_bytes(was)
    office.clock.advance(timedelta(hours=1))
    again = office.upgrade()
    assert [type(one) for one in again] == [ArchiveObject, ArchiveFailure]
    (still,) = office.archiving.failures()
    assert (still.attempts, still.next_try_at) == (2, office.clock.now() + timedelta(hours=2))
    missing.write_bytes(gone)
    assert kept(office.archiving.upgrade_one(still.number, still.version, B_LTA)).level is B_LTA
    assert office.archiving.failures() == ()


def test_a_timestamp_server_that_goes_away_ends_the_round_and_what_was_done_stands(
    office: ArchivedOffice,
) -> None:
    office.server.turn_bad_after(6, Behaviour.BROKEN)  # one for the size of a token, two a document
    with pytest.raises(UnavailableError):
        office.upgrade()
    assert len(office.files()) == 2
    office.server.after = None
    assert len(office.upgrade()) == CERTIFICATES - 2
    assert office.sound()
    assert office.archiving.failures() == ()


@pytest.mark.parametrize("behaviour", [Behaviour.WRONG_IMPRINT, Behaviour.WRONG_NONCE])
def test_nothing_is_kept_of_a_timestamp_server_that_lies(
    office: ArchivedOffice, behaviour: Behaviour
) -> None:
    office.server.turn_bad_after(2, behaviour)
    with pytest.raises(TimestampRefused):
        office.upgrade()
    assert office.files() == {}
    assert office.archiving.status(B_LTA).waiting == CERTIFICATES
    office.server.after = None
    office.server.unit = office.server.authority.unit(BEGUN - 30 * DAY, 29 * DAY)
    with pytest.raises(TimestampRefused, match="证书链"):
        office.upgrade()
    assert office.files() == {}


def test_without_the_lists_of_the_signers_authority_there_is_a_timestamp_and_the_rest_follows(
    office: ArchivedOffice,
) -> None:
    lists = office.lists / "document-ca.crl"
    raw_lists = lists.read_bytes()
    lists.unlink()
    (first,) = map(kept, office.upgrade(1))
    assert (first.level, first.generation) == (B_T, 1)
    assert office.sound()
    (told,) = office.archiving.failures()
    assert (told.number, told.fault) == (first.number, ArchiveFault.MATERIAL)
    lists.write_bytes(raw_lists)
    raised = kept(office.archiving.upgrade_one(first.number, first.version, B_LTA))
    assert (raised.level, raised.generation) == (B_LTA, 2)
    assert office.archiving.failures() == ()
    assert office.sound()


def test_an_archived_file_that_was_altered_or_lost_is_found(office: ArchivedOffice) -> None:
    office.upgrade()
    one, other, *_ = sorted(office.office.settings.archive_folder.rglob("*.pdf"))
    one.write_bytes(one.read_bytes()[:-1])
    other.unlink()
    wrong = [found.found for found in office.archiving.check() if not found.sound]
    assert wrong == [ArchiveFault.ALTERED, ArchiveFault.MISSING]
    with pytest.raises(IntegrityError):
        back_up(office.office.settings, one.parents[2] / "office.tar", office.clock)


def test_the_measurements_say_where_the_archive_stands(office: ArchivedOffice) -> None:
    office.upgrade(1)
    measured = Metrics(lambda: None, office.desk.standing).render().decode()
    for line in (
        'certsvc_archive_objects{level="B-LTA"} 1.0',
        'certsvc_archive_objects{level="B-T"} 0.0',
        "certsvc_archive_waiting 2.0",
        "certsvc_archive_failed 0.0",
        "certsvc_archive_renewals_due 0.0",
    ):
        assert line in measured.splitlines()
    assert "certsvc_archive" not in Metrics(lambda: None).render().decode()


def test_only_one_process_of_the_machine_archives_at_a_time(office: ArchivedOffice) -> None:
    other = open_office(office.office.settings, office.clock)
    going_on = office.archiving.upgrade(B_LTA, 2)
    next(going_on)
    assert list(other.archive_desk.archiving.upgrade(B_LTA, 100)) == []
    assert len(list(going_on)) == 1
    assert len(list(other.archive_desk.archiving.upgrade(B_LTA, 100))) == CERTIFICATES - 2
    other.close()


def test_the_background_work_does_a_bounded_round_and_stops_when_it_shall(
    office: ArchivedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.desk.work(lambda: True)
    assert office.files() == {}
    office.desk.work(lambda: len(office.files()) == 1)
    assert len(office.files()) == 1
    monkeypatch.setattr("certsvc.bootstrap.archive.ROUND_SECONDS", 0.0)
    office.desk.work(lambda: False)
    assert len(office.files()) == 2
    office.desk.work(lambda: False)
    assert len(office.files()) == CERTIFICATES


def test_what_is_set_wrongly_is_said_once_and_ends_no_service(
    office: ArchivedOffice, caplog: pytest.LogCaptureFixture
) -> None:
    (office.lists / "other.crl").write_bytes(b"no list")
    for _ in range(3):
        office.desk.work(lambda: False)
    assert [one.getMessage() for one in caplog.records if "archiving waits" in one.getMessage()] == [
        f"archiving waits: 吊销列表 {office.lists / 'other.crl'} 无法读取。请换上证书机构公布的吊销列表（DER 或 PEM）。"
    ]
    assert office.files() == {}


def test_without_a_timestamp_server_nothing_is_archived(office: ArchivedOffice) -> None:
    off = office.office.settings.model_copy(update={"timestamp_url": None, "timestamp_roots": None})
    other = open_office(off, office.clock)
    other.archive_desk.work(lambda: False)
    assert not off.archive_folder.exists()
    with pytest.raises(ConfigurationError, match="CERTSVC_TIMESTAMP_URL"):
        list(other.archive_desk.archiving.upgrade(B_LTA, 1))
    with pytest.raises(UnknownReference):
        other.archive_desk.export("222023052000017X", 1)
    other.close()
