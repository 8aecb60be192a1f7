"""A whole office in a temporary folder, on a clock that stands still, with the outsider's check beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from certverify import check_image, check_record, load_trust, open_ledger
from sqlalchemy.engine import make_url

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.domain.filing import FilingReport
from certsvc.formats.record import record_text
from certsvc.settings import Settings
from tests.support.made_once import migrated_sqlite
from tests.support.workbooks import EXAMPLES

TEST_SETTINGS = {"_env_file": None}


class OfficeUnderTest:
    """An office with the registry of the examples in force; without a URL on SQLite below its home."""

    def __init__(
        self,
        home: Path,
        clock: FixedClock,
        database_url: str | None = None,
        *,
        from_nothing: bool = False,
        **settings_given: Any,
    ) -> None:
        """`from_nothing`: SQLite makes its file itself; otherwise it begins as a copy of a migrated one."""
        settings = Settings(home=home, database_url=database_url, **TEST_SETTINGS, **settings_given)
        own_file = Path(str(make_url(settings.effective_database_url).database))
        if database_url is None and not from_nothing and not own_file.exists():
            home.mkdir(parents=True, exist_ok=True)
            shutil.copy(migrated_sqlite(), own_file)
        prepare_home(settings, clock)
        self.office: Office = open_office(settings, clock)
        self.office.load_registry((EXAMPLES / "registry.json").read_bytes())
        self.approval = self.office.approval
        self.clock = clock

    def submit(self, raw: bytes, name: str = "filing.xlsx") -> FilingReport:
        """File a workbook."""
        return self.office.submit(raw, name)

    def issue(self, report: FilingReport) -> tuple[PublicCertificate, ...]:
        """Approve and issue, by two persons; the published certificates."""
        self.approval.approve(report.filing, "maker")
        self.approval.begin_issue(report.filing, "checker")
        self.office.issuance.run(report.filing)
        return self.office.certificates.published(filing=report.filing)

    def check_qr(self, certificate: PublicCertificate, place: str | None = None) -> dict[str, Any]:
        """The outsider's verdict on the QR symbol, as JSON, against the public tree alone."""
        folder = self.office.settings.public_folder
        trust = load_trust(folder)
        text = record_text(certificate.record, self.office.settings.qr_prefix)
        return check_record(text, trust, open_ledger(folder, trust), self.clock.now(), place).as_json()

    def check_picture(self, raw_image: bytes) -> dict[str, Any]:
        """The outsider's verdict on a picture of the certificate."""
        folder = self.office.settings.public_folder
        trust = load_trust(folder)
        return check_image(raw_image, trust, open_ledger(folder, trust), self.clock.now()).as_json()

    def printed_name(self, certificate: PublicCertificate) -> str:
        """The holder's name as it was decided, and as it stands in the text of the PDF."""
        from pypdf import PdfReader

        content = certificate.draft.content
        path = self.office.settings.documents_folder
        (document,) = path.rglob(f"{content.number}-v{content.version}.pdf")
        printed = PdfReader(document).pages[0].extract_text()
        assert content.award.name in printed
        return content.award.name

    def close(self) -> None:
        """Give the database back."""
        self.office.close()
