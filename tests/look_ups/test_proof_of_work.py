"""Whoever asks too often may compute instead of waiting: a fresh answer of one's own buys one question, once."""

from __future__ import annotations

import json
import re
import runpy
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.entrypoints.public_api.proof_of_work import (
    EASIEST,
    HARDEST,
    HEADER,
    LIFE_SECONDS,
    Challenge,
    ProofsOfWork,
    begins_with_zero_bits,
)
from tests.api.asking import PublicOffice, claim, qr_text
from tests.support.office import OfficeUnderTest

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/proof-of-work.json").read_text())
ASKER, OTHER = "198.51.100.7", "198.51.100.8"


class Seconds:
    """A clock of seconds that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def desk(seconds: Seconds) -> ProofsOfWork:
    return ProofsOfWork(bytes(32), LocalRateLimiter(seconds), seconds)


def solve(salt: str, difficulty: int) -> str:
    nonce = 0
    while not begins_with_zero_bits(sha256(f"{salt}:{nonce}".encode()).digest(), difficulty):
        nonce += 1
    return f"{salt}:{nonce}"


def test_a_good_answer_is_taken_once_from_its_own_asker_and_in_time() -> None:
    seconds = Seconds()
    proofs = desk(seconds)
    challenge = proofs.challenge(ASKER)
    assert challenge.difficulty == EASIEST
    answer = solve(challenge.salt, challenge.difficulty)
    assert not proofs.accepts(answer, OTHER)
    assert proofs.accepts(answer, ASKER)
    assert not proofs.accepts(answer, ASKER)
    seconds.now += LIFE_SECONDS - 1
    assert not proofs.accepts(answer, ASKER)
    late = proofs.challenge(ASKER)
    seconds.now += LIFE_SECONDS + 1
    assert not proofs.accepts(solve(late.salt, late.difficulty), ASKER)


def test_no_answer_is_taken_for_a_salt_of_before_the_clock_was_put_back() -> None:
    seconds = Seconds()
    proofs = desk(seconds)
    challenge = proofs.challenge(ASKER)
    answer = solve(challenge.salt, challenge.difficulty)
    seconds.now -= 86_400
    assert not proofs.accepts(answer, ASKER)


@pytest.mark.parametrize("spoil", ["salt", "nonce", "leading zero", "no salt", "nothing", "another alphabet"])
def test_any_other_answer_is_none(spoil: str) -> None:
    proofs = desk(Seconds())
    challenge = proofs.challenge(ASKER)
    salt, nonce = solve(challenge.salt, challenge.difficulty).split(":")
    flipped = ("A" if salt[0] != "A" else "B") + salt[1:]
    answers = {
        "salt": f"{flipped}:{nonce}",
        "nonce": f"{salt}:{int(nonce) + 1}",
        "leading zero": f"{salt}:0{nonce}",
        "no salt": nonce,
        "nothing": None,
        "another alphabet": f"{salt}:{nonce}".translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    }
    assert not proofs.accepts(answers[spoil], ASKER)


def test_difficulty_grows_with_the_challenges_of_a_minute_and_shrinks_again() -> None:
    seconds = Seconds()
    proofs = desk(seconds)
    given = [proofs.challenge(ASKER).difficulty for _ in range(100)]
    assert given == sorted(given)
    assert (given[0], given[-1]) == (EASIEST, HARDEST)
    assert proofs.challenge(OTHER).difficulty == EASIEST
    seconds.now += 60
    assert proofs.challenge(ASKER).difficulty == EASIEST


def test_making_and_judging_cost_the_server_microseconds() -> None:
    proofs = desk(Seconds())

    def spent(count: int) -> float:
        began = time.perf_counter()
        for number in range(count):
            proofs.accepts(proofs.challenge(f"asker-{number}").salt + ":1", f"asker-{number}")
        return (time.perf_counter() - began) / count

    assert min(spent(200) for _ in range(5)) < 500e-6  # some twenty on a quiet machine


@pytest.mark.parametrize("case", VECTORS["answers"], ids=lambda case: case["case"])
def test_the_vectors_hold(case: dict[str, Any]) -> None:
    digest = sha256(f"{case['salt']}:{case['nonce']}".encode()).digest()
    assert digest.hex() == case["digest"]
    assert begins_with_zero_bits(digest, case["difficulty"]) is case["good"]


def test_the_example_of_the_documentation_finds_the_first_answer(tmp_path: Path) -> None:
    page = (ROOT / "docs/formats/proof-of-work.md").read_text()
    example = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert example is not None
    (tmp_path / "example.py").write_text(example[1])
    answer_to = runpy.run_path(str(tmp_path / "example.py"))["answer_to"]
    first = next(case for case in VECTORS["answers"] if case["case"] == "first good nonce")
    challenge = {"salt": first["salt"], "difficulty": first["difficulty"], "algorithm": "sha-256"}
    assert answer_to(challenge) == f"{first['salt']}:{first['nonce']}"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    """An office that answers three verifications a minute and two guesses an hour."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    limits = {"verify_per_minute": 3, "guesses_per_hour": 2}
    opened = PublicOffice(OfficeUnderTest(tmp_path_factory.mktemp("strict"), clock, **limits), persons=2)
    yield opened
    opened.close()


def ask(office: PublicOffice, question: dict[str, str], answer: str | None = None) -> httpx.Response:
    return office.client.post(
        "/api/v1/verify", json=question, headers={} if answer is None else {HEADER: answer}
    )


def paid(office: PublicOffice, question: dict[str, str]) -> httpx.Response:
    """Ask, and compute where it is asked for."""
    answer = ask(office, question)
    if answer.status_code == 429 and "challenge" in answer.json():
        challenge = answer.json()["challenge"]
        return ask(office, question, solve(challenge["salt"], challenge["difficulty"]))
    return answer


def test_too_many_questions_are_answered_for_a_computation_each(strict: PublicOffice) -> None:
    question = {"qr": qr_text(strict.regular[0])}
    while (refused := ask(strict, question)).status_code == 200:
        pass
    told = refused.json()
    assert (refused.status_code, told["code"]) == (429, "too-many-requests")
    assert int(refused.headers["retry-after"]) >= 1
    challenge = told["challenge"]
    assert set(challenge) == {"algorithm", "salt", "difficulty", "expires_at"}
    assert challenge["algorithm"] == "sha-256"
    answer = solve(challenge["salt"], challenge["difficulty"])
    assert ask(strict, question, answer).json()["verdict"] == "passed"
    assert ask(strict, question, answer).status_code == 429


def test_guesses_at_one_number_can_be_bought_as_often_again_and_no_more(strict: PublicOffice) -> None:
    wrong = claim(strict.dual[0], id_last4="0000")
    answers = [paid(strict, wrong) for _ in range(6)]
    assert [one.status_code for one in answers] == [200, 200, 200, 200, 429, 429]
    assert "challenge" not in answers[-1].json()


def test_a_challenge_names_nobody() -> None:
    challenge = desk(Seconds()).challenge(ASKER)
    assert isinstance(challenge, Challenge)
    assert ASKER not in json.dumps(challenge.as_json())
