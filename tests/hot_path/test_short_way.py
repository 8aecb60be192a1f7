"""The short way tells what verification would tell, and hands on whatever it is not sure of."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select, update

from certsvc.adapters.answer_schema import answer_due, stored_answer
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.schema import certificate as certificate_table
from certsvc.domain.decision import DecisionKind
from certsvc.domain.key_plan import KeyKind
from certsvc.ports.look_ups import LookUp, LookUpChannel
from tests.api.asking import PublicOffice, claim, qr_text
from tests.hot_path.short_way import JSON, ShortWay
from tests.support.office import OfficeUnderTest

_PLAIN = ("date", "x-request-id", "server")


def test_a_valid_certificate_is_told_byte_by_byte_as_verification_tells_it(quiet: ShortWay) -> None:
    before = quiet.handed_on
    for certificate in (*quiet.public.regular, *quiet.public.dual):
        question = {"qr": qr_text(certificate)}
        by_verification = quiet.public.client.post("/api/v1/verify", json=question)
        told = quiet.ask(question)
        assert told.content == by_verification.content
        headers = [
            {k: v for k, v in one.headers.items() if k not in _PLAIN} for one in (told, by_verification)
        ]
        assert headers[0] == headers[1]
    assert quiet.handed_on == before


def test_with_or_without_link_it_is_the_same_certificate(quiet: ShortWay) -> None:
    certificate = quiet.public.regular[0]
    assert quiet.told({"qr": qr_text(certificate, prefix="")}) == quiet.told({"qr": qr_text(certificate)})


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (DecisionKind.REVOKE, "revoked"),
        (DecisionKind.SUSPEND, "suspended"),
        (DecisionKind.VOID, "voided"),
    ],
)
def test_an_ending_is_told_at_once_and_stored_once_the_log_has_it(
    short: ShortWay, kind: DecisionKind, status: str
) -> None:
    certificate = short.public.regular[0]
    question = {"qr": qr_text(certificate)}
    assert short.told(question)["status"] == "valid"
    short.public.decide(kind, certificate, logged=False)
    for _ in range(2):
        assert short.ask(question).json()["status"] == status
        short.store()  # the log does not have it: nothing is stored
    assert short.handed_on == 2
    short.office.record_waiting()
    short.office.publish()
    told = short.eventually_told(certificate)
    assert (told["status"], told["verdict"]) == (status, "failed")
    assert told["decision"]["reference"]
    assert told == short.verdict_of_verification(certificate)


def test_a_corrected_certificate_is_superseded_by_its_next_version(short: ShortWay) -> None:
    certificate = short.public.regular[0]
    short.public.decide(DecisionKind.CORRECT, certificate, changes={"name": "林晓堂"})
    told = short.eventually_told(certificate)
    assert (told["status"], told["replaced_by"]) == ("superseded", 2)
    assert told == short.verdict_of_verification(certificate)
    _, newest = short.office.certificates.published(number=certificate.draft.content.number)
    assert short.told({"qr": qr_text(newest)})["status"] == "valid"


def test_what_is_lifted_again_is_valid_again(short: ShortWay) -> None:
    certificate = short.public.regular[1]
    short.public.decide(DecisionKind.SUSPEND, certificate)
    assert short.eventually_told(certificate)["status"] == "suspended"
    short.public.decide(DecisionKind.REINSTATE, certificate)
    assert short.eventually_told(certificate)["status"] == "valid"


@pytest.mark.parametrize(
    "raw_question",
    [
        '{"qr": "https://lookalike.example/v#{text}"}',
        '{"qr": "{text}", "place": "222404"}',
        '{"qr": "{text}x"}',
        '{"qr": ""}',
        '{"qr": "\\ud800"}',
        '{"qr": "林"}',
        '{"qr": 7}',
        '{"qr": null}',
        "{}",
        "[]",
        "7",
        "",
        "{",
        '{"qr": "{text}", "name": "林"}',
        '{"qr": "{text}", "qr": "{text}Z"}',
    ],
)
def test_every_other_question_is_answered_by_verification(quiet: ShortWay, raw_question: str) -> None:
    before = quiet.handed_on
    raw = raw_question.replace("{text}", qr_text(quiet.public.regular[0], prefix="")).encode()
    told, by_verification = (
        client.post("/api/v1/verify", content=raw, headers=JSON)
        for client in (quiet.client, quiet.public.client)
    )
    assert quiet.handed_on == before + 1
    assert (told.status_code, told.headers["content-type"]) == (
        by_verification.status_code,
        by_verification.headers["content-type"],
    )


def test_a_question_by_number_and_name_is_handed_on(quiet: ShortWay) -> None:
    before = quiet.handed_on
    assert quiet.ask(claim(quiet.public.regular[0])).json()["verdict"] == "passed"
    assert quiet.handed_on == before + 1


def test_a_log_that_is_not_fresh_lets_nothing_pass(short: ShortWay) -> None:
    certificate = short.public.regular[0]
    assert short.told({"qr": qr_text(certificate)})["verdict"] == "passed"
    short.public.clock.advance(timedelta(hours=2))
    short.until(lambda: short.ask({"qr": qr_text(certificate)}).json()["verdict"] == "undetermined")


def test_who_asks_too_often_is_refused_as_everywhere(tmp_path: Path, clock: FixedClock) -> None:
    office = OfficeUnderTest(tmp_path, clock, verify_per_minute=5)
    with ShortWay(PublicOffice(office)) as short:
        question = {"qr": qr_text(short.public.regular[0])}
        statuses = [short.ask(question).status_code for _ in range(20)]
    assert statuses[:5] == [200] * 5
    assert statuses[-1] == 429


def test_what_changes_while_answers_are_made_is_not_stored(short: ShortWay) -> None:
    store = short.office.answer_storing.store
    certificate = short.public.regular[0]
    number = certificate.draft.content.number
    seen = store.entries([number])
    short.public.decide(DecisionKind.REVOKE, certificate, logged=False)
    assert store.keep(seen, [], []) == 0
    assert list(store.waiting(10)) == [number]


def test_new_trust_material_makes_every_answer_anew(short: ShortWay) -> None:
    certificate = short.public.regular[0]
    before = short.told({"qr": qr_text(certificate)})
    short.office.key_desk.announce(KeyKind.RECORD, None, short.public.clock.today() + timedelta(days=8))
    short.office.publish()
    short.until(lambda: bool(short.ask({"qr": qr_text(certificate)})) and short.handed_on > 0)
    assert short.eventually_told(certificate) == before


def test_a_sealed_answer_that_was_altered_or_moved_is_none(short: ShortWay) -> None:
    one, other = short.public.regular[:2]
    with short.office.engine.begin() as connection:
        numbers = [certificate.draft.content.number for certificate in (one, other)]
        rows = {
            number: connection.execute(
                select(stored_answer.c.record_key, stored_answer.c.sealed_own).where(
                    stored_answer.c.number == number
                )
            ).one()
            for number in numbers
        }
        connection.execute(
            update(stored_answer)
            .where(stored_answer.c.record_key == rows[numbers[0]].record_key)
            .values(sealed_own=rows[numbers[1]].sealed_own)
        )
    assert short.ask({"qr": qr_text(one)}).json() == short.verdict_of_verification(one)
    assert short.handed_on == 1


def test_look_ups_are_noted_once_a_second_and_asker(short: ShortWay) -> None:
    noted: list[LookUp] = []
    short.service.look_ups.note = lambda *look_ups: noted.extend(look_ups)  # type: ignore[method-assign]
    certificate = short.public.regular[0]
    for _ in range(3):
        short.told({"qr": qr_text(certificate)})
    short.until(lambda: bool(noted))
    number = certificate.draft.content.number
    assert {(one.number, one.channel, one.verdict, one.asker) for one in noted} == {
        (number, LookUpChannel.API, "passed", "127.0.0.1")
    }


def test_a_damaged_row_holds_up_nothing_but_its_own_answer(short: ShortWay) -> None:
    one, other = (certificate.draft.content.number for certificate in short.public.regular[:2])
    with short.office.engine.begin() as connection:
        connection.execute(
            update(certificate_table).where(certificate_table.c.number == one).values(sealed_record=b"x" * 80)
        )
        connection.execute(stored_answer.delete())
        connection.execute(answer_due.insert(), [{"number": one}, {"number": other}])
    assert short.store() == 2
    assert list(short.office.answer_storing.store.waiting(10)) == []
    assert short.told({"qr": qr_text(short.public.regular[1])})["verdict"] == "passed"


@pytest.mark.parametrize("raw", [b"[" * 3000, b'{"qr":' * 700, b" " * 20_000 + b"{}", b"\xff\xfe{}"])
def test_what_is_no_question_is_a_problem_as_everywhere(quiet: ShortWay, raw: bytes) -> None:
    answers = [
        client.post("/api/v1/verify", content=raw, headers=JSON)
        for client in (quiet.client, quiet.public.client)
    ]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].headers["content-type"] == "application/problem+json"


def test_nothing_of_padded_questions_is_remembered(quiet: ShortWay) -> None:
    text = qr_text(quiet.public.regular[0])
    for padding in range(50):
        raw = b'{"qr": "%b"%b}' % (text.encode(), b" " * padding)
        assert quiet.client.post("/api/v1/verify", content=raw, headers=JSON).json()["verdict"] == "passed"
    large = (b'{"qr": "%b"%b}' % (text.encode(), b" " * 9000) for _ in range(1))
    before = quiet.handed_on
    assert quiet.client.post("/api/v1/verify", content=large, headers=JSON).json()["verdict"] == "passed"
    assert quiet.handed_on == before + 1
    assert len(quiet.hot._remembered) <= 6


def test_nothing_is_told_when_nobody_looks_at_the_log_any_more(short: ShortWay) -> None:
    question = {"qr": qr_text(short.public.regular[0])}
    assert short.told(question)
    hanging = Event()
    opened = short.office.published_state.open

    def hang() -> object:
        hanging.wait(60)
        return opened()

    short.office.published_state.open = hang  # type: ignore[method-assign]
    try:
        short.until(lambda: short.hot._standing.age is None)
    finally:
        hanging.set()


def test_a_body_that_does_not_come_is_waited_for_where_answers_have_a_limit(short: ShortWay) -> None:
    host, port = short.client.base_url.host, short.client.base_url.port
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(
            b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 503")
    assert short.handed_on == 1
