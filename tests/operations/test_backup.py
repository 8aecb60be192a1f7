"""A backup restores the whole office but its keys, and the start-up guard keeps an old one from forking the log."""

from __future__ import annotations

import io
import shutil
import tarfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from certverify import check_record, load_trust, open_ledger
from sqlalchemy import select

from certsvc.adapters.api_key import make_api_key
from certsvc.adapters.backup_archive import MANIFEST, BackupWriter, extract_backup
from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.schema import filing
from certsvc.backup import back_up, expected_fingerprints, fingerprints, restore, unlike
from certsvc.bootstrap import Office, open_office
from certsvc.errors import ConfigurationError, ConflictError, IntegrityError, OlderDatabase
from certsvc.formats.record import record_text
from certsvc.ports.look_ups import LookUp, LookUpChannel
from certsvc.settings import Settings
from tests.support.databases import Databases
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample


@pytest.fixture
def office(tmp_path: Path, databases: Databases, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    """An office that has issued eight certificates."""
    opened = OfficeUnderTest(tmp_path / "var", clock, databases.fresh())
    opened.issue(opened.submit(sample(DUAL_DIRECTED).xlsx()))
    yield opened
    opened.close()


@pytest.fixture
def elsewhere(tmp_path: Path, databases: Databases) -> Settings:
    """The settings of an empty office."""
    return Settings(home=tmp_path / "restored", database_url=databases.empty(), _env_file=None)


@pytest.fixture
def reopened(elsewhere: Settings, office: OfficeUnderTest) -> Iterator[Callable[[], Office]]:
    """Opens the restored office, with the keys of the first put back."""
    offices: list[Office] = []

    def reopen() -> Office:
        shutil.copytree(office.office.settings.keys_folder, elsewhere.keys_folder)
        offices.append(open_office(elsewhere, office.clock))
        return offices[0]

    yield reopen
    for one in offices:
        one.close()


def issue_more(office: OfficeUnderTest) -> None:
    office.issue(office.submit(sample(REGULAR).with_rows([{}]).xlsx()))


def published(office: Office) -> list[PublicCertificate]:
    """The certificates of the office's first filing."""
    with office.engine.begin() as connection:
        first = connection.scalars(select(filing.c.id).order_by(filing.c.received_at)).first()
    return sorted(office.certificates.published(filing=first), key=lambda one: one.leaf_index)


def test_a_restored_office_has_every_certificate_and_shows_the_same_log(
    office: OfficeUnderTest, elsewhere: Settings, reopened: Callable[[], Office], tmp_path: Path
) -> None:
    made = back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    done = restore(elsewhere, made.file)
    assert (done.documents, done.log_size, done.fingerprints) == (8, made.log_size, made.fingerprints)
    copy = reopened()
    (filed,) = {one.draft.filing for one in published(office.office)}
    assert [one.draft for one in published(copy)] == [one.draft for one in published(office.office)]
    assert copy.export(tmp_path / "copies", filing=filed) == 8
    assert (elsewhere.public_folder / "checkpoint").read_bytes() == (
        office.office.settings.public_folder / "checkpoint"
    ).read_bytes()
    assert fingerprints(elsewhere) == expected_fingerprints(elsewhere)
    copy.republish()
    trust = load_trust(elsewhere.public_folder)
    ledger = open_ledger(elsewhere.public_folder, trust)
    for one in published(copy):
        verdict = check_record(record_text(one.record), trust, ledger, office.clock.now())
        assert verdict.outcome.exit_code == 0
        assert copy.archive.read(one.draft.content.number, 1) == office.office.archive.read(
            one.draft.content.number, 1
        )


def test_a_restored_office_has_the_log_of_look_ups(
    office: OfficeUnderTest, elsewhere: Settings, reopened: Callable[[], Office], tmp_path: Path
) -> None:
    number = published(office.office)[0].draft.content.number
    office.office.look_ups.journal.note(
        LookUp(office.clock.now(), number, LookUpChannel.PAGE, "passed", "198.51.100.7")
    )
    office.office.look_ups.journal.flush()
    (noted,) = office.office.look_ups.store.of_certificate(number)
    restore(elsewhere, back_up(office.office.settings, tmp_path / "office.tar", office.clock).file)
    assert reopened().look_ups.store.of_certificate(number) == (noted,)


def test_beside_a_newer_public_tree_the_restored_office_refuses_to_sign(
    office: OfficeUnderTest, elsewhere: Settings, reopened: Callable[[], Office], tmp_path: Path
) -> None:
    made = back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    issue_more(office)
    restore(elsewhere, made.file)
    shutil.rmtree(elsewhere.public_folder)
    shutil.copytree(office.office.settings.public_folder, elsewhere.public_folder)
    copy = reopened()
    with pytest.raises(OlderDatabase, match=r"账本分叉.*docs/operations\.md"):
        copy.republish()
    with pytest.raises(OlderDatabase, match=r"docs/operations\.md"):
        copy.record_waiting()


def test_beside_the_public_tree_of_its_time_the_restored_office_goes_on(
    office: OfficeUnderTest, elsewhere: Settings, reopened: Callable[[], Office], tmp_path: Path
) -> None:
    made = back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    restore(elsewhere, made.file)
    shutil.rmtree(elsewhere.public_folder)
    shutil.copytree(office.office.settings.public_folder, elsewhere.public_folder)
    copy = reopened()
    report = copy.submit(sample(REGULAR).with_rows([{}]).xlsx(), "filing.xlsx")
    copy.approval.approve(report.filing, "maker")
    copy.approval.begin_issue(report.filing, "checker")
    copy.issuance.run(report.filing)
    assert len(copy.certificates.published(filing=report.filing)) == 1


def test_a_backup_holds_no_key_and_lists_the_digest_of_every_member(
    office: OfficeUnderTest, tmp_path: Path
) -> None:
    made = back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    assert made.file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(made.file) as tar:
        names = tar.getnames()
        listing = tar.extractfile(MANIFEST)
        assert listing is not None
        listed = [line.split("  ")[1] for line in listing.read().decode().splitlines()]
    assert names == [*listed, MANIFEST]
    assert {name.split("/")[0] for name in names} >= {"backup.json", "documents", "public"}
    raw = made.file.read_bytes()
    for key in office.office.settings.keys_folder.iterdir():
        if key.is_dir():
            continue  # signed trust lists: public
        secret = key.read_bytes()
        assert secret not in raw
        assert secret.splitlines()[1 if b"\n" in secret.strip() else 0] not in raw
    assert list(tmp_path.glob(".backup-*")) == []
    with pytest.raises(ConflictError):
        back_up(office.office.settings, made.file, office.clock)


def test_a_document_that_is_not_what_the_database_knows_stops_the_backup(
    office: OfficeUnderTest, tmp_path: Path
) -> None:
    (document, *_) = sorted(office.office.settings.documents_folder.rglob("*.pdf"))
    kept = document.read_bytes()
    document.write_bytes(kept + b" ")
    with pytest.raises(IntegrityError):
        back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    document.unlink()
    with pytest.raises(IntegrityError):
        back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    document.write_bytes(kept)
    assert not list(tmp_path.glob("office.tar*"))
    back_up(office.office.settings, tmp_path / "office.tar", office.clock)


def test_a_home_or_database_that_is_not_empty_is_left_alone(
    office: OfficeUnderTest, elsewhere: Settings, databases: Databases, tmp_path: Path
) -> None:
    made = back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    with pytest.raises(ConflictError, match="不是空的"):
        restore(office.office.settings, made.file)
    taken = Settings(home=tmp_path / "other", database_url=databases.fresh(), _env_file=None)
    with pytest.raises(ConflictError, match="不是空的"):
        restore(taken, made.file)
    assert not taken.home.exists()


def test_a_backup_of_the_other_kind_of_database_is_refused(
    office: OfficeUnderTest, elsewhere: Settings, tmp_path: Path, postgresql: Databases
) -> None:
    on_sqlite = office.office.engine.dialect.name == "sqlite"
    target = postgresql.empty() if on_sqlite else f"sqlite:///{tmp_path / 'other.sqlite3'}"
    made = back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    other = Settings(home=tmp_path / "other", database_url=target, _env_file=None)
    with pytest.raises(ConfigurationError):
        restore(other, made.file)
    assert list(other.home.iterdir()) == []


def rewritten(file: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The backup with every member given to `change`; None drops it."""
    target = file.with_name("changed.tar")
    with tarfile.open(file) as source, tarfile.open(target, "w") as tar:
        for member in source.getmembers():
            reader = source.extractfile(member)
            assert reader is not None
            changed = change(member.name, reader.read())
            if changed is not None:
                told = tarfile.TarInfo(changed[0])
                told.size = len(changed[1])
                tar.addfile(told, io.BytesIO(changed[1]))
    return target


@pytest.fixture
def small_backup(tmp_path: Path) -> Path:
    """A file in the form of a backup, without an office around it."""
    with BackupWriter(tmp_path / "small.tar") as writer:
        writer.add_bytes("backup.json", b"{}")
        writer.add_bytes("public/checkpoint", b"a checkpoint")
        writer.add_bytes("documents/AB/22X-v1.pdf", b"%PDF-")
    return tmp_path / "small.tar"


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: (name, content + b" " if name == "public/checkpoint" else content),
        lambda name, content: None if name == "public/checkpoint" else (name, content),
        lambda name, content: None if name == MANIFEST else (name, content),
        lambda name, content: ("../outside" if name == "public/checkpoint" else name, content),
        lambda name, content: ("keys/log.pem" if name == "public/checkpoint" else name, content),
        lambda name, content: (name, b"" if name == MANIFEST else content),
    ],
)
def test_an_altered_backup_is_refused(
    small_backup: Path, tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]
) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    with pytest.raises(IntegrityError):
        extract_backup(rewritten(small_backup, change), folder)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("length", [0, 100, 512, 1500, 4000])
def test_a_backup_cut_short_is_refused(small_backup: Path, tmp_path: Path, length: int) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    (tmp_path / "cut.tar").write_bytes(small_backup.read_bytes()[:length])
    with pytest.raises(IntegrityError):
        extract_backup(tmp_path / "cut.tar", folder)


def test_a_whole_backup_unpacks_to_what_went_in(small_backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    extract_backup(small_backup, folder)
    assert {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")} == {
        "backup.json": b"{}",
        "documents/AB/22X-v1.pdf": b"%PDF-",
    }
    assert (folder / "public" / "checkpoint").read_bytes() == b"a checkpoint"


def test_memory_stays_flat_however_many_members_and_however_large(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(64 << 20)
    folder = tmp_path / "unpacked"
    folder.mkdir()
    tracemalloc.start()
    with BackupWriter(tmp_path / "many.tar") as writer:
        for number in range(5000):
            writer.add_bytes(f"documents/AB/{number}-v1.pdf", b"%PDF-")
    with BackupWriter(tmp_path / "large.tar") as writer:
        writer.add_file("database.sqlite3", large)
    extract_backup(tmp_path / "large.tar", folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 << 20
    assert (folder / "database.sqlite3").stat().st_size == 64 << 20


def test_a_failed_restore_leaves_an_empty_home(
    office: OfficeUnderTest, elsewhere: Settings, reopened: Callable[[], Office], tmp_path: Path
) -> None:
    made = back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    damaged = rewritten(
        made.file, lambda name, content: (name, content[:-1] if name.endswith(".pdf") else content)
    )
    with pytest.raises(IntegrityError):
        restore(elsewhere, damaged)
    assert list(elsewhere.home.iterdir()) == []
    restore(elsewhere, made.file)
    assert len(published(reopened())) == 8


def test_the_api_key_is_among_the_fingerprints_and_missed_like_the_others(
    office: OfficeUnderTest, elsewhere: Settings, reopened: Callable[[], Office], tmp_path: Path
) -> None:
    made = back_up(office.office.settings, tmp_path / "office.tar", office.clock)
    assert set(made.fingerprints) == {"record", "log", "document", "personal", "api", "trust"}
    restore(elsewhere, made.file)
    reopened()
    expected = expected_fingerprints(elsewhere)
    assert expected is not None
    assert unlike(fingerprints(elsewhere), expected) == ()
    key = elsewhere.keys_folder / "api.pem"
    kept = key.read_bytes()
    key.unlink()
    assert unlike(fingerprints(elsewhere), expected) == ("api",)
    make_api_key(elsewhere.keys_folder)
    assert unlike(fingerprints(elsewhere), expected) == ("api",)
    key.write_bytes(kept)
    of_before = {name: digest for name, digest in expected.items() if name != "api"}
    assert unlike(fingerprints(elsewhere), of_before) == (), "a backup of before there was such a key"
