"""The document of a decision and proof of its service: what is taken, who may, what is kept, what is refused."""

from __future__ import annotations

import json
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.case_schema import decision_document, proof_of_service
from certsvc.adapters.decision_schema import decision_event
from certsvc.domain.caller import OPERATOR, official
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.domain.decision_document import LARGEST_DOCUMENT
from certsvc.domain.decision_service import ServiceMethod
from certsvc.errors import CertsvcError, ConflictError, NotPermitted, RequestError, UnknownReference
from tests.decisions.deciders import DECIDED_ON, Deciders, decision_day, issue_dual, issue_sun, open_deciders

PDF, JPEG, PNG = b"%PDF-1.7\n1 0 obj", b"\xff\xd8\xff\xe0rest", b"\x89PNG\r\n\x1a\nrest"
REVOKE, VOID = DecisionKind.REVOKE, DecisionKind.VOID
DIRECT = ServiceMethod.DIRECT


def uploaded(deciders: Deciders, raw: bytes = PDF, actor: str = "maker") -> str:
    return deciders.office.decision_documents.upload(raw, actor)


@pytest.mark.parametrize("raw", [PDF, JPEG, PNG], ids=["pdf", "jpeg", "png"])
def test_a_document_is_kept_encrypted_and_bound_by_the_ledgers_commitment(
    deciders: Deciders, raw: bytes
) -> None:
    number, digest = issue_sun(deciders).draft.content.number, uploaded(deciders, raw)
    assert digest == sha256(raw).hexdigest()
    assert uploaded(deciders, raw) == digest
    stored = deciders.decide(REVOKE, number, document_sha256=digest)
    assert stored.proposal.document_sha256 == digest
    office = deciders.office
    with office.engine.begin() as connection:
        (row,) = connection.execute(select(decision_document)).all()
        (event,) = connection.execute(select(decision_event)).all()
    assert raw not in row.sealed_content
    context = f"decision/{stored.id}/{event.slot}".encode()
    payload = json.loads(office.keys.cipher.decrypt(event.sealed_payload, context=context))
    assert payload["document_sha256"] == digest
    assert [(one.actor, one.action, one.after) for one in office.trail.entries(f"document/{digest}")] == [
        ("maker", "console:decision:document", digest)
    ]
    found = office.decision_documents.document_of(stored.id, OPERATOR, "cli")
    assert found.content == raw
    with office.engine.begin() as connection:
        assert ("operator", "查看决定文书") in {
            (one.viewer, one.purpose) for one in connection.execute(select(personal_look))
        }


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "空的"),
        (b"PK\x03\x04", "不是 PDF"),
        (b" %PDF-1.7", "不是 PDF"),
        (b"<html>", "不是 PDF"),
        (b"%PDF-" + bytes(LARGEST_DOCUMENT), "超过 10 MB"),
    ],
    ids=["empty", "zip", "space first", "html", "too large"],
)
def test_other_files_are_refused(quiet: Deciders, raw: bytes, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        uploaded(quiet, raw)


@pytest.mark.parametrize(
    ("actor", "error"), [("nobody", UnknownReference), ("watcher", NotPermitted), ("county", NotPermitted)]
)
def test_only_who_may_decide_uploads(quiet: Deciders, actor: str, error: type[CertsvcError]) -> None:
    with pytest.raises(error):
        uploaded(quiet, actor=actor)


def test_a_document_that_another_authority_uploaded_is_not_ones_own(deciders: Deciders) -> None:
    number, digest = issue_dual(deciders).draft.content.number, uploaded(deciders)
    with pytest.raises(UnknownReference, match="没有上传过"):
        deciders.propose(VOID, number, "city", document_sha256=digest)
    assert uploaded(deciders, actor="city") == digest
    proposed = deciders.propose(VOID, number, "city", document_sha256=digest)
    city, changchun = (deciders.office.actors.find_actor(name) for name in ("city", "changchun"))
    assert city is not None
    assert changchun is not None
    documents = deciders.office.decision_documents
    assert documents.document_of(proposed, official(city), "console").uploaded_by == "city"
    with pytest.raises(NotPermitted):
        documents.document_of(proposed, official(changchun), "console")


def test_where_documents_are_required_an_ending_without_one_is_refused(tmp_path: Path) -> None:
    deciders = open_deciders(tmp_path / "home", decision_day(), decision_documents="required")
    number = issue_sun(deciders).draft.content.number
    for kind in (REVOKE, VOID):
        with pytest.raises(RequestError, match="须上传决定文书"):
            deciders.propose(kind, number)
    deciders.decide(DecisionKind.CORRECT, number, changes={"name": "孙健国"}, ground="录入有误")
    deciders.decide(REVOKE, number, document_sha256=uploaded(deciders))
    without = deciders.office.decisions.confirmed(number)[0]
    with pytest.raises(UnknownReference, match="没有上传这份文件"):
        deciders.office.decision_documents.document_of(without.id, OPERATOR, "cli")
    deciders.close()


def test_several_attempts_of_service_stay_in_order_and_the_same_one_is_recorded_once(
    deciders: Deciders,
) -> None:
    number = issue_sun(deciders).draft.content.number
    stored, serving = deciders.decide(REVOKE, number), deciders.office.decision_documents
    unserved = deciders.office.decisions.listed(unserved=True)
    assert [one.id for one in unserved] == [stored.id]
    deciders.clock.advance(timedelta(days=30))
    proof = uploaded(deciders, JPEG)
    first = serving.serve(stored.id, DECIDED_ON, ServiceMethod.POSTAL, "maker")
    serving.serve(stored.id, DECIDED_ON + timedelta(days=9), DIRECT, "checker", proof)
    assert serving.serve(stored.id, DECIDED_ON, ServiceMethod.POSTAL, "checker") == first
    assert [(one.method, one.proof_sha256) for one in serving.services(stored.id)] == [
        (ServiceMethod.POSTAL, None),
        (DIRECT, proof),
    ]
    assert deciders.office.decisions.listed(unserved=True) == ()
    assert serving.proof_of(stored.id, 2, OPERATOR, "cli").content == JPEG
    for position in (1, 3):
        with pytest.raises(UnknownReference, match="没有上传"):
            serving.proof_of(stored.id, position, OPERATOR, "cli")
    actions = [one.action for one in deciders.office.trail.entries(f"decision/{stored.id}")]
    assert actions == [
        "console:revoke:propose",
        "console:revoke:confirm",
        "console:decision:service",
        "console:decision:service",
    ]


def test_what_is_not_in_force_or_not_yet_or_too_early_is_not_served(deciders: Deciders) -> None:
    number, serving = issue_sun(deciders).draft.content.number, deciders.office.decision_documents
    proposed = deciders.propose(REVOKE, number)
    with pytest.raises(ConflictError, match="尚未确认"):
        serving.serve(proposed, DECIDED_ON, DIRECT, "maker")
    deciders.office.confirm_decision(proposed, "checker")
    for day, words in ((date(2024, 6, 4), "不能晚于今天"), (date(2024, 6, 2), "不能早于决定日期")):
        with pytest.raises(RequestError, match=words):
            serving.serve(proposed, day, DIRECT, "maker")
    with pytest.raises(UnknownReference, match="送达凭证"):
        serving.serve(proposed, DECIDED_ON, DIRECT, "maker", "0" * 64)
    with pytest.raises(UnknownReference, match="没有编号"):
        serving.serve("D0", DECIDED_ON, DIRECT, "maker")
    for actor in ("watcher", "city"):
        with pytest.raises(NotPermitted):
            serving.serve(proposed, DECIDED_ON, DIRECT, actor)
    assert serving.services(proposed) == ()
    assert deciders.office.deciding.find(proposed).status is DecisionStatus.CONFIRMED


def test_nothing_that_was_uploaded_or_served_can_be_changed(deciders: Deciders) -> None:
    stored = deciders.decide(REVOKE, issue_sun(deciders).draft.content.number)
    uploaded(deciders)
    deciders.office.decision_documents.serve(stored.id, DECIDED_ON, DIRECT, "maker")
    for change in (
        update(decision_document).values(media_type="image/png"),
        delete(decision_document),
        update(proof_of_service).values(served_on="2024-01-01"),
        delete(proof_of_service),
    ):
        with pytest.raises(DatabaseError, match="append-only"), deciders.office.engine.begin() as connection:
            connection.execute(change)
