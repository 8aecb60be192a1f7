"""Every public route that found a certificate leaves one line for its holder; what agreed with nothing leaves none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.ports.look_ups import LookUp
from tests.api.asking import PublicOffice, claim, qr_text
from tests.support.office import OfficeUnderTest

PAGE = {"X-Asked-From": "page"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    """An office on SQLite in which nothing is limited."""
    limits = dict.fromkeys(("verify_per_minute", "bundle_per_minute", "guesses_per_hour"), 1_000_000)
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    opened = PublicOffice(OfficeUnderTest(tmp_path_factory.mktemp("look-ups"), clock, **limits), persons=2)
    yield opened
    opened.close()


def noted(office: PublicOffice, number: str) -> tuple[LookUp, ...]:
    """The look-ups of a certificate, newest first."""
    office.office.look_ups.journal.flush()
    return office.office.look_ups.store.of_certificate(number)


@pytest.mark.parametrize(
    ("path", "more", "told"),
    [
        ("verify", {}, "passed"),
        ("verify", {"place": "110101"}, "undetermined"),
        ("history", {"on": "2026-11-19"}, "passed"),
        ("bundle", {}, "handed_out"),
        ("past-bundle", {}, "handed_out"),
        ("e-licence", {}, "handed_out"),
        ("report", {}, "passed"),
    ],
)
@pytest.mark.parametrize("by", ["claim", "qr"])
def test_a_route_that_found_the_certificate_leaves_one_line(
    office: PublicOffice, path: str, more: dict[str, str], told: str, by: str
) -> None:
    certificate = office.regular[0]
    number = certificate.draft.content.number
    before = len(noted(office, number))
    question = claim(certificate) if by == "claim" else {"qr": qr_text(certificate)}
    answer = office.client.post(f"/api/v1/{path}", json=question | more, headers=PAGE)
    assert answer.status_code == 200, answer.text
    lines = noted(office, number)
    assert len(lines) == before + 1
    assert (lines[0].channel, lines[0].verdict, lines[0].at) == ("page", told, office.clock.now())
    assert "127.0.0.1" not in repr(lines)


def test_a_file_leaves_a_line_too(office: PublicOffice) -> None:
    certificate = office.dual[0]
    office.verify_pdf(office.document(certificate))
    (line,) = noted(office, certificate.draft.content.number)
    assert (line.channel, line.verdict) == ("api", "passed")


@pytest.mark.parametrize("path", ["verify", "history", "bundle", "past-bundle", "report", "e-licence"])
def test_what_agrees_with_nothing_leaves_no_line(office: PublicOffice, path: str) -> None:
    certificate = office.regular[1]
    wrong: dict[str, Any] = claim(certificate, name="王莉")
    more = {"on": "2026-11-19"} if path == "history" else {}
    office.client.post(f"/api/v1/{path}", json=wrong | more)
    assert noted(office, certificate.draft.content.number) == ()


def test_a_forged_record_leaves_no_line(office: PublicOffice) -> None:
    certificate = office.regular[1]
    office.verify({"qr": qr_text(certificate)[:-1] + "X"})
    assert noted(office, certificate.draft.content.number) == ()
