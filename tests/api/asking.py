"""An office whose public face is asked over HTTP, and what was sent to it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import Any

import httpx
from fastapi import FastAPI

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.public_api import open_public_face
from certsvc.formats.record import record_text
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample
from tests.web.builders import served

DECIDED_ON = date(2026, 11, 20)
REFERENCE = "吉人社职决〔2026〕8号"
GROUND = "申报材料造假"


class PublicOffice:
    """Certificates of two filings, a server of the public face on a port of its own, and a client."""

    def __init__(self, office: OfficeUnderTest, persons: int = 3) -> None:
        self.under_test = office
        self.office = office.office
        self.clock = office.clock
        self.regular = self._issue(REGULAR, persons)
        self.dual = self._issue(DUAL_DIRECTED, persons)
        self.app: FastAPI = open_public_face(self.office)
        self._serving = ExitStack()
        self.address = self._serving.enter_context(served(self.app))
        self.client = self._serving.enter_context(httpx.Client(base_url=self.address, trust_env=False))

    def verify(self, question: dict[str, Any]) -> dict[str, Any]:
        """The verdict on a question."""
        answer = self.client.post("/api/v1/verify", json=question)
        assert answer.status_code == 200, answer.text
        verdict: dict[str, Any] = answer.json()
        return verdict

    def verify_pdf(self, raw_pdf: bytes, **query: str) -> dict[str, Any]:
        """The verdict on a file."""
        answer = self.client.post(
            "/api/v1/verify/pdf",
            content=raw_pdf,
            params=query,
            headers={"Content-Type": "application/pdf"},
        )
        assert answer.status_code == 200, answer.text
        verdict: dict[str, Any] = answer.json()
        return verdict

    def bundle(self, question: dict[str, Any]) -> httpx.Response:
        """The answer to somebody who asks for a bundle."""
        return self.client.post("/api/v1/bundle", json=question)

    def document(self, certificate: PublicCertificate) -> bytes:
        """The PDF as the holder has it."""
        content = certificate.draft.content
        raw = self.office.archive.read(content.number, content.version)
        assert raw is not None
        return raw

    def decide(
        self,
        kind: DecisionKind,
        certificate: PublicCertificate,
        *,
        logged: bool = True,
        changes: dict[str, str] | None = None,
        ground: str = GROUND,
    ) -> None:
        """Decide by two persons; without `logged` the log does not know it yet."""
        number = certificate.draft.content.number
        proposed = self.office.deciding.propose(kind, number, REFERENCE, DECIDED_ON, ground, "maker", changes)
        if logged:
            self.office.confirm_decision(proposed, "checker")
        else:
            self.office.deciding.confirm(proposed, "checker")

    def looks(self) -> list[tuple[str, str, str]]:
        """Channel, viewer and object of every noted look, oldest first."""
        from certsvc.adapters.access_schema import personal_look as table

        with self.office.engine.begin() as connection:
            rows = connection.execute(table.select().order_by(table.c.position)).all()
        return [(row.channel, row.viewer, row.object) for row in rows]

    def close(self) -> None:
        """Give the databases back."""
        self._serving.close()
        self.under_test.close()

    def _issue(self, name: str, persons: int) -> tuple[PublicCertificate, ...]:
        batch = sample(name)
        report = self.under_test.submit(batch.with_rows(batch.rows[:persons]).xlsx())
        return self.under_test.issue(report)


def qr_text(certificate: PublicCertificate, prefix: str = "http://127.0.0.1:8000/v#") -> str:
    """The text of the QR symbol."""
    return record_text(certificate.record, prefix)


def claim(certificate: PublicCertificate, **changes: str) -> dict[str, str]:
    """Number, name and last four characters, changed in places."""
    content = certificate.draft.content
    known = {
        "number": content.number,
        "name": content.award.name,
        "id_last4": content.award.document.number[-4:],
    }
    return known | changes


def codes(verdict: dict[str, Any]) -> list[str]:
    """The codes of the findings."""
    return [finding["code"] for finding in verdict["findings"]]
