"""Whether a person has a credit record or lost a year is told to nobody outside: page, API, tree, bundle, log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.decision_schema import credit_record
from certsvc.adapters.structured_log import configure_log
from certsvc.domain.decision import DecisionKind
from certsvc.domain.identity import IdKind
from certsvc.formats.record import record_text
from tests.access.desk import Desk, open_desk
from tests.credit.asking import PATH, ask, register_application_system
from tests.decisions.deciders import SUN, Deciders
from tests.support.workbooks import REGULAR, sample

PERSON, NAME = str(SUN["证件号码"]), str(SUN["姓名"])
WORDS = ("诚信", "credit_record", "credit-record", "until_on", "申报资格", "2027-06-03")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, down to debug."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_log("debug", stream)
    yield stream
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on the day of the decision."""
    with open_desk(tmp_path, FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))) as opened:
        register_application_system(opened)
        yield opened


def bar(desk: Desk) -> list[dict[str, Any]]:
    """Revoke and cancel; the questions an outsider can ask about the certificate."""
    office = desk.office.office
    (certificate,) = desk.office.issue(desk.office.submit(sample(REGULAR).with_rows([SUN]).xlsx()))
    number = certificate.draft.content.number
    Deciders(desk.office, desk.clock).decide(DecisionKind.REVOKE, number)
    day = desk.clock.today()
    step = office.credit.cancelled_years.propose(
        NAME, IdKind.CITIZEN, PERSON, 2024, None, "吉人社取〔2024〕3号", day, "材料雷同", "maker"
    )
    office.credit.cancelled_years.confirm(step, "checker")
    ask(desk, SUN)
    office.credit.work(lambda: False)
    return [
        {"qr": record_text(certificate.record, office.settings.qr_prefix)},
        {"number": number, "name": NAME, "id_last4": PERSON[-4:]},
    ]


def secret_ids(desk: Desk) -> list[str]:
    """Identities that would betray a person's record."""
    with desk.office.office.engine.begin() as connection:
        (row,) = connection.execute(select(credit_record)).all()
    steps = desk.office.office.credit.cancelled_years.store.listed(None, 10)
    key = desk.office.office.keys.cipher.person_key(PERSON)
    return [row.id, *(one.id for one in steps), key.hex(), PERSON]


def test_no_answer_page_or_public_byte_tells_of_a_record_or_a_lost_year(
    desk: Desk, log: io.StringIO, tmp_path: Path
) -> None:
    questions = bar(desk)
    secrets = [*WORDS, *secret_ids(desk)]
    with desk.visitor() as visitor:
        described = visitor.get("/openapi.json")
        told = {
            str(place): visitor.post("/api/v1/verify", json=one).text for place, one in enumerate(questions)
        }
        told |= {path: visitor.get(path).text for path in ("/", "/v", "/healthz", "/readyz", "/metrics")}
    for place, text in told.items():
        for secret in secrets:
            assert secret not in text, (place, secret)
    assert described.status_code in (200, 404)
    folder = desk.office.office.settings.public_folder
    for file in folder.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            for secret in [*secret_ids(desk), "诚信", NAME]:
                assert secret.encode() not in raw, (file, secret)
    logged = log.getvalue()
    for secret in [*secret_ids(desk), NAME]:
        assert secret not in logged, secret


def test_no_public_route_answers_about_a_persons_record(desk: Desk) -> None:
    bar(desk)
    record = secret_ids(desk)[0]
    with desk.visitor() as visitor:
        for path in (f"/api/v1/credit/{record}", "/api/v1/credit", f"/credit/{record}", "/platform-messages"):
            assert visitor.get(path).status_code == 404, path
        assert visitor.get("/api/v1/cancelled-years").status_code == 401
        assert visitor.post(PATH, json={}).status_code == 401


def test_a_credit_slot_reads_like_any_other_that_is_valid_or_free(desk: Desk) -> None:
    """The leaf names no person and no record; whoever reads the log learns a number of records, no more."""
    bar(desk)
    events = Deciders(desk.office, desk.clock).audit()
    with desk.office.office.engine.begin() as connection:
        (row,) = connection.execute(select(credit_record)).all()
    (opened,) = [one for one in events if one.slot == row.slot]
    assert bytes(opened.commitment) == bytes(row.commitment)
    assert len({one.slot for one in events}) == 2
