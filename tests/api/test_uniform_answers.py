"""Whoever does not know all three parts learns nothing: not from words, size, headers, work done, or time taken.

The work is counted (statements, decryptions) in a process that remembers nothing; that is the proof. The times are compared
as well, for what nobody thought of counting.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.decision import DecisionKind
from certsvc.domain.levels import Level
from certsvc.formats.manual_code import manual_code
from tests.api.asking import PublicOffice, claim
from tests.support.office import OfficeUnderTest
from tests.support.work_counted import work_counted
from tests.support.workbooks import DUAL_DIRECTED, sample

ROUTES = ("verify", "history", "bundle", "past-bundle", "report", "e-licence")
CHANGING = re.compile(rb'"instance":"urn:certsvc:request:[0-9A-F]{10}"')
SAMPLES, TRIES = 60, 4


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    """An office with valid, revoked and unpublished certificates, and no limit worth the name."""
    limits = dict.fromkeys(
        ("verify_per_minute", "bundle_per_minute", "guesses_per_hour", "examine_per_minute"), 1_000_000
    )
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    under_test = OfficeUnderTest(
        tmp_path_factory.mktemp("uniform"),
        clock,
        enumeration_numbers=1_000_000,
        enumeration_overall=100_000,
        **limits,
    )
    opened = PublicOffice(under_test, persons=2)
    opened.decide(DecisionKind.REVOKE, opened.regular[1])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def wrong(office: PublicOffice) -> dict[str, dict[str, str]]:
    """Claims that agree with nothing, each for another reason."""
    batch = sample(DUAL_DIRECTED)
    report = office.under_test.submit(batch.with_rows(batch.rows[2:3]).xlsx())
    office.under_test.approval.approve(report.filing, "maker")
    office.under_test.approval.begin_issue(report.filing, "checker")
    next(office.office.issuance.resume(report.filing))  # broken off after the drafts
    draft = office.office.certificates.drafts(report.filing, 1)[0].content
    known, ended = office.regular
    unknown = build_certificate_number(2023, 5, Level(2), 654_321)
    unpublished = {
        "number": draft.number,
        "name": draft.award.name,
        "id_last4": draft.award.document.number[-4:],
    }
    return {
        "unknown number": claim(known, number=unknown),
        "another name": claim(known, name="王莉"),
        "other last four": claim(known, id_last4="0000"),
        "not published yet": unpublished,
        "withdrawn, another name": claim(ended, name="王莉"),
        "withdrawn, other last four": claim(ended, id_last4="0000"),
    }


def asked(office: PublicOffice, route: str, question: dict[str, str]) -> httpx.Response:
    more = {"on": "2026-11-19"} if route == "history" else {}
    return office.client.post(f"/api/v1/{route}", json=question | more)


def seen(answer: httpx.Response) -> tuple[int, bytes, int, tuple[tuple[str, str], ...]]:
    """Everything that an asker sees, without the number of the request and the date."""
    headers = [
        (name, value) for name, value in answer.headers.items() if name not in ("x-request-id", "date")
    ]
    return answer.status_code, CHANGING.sub(b"", answer.content), len(answer.content), tuple(headers)


def forget(office: PublicOffice) -> None:
    """Let nothing be known from a moment ago."""
    office.office.shared.answers._shelf.forget_answers()  # type: ignore[attr-defined]


@pytest.mark.parametrize("route", ROUTES)
def test_every_reason_is_told_in_the_same_bytes(
    office: PublicOffice, wrong: dict[str, dict[str, str]], route: str
) -> None:
    told = {reason: seen(asked(office, route, question)) for reason, question in wrong.items()}
    assert len(set(told.values())) == 1, told


@pytest.mark.parametrize("route", ROUTES)
def test_every_reason_costs_the_same_work(
    office: PublicOffice, wrong: dict[str, dict[str, str]], route: str
) -> None:
    done = {}
    for reason, question in wrong.items():
        with work_counted(office.office) as counts:
            asked(office, route, question)
        done[reason] = dict(counts)
    assert len({json.dumps(one, sort_keys=True) for one in done.values()}) == 1, done
    assert done["unknown number"]["decryptions"] > 1


def medians_differ(office: PublicOffice, questions: dict[str, dict[str, str]]) -> str | None:
    """The reasons whose times can be told apart, after interleaved samples; None for none."""
    times: dict[str, list[float]] = {reason: [] for reason in questions}
    order = list(questions) * SAMPLES
    random.Random(7).shuffle(order)
    for reason in order:
        forget(office)
        began = time.perf_counter()
        asked(office, "verify", questions[reason])
        times[reason].append(time.perf_counter() - began)
    for one in times:
        for other in times:
            if one < other and _z_of_ranks(times[one], times[other]) > 4.0:
                return f"{one} ({statistics.median(times[one])}), {other} ({statistics.median(times[other])})"
    return None


def _z_of_ranks(first: list[float], second: list[float]) -> float:
    """How far the ranks of two samples lie apart, in standard deviations (Mann and Whitney)."""
    ranks = {value: rank for rank, value in enumerate(sorted(first + second), start=1)}
    n, m = len(first), len(second)
    u = sum(ranks[value] for value in first) - n * (n + 1) / 2
    spread = (n * m * (n + m + 1) / 12) ** 0.5
    return float(abs(u - n * m / 2) / spread)


def test_the_times_cannot_be_told_apart(office: PublicOffice, wrong: dict[str, dict[str, str]]) -> None:
    """A true difference shows in every try; a busy machine makes one in some."""
    found = [medians_differ(office, wrong)]
    while found[-1] is not None and len(found) < TRIES:
        found.append(medians_differ(office, wrong))
    assert None in found, found


def test_a_difference_of_a_quarter_would_be_noticed() -> None:
    noise = random.Random(3)
    quick = [noise.gauss(4.0, 0.5) for _ in range(SAMPLES)]
    slow = [noise.gauss(5.0, 0.5) for _ in range(SAMPLES)]
    assert _z_of_ranks(quick, slow) > 4.0
    assert _z_of_ranks(quick, [noise.gauss(4.0, 0.5) for _ in range(SAMPLES)]) < 4.0


def test_every_code_that_leads_to_nothing_is_answered_alike(office: PublicOffice) -> None:
    """Manual codes, as claims are; share codes among each other."""
    unknown = [_written(manual_code(bytes([number]))) for number in range(3)]
    told = {seen(asked(office, "verify", {"code": code}))[:3] for code in unknown}
    assert len(told) == 1
    assert len({seen(_open(office, code)) for code in ("2345-6789-ABCD-EFGH", "zzzz", "授权")}) == 1


def _written(code: str) -> str:
    return code if "-" in code else "-".join(code[at : at + 5] for at in range(0, 15, 5))


def _open(office: PublicOffice, code: str) -> httpx.Response:
    return office.client.post("/api/v1/share-grants/open", json={"code": code})
