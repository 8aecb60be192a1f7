"""Organisations that verify much bring a key; nobody else needs one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import migrate, open_database
from certsvc.adapters.day_use import PortionedDayUse
from certsvc.adapters.local_answer_cache import LocalAnswerCache
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.adapters.organisation_key_schema import organisation_key
from certsvc.adapters.organisation_key_store import DatabaseOrganisationKeys
from certsvc.adapters.remembered_keys import RememberedKeys
from certsvc.domain.organisation_key import (
    SCANNERS_PATTERN,
    KeyWish,
    OrganisationKey,
    id_of_key_text,
    new_key_text,
)
from certsvc.entrypoints.public_api import askers, create_app
from certsvc.entrypoints.public_api.joining import public_service
from certsvc.errors import ConflictError, EndedKey, MistypedKey, QuotaExceeded, RequestError, UnknownReference
from certsvc.stages.organisation_keys import KeyDesk
from tests.api.asking import PublicOffice, qr_text
from tests.web.builders import served

QUOTA, VERIFY = "/api/v1/quota", "/api/v1/verify"
MORNING = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)  # 08:00 in Beijing
_names = (f"key-{number}" for number in count())


def repeated(size: int) -> bytes:
    """Bytes that are as random as a test may be."""
    return bytes(range(7, 7 + size))


def wish(**changes: Any) -> KeyWish:
    known: dict[str, Any] = {
        "name": next(_names),
        "organisation": "某市人才服务中心",
        "purpose": "招聘资格审查",
        "per_minute": 5,
        "per_day": 8,
    }
    return KeyWish(**known | changes)


def test_a_key_is_known_by_its_form_and_each_mistyped_symbol_by_its_check() -> None:
    text = new_key_text(repeated)
    assert re.fullmatch(SCANNERS_PATTERN, text)
    assert id_of_key_text(text) == text[8:18]
    for place in range(8, len(text)):
        if text[place] != "_":
            wrong = text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]
            with pytest.raises(MistypedKey):
                id_of_key_text(wrong)
    for wrong in ("", "x", text.upper(), text + "\n", text[:-1], text.replace("certsvc", "certsvd")):
        with pytest.raises(MistypedKey):
            id_of_key_text(wrong)


@pytest.mark.parametrize(
    "unfit",
    [
        {"name": ""},
        {"organisation": " x"},
        {"purpose": "x\n"},
        {"purpose": "长" * 121},
        {"per_minute": 0},
        {"per_minute": 100_001},
        {"per_day": 0},
        {"per_day": 100_000_001},
    ],
)
def test_a_key_has_words_and_quotas_that_can_be(unfit: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        wish(**unfit)


@pytest.fixture
def stores(database_url: str) -> Iterator[tuple[DatabaseOrganisationKeys, PortionedDayUse]]:
    """Keys and their use, on each database."""
    engine = open_database(database_url)
    migrate(engine)
    yield DatabaseOrganisationKeys(engine), PortionedDayUse(engine)
    engine.dispose()


def test_only_the_digest_is_kept_and_a_name_is_given_once(
    stores: tuple[DatabaseOrganisationKeys, PortionedDayUse], database_url: str
) -> None:
    keys, _ = stores
    first = wish(name="甲-2026", ends_on=date(2026, 12, 31))
    text = keys.add(first, MORNING, repeated)
    engine = open_database(database_url)
    with engine.begin() as connection:
        (row,) = connection.execute(select(organisation_key)).all()
    engine.dispose()
    assert all(text[19:] not in repr(value) for value in row)
    found = keys.find(id_of_key_text(text))
    assert found is not None
    assert (found.organisation, found.per_day, found.ends_on) == ("某市人才服务中心", 8, date(2026, 12, 31))
    with pytest.raises(ConflictError):
        keys.add(first, MORNING, repeated)
    with pytest.raises(UnknownReference):
        keys.end("乙", MORNING)
    assert keys.end("甲-2026", MORNING) == keys.end("甲-2026", MORNING + timedelta(days=1))
    assert [one.has_ended(date(2026, 11, 20)) for one in keys.given_out()] == [True]


def test_the_processes_of_a_day_never_give_out_more_than_its_quota(
    stores: tuple[DatabaseOrganisationKeys, PortionedDayUse], database_url: str
) -> None:
    _, one = stores
    engine = open_database(database_url)
    other, day = PortionedDayUse(engine), date(2026, 11, 20)
    given = sum(use.take("k", day, 1, 1000) is not None for _ in range(600) for use in (one, other))
    assert given == 1000
    assert one.used("k", day) == other.used("k", day) == 1000
    assert one.take("k", date(2026, 11, 21), 1, 1000) == 1
    engine.dispose()


def test_what_a_process_used_survives_it(
    stores: tuple[DatabaseOrganisationKeys, PortionedDayUse], database_url: str
) -> None:
    _, one = stores
    day = date(2026, 11, 20)
    for _ in range(30):
        one.take("k", day, 1, 10_000)
    engine = open_database(database_url)
    after_a_kill = PortionedDayUse(engine).used("k", day)
    assert 30 <= after_a_kill <= 130
    one.give_back()
    after_its_end = PortionedDayUse(engine)
    assert after_its_end.used("k", day) == 30
    assert after_its_end.take("k", day, 9_971, 10_000) is None
    assert after_its_end.take("k", day, 9_970, 10_000) == 10_000
    engine.dispose()


class _Keys:
    """One key, and how often it was looked for."""

    def __init__(self, key: OrganisationKey) -> None:
        self.key, self.asked = key, 0

    def find(self, key_id: str) -> OrganisationKey | None:
        self.asked += 1
        return self.key if key_id == self.key.id else None


def _key(text: str, **changes: Any) -> OrganisationKey:
    from certsvc.domain.organisation_key import key_digest

    known = OrganisationKey(
        id_of_key_text(text), "甲", "某中心", "招聘", 5, 8, MORNING, key_digest(text), date(2026, 11, 20)
    )
    return replace(known, **changes)


def test_a_key_is_remembered_for_seconds_and_forgotten_at_its_end(shared: PublicOffice) -> None:
    text = new_key_text(repeated)
    kept, cipher = _Keys(_key(text)), shared.office.keys.cipher
    remembered = RememberedKeys(kept.find, LocalAnswerCache(), cipher)
    assert [remembered.find(kept.key.id) for _ in range(5)] == [kept.key] * 5
    assert kept.asked == 1
    assert [remembered.find("0000000000") for _ in range(3)] == [None] * 3
    assert kept.asked == 4
    kept.key = replace(kept.key, ended_at=MORNING)
    remembered.ended(kept.key.id)
    assert remembered.find(kept.key.id) == kept.key


class _Uses:
    """A day's use in memory."""

    def __init__(self) -> None:
        self.counted = 0

    def take(self, key_id: str, on: date, count: int, limit: int) -> int | None:
        if self.counted + count > limit:
            return None
        self.counted += count
        return self.counted

    def used(self, key_id: str, on: date) -> int:
        return self.counted


def test_a_batch_counts_its_rows_and_keeps_the_next_questions_waiting() -> None:
    seconds = [1000.0]
    key = _key(new_key_text(repeated), per_minute=60, per_day=1000)
    desk = KeyDesk(_Keys(key), _Uses(), LocalRateLimiter(lambda: seconds[0]), FixedClock(MORNING))
    left = desk.charge(key, 120)
    assert (left.this_minute, left.used_today, left.today, left.resets_in) == (0, 120, 880, 16 * 3600)
    with pytest.raises(QuotaExceeded) as refusal:
        desk.charge(key)
    assert (refusal.value.policy, refusal.value.wait_seconds) == ("minute", 61)
    seconds[0] += 61
    assert desk.charge(key).used_today == 121
    seconds[0] += 600
    with pytest.raises(QuotaExceeded) as refusal:
        desk.charge(key, 880)
    assert (refusal.value.policy, refusal.value.wait_seconds) == ("day", 16 * 3600)


def test_the_last_day_of_a_key_is_a_day_of_beijing() -> None:
    text = new_key_text(repeated)
    clock = FixedClock(datetime(2026, 11, 20, 15, 59, tzinfo=UTC))
    desk = KeyDesk(_Keys(_key(text)), _Uses(), LocalRateLimiter(), clock)
    assert desk.admit(text).name == "甲"
    clock.advance(timedelta(minutes=1))
    with pytest.raises(EndedKey):
        desk.admit(text)


@pytest.fixture(scope="module")
def keyed(shared: PublicOffice) -> Iterator[httpx.Client]:
    """A client of a face where an address may ask once a minute."""
    service = public_service(shared.office)
    limits = replace(service.limits, verify_per_minute=1, bundle_per_minute=1)
    service = replace(service, limits=limits, limiter=LocalRateLimiter())
    app = create_app(shared.office.settings.public_folder, service)
    with served(app) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def _given(shared: PublicOffice, **changes: Any) -> tuple[str, KeyWish]:
    import os

    asked = wish(**changes)
    return shared.office.organisation_keys.add(asked, shared.clock.now(), os.urandom), asked


def _bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_key_has_its_own_quota_and_every_answer_tells_what_is_left(
    shared: PublicOffice, keyed: httpx.Client
) -> None:
    text, _ = _given(shared)
    question = {"qr": qr_text(shared.regular[0])}
    answers = [keyed.post(VERIFY, json=question, headers=_bearer(text)) for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[0].headers["ratelimit-policy"] == '"minute";q=5;w=60, "day";q=8;w=86400'
    # 16:00 in Beijing: eight hours are left of the day.
    assert answers[0].headers["ratelimit"] == '"minute";r=4;t=12, "day";r=7;t=28800'
    refused = answers[5]
    assert refused.json()["code"] == "quota-exceeded"
    assert refused.json()["violated-policies"] == ["minute"]
    assert 1 <= int(refused.headers["retry-after"]) <= 12
    assert refused.headers["ratelimit"] == f'"minute";r=0;t={refused.headers["retry-after"]}'
    told = keyed.get(QUOTA, headers=_bearer(text))
    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    assert told.json()["per_day"] == {
        "limit": 8,
        "used": 5,
        "remaining": 3,
        "resets_at": "2026-11-20T16:00:00Z",
    }
    assert "ratelimit" not in keyed.get("/healthz").headers


def test_the_day_is_over_for_a_key_until_midnight_in_beijing(
    shared: PublicOffice, keyed: httpx.Client
) -> None:
    text, _ = _given(shared, per_minute=600, per_day=2)
    answers = [keyed.post(VERIFY, json={"qr": "x"}, headers=_bearer(text)) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["violated-policies"] == ["day"]
    assert answers[2].headers["retry-after"] == "28800"


@pytest.mark.parametrize(
    ("path", "question"),
    [
        (VERIFY, {"qr": "x"}),
        ("/api/v1/report", {"qr": "x"}),
        ("/api/v1/share-grants/open", {"code": "7K3M-Q2XR-9TBW-4HNC"}),
        ("/api/v1/mapping-statements/check", {"reference": "M1", "name": "x", "id_last4": "1234"}),
    ],
)
def test_a_key_that_is_not_good_is_never_passed_over(
    shared: PublicOffice, keyed: httpx.Client, path: str, question: dict[str, str]
) -> None:
    text, asked = _given(shared)
    shared.office.organisation_keys.end(asked.name, shared.clock.now())
    shown = {
        "api-key-mistyped": {"Authorization": f"Bearer {text[:-1]}"},
        "api-key-unknown": _bearer(new_key_text(repeated)),
        "api-key-ended": _bearer(text),
    }
    for code, headers in shown.items():
        answer = keyed.post(path, json=question, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert text not in answer.text
    basic = keyed.post(path, json=question, headers={"Authorization": "Basic eDp5"})
    assert (basic.status_code, basic.json()["code"]) == (401, "api-key-mistyped")


def test_the_end_of_a_key_is_told_to_its_bearer_alone(shared: PublicOffice, keyed: httpx.Client) -> None:
    text, asked = _given(shared)
    shared.office.organisation_keys.end(asked.name, shared.clock.now())
    guess = _with_id(id_of_key_text(text))
    answer = keyed.get(QUOTA, headers=_bearer(guess))
    assert answer.json()["code"] == "api-key-unknown"


def _with_id(key_id: str) -> str:
    """Another key under the same id, its check symbols right."""
    from certsvc.domain import organisation_key as module

    return module._with_check(f"certsvc_{key_id}_{'0' * 32}")


def test_without_a_key_there_is_no_quota_and_no_header(shared: PublicOffice) -> None:
    answer = shared.client.get(QUOTA)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert "ratelimit" not in shared.client.post(VERIFY, json={"qr": "x"}).headers


def test_using_a_key_is_no_look_at_anybody(shared: PublicOffice) -> None:
    text, _ = _given(shared)
    before = shared.looks()
    shared.client.get(QUOTA, headers=_bearer(text))
    shared.client.post(VERIFY, json={"qr": "x"}, headers=_bearer(text))
    assert shared.looks() == before


def test_who_gave_and_ended_a_key_stands_in_the_audit_trail(shared: PublicOffice) -> None:
    text, asked = _given(shared)
    shared.office.organisation_keys.end(asked.name, shared.clock.now())
    entries = shared.office.trail.entries(f"api-key/{id_of_key_text(text)}")
    assert [(one.actor, one.action) for one in entries] == [
        ("operator", "machine:api_key:add"),
        ("operator", "machine:api_key:end"),
    ]


def test_a_key_is_shown_once_and_a_second_one_takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    from click.testing import CliRunner

    from certsvc.entrypoints.cli.commands import certsvc

    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path))
    runner = CliRunner()
    assert runner.invoke(certsvc, ["init"]).exit_code == 0
    words = ["--organisation", "某中心", "--purpose", "招聘", "--json"]
    first = json.loads(runner.invoke(certsvc, ["api-key", "add", "一", *words]).stdout)
    second = json.loads(runner.invoke(certsvc, ["api-key", "add", "二", *words]).stdout)
    assert re.fullmatch(SCANNERS_PATTERN, first["key"])
    assert runner.invoke(certsvc, ["api-key", "end", "一"]).exit_code == 0
    listed = runner.invoke(certsvc, ["api-key", "list", "--json"]).stdout
    assert first["key"] not in listed
    # Two of one second have no order between them.
    assert sorted((one["id"], one["ended"]) for one in json.loads(listed)["keys"]) == sorted(
        [(first["id"], True), (second["id"], False)]
    )


def test_an_address_that_shows_too_many_keys_in_vain_costs_no_look_up(
    shared: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    service = public_service(shared.office)

    class Counting:
        def find(self, key_id: str) -> OrganisationKey | None:
            looked_up.append(key_id)
            return None

    desk = KeyDesk(Counting(), _Uses(), LocalRateLimiter(), shared.clock)
    app = create_app(shared.office.settings.public_folder, replace(service, key_desk=desk))
    monkeypatch.setattr(askers, "REFUSED_PER_MINUTE", 3)
    with served(app) as address, httpx.Client(base_url=address, trust_env=False) as client:
        answers = [client.get(QUOTA, headers=_bearer(new_key_text(repeated))) for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 3 + [429] * 3
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert len(looked_up) == 3
