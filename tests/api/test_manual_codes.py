"""The manual code beside the QR symbol, typed by somebody who cannot scan: the same answers as scanning gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.schema import certificate as table
from certsvc.domain.decision import DecisionKind
from certsvc.formats.manual_code import manual_code
from tests.api.asking import PublicOffice, claim, codes, qr_text
from tests.support.office import OfficeUnderTest

UNKNOWN = manual_code(b"no record of this register")


def code_of(certificate: PublicCertificate) -> str:
    return manual_code(certificate.record)


@pytest.mark.parametrize("place", [None, "222404", "222401", "222400", "110101"])
def test_typing_the_code_answers_as_scanning_the_symbol(shared: PublicOffice, place: str | None) -> None:
    asked = {} if place is None else {"place": place}
    for certificate in (shared.regular[0], shared.dual[0]):
        typed = shared.verify({"code": code_of(certificate)} | asked)
        assert typed == shared.verify({"qr": qr_text(certificate)} | asked)
        assert typed["authentic"] == "yes"


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", "　")]
)
def test_however_the_code_is_typed(shared: PublicOffice, write: object) -> None:
    assert callable(write)
    assert shared.verify({"code": write(code_of(shared.regular[1]))})["verdict"] == "passed"


def test_every_version_answers_to_its_own_code(public: PublicOffice) -> None:
    before = public.regular[0]
    public.decide(DecisionKind.CORRECT, before, changes={"name": "孙健国"})
    number = before.draft.content.number
    versions = public.office.certificates.published(number=number)
    assert [one.draft.content.version for one in versions] == [1, 2]
    older, newer = (public.verify({"code": code_of(one)}) for one in versions)
    assert (older["status"], older["replaced_by"]) == ("superseded", 2)
    assert (newer["verdict"], newer["certificate"]["version"]) == ("passed", 2)


def test_a_decision_answers_to_the_code_at_once(public: PublicOffice) -> None:
    certificate = public.regular[0]
    public.decide(DecisionKind.REVOKE, certificate, logged=False)
    verdict = public.verify({"code": code_of(certificate)})
    assert verdict["status"] == "revoked"
    assert verdict == public.verify({"qr": qr_text(certificate)})


def test_a_code_that_no_record_has_answers_as_what_agrees_with_nothing(shared: PublicOffice) -> None:
    verdict = shared.verify({"code": UNKNOWN, "place": "222404"})
    assert codes(verdict)[0] == "certificate-not-found"
    assert verdict == shared.verify(claim(shared.regular[0], name="何人"))


MISTYPED = {
    "second group too short": ("ABCDE-FGHJ-MNPQR", "核对第 2 组", "group-2"),
    "a symbol that no code has": ("ABCDE-FGHJK-MNPQ0", "核对第 3 组", "group-3"),
    "Chinese words": ("请问", "核对第 1 组", "group-1"),
    "wrong check symbol": (UNKNOWN[:-1] + ("2" if UNKNOWN[-1] != "2" else "3"), "逐组核对", "check-symbol"),
}


@pytest.mark.parametrize("case", MISTYPED)
@pytest.mark.parametrize("path", ["verify", "bundle", "past-bundle", "history"])
def test_a_mistyped_code_names_the_group_to_look_at(shared: PublicOffice, path: str, case: str) -> None:
    typed, words, place = MISTYPED[case]
    asked = {"code": typed} | ({"on": "2024-01-01"} if path == "history" else {})
    answer = shared.client.post(f"/api/v1/{path}", json=asked)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "manual-code-mistyped")
    assert problem["errors"] == [{"pointer": "#/code", "code": place}]
    assert words in problem["detail"]
    assert typed not in answer.text


def test_bundles_and_past_days_are_given_against_the_code_too(shared: PublicOffice) -> None:
    certificate = shared.regular[0]
    by_code, by_qr = {"code": code_of(certificate)}, {"qr": qr_text(certificate)}
    for path, more in (("bundle", {}), ("past-bundle", {}), ("history", {"on": "2024-06-01"})):
        typed, scanned = (
            shared.client.post(f"/api/v1/{path}", json=asked | more) for asked in (by_code, by_qr)
        )
        assert typed.status_code == 200, typed.text
        assert typed.json() == scanned.json()
        unknown = shared.client.post(f"/api/v1/{path}", json={"code": UNKNOWN} | more)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-reference")


def test_a_code_may_be_typed_as_often_as_its_symbol_may_be_scanned(
    tmp_path: Path, database_url: str, clock: object
) -> None:
    from certsvc.adapters.clock import FixedClock

    assert isinstance(clock, FixedClock)
    office = PublicOffice(OfficeUnderTest(tmp_path, clock, database_url, guesses_per_hour=2), persons=1)
    try:
        code = code_of(office.regular[0])
        for typed in (code, code.lower(), code.replace("-", " "), code):
            assert office.client.post("/api/v1/verify", json={"code": typed}).status_code == 200
    finally:
        office.close()


def test_the_register_keeps_a_keyed_digest_and_fills_those_of_before(public: PublicOffice) -> None:
    engine, certificate = public.office.engine, public.regular[0]
    kept = select(table.c.number, table.c.version, table.c.code_key).order_by(table.c.number, table.c.version)
    with engine.begin() as connection:
        sealed = connection.execute(kept).all()
        connection.execute(update(table).values(code_key=None))
    assert all(len(row.code_key) == 32 for row in sealed)
    assert len({row.code_key for row in sealed}) == len(sealed)
    assert codes(public.verify({"code": code_of(certificate)}))[0] == "certificate-not-found"
    filling = public.office.information.codes
    assert filling.fill(lambda: True) == 0
    assert filling.fill() == len(sealed)
    assert filling.fill() == 0
    with engine.begin() as connection:
        assert connection.execute(kept).all() == sealed
    assert public.verify({"code": code_of(certificate)})["verdict"] == "passed"
