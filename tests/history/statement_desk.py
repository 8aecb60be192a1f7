"""Papers of different persons in one office, and the statements that are asked for of them; or a process that dies on the way."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from certverify import check_pdf, check_record, load_trust, open_ledger
from pypdf import PdfReader

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.document_archive import FolderArchive
from certsvc.adapters.statement_store import DatabaseStatementStore
from certsvc.bootstrap import open_office
from certsvc.domain.caller import OPERATOR
from certsvc.settings import Settings
from certsvc.stages.verify import HolderClaim
from tests.history.papers import ZHOU, Archive

DEATHS = {
    "before the record is kept": (DatabaseStatementStore, "keep_record"),
    "before the document is kept": (FolderArchive, "keep"),
    "before the document is noted": (DatabaseStatementStore, "finish"),
}
ROOT = Path(__file__).parents[2]
_NUMBERS = count(1)


@dataclass
class Paper:
    """A published paper of a person of its own."""

    archive: Archive
    row: dict[str, Any]
    reference: str
    id_number: str

    @property
    def claim(self) -> dict[str, str]:
        """What somebody knows who has the paper in hand."""
        return {"number": self.reference, "name": self.row["姓名"], "id_last4": self.id_number[-4:]}

    @property
    def holder(self) -> dict[str, str]:
        """Who is signed in at the portal."""
        return {"name": self.row["姓名"], "id_number": self.id_number}

    def stated(self, **changed: str) -> bytes:
        """The statement by the claim, changed where asked."""
        claim = HolderClaim(**(self.claim | changed))
        return self.archive.office.statements.for_claim(claim).document

    def at_office(self) -> bytes:
        """The statement at the counter."""
        return self.archive.office.statements.at_office(self.reference, OPERATOR).document

    def correct(self, **changes: str) -> None:
        """A correction, confirmed by the second person."""
        archive = self.archive
        basis, maker = "省档J0123-1997-0007", archive.caller("maker")
        archive.office.history.records.correct(self.reference, changes, basis, maker)
        archive.office.history.confirm(self.reference, archive.caller("second"))

    def revoke(self) -> None:
        """A revocation, confirmed by the second person."""
        history, today = self.archive.office.history, self.archive.clock.today()
        words = "吉人社撤〔2026〕9号", today, "经核查，申报材料与事实不符"
        history.endings.propose(self.reference, *words, self.archive.caller("maker"))
        history.confirm_revocation(self.reference, self.archive.caller("second"))

    def looks(self) -> list[tuple[str, str, str]]:
        """Channel, viewer and purpose of the looks at the record, oldest first."""
        table = personal_look
        wanted = table.select().where(table.c.object == self.reference).order_by(table.c.position)
        with self.archive.office.engine.begin() as connection:
            return [(row.channel, row.viewer, row.purpose) for row in connection.execute(wanted)]

    def die(self, death: str) -> None:
        """Let another process die on the way of the statement."""
        settings = self.archive.office.settings
        given = {
            "home": str(settings.home),
            "url": settings.effective_database_url,
            "now": self.archive.clock.now().isoformat(),
            "reference": self.reference,
            "death": death,
        }
        command = [sys.executable, "-m", "tests.history.statement_desk", json.dumps(given)]
        died = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()


@dataclass
class StatementDesk:
    """An office for papers."""

    archive: Archive
    clock: FixedClock
    published: list[Paper] = field(default_factory=list)

    def paper(self, **changes: Any) -> Paper:
        """A paper of a person of its own, confirmed and, by its grade, published."""
        number = next(_NUMBERS)
        row = {
            **ZHOU,
            "证件号码": f"229901620312{2 * number + 1:03}",
            "原证书编号": f"吉中高字{number:06}",
            **changes,
        }
        (reference,) = self.archive.published(row)
        (version,) = self.archive.office.history.store.versions(reference)
        return Paper(self.archive, row, reference, version.title.document.number)

    def off_line(self, raw_pdf: bytes) -> dict[str, Any]:
        """The outsider's verdict on a file."""
        folder = self.archive.office.settings.public_folder
        trust = load_trust(folder)
        return check_pdf(raw_pdf, trust, open_ledger(folder, trust), self.clock.now()).as_json()

    def off_line_record(self, text: str) -> dict[str, Any]:
        """The outsider's verdict on a symbol."""
        folder = self.archive.office.settings.public_folder
        trust = load_trust(folder)
        return check_record(text, trust, open_ledger(folder, trust), self.clock.now()).as_json()

    def on_line(self, raw_pdf: bytes) -> dict[str, Any]:
        """The service's verdict on a file."""
        return self.archive.office.verification.check_document(raw_pdf).as_json()

    def on_line_record(self, text: str) -> dict[str, Any]:
        """The service's verdict on a symbol."""
        return self.archive.office.verification.check_qr(text).as_json()


def page_text(raw_pdf: bytes) -> str:
    """The words of the page, without blanks."""
    return re.sub(r"\s", "", PdfReader(BytesIO(raw_pdf), strict=True).pages[0].extract_text())


def symbol_of(raw_pdf: bytes) -> str:
    """The text of the QR symbol, which the page links to."""
    notes = PdfReader(BytesIO(raw_pdf), strict=True).pages[0]["/Annots"]
    return str(next(one.get_object()["/A"]["/URI"] for one in notes if "/A" in one.get_object()))


def code_of(raw_pdf: bytes) -> str:
    """The manual code that is printed."""
    found = re.search(r"校验码((?:[2-9A-Z]{5}-){2}[2-9A-Z]{5})", page_text(raw_pdf))
    assert found is not None
    return found[1].replace("-", "")


def main(given: dict[str, Any]) -> None:
    """Ask for a statement at the counter, and be gone at the point that is given."""
    settings = Settings(home=Path(given["home"]), database_url=given["url"], _env_file=None)
    office = open_office(settings, FixedClock(datetime.fromisoformat(given["now"])))
    owner, method = DEATHS[given["death"]]
    setattr(owner, method, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    office.statements.at_office(given["reference"], OPERATOR)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
