"""The log of look-ups is added to and nothing else, names no address, and forgets when its time is over."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from certsvc.adapters.database import open_database
from certsvc.adapters.look_up_journal import BATCH, LookUpJournal
from certsvc.adapters.look_up_pseudonyms import AskerPseudonyms
from certsvc.adapters.look_up_schema import look_up, look_up_alert, look_up_retention
from certsvc.adapters.look_up_store import DatabaseLookUpStore
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.errors import UnavailableError
from certsvc.ports.look_ups import EnumerationAlert, LookUp, LookUpChannel, Pattern
from tests.support.databases import Databases

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ADDRESS = "198.51.100.7"
NUMBER = "222023052000001R"
CIPHER = AesGcmCipher({1: bytes(32)}, look_up_key=bytes(range(32)))
PATIENCE = 10.0


def look(at: datetime = NOW, number: str = NUMBER, asker: str = ADDRESS) -> LookUp:
    return LookUp(at, number, LookUpChannel.PAGE, "passed", asker)


@pytest.fixture
def store(databases: Databases) -> Iterator[DatabaseLookUpStore]:
    """The log in an empty file on SQLite, in a migrated database on PostgreSQL."""
    url = databases.empty()
    engine = open_database(url if url.startswith("sqlite") else databases.fresh())
    yield DatabaseLookUpStore(engine, CIPHER)
    engine.dispose()


def test_what_was_written_is_read_newest_first_and_names_no_address(store: DatabaseLookUpStore) -> None:
    by_key = LookUp(NOW, NUMBER, LookUpChannel.BATCH, "failed", "key:7", "某公司", "入职核验")
    store.write([look(), look(NOW + timedelta(minutes=1)), look(number="222023052000002P"), by_key])
    read = store.of_certificate(NUMBER)
    assert [one.at for one in read] == [NOW, NOW + timedelta(minutes=1), NOW]
    assert (read[0].organisation, read[0].purpose, read[0].channel) == (
        "某公司",
        "入职核验",
        LookUpChannel.BATCH,
    )
    assert read[1].asker == read[2].asker != read[0].asker
    assert ADDRESS not in repr(read)
    assert store.of_certificate(NUMBER, most=1) == read[:1]


def test_pseudonyms_hold_for_a_day_and_under_one_key_alone() -> None:
    names, others = (
        AskerPseudonyms(CIPHER),
        AskerPseudonyms(AesGcmCipher({1: bytes(32)}, look_up_key=bytes(32))),
    )
    midnight = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # of Shanghai
    today = names.of(ADDRESS, midnight - timedelta(seconds=1))
    assert today == names.of(ADDRESS, NOW)
    assert (
        len({today, names.of(ADDRESS, midnight), others.of(ADDRESS, NOW), names.of("198.51.100.8", NOW)}) == 4
    )
    assert len(today) == 16
    assert names.of("", NOW) == ""


def test_nobody_changes_or_deletes_what_stands_there(store: DatabaseLookUpStore) -> None:
    store.write([look()], [EnumerationAlert(NOW, Pattern.MANY_NUMBERS, ADDRESS, 30)])
    for statement in (
        update(look_up).values(number="x"),
        delete(look_up),
        update(look_up_alert).values(count=0),
        delete(look_up_alert),
    ):
        with pytest.raises(DBAPIError, match="append-only"), store._engine.begin() as connection:
            connection.execute(statement)
    assert len(store.of_certificate(NUMBER)) == len(store.newest_alerts()) == 1


def test_retention_deletes_what_is_older_and_never_goes_back(store: DatabaseLookUpStore) -> None:
    old = NOW - timedelta(days=1100)
    store.write([look(old), look()], [EnumerationAlert(old, Pattern.OVERALL, "", 3000)])
    assert store.forget_before(NOW - timedelta(days=1096)) == 1
    assert store.forget_before(NOW - timedelta(days=2000)) == 0
    assert [one.at for one in store.of_certificate(NUMBER)] == [NOW]
    assert store.newest_alerts() == ()
    back = update(look_up_retention).values(kept_from="2000-01-01T00:00:00Z")
    for statement in (back, delete(look_up_retention)):
        with pytest.raises(DBAPIError, match="only moves on"), store._engine.begin() as connection:
            connection.execute(statement)


class FailingStore:
    """A disk that is away until it is told otherwise."""

    def __init__(self) -> None:
        self.away = True
        self.written: list[LookUp] = []

    def pseudonym_of(self, asker: str, at: datetime) -> str:
        del at
        return asker[::-1]

    def write(self, look_ups: Sequence[LookUp], alerts: Sequence[EnumerationAlert] = ()) -> None:
        del alerts
        if self.away:
            raise UnavailableError("away")
        self.written += look_ups


class HeldStore(FailingStore):
    """A disk whose first write does not end before it is let go on; remembers which threads write."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.writers: set[threading.Thread] = set()

    def write(self, look_ups: Sequence[LookUp], alerts: Sequence[EnumerationAlert] = ()) -> None:
        self.writers.add(threading.current_thread())
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        super().write(look_ups, alerts)


def test_while_the_disk_is_away_the_oldest_are_lost_and_counted() -> None:
    store = FailingStore()
    journal = LookUpJournal(store, most=1000, seconds=0.01)
    looks = [look(number=str(number)) for number in range(1200)]
    for one in looks:
        journal.note(one)
    with pytest.raises(UnavailableError):
        journal.flush()
    assert (journal.waiting, journal.lost) == (1000, 200)
    store.away = False
    journal.close()
    assert store.written == looks[200:]
    assert (journal.waiting, journal.lost) == (0, 200)


def test_a_batch_is_written_within_a_second_or_at_five_hundred() -> None:
    store = FailingStore()
    store.away = False
    journal = LookUpJournal(store, seconds=60)
    for _ in range(BATCH):
        journal.note(look())
    end = time.monotonic() + PATIENCE
    while len(store.written) < BATCH and time.monotonic() < end:
        time.sleep(0.005)
    assert len(store.written) == BATCH
    journal.note(look())
    journal.close()
    assert len(store.written) == BATCH + 1


def test_who_is_answered_waits_for_no_writing() -> None:
    store = HeldStore()
    journal = LookUpJournal(store)
    for _ in range(3 * BATCH):
        journal.note(look())
    assert store.begun.wait(PATIENCE)
    for _ in range(BATCH):  # the disk is in the middle of a write that does not end
        journal.note(look())
    assert threading.current_thread() not in store.writers
    store.go_on.set()
    journal.close()
    assert len(store.writers) == 1
    assert (len(store.written), journal.lost) == (4 * BATCH, 0)


def test_noting_goes_through_the_same_few_steps_however_many_wait() -> None:
    journal = LookUpJournal(FailingStore(), seconds=60)
    journal.note(look())
    few = _calls_of(journal)
    journal.note(*[look()] * 10_000)
    journal.note(look())
    assert _calls_of(journal) <= few + 1  # whether the writer was called already
    journal.close()


def _calls_of(journal: LookUpJournal) -> int:
    """Functions that this thread enters while one look-up is noted."""
    one, calls = look(), 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        journal.note(one)
    finally:
        sys.setprofile(None)
    return calls


_WRITER = """
import sys, time
from datetime import UTC, datetime
from certsvc.adapters.database import open_database
from certsvc.adapters.look_up_journal import LookUpJournal
from certsvc.adapters.look_up_store import DatabaseLookUpStore
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.ports.look_ups import LookUp, LookUpChannel
store = DatabaseLookUpStore(open_database("sqlite:///" + sys.argv[1]), AesGcmCipher({1: bytes(32)}, look_up_key=bytes(32)))
journal = LookUpJournal(store)
while True:
    at = datetime.now(UTC)
    journal.note(LookUp(at, "222023052000001R", LookUpChannel.PAGE, "passed", "a"))
    print(at.timestamp(), flush=True)
    time.sleep(0.02)
"""


def test_a_killed_process_loses_the_last_second_at_most(tmp_path: Path) -> None:
    file = tmp_path / "look-ups.sqlite3"
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(file)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        noted = [float(next(writer.stdout)) for _ in range(90)]
        writer.kill()
    engine = open_database(f"sqlite:///{file}")
    kept = DatabaseLookUpStore(engine, CIPHER).of_certificate(NUMBER, most=10_000)
    with engine.begin() as connection:
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()
    written_long_before = sum(
        1 for at in noted if at < noted[-1] - 1.5
    )  # a second, and the writing of a batch
    assert written_long_before > 0
    assert len(kept) >= written_long_before
