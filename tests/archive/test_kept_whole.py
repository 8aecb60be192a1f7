"""A disk that fails, a process that dies, two that race: an archive object is whole or absent, and there is one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from certsvc.adapters.archive_folder import FolderArchiveObjects
from certsvc.adapters.archive_store import DatabaseArchiveBook
from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.adapters.database import open_database
from certsvc.domain.archive_object import (
    ArchiveFailure,
    ArchiveFault,
    ArchiveLevel,
    ArchiveObject,
    ArchiveState,
    ArchiveStatus,
    ArchiveTask,
    DocumentTimestamp,
)
from certsvc.errors import IntegrityError, UnavailableError
from certsvc.stages.archiving import ArchiveTools, Archiving
from tests.archive.test_archiving import CERTIFICATES, DAY, ArchivedOffice
from tests.support.databases import SqliteFiles
from tests.support.failing_files import Died, FailingFiles, Fault
from tests.support.timestamp_server import TimestampAuthority, timestamp_server

NOW = datetime.fromisoformat("2026-11-20T08:00:00Z")
NUMBER = "222023052000017X"
ORIGINAL = b"%PDF-1.7 a certificate"


class Documents:
    """The served document."""

    def keep(self, number: str, version: int, document: bytes) -> str:
        raise AssertionError("what is served is never written here")

    def read(self, number: str, version: int) -> bytes | None:
        return ORIGINAL


class Book:
    """A database of one certificate, in memory: what is noted stays, as what was committed does."""

    def __init__(self) -> None:
        self.kept: list[ArchiveObject] = []

    def tasks(self, level: ArchiveLevel, at: datetime, most: int) -> Sequence[ArchiveTask]:
        return [] if self.kept else [self.task(NUMBER, 1)]

    def task(self, number: str, version: int) -> ArchiveTask:
        newest = self.kept[-1] if self.kept else None
        return ArchiveTask(number, version, sha256(ORIGINAL).hexdigest(), newest)

    def note(self, kept: ArchiveObject) -> None:
        self.kept.append(kept)

    def note_failure(self, number: str, version: int, fault: ArchiveFault, at: datetime) -> ArchiveFailure:
        raise AssertionError(fault)

    def objects(self, number: str | None = None) -> Iterator[ArchiveObject]:
        return iter(self.kept)

    def failures(self) -> Sequence[ArchiveFailure]:
        return ()

    def status(self, level: ArchiveLevel, at: datetime) -> ArchiveStatus:
        raise NotImplementedError


class Stamps:
    """Writes other bytes each time, as every timestamp is another; believes what begins with the original."""

    def __init__(self) -> None:
        self.made = count(1)
        self.asked_for: list[ArchiveLevel] = []

    def raise_to(self, document: bytes, reached: ArchiveLevel | None, level: ArchiveLevel) -> bytes:
        self.asked_for.append(level)
        return document + b" stamp %d" % next(self.made)

    def renew(self, document: bytes) -> bytes:
        raise AssertionError("nothing is due")

    def shortfall(self, document: bytes) -> ArchiveFault:
        raise AssertionError("everything is reached")

    def judge(self, document: bytes, original: bytes, at: datetime) -> ArchiveState | ArchiveFault:
        if not document.startswith(original + b" stamp "):
            return ArchiveFault.NOT_A_CONTINUATION
        return ArchiveState(ArchiveLevel.B_LTA, (DocumentTimestamp(at, at + 540 * DAY, "sha256"),))


def archiving(folder: Path, book: Book, stamps: Stamps) -> Archiving:
    """As another process would have it."""
    return Archiving(
        documents=Documents(),
        folder=FolderArchiveObjects(folder),
        book=book,
        open_tools=lambda _stopping: ArchiveTools(stamps, stamps),
        open_judge=lambda: stamps,
        clock=FixedClock(NOW),
        turn=lambda: nullcontext(True),
    )


@pytest.mark.parametrize("fault", Fault)
def test_whatever_operation_fails_the_next_round_ends_with_one_whole_file_that_is_entered(
    tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations = 0
    for at in count(1):
        folder, book, stamps = tmp_path / str(at) / "archive", Book(), Stamps()
        folder.parent.mkdir()
        failing = FailingFiles([folder.parent], fault, at, last=folder)
        with monkeypatch.context() as patch:
            failing.install(patch)
            try:
                list(archiving(folder, book, stamps).upgrade(ArchiveLevel.B_LTA, 1))
            except (Died, UnavailableError):
                assert book.kept == []
        if failing.failed is None:
            break
        operations = at
        list(archiving(folder, book, stamps).upgrade(ArchiveLevel.B_LTA, 1))
        (entered,) = book.kept
        (file,) = (one for one in folder.rglob("*") if one.is_file() and one.suffix == ".pdf")
        assert all(one.sound for one in archiving(folder, book, stamps).check())
        assert FolderArchiveObjects(folder).path(NUMBER, 1, entered.generation) == file
    assert operations >= 8


def test_of_two_that_keep_the_same_generation_the_first_stands(tmp_path: Path) -> None:
    folder = FolderArchiveObjects(tmp_path / "archive")
    assert folder.keep(NUMBER, 1, 1, b"first") == b"first"
    assert folder.keep(NUMBER, 1, 1, b"second") == b"first"
    assert folder.read(NUMBER, 1, 1) == b"first"
    assert folder.read(NUMBER, 1, 2) is None
    assert folder.path(NUMBER, 1, 1).stat().st_mode & 0o777 == 0o600


def test_a_file_left_under_a_name_that_is_no_archive_object_is_set_aside_and_another_is_made(
    tmp_path: Path,
) -> None:
    folder, book, stamps = FolderArchiveObjects(tmp_path), Book(), Stamps()
    folder.keep(NUMBER, 1, 1, b"something else")
    list(archiving(tmp_path, book, stamps).upgrade(ArchiveLevel.B_LTA, 1))
    (entered,) = book.kept
    assert folder.read(NUMBER, 1, entered.generation) == ORIGINAL + b" stamp 1"
    name = f"{NUMBER}-v1-a1.{sha256(b'something else').hexdigest()[:16]}.refused"
    assert archiving(tmp_path, book, stamps).refused() == (name,)
    assert (folder.path(NUMBER, 1, 1).parent / name).read_bytes() == b"something else"


def test_a_file_left_behind_stays_where_it_is_until_there_is_a_better_one(tmp_path: Path) -> None:
    class Away(Stamps):
        def raise_to(self, document: bytes, reached: ArchiveLevel | None, level: ArchiveLevel) -> bytes:
            raise UnavailableError("away")

    folder = FolderArchiveObjects(tmp_path)
    folder.keep(NUMBER, 1, 1, b"something else")
    with pytest.raises(UnavailableError):
        list(archiving(tmp_path, Book(), Away()).upgrade(ArchiveLevel.B_LTA, 1))
    assert folder.read(NUMBER, 1, 1) == b"something else"
    assert folder.refused() == []


@pytest.mark.parametrize("level", [ArchiveLevel.B_T, ArchiveLevel.B_LT])
def test_an_object_of_a_lower_level_is_raised_to_the_highest_before_its_timestamp_ends(
    tmp_path: Path, level: ArchiveLevel
) -> None:
    folder, book, stamps = FolderArchiveObjects(tmp_path), Book(), Stamps()
    document = ORIGINAL + b" stamp 0"
    folder.keep(NUMBER, 1, 1, document)
    entry = ArchiveObject(NUMBER, 1, 1, level, NOW, sha256(document).hexdigest(), "sha256", NOW, NOW + DAY)
    book.kept = [entry]
    office = archiving(tmp_path, book, stamps)
    assert office.upgrade_one(NUMBER, 1, level) == entry
    book.kept = [replace(entry, renew_at=NOW)]
    renewed = office.upgrade_one(NUMBER, 1, level)
    assert isinstance(renewed, ArchiveObject)
    assert (renewed.generation, renewed.level) == (2, ArchiveLevel.B_LTA)
    assert stamps.asked_for == [ArchiveLevel.B_LTA]


def test_an_upgrade_killed_at_a_random_moment_ends_with_one_sound_object_each(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock = SystemClock()
    authority = TimestampAuthority(clock.now())
    with timestamp_server(authority, authority.unit(authority.start, 540 * DAY)) as server:
        url = SqliteFiles(tmp_path, sqlite_template).fresh()
        office = ArchivedOffice(tmp_path / "var", FixedClock(clock.now()), url, server)
        authority.now = clock.now
        command = [Path(sys.executable).parent / "certsvc", "archive", "upgrade"]
        settings = office.office.settings
        environment = {
            **os.environ,
            "CERTSVC_HOME": str(settings.home),
            "CERTSVC_DATABASE_URL": url,
            "CERTSVC_TIMESTAMP_URL": server.address,
            "CERTSVC_TIMESTAMP_ROOTS": str(settings.timestamp_roots),
            "CERTSVC_REVOCATION_FOLDER": str(settings.revocation_folder),
        }
        process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while authority.asked == 0 and process.poll() is None:
            time.sleep(0.01)  # until it is at work
        time.sleep(random.Random(20261121).uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        office.clock.instant = clock.now()
        office.upgrade()
        checked = list(office.archiving.check())
        assert [one.sound for one in checked] == [True] * CERTIFICATES
        assert {one.kept.generation for one in checked} == {1}
        assert len([name for name in office.files() if name.endswith(".pdf")]) == CERTIFICATES
        office.close()


def test_a_generation_that_was_entered_with_other_bytes_stops_the_line(
    tmp_path: Path, sqlite_template: Path
) -> None:
    engine = open_database(SqliteFiles(tmp_path, sqlite_template).fresh())
    book = DatabaseArchiveBook(engine, engine)
    entry = ArchiveObject(NUMBER, 1, 1, ArchiveLevel.B_LTA, NOW, "00" * 32, "sha256", NOW, NOW + 450 * DAY)
    book.note(entry)
    book.note(entry)
    assert list(book.objects()) == [entry]
    with pytest.raises(IntegrityError):
        book.note(replace(entry, sha256="11" * 32))
    engine.dispose()
