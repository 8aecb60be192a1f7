"""Checks of whole files: every row exactly one result, whatever dies on the way; nothing of the list stays."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import openpyxl
import pytest
from sqlalchemy import inspect, text

from certsvc.adapters.clock import FixedClock
from certsvc.domain.decision import DecisionKind
from tests.api.asking import PublicOffice, claim, qr_text
from tests.support.office import OfficeUnderTest
from tests.verification_jobs.files import XLSX, csv_text, xlsx

JOBS = "/api/v1/verification-jobs"


START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
VALID = (0, 2, 3, 4, 5)
"""Persons whose certificates are in force; that of person 1 is revoked."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def one_office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PublicOffice]:
    """An office on each database, with a revoked certificate."""
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgresql")
            stack.enter_context(server.taking_back())
            url = server.fresh()
        home = tmp_path_factory.mktemp("jobs")
        opened = PublicOffice(
            OfficeUnderTest(
                home,
                FixedClock(START),
                url,
                guesses_per_hour=1_000_000,
                job_uploads_per_minute=1_000_000,
            )
        )
        stack.callback(opened.close)
        opened.decide(DecisionKind.REVOKE, opened.regular[1])
        yield opened


@pytest.fixture
def office(one_office: PublicOffice) -> Iterator[PublicOffice]:
    """The same, without jobs and at its first instant."""
    yield one_office
    with one_office.office.engine.begin() as connection:
        for table in ("verification_job_row", "verification_job"):
            connection.execute(text(f"DELETE FROM {table}"))
    one_office.clock.instant = START


@pytest.fixture(scope="module")
def dying() -> Iterator[subprocess.Popen[str]]:
    """Where workers come from that die."""
    worker = [sys.executable, "-m", "tests.verification_jobs.dying_worker"]
    with subprocess.Popen(worker, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        yield parent


@pytest.fixture
def clock(office: PublicOffice) -> FixedClock:
    """The office's clock."""
    return office.clock


def row_of(public: PublicOffice, person: int, label: Any = None, place: str = "") -> tuple[Any, ...]:
    """The row of a person as it stands in a file."""
    asked = claim((*public.regular, *public.dual)[person])
    return (label, asked["number"], asked["name"], asked["id_last4"], place)


def begin(public: PublicOffice, raw: bytes, kind: str = "text/csv") -> str:
    """The token of a new job."""
    answer = public.client.post(JOBS, content=raw, headers={"Content-Type": kind})
    assert answer.status_code == 202, answer.text
    token: str = answer.json()["job"]
    return token


def work(public: PublicOffice) -> int:
    """Work everything off; how many rows."""
    done = 0
    while rows := public.office.verification_jobs.line.work_off():
        done += rows
    return done


def standing(public: PublicOffice, token: str) -> dict[str, Any]:
    """How the job stands."""
    answer: dict[str, Any] = public.client.get(f"{JOBS}/{token}").json()
    return answer


def results(public: PublicOffice, token: str, most: int = 3, **query: Any) -> list[dict[str, Any]]:
    """All results, page by page."""
    told, after = [], 0
    while after is not None:
        page = public.client.get(
            f"{JOBS}/{token}/results", params={"after": after, "most": most, **query}
        ).json()
        told += page["results"]
        after = page["next_after"]
    return told


def everything_stored(public: PublicOffice) -> bytes:
    """Every value of every table, and the very files where the database is a file."""
    engine, pieces = public.office.engine, []
    tables = inspect(engine).get_table_names()
    with engine.begin() as connection:
        for table in tables:
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                pieces += [
                    bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row
                ]
    pieces += [path.read_bytes() for path in public.office.settings.home.glob("*.sqlite3*")]
    return b"\n".join(pieces)


def test_a_file_is_worked_off_in_the_background_and_fetched(office: PublicOffice) -> None:
    token = begin(
        office,
        xlsx(
            row_of(office, 0, "甲-1"),
            row_of(office, 1),
            row_of(office, 3, place="延吉市"),
            (None, "2220", "何人", "0000", None),
            (None, "2220", None, 123, "月球"),
            above=[("2026 年新员工名单",)],
        ),
        XLSX,
    )
    before = standing(office, token)
    assert (before["status"], before["done"], before["percentage"]) == ("running", 1, 20)
    assert "关闭页面" in before["note"]
    assert work(office) == 4
    after = standing(office, token)
    assert (after["status"], after["done"], after["percentage"]) == ("finished", 5, 100)
    assert after["outcomes"] == {"passed": 1, "failed": 2, "undetermined": 1, "problem": 1}
    assert after["ends_at"] == "2026-11-21T08:00:00Z"
    told = results(office, token)
    assert [(one["position"], one["line"], one["row"]) for one in told] == [
        (1, 3, "甲-1"),
        (2, 4, "4"),
        (3, 5, "5"),
        (4, 6, "6"),
        (5, 7, "7"),
    ]
    assert [one["verdict"]["status"] for one in told[:4]] == ["valid", "revoked", "valid", "unknown"]
    assert told[2]["verdict"]["valid_here"] == "no"
    assert [one["field"] for one in told[4]["problem"]["errors"]] == ["name", "place"]
    assert [one["position"] for one in results(office, token, only="failed")] == [2, 3]
    assert [one["position"] for one in results(office, token, only="problems")] == [5]
    assert [one["position"] for one in results(office, token, only="attention")] == [2, 3, 4, 5]


def test_a_row_is_answered_as_the_single_question(office: PublicOffice) -> None:
    questions = [
        {"qr": qr_text(office.regular[0])},
        {**claim(office.dual[0]), "place": "222401"},
        claim(office.regular[0], name="何人"),
        {"qr": "x"},
    ]
    lines = "\n".join(json.dumps({"row": str(place), **one}) for place, one in enumerate(questions))
    token = begin(office, lines.encode(), "application/x-ndjson")
    work(office)
    told = results(office, token)
    assert [one["verdict"] for one in told] == [office.verify(question) for question in questions]
    assert [one["row"] for one in told] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("where", ["between", "middle", "stored"])
def test_a_process_that_is_killed_loses_no_row_and_doubles_none(
    office: PublicOffice, clock: FixedClock, dying: subprocess.Popen[str], where: str
) -> None:
    rows = [row_of(office, VALID[number % 5], f"甲-{number}") for number in range(14)]
    token = begin(office, csv_text(*rows).encode())
    home, url = office.office.settings.home, office.office.settings.effective_database_url
    assert dying.stdin is not None
    assert dying.stdout is not None
    print(home, url, clock.now().isoformat(), where, file=dying.stdin, flush=True)
    assert int(dying.stdout.readline()) == -signal.SIGKILL
    done = standing(office, token)["done"]
    assert done == (8 if where == "between" else 4)
    if where != "between":
        assert work(office) == 0  # in the hands of the dead, until its lease is over
        clock.advance(timedelta(seconds=61))
    assert work(office) == 14 - done
    told = results(office, token)
    assert [one["row"] for one in told] == [f"甲-{number}" for number in range(14)]
    assert standing(office, token)["outcomes"]["passed"] == 14


def test_two_processes_never_do_the_same_rows(office: PublicOffice) -> None:
    from certsvc.bootstrap import open_office

    rows = [row_of(office, VALID[number % 5]) for number in range(120)]
    token = begin(office, csv_text(*rows).encode())
    settings, ready, done = office.office.settings, Barrier(2), []

    def worker() -> None:
        own = open_office(settings, office.clock)
        ready.wait()
        for _ in range(20):
            done.append(own.verification_jobs.line.work_off())
        own.close()

    threads = [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 120
    assert standing(office, token)["outcomes"]["passed"] == 120
    assert len(results(office, token, most=500)) == 120


def test_who_lost_the_lease_stores_nothing(office: PublicOffice, clock: FixedClock) -> None:
    store = office.office.verification_jobs._store
    token = begin(office, csv_text(row_of(office, 0), row_of(office, 2)).encode())
    now = clock.now()
    slow = store.claim(now, now + timedelta(seconds=60), 1)
    assert slow is not None
    assert store.claim(now, now + timedelta(seconds=60), 1) is None
    clock.advance(timedelta(seconds=60))
    assert work(office) == 2
    assert store.finish(slow, (), clock.now(), clock.now()) is False
    assert standing(office, token)["done"] == 2


@pytest.mark.parametrize("damage", ["flipped", "moved", "empty"])
def test_a_damaged_row_becomes_a_problem_and_holds_up_no_other(
    office: PublicOffice, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [row_of(office, VALID[number % 5], f"甲-{number}") for number in range(3)]
    token = begin(office, csv_text(*rows).encode())
    with office.office.engine.begin() as connection:
        sealed = connection.execute(
            text("SELECT sealed_question FROM verification_job_row ORDER BY position")
        ).scalars()
        first, second, _ = map(bytes, sealed)
        broken = {"flipped": second[:-1] + bytes([second[-1] ^ 1]), "moved": first, "empty": b""}[damage]
        connection.execute(
            text("UPDATE verification_job_row SET sealed_question = :sealed WHERE position = 2"),
            {"sealed": broken},
        )
    assert work(office) == 3
    told = results(office, token)
    assert [one.get("problem", {}).get("code") for one in told] == [None, "failure", None]
    assert (told[1]["line"], told[1]["row"]) == (None, "第 2 条")
    assert standing(office, token)["status"] == "finished"
    assert office.client.get(f"{JOBS}/{token}/results.csv").status_code == 200
    assert rows[1][1] not in caplog.text
    assert rows[1][2] not in caplog.text


def test_a_job_whose_asker_cannot_be_read_ends_without_looking_anybody_up(office: PublicOffice) -> None:
    token = begin(office, csv_text(row_of(office, 0), row_of(office, 2)).encode())
    number = office.regular[0].draft.content.number
    office.office.look_ups.journal.flush()
    before = len(office.office.look_ups.store.of_certificate(number))
    with office.office.engine.begin() as connection:
        connection.execute(text("UPDATE verification_job SET sealed_asker = NULL"))
    assert work(office) == 2
    assert [one["problem"]["code"] for one in results(office, token)] == ["failure"] * 2
    office.office.look_ups.journal.flush()
    assert len(office.office.look_ups.store.of_certificate(number)) == before


def test_nothing_of_the_list_is_kept(office: PublicOffice, clock: FixedClock) -> None:
    strangers = [(f"标{n}", f"99887766{n:04}", f"查无此人{n}号", f"77{n:02}", "") for n in range(3)]
    token = begin(office, csv_text(*strangers, row_of(office, 0, "标甲")).encode())
    typed = [str(cell).encode() for row in strangers for cell in row[1:4] if cell]
    typed += [row[0].encode() for row in strangers] + ["标甲".encode(), token.encode()]

    def found() -> list[bytes]:
        stored = everything_stored(office)
        return [one for one in typed if len(one) > 4 and one in stored]

    assert found() == []
    work(office)
    assert found() == []
    with office.office.engine.begin() as connection:
        kept = connection.execute(text("SELECT sealed_question FROM verification_job_row")).scalars().all()
        asker = connection.execute(text("SELECT sealed_asker FROM verification_job")).scalar_one()
    assert kept == [None] * 4
    assert asker is None
    answers = json.dumps(results(office, token), ensure_ascii=False)
    assert "查无此人" not in answers
    clock.advance(timedelta(hours=24))
    office.office.verification_jobs.line.delete_ended()
    with office.office.engine.begin() as connection:
        for table in ("verification_job", "verification_job_row"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    assert found() == []


def test_a_job_ends_by_deletion_or_by_time_and_all_unknown_tokens_have_one_answer(
    office: PublicOffice, clock: FixedClock
) -> None:
    first, second = (begin(office, csv_text(row_of(office, 0)).encode()) for _ in range(2))
    assert office.client.delete(f"{JOBS}/{first}").status_code == 204
    work(office)
    clock.advance(timedelta(hours=24))
    answers = [
        office.client.request(method, f"{JOBS}/{token}{rest}")
        for token in (first, second, "A" * 43, "x", first.lower())
        for method, rest in (("GET", ""), ("GET", "/results"), ("GET", "/results.xlsx"))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({json.dumps({**answer.json(), "instance": ""}) for answer in answers}) == 1
    assert office.client.delete(f"{JOBS}/{first}").status_code == 404


def test_a_job_that_is_deleted_while_it_is_worked_at_leaves_nothing(office: PublicOffice) -> None:
    store, clock = office.office.verification_jobs._store, office.clock
    token = begin(office, csv_text(row_of(office, 0)).encode())
    chunk = store.claim(clock.now(), clock.now() + timedelta(seconds=60), 10)
    assert chunk is not None
    assert office.client.delete(f"{JOBS}/{token}").status_code == 204
    assert store.finish(chunk, (), clock.now(), clock.now()) is False
    assert work(office) == 0


def test_tables_for_people_hold_no_formula(office: PublicOffice) -> None:
    token = begin(
        office, csv_text(row_of(office, 0, "=1+1"), row_of(office, 1, "甲"), ("+2", "1", "", "", "")).encode()
    )
    early = office.client.get(f"{JOBS}/{token}/results.xlsx")
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    work(office)
    book = office.client.get(f"{JOBS}/{token}/results.xlsx")
    assert book.headers["content-type"] == XLSX
    assert book.headers["content-disposition"] == 'attachment; filename="verification-results.xlsx"'
    cells = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.iter_rows())
    assert [cell.value for cell in cells[1]][:4] == [2, "=1+1", "通过核验", "有效"]
    assert all(cell.data_type != "f" for row in cells for cell in row)
    assert cells[3][2].value == "需处理"
    table = office.client.get(f"{JOBS}/{token}/results.csv", params={"only": "problems"}).content.decode(
        "utf-8-sig"
    )
    assert table.splitlines()[1].startswith('4,"\'+2","需处理"')
    assert len(table.splitlines()) == 2


def test_look_ups_of_rows_are_noted_for_their_holders(office: PublicOffice) -> None:
    number = office.regular[0].draft.content.number
    office.office.look_ups.journal.flush()
    before = office.office.look_ups.store.of_certificate(number)
    begin(office, csv_text(row_of(office, 0), ("", "2220", "何人", "0000", "")).encode())
    work(office)
    office.office.look_ups.journal.flush()
    noted = office.office.look_ups.store.of_certificate(number)
    assert len(noted) == len(before) + 1
    assert (noted[0].channel.value, noted[0].verdict) == ("batch", "passed")


def test_rows_of_files_are_counted_against_their_numbers(tmp_path: Path) -> None:
    public = PublicOffice(OfficeUnderTest(tmp_path, FixedClock(START), guesses_per_hour=2))
    token = begin(public, csv_text(*[row_of(public, 0)] * 3, row_of(public, 1)).encode())
    work(public)
    told = results(public, token)
    assert [one.get("problem", {}).get("code") for one in told] == [None, None, "too-many-requests", None]
    public.close()
