"""The description of the interface and the schema of the verdict say what is answered."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from certverify import Code, Verdict
from certverify.meanings import MEANINGS
from certverify.record import CopyTerms
from certverify.schema import verdict_schema
from certverify.verdict import (
    ABOUT_COPIES,
    Area,
    Authentic,
    Certificate,
    Decision,
    Finding,
    StatusWord,
    ValidHere,
    copy_finding,
    finding,
    outcome_of,
)
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from schemathesis.checks import load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from certsvc.entrypoints.public_api.idempotency import ROUTES
from scripts.make_docs import PAGES
from tests.api.asking import PublicOffice, claim, qr_text
from tests.support.descriptions import incomplete, unfit_examples

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = Draft202012Validator(verdict_schema())
_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
_DAYS = st.dates().map(lambda day: day.isoformat())
_CERTIFICATES = st.builds(
    Certificate,
    number=st.text("0123456789ABCXYZ", min_size=16, max_size=16),
    version=st.integers(1, 9),
    series=_TEXT,
    title=_TEXT,
    level=_TEXT,
    way=_TEXT,
    dual_directed=st.booleans(),
    acquired_on=_DAYS,
)
_AREAS = st.builds(Area, code=st.from_regex(r"[0-9]{6}", fullmatch=True, alphabet="0123456789"), name=_TEXT)
_TERMS = CopyTerms("J23456789ABCDEFG", "长春市第一建筑公司", "投标", date(2026, 12, 20))


def _told(code: Code) -> Finding:
    return copy_finding(code, _TERMS, StatusWord.VALID) if code in ABOUT_COPIES else finding(code)


_CODES = st.lists(st.sampled_from(Code), max_size=6)
_VERDICTS = st.builds(
    Verdict,
    authentic=st.sampled_from(Authentic),
    status=st.sampled_from(StatusWord),
    validity_area=st.none() | _AREAS,
    valid_here=st.sampled_from(ValidHere),
    as_of=st.none() | st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)),
    checkpoint_age=st.none() | st.integers(0, 10**9),
    not_established=_CODES.map(tuple),
    findings=_CODES.map(lambda codes: tuple(_told(code) for code in codes)),
    certificate=st.none() | _CERTIFICATES,
    holder=st.none() | _TEXT,
    decision=st.none() | st.builds(Decision, reference=_TEXT, date=_DAYS, ground=_TEXT, effective_on=_DAYS),
    replaced_by=st.none() | st.integers(2, 9),
)


@hypothesis.given(verdict=_VERDICTS)
def test_every_verdict_satisfies_the_schema(verdict: Verdict) -> None:
    shown = json.loads(json.dumps(verdict.as_json()))
    assert SCHEMA.is_valid(shown)
    assert shown["verdict"] == outcome_of(
        [one.code for one in verdict.findings], verdict.authentic, verdict.status
    )
    for key in shown:
        assert not SCHEMA.is_valid({name: value for name, value in shown.items() if name != key})
    assert not SCHEMA.is_valid(shown | {"more": 1})


def test_the_schema_knows_every_word(shared: PublicOffice) -> None:
    schema = verdict_schema()["properties"]
    assert set(schema["status"]["enum"]) == {word.value for word in StatusWord}
    assert set(schema["findings"]["items"]["properties"]["code"]["enum"]) == set(MEANINGS)
    for question in ({"qr": qr_text(shared.dual[0]), "place": "222404"}, claim(shared.dual[0]), {"qr": "x"}):
        assert SCHEMA.is_valid(shared.verify(question))


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = DOCS / "formats" / "verdict.schema.json"
    assert published.read_text(encoding="utf-8") == PAGES["formats/verdict.schema.json"]()


def test_every_answer_is_described_with_an_example_that_fits(shared: PublicOffice) -> None:
    described = shared.client.get("/openapi.json").json()
    schemas = described["components"]["schemas"]
    assert set(described["paths"]) == {
        "/api/v1/verify", "/api/v1/verify/pdf", "/api/v1/verify/batch",
        "/api/v1/quota", "/api/v1/signed-verdict",
        "/api/v1/verification-jobs", "/api/v1/verification-jobs/preview", "/api/v1/verification-jobs/{token}",
        "/api/v1/verification-jobs/{token}/results", "/api/v1/verification-jobs/{token}/results.xlsx",
        "/api/v1/verification-jobs/{token}/results.csv", "/api/v1/bundle", "/api/v1/history", "/api/v1/unit-notices",
        "/api/v1/announced-documents", "/api/v1/past-bundle",
        "/api/v1/e-licence", "/api/v1/e-licence/identifier",
        "/api/v1/report", "/api/v1/report/check", "/api/v1/statement", "/api/v1/share-grants/open",
        "/api/v1/suspicions", "/api/v1/suspicions/state",
        "/api/v1/mapping-statements/check", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    for operations in described["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                for media_type, content in answer["content"].items():
                    assert "example" in content or "examples" in content, (operation["operationId"], status)
                    assert (media_type == "application/problem+json") == (status >= "400")
    samples = described["paths"]["/api/v1/verify"]["post"]["responses"]["200"]["content"]["application/json"]
    examples = described["components"]["examples"]
    assert {sample["$ref"].rpartition("/")[2] for sample in samples["examples"].values()} == set(examples)
    assert len(examples) >= 7
    assert all(SCHEMA.is_valid(sample["value"]) for sample in examples.values())
    assert schemas["Verdict"]["required"] == verdict_schema()["required"]


def test_every_operation_says_who_may_ask_and_how(shared: PublicOffice) -> None:
    described = shared.client.get("/openapi.json").json()
    assert incomplete(described) == []
    assert set(described["components"]["securitySchemes"]) == {"organisationKey"}
    for path, at_path in described["paths"].items():
        for operation in at_path.values():
            free = {} in operation["security"] or operation["security"] == []
            assert free == (path != "/api/v1/quota"), path


def test_every_example_fits_its_schema(shared: PublicOffice) -> None:
    described = shared.client.get("/openapi.json").json()
    assert unfit_examples(described) == []


def test_where_a_request_may_be_sent_again_the_description_says_so(shared: PublicOffice) -> None:
    described = shared.client.get("/openapi.json").json()
    taking = {
        path
        for path, at_path in described["paths"].items()
        if any(one["name"] == "Idempotency-Key" for one in at_path.get("post", {}).get("parameters", ()))
    }
    assert taking == ROUTES
    for path in taking:
        answers = described["paths"][path]["post"]["responses"]
        problems = (answers[status]["content"]["application/problem+json"] for status in ("409", "422"))
        codes = {name for one in problems for name in one["examples"]}
        assert codes >= {"idempotency-key-in-use", "idempotency-key-reused"}, path


def test_every_kind_of_verdict_has_an_example(shared: PublicOffice) -> None:
    examples = shared.client.get("/openapi.json").json()["components"]["examples"].values()
    told = {(one["value"]["verdict"], one["value"]["status"]) for one in examples}
    assert {verdict for verdict, _ in told} == {"passed", "failed", "undetermined"}
    assert {status for _, status in told} >= {
        "valid", "suspended", "revoked", "written_off", "voided", "superseded", "historical", "unknown",
    }  # fmt: skip


def test_the_page_only_form_describes_no_interface_that_it_does_not_have(shared: PublicOffice) -> None:
    from certsvc.entrypoints.public_api import create_app

    paths: dict[str, Any] = create_app(shared.office.settings.public_folder).openapi()["paths"]
    assert set(paths) == {"/healthz"}


@pytest.fixture(scope="module")
def described(shared: PublicOffice) -> Any:
    """The description as schemathesis reads it."""
    load_all_checks()
    read = schemathesis.openapi.from_dict(shared.app.openapi())
    read.config.update(base_url=shared.address)
    return read


BEYOND_A_SCHEMA = ("manual-code-mistyped", "idempotency-key-reused")
"""No schema knows a check symbol, or what was asked under a key before."""
RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


@pytest.mark.parametrize(
    ("path", "method", "examples", "mode"),
    [
        ("/api/v1/verify", "POST", 50, RIGHT),
        ("/api/v1/verify", "POST", 50, WRONG),
        ("/api/v1/verify/pdf", "POST", 30, RIGHT),
        ("/api/v1/verify/pdf", "POST", 30, WRONG),
        ("/api/v1/verify/batch", "POST", 20, RIGHT),
        ("/api/v1/bundle", "POST", 30, RIGHT),
        ("/api/v1/bundle", "POST", 30, WRONG),
        ("/api/v1/past-bundle", "POST", 30, RIGHT),
        ("/api/v1/e-licence", "POST", 20, RIGHT),
        ("/api/v1/report", "POST", 20, RIGHT),
        ("/api/v1/statement", "POST", 20, RIGHT),
        ("/api/v1/statement", "POST", 20, WRONG),
        ("/api/v1/e-licence/identifier", "POST", 20, RIGHT),
        ("/api/v1/quota", "GET", 5, RIGHT),
        ("/healthz", "GET", 2, RIGHT),
        ("/readyz", "GET", 2, RIGHT),
        ("/metrics", "GET", 2, RIGHT),
    ],
)
def test_whatever_is_sent_is_answered_as_described(
    described: Any, path: str, method: str, examples: int, mode: GenerationMode
) -> None:
    operation = described[path][method]

    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        answer = case.call()
        mistyped = answer.status_code == 422 and answer.json()["code"] in BEYOND_A_SCHEMA
        beyond_a_schema = positive_data_acceptance if mistyped else None
        case.validate_response(answer, excluded_checks=[beyond_a_schema] if beyond_a_schema else None)

    ask()
