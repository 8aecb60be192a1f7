"""A genuine certificate, everything that a checker needs for it, and the hands of a forger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar

from certverify.check import check_pdf
from certverify.codes import Code
from certverify.errors import NotExaminedError
from certverify.examination import Examination, Question
from certverify.ledger import Freshness
from certverify.manual_code import code_of_record, grouped
from certverify.pdf_findings import Picture, Reading
from certverify.pdf_sandbox import Inspector, PdfSandbox
from certverify.record import CopyTerms, HistoricalRecord, Record, record_bytes
from certverify.status import Status
from certverify.trust import Trust, decode_trust
from certverify.verdict import Verdict

from certsvc.adapters.document.writer import write_certificate
from certsvc.adapters.test_ca import make_test_chain
from certsvc.domain.certificate import Face
from tests.document.samples import DUAL_DIRECTED, NOW, REGULAR, Signer, layout, signer
from tests.verifier.builders import EPOCH, NO_WITNESS_POLICY, PREFIX, b64, record_text, sha, trust_list

T = TypeVar("T")
CHECKED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
OWN: dict[str, Any] = {
    "number": REGULAR.number,
    "version": 1,
    "slot": 70_001,
    "name": REGULAR.name,
    "last4": "1569",
    "series": 5,
    "title": 50101,
    "level": 1,
    "way": 1,
    "area": None,
    "acquired": (date(2023, 9, 19) - EPOCH).days,
}
OTHERS: dict[str, Any] = {
    "number": DUAL_DIRECTED.number,
    "version": 1,
    "slot": 70_002,
    "name": DUAL_DIRECTED.name,
    "last4": "776X",
    "series": 6,
    "title": 60201,
    "level": 2,
    "way": 4,
    "area": 222404,
    "acquired": (date(2023, 11, 19) - EPOCH).days,
}
TABLES = json.dumps(
    {
        "format": "certsvc-tables/1",
        "series": {"5": REGULAR.series, "6": DUAL_DIRECTED.series},
        "titles": {"50101": REGULAR.title, "60201": DUAL_DIRECTED.title},
        "levels": {"1": REGULAR.level, "2": DUAL_DIRECTED.level},
        "ways": {"1": REGULAR.way, "4": DUAL_DIRECTED.way},
        "regions": {"222404": "珲春市"},
    },
    ensure_ascii=False,
).encode()


def with_record(face: Face, items: dict[str, Any]) -> Face:
    """A face with the QR text and the manual code of a record."""
    text = record_text(items)
    return replace(face, qr_text=PREFIX + text, manual_code=grouped(code_of_record(record_bytes(text))))


FACE = with_record(REGULAR, OWN)
OTHERS_FACE = with_record(DUAL_DIRECTED, OTHERS)


class Current:
    """A log that is up to date and knows nothing against anybody."""

    freshness = Freshness(CHECKED, quorum_met=True, witnessed=True)

    def status_of(self, slot: int) -> Status | Code:
        """In force."""
        return Status.VALID


@cache
def trust(key: Signer | None = None) -> Trust:
    """The trust material of the authority, with the signer of the samples or another."""
    listed = key or signer()
    return decode_trust(
        trust_list(
            document_keys=[
                {
                    "alg": "ES256",
                    "certificate": b64(listed.certificate),
                    "chain": [b64(der) for der in listed.chain],
                    "valid_from": "2023-01-01",
                    "valid_to": None,
                }
            ],
            layouts=[
                {
                    "name": layout().name,
                    "head_length": layout().head_length,
                    "head_sha256": layout().head_sha256,
                }
            ],
            tables_sha256=sha(TABLES).hex(),
        ),
        TABLES,
        NO_WITNESS_POLICY.encode(),
    )


SANDBOX = PdfSandbox(places=4, waiting=40, wait_seconds=120, run_seconds=60, file_seconds=240)
"""As in the service, but for the clock: these tests share two cores with others. Its process bounds itself as always."""


class InThisProcess:
    """certverify.pdf_sandbox.Inspector by the functions that the sandbox calls, for files that are no bombs."""

    def read(self, raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
        """See Inspector."""
        from certverify.pdf_text import read

        return read(raw_pdf, chains)

    def see(self, raw_pdf: bytes, sealed_length: int) -> Picture:
        """See Inspector."""
        from certverify.pdf_picture import see

        return _examined(lambda: see(raw_pdf, sealed_length))

    def resembles(self, raw_pdf: bytes, original: bytes) -> bool:
        """See Inspector."""
        from certverify.pdf_picture import alike

        return _examined(lambda: alike(raw_pdf, original))


def _examined(looked: Callable[[], T]) -> T:
    try:
        return looked()
    except Exception as error:
        raise NotExaminedError("the process would have ended without an answer") from error


class NoSandbox(PdfSandbox):
    """A sandbox whose inspectors are in this process."""

    @contextmanager
    def visit(self, admit: Callable[[], None] | None = None) -> Iterator[Inspector]:
        """One of them."""
        yield InThisProcess()


IN_THIS_PROCESS = NoSandbox()


def check(raw_pdf: bytes, key: Signer | None = None, sandbox: PdfSandbox = IN_THIS_PROCESS) -> Verdict:
    """The verdict on a file, off line."""
    return check_pdf(raw_pdf, trust(key), Current(), CHECKED, sandbox=sandbox)


def check_where_originals_are_kept(raw_pdf: bytes) -> Verdict:
    """The verdict where the authority itself looks into the file."""
    exam = Examination(trust(), Question(CHECKED))
    if exam.examine_document(raw_pdf, InThisProcess(), _kept) is not None:
        exam.judge_status(Status.VALID)
    return exam.verdict()


def _kept(record: Record | HistoricalRecord, copy: CopyTerms | None) -> bytes | None:
    assert copy is None
    return genuine() if isinstance(record, Record) and record.number == FACE.number else None


def codes(verdict: Verdict) -> list[str]:
    """The codes of its findings, without the two that every verdict here has."""
    return [one.code.value for one in verdict.findings]


@cache
def genuine() -> bytes:
    """The certificate of 魏昭霭, as it was served."""
    return write_certificate(layout(), FACE, signer(), NOW)


@cache
def stranger() -> Signer:
    """A key of a CA that names itself like ours."""
    return Signer(make_test_chain(NOW))


def sealed_by(other: Signer, face: Face = FACE) -> bytes:
    """A certificate of our layout with the seal of somebody else."""
    return write_certificate(layout(), face, other, NOW)


@dataclass(frozen=True)
class OwnCertificate:
    """ports.DocumentSigner over a key with any certificate one likes."""

    key: Signer
    certificate: bytes
    chain: tuple[bytes, ...]

    def sign(self, message: bytes) -> bytes:
        """With the key of somebody else."""
        return self.key.sign(message)
