"""A desk with the holders' portal and certificates, and what the portal asks in a holder's name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ed25519

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office
from certsvc.domain.caller import Purpose
from certsvc.domain.decision import DecisionKind
from tests.access.desk import Desk, open_desk, register
from tests.support.workbooks import REGULAR, sample

NOON = datetime(2024, 6, 3, 4, 0, tzinfo=UTC)
PATH = "/api/v1/holder/annotated-copies"


@dataclass
class CopyDesk:
    """The desk, and a certificate of one holder that copies are made of."""

    desk: Desk
    certificate: PublicCertificate

    @property
    def office(self) -> Office:
        """The office behind it."""
        return self.desk.office.office

    @property
    def holder(self) -> dict[str, str]:
        """Who is signed in at the portal."""
        award = self.certificate.draft.content.award
        return {"name": award.name, "id_number": award.document.number}

    @property
    def number(self) -> str:
        """The certificate's number."""
        return self.certificate.draft.content.number

    def day(self, ahead: int) -> date:
        """So many days from today."""
        return self.desk.clock.today() + timedelta(days=ahead)

    def ask(self, path: str, body: dict[str, Any], program: str = "portal") -> httpx.Response:
        """A request of a program."""
        raw = json.dumps(body).encode()
        token = self.desk.programs[program].token(self.desk.claims(program, raw))
        return self.desk.call("POST", PATH + path, token, raw)

    def make(self, **given: Any) -> httpx.Response:
        """Ask for a copy for the next 30 days, or with other words where given."""
        body = {
            "holder": self.holder,
            "number": self.number,
            "recipient": "长春市第一建筑公司",
            "purpose": "投标",
            "ends_on": self.day(30).isoformat(),
            "request": "request-0001",
        }
        return self.ask("", body | given)

    def own(self, path: str, **given: Any) -> httpx.Response:
        """Ask about the holder's own copies."""
        return self.ask(path, {"holder": self.holder} | given)

    def document(self, copy: str) -> bytes:
        """The PDF of a copy."""
        answer = self.own(f"/{copy}/document")
        assert answer.status_code == 200, answer.text
        return answer.content

    def revoke(self) -> None:
        """Revoke the certificate, by two persons."""
        today = self.desk.clock.today()
        decision = self.office.deciding.propose(
            DecisionKind.REVOKE, self.number, "吉人社撤〔2024〕7号", today, "材料不实", "maker"
        )
        self.office.confirm_decision(decision, "second")

    def correct(self, name: str) -> None:
        """Correct the holder's name, by two persons: a second version."""
        today, office = self.desk.clock.today(), self.office
        decision = office.deciding.propose(
            DecisionKind.CORRECT,
            self.number,
            "吉人社更〔2024〕1号",
            today,
            "姓名更正",
            "maker",
            {"name": name},
        )
        office.confirm_decision(decision, "second")


@contextmanager
def open_copy_desk(
    home: Path, database_url: str | None, people: int
) -> Iterator[tuple[Desk, list[PublicCertificate]]]:
    """A new desk on the noon of 2024-06-03 in Shanghai, with so many certificates."""
    with open_desk(home, FixedClock(NOON), database_url) as desk:
        key = ed25519.Ed25519PrivateKey.generate()
        desk.programs["portal"] = register(desk, "portal", key, Purpose.HOLDER_PORTAL)
        batch = sample(REGULAR)
        filed = desk.office.submit(batch.with_rows(batch.rows[:people]).xlsx())
        yield desk, list(desk.office.issue(filed))
