"""`POST /api/v1/verify` by QR text: what an answer costs the server, beside a bare ASGI application in the same run.

A small office issues real certificates. Beside their stored answers stand others of the same form, as many as are asked for,
so that no two questions of a measurement are about the same certificate unless it is about memory.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import select

from bench.load import MeasuredServer, measured_server, one_answer, post, requests_per_cpu_second
from bench.offices import approved_filing, without_documents
from bench.people import REGISTRY
from bench.private_postgresql import running_cluster
from bench.private_redis import running_redis
from bench.timing import Measurement, Scale, Target
from bench.verify_server import SLOTS
from bench.versions import versions
from certsvc.adapters.answer_schema import answer_frame, stored_answer
from certsvc.adapters.database import replace_rows
from certsvc.adapters.stored_answer_store import answer_context
from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.formats.record import record_text
from certsvc.ports.stored_answers import record_key
from certsvc.settings import Settings

_PATH = "/api/v1/verify"
_FEW = 1_000
_FILLER_EVERY = 100_000
_LIMITS = {"CERTSVC_VERIFY_PER_MINUTE": "1000000000"}


@dataclass(frozen=True, slots=True)
class _House:
    """An office in a folder, and the questions about the answers that were put into it."""

    home: Path
    environment: dict[str, str]
    questions: tuple[bytes, ...]
    answer_bytes: int


def measure(scale: Scale) -> list[Measurement]:
    """Ratios to the floor, and the growth from ten thousand to ten million certificates."""
    many = 60_000 if scale.seconds else 200
    rounds = scale.rounds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="certsvc-bench-")))
        sqlite = _house(folder / "sqlite", None, many)
        cluster = stack.enter_context(running_cluster())
        postgresql = _house(folder / "postgresql", cluster.url("postgres"), many)
        redis = {"CERTSVC_REDIS_URL": stack.enter_context(running_redis())}
        floor = stack.enter_context(measured_server("floor", str(sqlite.answer_bytes)))
        memory = stack.enter_context(_office_server(sqlite))
        through = {
            "redis": (stack.enter_context(_office_server(postgresql, redis)), postgresql),
            "postgresql": (stack.enter_context(_office_server(postgresql)), postgresql),
            "sqlite": (stack.enter_context(_office_server(sqlite)), sqlite),
        }
        few = sqlite.questions[: min(_FEW, many)] * max(1, many // _FEW)
        rates: dict[str, list[float]] = {name: [] for name in ("floor", "memory", *through)}
        requests_per_cpu_second(through["redis"][0], postgresql.questions)  # now Redis has them
        for _ in range(rounds):
            rates["floor"].append(requests_per_cpu_second(floor, sqlite.questions))
            rates["memory"].append(requests_per_cpu_second(memory, few))
            for name, (server, house) in through.items():
                rates[name].append(requests_per_cpu_second(server, house.questions))
    growth = _growth(scale)
    bare = median(rates["floor"])
    targets = {"memory": 0.70, "redis": 0.55, "postgresql": 0.45, "sqlite": 0.40}
    words = {
        "memory": "verification by QR text, from memory",
        "redis": "the same through Redis",
        "postgresql": "the same through PostgreSQL",
        "sqlite": "the same through SQLite",
    }
    return [
        *(
            Measurement(
                f"verify_{name}_ratio",
                f"{what}, limits and look-ups on, of the floor",
                median(rates[name]) / bare,
                "of floor",
                bare,
                "bare ASGI application that reads the question, answers for a second of processor time",
                versions("uvicorn", "uvloop", "asyncpg", "redis"),
                Target(targets[name]),
            )
            for name, what in words.items()
        ),
        growth,
    ]


def _growth(scale: Scale) -> Measurement:
    small, large = (10_000, 10_000_000) if scale.seconds else (200, 2_000)
    asked = min(small, 10_000)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="certsvc-bench-")))
        houses = [_house(folder / "small", None, asked), _house(folder / "large", None, asked)]
        _fill(houses[1].home, large - asked)
        servers = [stack.enter_context(_office_server(house)) for house in houses]
        costs: list[list[float]] = [[], []]
        for _ in range(2 * scale.rounds):
            for cost, server, house in zip(costs, servers, houses, strict=True):
                cost.append(
                    1 / requests_per_cpu_second(server, house.questions * (3 if scale.seconds else 1))
                )
    few, many = (median(cost) for cost in costs)
    return Measurement(
        "verify_growth_10k_10m",
        "verification with 10 million certificates on SQLite, times that with 10 thousand",
        many / few,
        "times",
        few * 1e6,
        "microseconds of processor time an answer with 10 thousand",
        versions("uvicorn"),
        Target(1.3, at_least=False),
    )


@contextmanager
def _office_server(house: _House, more: dict[str, str] | None = None) -> Iterator[MeasuredServer]:
    with measured_server(
        "office", str(house.home), environment=_LIMITS | house.environment | (more or {})
    ) as server:
        raw_question = house.questions[0].partition(b"\r\n\r\n")[2]
        verdict = json.loads(one_answer(server, _PATH, raw_question))
        if verdict["verdict"] != "passed":
            raise RuntimeError(f"not passed: {verdict}")
        yield server


def _house(home: Path, database_url: str | None, count: int) -> _House:
    """An office with one real certificate, and `count` stored answers like that of this one."""
    settings = Settings(home=home, database_url=database_url, _env_file=None)  # type: ignore[call-arg]
    prepare_home(settings)
    office = open_office(settings)
    try:
        office.load_registry(REGISTRY.read_bytes())
        filing = approved_filing(office, 1, 1)
        without_documents(office.issuance).run(filing)
        office.answer_storing.work()
        (certificate,) = office.certificates.published(filing=filing)
        prefix = office.settings.qr_prefix
        text = record_text(certificate.record)
        answer_bytes = _copy_answers(office, text, count)
    finally:
        office.close()
    questions = tuple(
        post(_PATH, json.dumps({"qr": prefix + _alike(text, n)}).encode()) for n in range(count)
    )
    environment = {} if database_url is None else {"CERTSVC_DATABASE_URL": database_url}
    return _House(home, environment, questions, answer_bytes)


def _alike(text: str, n: int) -> str:
    """A text as long as a record's, the same for no two."""
    return f"{text[:-9]}{n:08d}Z"


def _copy_answers(office: Office, text: str, count: int) -> int:
    """As many answers as are asked for; how many bytes the body of one has."""
    cipher = office.keys.cipher
    with office.engine.begin() as connection:
        own = stored_answer.c
        real = connection.execute(select(stored_answer).where(own.record_key == record_key(text))).one()
        frame = connection.execute(select(answer_frame).where(answer_frame.c.id == real.frame)).one()
        context = answer_context(real.number, real.slot, real.status, real.frame)
        plain = cipher.decrypt(real.sealed_own, context=context)
        for start in range(0, count, 10_000):
            rows = []
            for n in range(start, min(count, start + 10_000)):
                number, slot = f"22{n:014d}", n * 7919 % SLOTS
                sealed = cipher.encrypt(plain, context=answer_context(number, slot, 1, real.frame))
                rows.append((record_key(_alike(text, n)), number, slot, 1, real.frame, sealed))
            replace_rows(connection, stored_answer, rows)
    return len(frame.head) + len(frame.middle) + len(plain) + 45


def _fill(home: Path, count: int) -> None:
    """So many more rows that nobody asks for, in the order of their keys."""
    path = home / "certsvc.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA foreign_keys=OFF")
    frame, sealed = connection.execute("SELECT frame, sealed_own FROM stored_answer LIMIT 1").fetchone()
    connection.execute("DROP INDEX ix_stored_answer_number")
    step = (1 << 128) // (count + 1)
    for start in range(0, count, _FILLER_EVERY):
        numbers = range(start, min(count, start + _FILLER_EVERY))
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO stored_answer VALUES (?, ?, ?, 1, ?, ?)",
            [((n * step + 1).to_bytes(16, "big"), f"23{n:014d}", n, frame, sealed) for n in numbers],
        )
        connection.execute("COMMIT")
    connection.execute("CREATE INDEX ix_stored_answer_number ON stored_answer (number)")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
