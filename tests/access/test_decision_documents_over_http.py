"""Documents of decisions and their service over HTTP: uploaded, named in a proposal, read back, served."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.access.desk import PROGRAM, Desk
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES

UPLOAD, DECISIONS = "/api/v1/decision-documents", "/api/v1/decisions"
PDF, PNG = b"%PDF-1.7 decision", b"\x89PNG\r\n\x1a\nproof"


@pytest.fixture(scope="module")
def numbers(desk: Desk) -> list[str]:
    """Certificates of 珲春市, which belongs to 延边州 (222400)."""
    report = desk.office.submit((EXAMPLES / DUAL_DIRECTED).read_bytes())
    return [one.draft.content.number for one in desk.office.issue(report)]


def upload(
    desk: Desk, user: str, raw: bytes, media_type: str = "application/pdf"
) -> tuple[int, dict[str, str]]:
    with desk.sign_in(user) as browser:
        answer = browser.post(UPLOAD, content=raw, headers={"Content-Type": media_type})
    return answer.status_code, answer.json()


def proposal(number: str, digest: str | None) -> dict[str, object]:
    return {
        "kind": "void",
        "number": number,
        "document": "延州人社函〔2026〕11号",
        "decided_on": "2026-11-20",
        "ground": "未按规定程序开展评审",
        "document_sha256": digest,
    }


def test_a_city_proposes_a_voiding_with_its_document_and_the_province_confirms_and_serves(
    desk: Desk, numbers: list[str]
) -> None:
    digest = sha256(PDF).hexdigest()
    assert upload(desk, "city", PDF) == (200, {"sha256": digest})
    with desk.sign_in("city") as browser:
        decision = browser.post(DECISIONS, json=proposal(numbers[0], digest)).json()["decision"]
        assert browser.post(f"{DECISIONS}/{decision}/confirmation").status_code == 403
    path, early = f"{DECISIONS}/{decision}/services", {"served_on": "2026-11-20", "method": "direct"}
    with desk.sign_in("city-checker") as browser:
        assert browser.post(f"{DECISIONS}/{decision}/confirmation").status_code == 403
        assert browser.post(path, json=early).status_code == 409
    with desk.sign_in("checker") as browser:
        confirmed = browser.post(f"{DECISIONS}/{decision}/confirmation").json()
        assert (confirmed["status"], confirmed["document_sha256"]) == ("confirmed", digest)
        shown = browser.get(f"{DECISIONS}/{decision}/document")
        assert (shown.content, shown.headers["content-type"]) == (PDF, "application/pdf")
        assert shown.headers["content-disposition"].startswith("attachment")
    proof = upload(desk, "city", PNG, "image/png")[1]["sha256"]
    with desk.sign_in("city") as browser:
        for _ in range(2):
            served = browser.post(path, json=early | {"proof_sha256": proof})
            assert served.status_code == 200, served.text
        (service,) = browser.get(f"{DECISIONS}/{decision}").json()["services"]
        assert (service["method"], service["served_on"], service["actor"]) == ("direct", "2026-11-20", "city")
        assert browser.get(f"{path}/1/proof").content == PNG
        assert browser.get(f"{path}/2/proof").status_code == 404
        for unfit in ({"method": "by pigeon"}, {"served_on": "soon"}, {"proof_sha256": "x"}, {"more": 1}):
            assert browser.post(path, json=early | unfit).status_code == 422
        assert browser.post(path, json=early | {"served_on": "2030-01-01"}).status_code == 400
    for user in ("tonghua", "county"):
        with desk.sign_in(user) as browser:
            assert browser.get(f"{DECISIONS}/{decision}/document").status_code == 403
            assert browser.post(path, json=early).status_code == 403


def test_what_is_no_document_or_comes_from_nobody_is_refused(desk: Desk, numbers: list[str]) -> None:
    assert upload(desk, "city", b"PK no document")[0] == 400
    assert upload(desk, "city", b"")[0] == 400
    assert upload(desk, "city", PDF, "text/html")[0] == 415
    assert upload(desk, "supervisor", PDF)[0] == 403
    assert upload(desk, "county", PDF)[0] == 403
    with desk.visitor() as stranger:
        answer = stranger.post(UPLOAD, content=PDF, headers={"Content-Type": "application/pdf"})
        assert answer.status_code == 401
    token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, PDF))
    assert desk.call("POST", UPLOAD, token, PDF, "application/pdf").status_code == 403
    with desk.sign_in("city") as browser:
        answer = browser.post(UPLOAD, files={"file": ("decision.pdf", PDF, "application/pdf")})
        assert answer.json() == {"sha256": sha256(PDF).hexdigest()}
        assert browser.post(DECISIONS, json=proposal(numbers[1], "0" * 64)).status_code == 404
        assert browser.post(DECISIONS, json=proposal(numbers[1], "xyz")).status_code == 422


def test_a_document_of_ten_megabytes_is_taken_and_a_larger_one_is_not(desk: Desk) -> None:
    assert upload(desk, "city", PDF.ljust(10_000_000, b"0"))[0] == 200
    assert upload(desk, "city", PDF.ljust(10_000_001, b"0"))[0] == 400
    assert upload(desk, "city", PDF.ljust(11_000_000, b"0"))[0] == 413
