"""Bulk issue: draft, sealed record, durable rows, ledger, published and proven, on SQLite in one thread."""

from __future__ import annotations

from statistics import median

from bench.documents import our_rate
from bench.offices import approved_filing, temporary_office, without_documents
from bench.timing import Measurement, Scale, Target, elapsed, sign_and_verify
from bench.versions import versions


def measure(scale: Scale) -> list[Measurement]:
    """Without documents (rate and ratio), then with the PDFs written, signed, and durably kept."""
    rates, floors = [], []
    used = versions("cryptography", "sqlalchemy", "sqlite")
    with temporary_office() as office:
        corridor = without_documents(office.issuance)
        for batch in range(1, scale.rounds + 1):
            filing = approved_filing(office, scale.people, batch)
            floors.append(sign_and_verify(scale.people))
            rates.append(scale.people / elapsed(lambda filing=filing: corridor.run(filing)))
        with_pdf = approved_filing(office, scale.documents, scale.rounds + 1)
        complete = scale.documents / elapsed(lambda: office.issuance.run(with_pdf))
    floor_is = "Ed25519 sign and verify, a second"
    ratio = median(one / floor for one, floor in zip(rates, floors, strict=True))
    floor = median(floors)
    return [
        Measurement(
            "issue_sqlite_ratio",
            "bulk issue into SQLite, of the floor",
            ratio,
            "of floor",
            floor,
            floor_is,
            used,
            Target(0.55),
        ),
        Measurement(
            "issue_sqlite_per_second",
            "the same, certificates",
            median(rates),
            "1/s",
            floor,
            floor_is,
            used,
        ),
        Measurement(
            "issue_with_pdf_per_second",
            "the same with signed PDFs, each fsynced into the archive",
            complete,
            "1/s",
            our_rate(scale),
            "the PDFs alone, a second",
            used,
        ),
    ]
