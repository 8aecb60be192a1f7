"""Many questions in one call: answered in order, each as the single question would be; a bad row stops no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from certsvc.adapters.clock import FixedClock
from certsvc.domain.bulk_check import FIELDS
from certsvc.domain.decision import DecisionKind
from tests.api.asking import PublicOffice, claim, qr_text
from tests.support.office import OfficeUnderTest

BATCH = "/api/v1/verify/batch"


def batch(public: PublicOffice, *rows: Any) -> dict[str, Any]:
    """What is answered to these rows."""
    body = json.dumps({"questions": list(rows)})
    answer = public.client.post(BATCH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_answers_come_in_order_with_labels_and_counts(public: PublicOffice) -> None:
    first, revoked = public.regular[:2]
    limited = public.dual[0]
    public.decide(DecisionKind.REVOKE, revoked)
    rows = [
        {"row": "甲-1", **claim(first)},
        {"row": "甲-2", "qr": qr_text(revoked)},
        {"row": "甲-3", **claim(limited), "place": "222401"},
        {"row": "甲-4", **claim(first, name="何人")},
        {"number": first.draft.content.number},
        "不是一行",
    ]
    told = batch(public, *rows)
    assert [answer["index"] for answer in told["answers"]] == [0, 1, 2, 3, 4, 5]
    assert [answer["row"] for answer in told["answers"]] == ["甲-1", "甲-2", "甲-3", "甲-4", None, None]
    assert [answer["verdict"]["status"] for answer in told["answers"][:4]] == [
        "valid",
        "revoked",
        "valid",
        "unknown",
    ]
    assert told["answers"][2]["verdict"]["valid_here"] == "no"
    assert told["outcomes"] == {"passed": 1, "failed": 2, "undetermined": 1, "problem": 2}
    assert {word: number for word, number in told["statuses"].items() if number} == {
        "valid": 2,
        "revoked": 1,
        "unknown": 1,
    }
    missing = told["answers"][4]["problem"]
    assert [one["field"] for one in missing["errors"]] == ["name", "id_last4"]
    assert missing["detail"] == "缺少姓名。缺少身份证后四位。"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({}, "question-missing"),
        ({"row": "1", "place": "222404"}, "question-missing"),
        ({"qr": ""}, "field-unfit"),
        ({"qr": 1}, "field-unfit"),
        ({"qr": "x" * 4097}, "field-unfit"),
        ({"qr": "x", "place": "吉林"}, "field-unfit"),
        ({"qr": "x", "row": "x" * 65}, "field-unfit"),
        ({"qr": "x", "name": "林晓棠"}, "question-ambiguous"),
        ({"qr": "x", "salary": "1"}, "field-unknown"),
        ({"code": "AAAAA-AAAAA-AAAAA"}, "manual-code-mistyped"),
        ({"number": "1", "name": "林", "id_last4": "123"}, "field-unfit"),
        ({"number": "1", "name": "\ud800", "id_last4": "1234"}, "field-unfit"),
        (None, "row-unfit"),
        ([], "row-unfit"),
    ],
)
def test_a_row_that_is_not_understood_has_its_problem_alone(
    shared: PublicOffice, row: Any, problem: str
) -> None:
    told = batch(shared, row, {"qr": "x"})
    assert told["answers"][0]["problem"]["code"] == problem
    assert "verdict" in told["answers"][1]


_VALUES = st.one_of(
    st.none(),
    st.integers(0, 9),
    st.text(max_size=5),
    st.sampled_from(["222404", "1022", "x" * 33, "DBUQW-ES83H-MV8M8", "２２２４０４"]),
)
_ANY_ROW = st.dictionaries(st.sampled_from([*FIELDS, "salary"]), _VALUES, max_size=5)


@hypothesis.settings(max_examples=60, deadline=None, derandomize=True, database=None)
@hypothesis.given(changes=_ANY_ROW, person=st.integers(0, 2), way=st.sampled_from(["qr", "claim", "none"]))
def test_whatever_is_asked_a_row_is_answered_as_the_single_question(
    shared: PublicOffice, changes: dict[str, Any], person: int, way: str
) -> None:
    certificate = shared.dual[person]
    known = {"qr": {"qr": qr_text(certificate)}, "claim": claim(certificate), "none": {}}[way]
    question = {**known, **changes}
    single = shared.client.post("/api/v1/verify", json=question)
    row = batch(shared, question)["answers"][0]
    assert single.status_code in (200, 422)
    if single.status_code == 200:
        assert row["verdict"] == single.json()
    else:
        assert "problem" in row
        mistyped = single.json()["code"] == "manual-code-mistyped"
        assert (row["problem"]["code"] == "manual-code-mistyped") == mistyped


def test_a_row_that_nobody_foresaw_stops_no_other(
    public: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = public.office.verification.check_qr
    monkeypatch.setattr(
        public.office.verification,
        "check_qr",
        lambda text, place: 1 / 0 if text == "broken" else check(text, place),
    )
    certificate = public.regular[0]
    rows = {"qr": "broken"}, claim(certificate, name="\0"), {"qr": qr_text(certificate)}
    first, _, last = batch(public, *rows)["answers"]
    assert first["problem"]["code"] == "failure"
    assert last["verdict"]["verdict"] == "passed"


def test_unknown_and_mismatching_rows_give_one_answer(shared: PublicOffice) -> None:
    certificate = shared.regular[0]
    rows = (claim(certificate, number="222099051000001X"), claim(certificate, id_last4="0000"))
    one, other = (answer["verdict"] for answer in batch(shared, *rows)["answers"])
    assert one == other
    assert one["findings"][0]["code"] == "certificate-not-found"


def test_bodies_of_another_shape_are_refused_as_a_whole(shared: PublicOffice) -> None:
    answered = {
        raw: shared.client.post(BATCH, content=raw, headers={"Content-Type": "application/json"}).status_code
        for raw in (
            b"{",
            b"[" * 100_000,
            b"[]",
            b'{"questions": []}',
            b'{"questions": {}}',
            b'{"questions": [{}], "x": 1}',
            json.dumps({"questions": [{}] * 1001}).encode(),
            b'"' + b"x" * 2_000_001 + b'"',
        )
    }
    assert list(answered.values()) == [400, 400, 422, 422, 422, 422, 422, 413]
    assert shared.client.post(BATCH, content=b"{}").status_code == 415
    assert shared.client.get(BATCH).status_code == 405


def test_a_thousand_rows_are_answered_in_one_call(shared: PublicOffice) -> None:
    certificates = [*shared.regular, *shared.dual]
    rows = [{"row": str(number), "qr": qr_text(certificates[number % 6])} for number in range(1000)]
    told = batch(shared, *rows)
    assert told["outcomes"] == {"passed": 1000, "failed": 0, "undetermined": 0, "problem": 0}
    assert [answer["row"] for answer in told["answers"]] == [str(number) for number in range(1000)]


def test_rows_are_counted_by_asker_and_guesses_by_number(tmp_path: Path, clock: FixedClock) -> None:
    office = OfficeUnderTest(tmp_path, clock, batch_rows_per_hour=1000, guesses_per_hour=3)
    public = PublicOffice(office, persons=2)
    first, second = public.regular
    told = batch(public, *[claim(first, id_last4=f"000{digit}") for digit in range(5)], claim(second))
    assert [answer.get("problem", {}).get("code") for answer in told["answers"]] == [
        None,
        None,
        None,
        "too-many-requests",
        "too-many-requests",
        None,
    ]
    batch(public, *[{"qr": "x"}] * 994)
    refused = public.client.post(BATCH, json={"questions": [{"qr": "x"}] * 10})
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert int(refused.headers["Retry-After"]) >= 1
    public.close()


def test_rows_that_time_does_not_reach_are_named(
    shared: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certsvc.entrypoints.public_api import batch_api

    monkeypatch.setattr(batch_api, "_WORKING", -1.0)
    told = batch(shared, {"qr": qr_text(shared.regular[0])}, {"qr": ""})
    assert [answer["problem"]["code"] for answer in told["answers"]] == ["unavailable", "field-unfit"]


def test_look_ups_of_rows_are_noted_with_their_channel(public: PublicOffice) -> None:
    certificate = public.regular[0]
    batch(public, claim(certificate), claim(certificate, name="何人"), {"qr": qr_text(certificate)})
    public.office.look_ups.journal.flush()
    noted = public.office.look_ups.store.of_certificate(certificate.draft.content.number)
    assert [(one.channel.value, one.verdict) for one in noted] == [("batch", "passed")] * 2
