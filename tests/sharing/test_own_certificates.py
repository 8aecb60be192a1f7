"""What the portal is told of a holder: all of their own, nothing of anybody else's, and every question is written down."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from jsonschema_rs import Draft202012Validator
from starlette.exceptions import HTTPException

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.domain.caller import Purpose
from certsvc.domain.decision import DecisionKind
from certsvc.domain.id_numbers import asked_id_numbers, upgraded
from certsvc.entrypoints.console.own_certificates import PER_HOLDER, OwnCertificatesLimit
from certsvc.entrypoints.console.shares import HolderForm
from certsvc.entrypoints.holder_objects import LABELS, holding_schema
from tests.access.desk import Desk, open_desk, register
from tests.history.papers import Archive
from tests.history.statement_desk import Paper, StatementDesk
from tests.support.databases import Databases, SqliteFiles
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample

PATH = "/api/v1/holder/certificates"
SCHEMA = Draft202012Validator(holding_schema())
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


PROGRAMS = (
    ("portal", Purpose.HOLDER_PORTAL),
    ("library", Purpose.E_LICENCE),
    ("applications", Purpose.ELIGIBILITY),
)


class Portal:
    """The portal before the faces of an office with certificates and older papers."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        for name, purpose in PROGRAMS:
            key = ed25519.Ed25519PrivateKey.generate()
            desk.programs[name] = register(desk, name, key, purpose)
        self.dual = self._issue(DUAL_DIRECTED)
        self.regular = self._issue(REGULAR)
        self.papers = StatementDesk(Archive(desk.office, desk.clock), desk.clock)

    def _issue(self, name: str) -> tuple[PublicCertificate, ...]:
        batch = sample(name)
        return self.desk.office.issue(self.desk.office.submit(batch.with_rows(batch.rows[:4]).xlsx()))

    def ask(self, body: dict[str, Any], path: str = PATH, program: str = "portal") -> httpx.Response:
        """A program's request."""
        raw = json.dumps(body).encode()
        token = self.desk.programs[program].token(self.desk.claims(program, raw))
        answer = self.desk.call("POST", path, token, raw)
        signed = path.startswith((PATH, "/api/v1/eligibility"))
        assert answer.status_code != 200 or not signed or self._is_signed(answer)
        return answer

    def holding(self, holder: dict[str, str]) -> dict[str, Any]:
        """What a holder has."""
        answer = self.ask({"holder": holder})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        assert list(SCHEMA.iter_errors(told)) == []
        return told

    def document(self, holder: dict[str, str], number: str, **more: Any) -> httpx.Response:
        """The PDF of a certificate."""
        return self.ask({"holder": holder, **more}, f"{PATH}/{number}/document")

    def decide(
        self, kind: DecisionKind, one: PublicCertificate, changes: dict[str, str] | None = None
    ) -> None:
        """Decide by two persons."""
        office, number = self.desk.office.office, one.draft.content.number
        words = "吉人社职决〔2026〕8号", date(2026, 11, 20), "申报材料造假"
        decision = office.deciding.propose(kind, number, *words, "maker", changes)
        office.confirm_decision(decision, "checker")

    def looks(self) -> list[tuple[str, str, str]]:
        """Viewer, object and purpose of every noted look."""
        with self.desk.office.office.engine.begin() as connection:
            rows = connection.execute(personal_look.select().order_by(personal_look.c.position)).all()
        return [(row.viewer, row.object, row.purpose) for row in rows]

    def _is_signed(self, answer: httpx.Response) -> bool:
        """Whether the detached JWS holds over exactly these bytes, by the published key."""
        header, _, signature = answer.headers["x-jws-signature"].split(".")
        with self.desk.visitor() as anybody:
            (jwk,) = anybody.get("/api/v1/keys").json()["keys"]
        key = ed25519.Ed25519PublicKey.from_public_bytes(_raw(jwk["x"]))
        payload = urlsafe_b64encode(answer.content).rstrip(b"=")
        key.verify(_raw(signature), header.encode() + b"." + payload)
        return bool(json.loads(_raw(header))["kid"] == jwk["kid"])


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One office for the module, on each database; each test has a certificate of its own."""
    databases: Databases
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        databases = SqliteFiles(folder, request.getfixturevalue("sqlite_template"))
    else:
        databases = request.getfixturevalue("postgresql")
    with open_desk(tmp_path_factory.mktemp("own"), FixedClock(NOON), databases.fresh()) as desk:
        yield Portal(desk)


@pytest.fixture(scope="module")
def paper(portal: Portal) -> Paper:
    """An older paper of a person of its own."""
    return portal.papers.paper()


def holder_of(certificate: PublicCertificate) -> dict[str, str]:
    award = certificate.draft.content.award
    return {"name": award.name, "id_number": award.document.number}


def test_a_holder_sees_the_whole_content_with_area_identifier_and_version(portal: Portal) -> None:
    content = portal.dual[0].draft.content
    told = portal.holding(holder_of(portal.dual[0]))
    (one,) = told["certificates"]
    (version,) = one["versions"]
    assert (one["number"], one["status"], one["status_label"]) == (content.number, "valid", "有效")
    assert one["validity_area"]["name"] == "珲春市"
    assert version["marks"][1] == "仅在珲春市范围内有效"
    assert set(version["content"]) == set(told["labels"]) == set(LABELS)
    assert version["content"]["id_number"] == content.award.document.number
    assert version["content"]["unit"] == content.award.unit_name
    assert content.number in version["e_licence_identifier"].split(".")
    assert version["document_sha256"] == portal.dual[0].document_sha256
    assert told["historical"] == []


def test_the_answer_is_bound_to_the_question(portal: Portal) -> None:
    body = {"holder": holder_of(portal.dual[0])}
    told = portal.ask(body).json()
    assert told["question_sha256"] == sha256(json.dumps(body).encode()).hexdigest()


def test_an_older_record_is_listed_under_either_number(portal: Portal, paper: Paper) -> None:
    recorded = paper.row["证件号码"]
    for number in {paper.id_number, recorded, recorded.lower(), f" {paper.id_number} "}:
        (one,) = portal.holding({"name": paper.row["姓名"], "id_number": number})["historical"]
        assert one["record"]["reference"] == paper.reference
        assert (one["status"], one["status_label"]) == ("historical", "历史数据")


def test_fifteen_digits_stand_for_the_eighteen() -> None:
    assert asked_id_numbers("229901620312051") == ("229901620312051", upgraded("229901620312051"))
    assert asked_id_numbers("２２９９０１１９６２０３１２０５１x") == ("22990119620312051X",)


def test_dots_and_spaces_of_a_name_do_not_count_and_another_name_does(portal: Portal) -> None:
    holder = holder_of(portal.dual[0])
    written = {**holder, "name": "·".join(holder["name"])}
    assert len(portal.holding(written)["certificates"]) == 1
    assert portal.holding({**holder, "name": "别人"})["certificates"] == []


def test_a_corrected_certificate_has_both_versions_and_both_documents(portal: Portal) -> None:
    old = portal.regular[0]
    portal.decide(DecisionKind.CORRECT, old, {"工作单位": "长春市第二中学"})
    (one,) = portal.holding(holder_of(old))["certificates"]
    assert [(each["version"], each["status"]) for each in one["versions"]] == [
        (1, "superseded"),
        (2, "valid"),
    ]
    assert [each["kind"] for each in one["decisions"]] == ["correct"]
    number = old.draft.content.number
    newest, first = (
        portal.document(holder_of(old), number),
        portal.document(holder_of(old), number, version=1),
    )
    for answer, version in ((newest, one["versions"][1]), (first, one["versions"][0])):
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["etag"] == f'"{version["document_sha256"]}"'
        assert sha256(answer.content).hexdigest() == version["document_sha256"]
    assert portal.document(holder_of(old), number, version=3).status_code == 404


def test_a_revoked_certificate_is_told_with_reason_and_clause_and_has_no_document_any_more(
    portal: Portal,
) -> None:
    revoked = portal.regular[1]
    portal.decide(DecisionKind.REVOKE, revoked)
    (one,) = portal.holding(holder_of(revoked))["certificates"]
    assert (one["status"], one["status_label"]) == ("revoked", "已撤销")
    (decision,) = one["decisions"]
    assert decision["ground"] == "申报材料造假"
    assert (decision["label"], decision["clause"]) == ("撤销", "吉人社函〔2022〕38号 四（二）")
    answer = portal.document(holder_of(revoked), one["number"])
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert decision["reference"] in answer.json()["detail"]


def test_somebody_elses_certificate_is_answered_like_one_that_does_not_exist(portal: Portal) -> None:
    holder, other = holder_of(portal.regular[2]), portal.dual[1].draft.content.number
    answers = [portal.document(holder, number) for number in (other, "2220990620000017", "X")]
    problems = [{**one.json(), "instance": None} for one in answers]
    assert [one.status_code for one in answers] == [404] * 3
    assert problems[0] == problems[1] == problems[2]


def test_every_question_is_a_look_and_names_the_portal(portal: Portal) -> None:
    before, one = len(portal.looks()), portal.dual[2]
    number = one.draft.content.number
    portal.holding(holder_of(one))
    portal.document(holder_of(one), number)
    portal.holding({"name": "没有", "id_number": "110101199003074514"})
    noted = portal.looks()[before:]
    assert [(who, what if what == number else what[0], why) for who, what, why in noted] == [
        ("portal", "P", "持证人查询本人证书"),
        ("portal", number, "持证人查询本人证书"),
        ("portal", number, "持证人下载本人证书"),
        ("portal", "P", "持证人查询本人证书"),
    ]


def test_only_a_program_for_holders_may_ask(portal: Portal) -> None:
    body = {"holder": holder_of(portal.dual[0])}
    assert portal.ask(body, program="library").status_code == 403
    with portal.desk.visitor() as anybody:
        assert anybody.post(PATH, json=body).status_code == 401


def test_answers_to_programs_are_as_described(portal: Portal) -> None:
    with portal.desk.visitor() as anybody:
        described = anybody.get("/console/openapi.json").json()
        keys = anybody.get("/api/v1/keys").json()
    one = portal.dual[3]
    own, number = {"holder": holder_of(one)}, one.draft.content.number
    base = "/api/v1/holder"
    wish = {"recipient": "某公司", "purpose": "投标", "ends_on": "2026-12-20", "request": "portal-20261120-1"}
    grant = portal.ask(
        own | {"number": number, "fields": ["name"], "recipient": "某公司"}, f"{base}/share-grants"
    ).json()
    copy = portal.ask(own | {"number": number} | wish, f"{base}/annotated-copies").json()
    document = one.draft.content.award.document
    told = {
        "/api/v1/keys": keys,
        f"{base}/certificates": portal.holding(own["holder"]),
        f"{base}/look-ups": portal.ask(own | {"number": number}, f"{base}/look-ups").json(),
        f"{base}/share-grants": grant,
        f"{base}/share-grants/list": portal.ask(own, f"{base}/share-grants/list").json(),
        f"{base}/share-grants/{{grant}}/cancellation": portal.ask(
            own, f"{base}/share-grants/{grant['grant']}/cancellation"
        ).json(),
        f"{base}/annotated-copies": copy,
        f"{base}/annotated-copies/list": portal.ask(own, f"{base}/annotated-copies/list").json(),
        f"{base}/annotated-copies/{{copy}}/withdrawal": portal.ask(
            own, f"{base}/annotated-copies/{copy['copy']}/withdrawal"
        ).json(),
        "/api/v1/eligibility": portal.ask(
            {
                "id_kind": document.kind.value,
                "id_number": document.number,
                "name": own["holder"]["name"],
                "series": "农业技术人员",
                "level": "正高级",
                "way": "常规评审",
                "applied_on": "2027-03-01",
            },
            "/api/v1/eligibility",
            "applications",
        ).json(),
        "/api/v1/e-licence-records": portal.ask(
            {"number": number, "name": own["holder"]["name"], "id_last4": document.last4},
            "/api/v1/e-licence-records",
            "library",
        ).json(),
    }
    for path, answer in told.items():
        operation = next(iter(described["paths"][path].values()))
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        whole = Draft202012Validator({**schema, "components": described["components"]})
        assert [str(error) for error in whole.iter_errors(answer)] == [], path


def test_about_one_holder_little_may_be_asked_whichever_number_is_written(portal: Portal) -> None:
    limit = OwnCertificatesLimit(LocalRateLimiter(lambda: 0.0), per_minute=PER_HOLDER + 1)
    office = portal.desk.office.office
    numbers = ["229901620312051", upgraded("229901620312051")] * (PER_HOLDER // 2)
    for number in numbers:
        limit.require(office, "portal", HolderForm(name="周铭", id_number=number))
    for program in ("portal", "other"):
        with pytest.raises(HTTPException):
            limit.require(office, program, HolderForm(name="周铭", id_number=numbers[0]))
    limit.require(office, "other", HolderForm(name="周铭", id_number="110101199003074514"))
    with pytest.raises(HTTPException):
        limit.require(office, "portal", HolderForm(name="周铭", id_number="110101199003074514"))
