"""Statements for anybody who knows the record, for the portal of holders, and at the counter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ed25519

from certsvc.adapters.clock import FixedClock
from certsvc.domain.caller import Purpose
from certsvc.entrypoints.cli import history_commands
from certsvc.entrypoints.cli.commands import certsvc
from tests.access.desk import Desk, open_desk, register
from tests.history.papers import Archive
from tests.history.statement_desk import Paper, StatementDesk, code_of, symbol_of

PUBLIC, PORTAL = "/api/v1/statement", "/api/v1/holder/statements"


class Faces:
    """The served faces over a desk, with papers of one office."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.papers = StatementDesk(Archive(desk.office, desk.clock), desk.clock)

    def ask(self, question: dict[str, Any]) -> httpx.Response:
        """Anybody's question."""
        with self.desk.visitor() as anybody:
            return anybody.post(PUBLIC, json=question)

    def verify(self, question: dict[str, Any]) -> dict[str, Any]:
        """The verdict on a question."""
        with self.desk.visitor() as anybody:
            verdict: dict[str, Any] = anybody.post("/api/v1/verify", json=question).json()
        return verdict

    def portal(self, body: dict[str, Any], program: str = "portal") -> httpx.Response:
        """A program's request."""
        raw = json.dumps(body).encode()
        token = self.desk.programs[program].token(self.desk.claims(program, raw))
        return self.desk.call("POST", PORTAL, token, raw)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    home = tmp_path_factory.mktemp("statement-faces")
    with open_desk(home, clock, bundle_per_minute=100_000, guesses_per_hour=5) as desk:
        key = ed25519.Ed25519PrivateKey.generate()
        desk.programs["portal"] = register(desk, "portal", key, Purpose.HOLDER_PORTAL)
        yield Faces(desk)


@pytest.fixture(scope="module")
def paper(faces: Faces) -> Paper:
    return faces.papers.paper()


def test_anybody_who_knows_the_record_is_given_its_statement(faces: Faces, paper: Paper) -> None:
    answer = faces.ask(paper.claim)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    name = f'attachment; filename="statement-{paper.reference}-v1.pdf"'
    assert (answer.headers["content-disposition"], answer.headers["cache-control"]) == (name, "no-store")
    assert faces.ask(paper.claim | {"number": paper.row["原证书编号"]}).content == answer.content
    with faces.desk.visitor() as anybody:
        by_file = anybody.post(
            "/api/v1/verify/pdf", content=answer.content, headers={"Content-Type": "application/pdf"}
        ).json()
    by_symbol = faces.verify({"qr": symbol_of(answer.content)})
    for verdict in (by_file, by_symbol, faces.verify({"code": code_of(answer.content)})):
        assert (verdict["verdict"], verdict["status"]) == ("passed", "historical")


def test_whatever_does_not_agree_has_one_answer(faces: Faces) -> None:
    paper = faces.papers.paper()
    answers = [
        faces.ask(paper.claim | {"name": "周明"}),
        faces.ask(paper.claim | {"id_last4": "0000"}),
        faces.ask(paper.claim | {"number": "H000000000000000"}),
        faces.ask(paper.claim | {"number": "222023052000017X"}),
    ]
    told = [(one.status_code, one.json()["code"], one.json()["detail"]) for one in answers]
    assert len(set(told)) == 1
    assert told[0][:2] == (404, "unknown-reference")
    assert paper.looks() == []


def test_questions_about_one_number_are_counted_as_guesses_at_it(faces: Faces) -> None:
    paper = faces.papers.paper()
    guesses = [faces.ask(paper.claim | {"id_last4": f"{n:04}"}).status_code for n in range(6)]
    assert guesses == [404] * 5 + [429]
    assert faces.ask(paper.claim).status_code == 429


def test_a_revoked_record_has_no_statement_and_the_symbol_of_the_old_one_says_so(faces: Faces) -> None:
    paper = faces.papers.paper()
    symbol = symbol_of(faces.ask(paper.claim).content)
    paper.revoke()
    refused = faces.ask(paper.claim)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "已撤销" in refused.json()["detail"]
    assert faces.verify({"qr": symbol})["status"] == "revoked"


@pytest.mark.parametrize("question", [{}, {"qr": "ABC"}, {"code": "22222-22222-22222"}])
def test_a_statement_is_asked_for_by_the_holders_words_alone(faces: Faces, question: dict[str, str]) -> None:
    assert faces.ask(question).status_code == 422
    with faces.desk.visitor() as anybody:
        assert anybody.get(PUBLIC).status_code == 405


def test_the_portal_is_given_the_holders_own_and_no_other(faces: Faces, paper: Paper) -> None:
    own = faces.portal({"holder": paper.holder, "number": paper.row["原证书编号"]})
    assert own.status_code == 200, own.text
    assert own.content == faces.portal({"holder": paper.holder, "number": paper.reference}).content
    other = faces.papers.paper()
    foreign = faces.portal({"holder": other.holder, "number": paper.reference})
    unknown = faces.portal({"holder": other.holder, "number": "H000000000000000"})
    assert (foreign.status_code, foreign.json()["detail"]) == (404, unknown.json()["detail"])
    assert ("api", "portal", "历史数据说明") in paper.looks()


def test_another_program_is_refused_and_written_down(faces: Faces, paper: Paper) -> None:
    refused = faces.portal({"holder": paper.holder, "number": paper.reference}, "downstream")
    assert refused.status_code == 403
    assert ("downstream", "portal:statement:read.refused") in faces.desk.actions("historical-statement")


def test_the_counter_writes_the_statement_into_a_file(
    faces: Faces, paper: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_commands, "opened_office", lambda: faces.desk.office.office)
    out = tmp_path / "statement.pdf"
    words = ["history", "statement", paper.reference.lower(), "--out", str(out)]
    told = CliRunner().invoke(certsvc, words, catch_exceptions=False)
    assert f"历史数据说明 {paper.reference} 第1版已写入 {out}。" in told.output
    assert out.read_bytes() == paper.at_office()
    answer = json.loads(CliRunner().invoke(certsvc, [*words, "--json"]).stdout)
    assert answer == {"reference": paper.reference, "version": 1, "file": str(out)}
