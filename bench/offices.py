"""A whole office in a temporary folder, ready to issue; and what stands in for the documents when they are left out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from bench.people import REGISTRY, filing
from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.domain.page_face import PageFace
from certsvc.settings import Settings
from certsvc.stages.issuance import Issuance


class NoDocument:
    """ports.DocumentWriter and ports.DocumentArchive that write and keep nothing."""

    def write(self, face: PageFace, instant: datetime) -> bytes:
        """A few bytes that stand for the document."""
        return f"{face.identity} {instant}".encode()

    def keep(self, _number: str, _version: int, document: bytes) -> str:
        """The digest alone."""
        return sha256(document).hexdigest()

    def read(self, _number: str, _version: int) -> bytes | None:
        """Nothing is kept."""
        return None


@contextmanager
def temporary_office() -> Iterator[Office]:
    """An office on SQLite in a temporary folder, the registry of the examples in force."""
    with tempfile.TemporaryDirectory(prefix="certsvc-bench-") as folder:
        settings = Settings(home=Path(folder), _env_file=None)  # type: ignore[call-arg]
        prepare_home(settings)
        office = open_office(settings)
        office.load_registry(REGISTRY.read_bytes())
        try:
            yield office
        finally:
            office.close()


def without_documents(issuance: Issuance) -> Issuance:
    """The same corridor, its documents left out."""
    nothing = NoDocument()
    return replace(issuance, sealing=replace(issuance.sealing, writer=nothing, archive=nothing))


def approved_filing(office: Office, count: int, batch: int) -> str:
    """A filing of so many people that waits to be issued; the people of other batches are others."""
    report = office.submit(filing(count, batch=batch), "bench.xlsx")
    if report.rows.admitted != count:
        raise RuntimeError(f"the gate admitted {report.rows.admitted} of {count}: {report.findings[:3]}")
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    return report.filing
