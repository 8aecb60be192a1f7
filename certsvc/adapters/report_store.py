"""Verification reports in the database: written down first, then finished; found by a keyed digest of their codes."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Engine, delete, insert, select, update

from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.report_schema import verification_report
from certsvc.errors import IntegrityError
from certsvc.formats.canonical import encode_canonical_json
from certsvc.ports import PersonalCipher
from certsvc.ports.kept_reports import KeptReport


class DatabaseReportStore:
    """ports.kept_reports.ReportStore; over an engine of `open_for_reading` it is a ReportBoard."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def begin(self, report: KeptReport, code: str) -> None:
        """Write a report down."""
        content = encode_canonical_json(
            {"verdict": dict(report.verdict), "qr": report.qr_text, "place": report.place}
        )
        row = {
            "number": report.number,
            "code_key": self._code_key(code),
            "certificate_number": report.certificate,
            "certificate_version": report.version,
            "made_at": instant_text(report.made_at),
            "ends_on": report.ends_on.isoformat(),
            "sealed_content": self._cipher.encrypt(content, context=_context(report.number)),
        }
        with self._engine.begin() as connection:
            connection.execute(insert(verification_report).values(row))

    def finish(self, number: str, document_sha256: str) -> None:
        """Note the digest of the document, once. Raises IntegrityError for a report that is not written down."""
        own = verification_report.c
        waiting = (own.number == number) & own.document_sha256.is_(None)
        with self._engine.begin() as connection:
            finished = connection.execute(
                update(verification_report).where(waiting).values(document_sha256=document_sha256)
            )
        if finished.rowcount != 1:
            raise IntegrityError(f"核验报告 {number} 的登记不存在或已经完成，已停止处理。")

    def find(self, code: str) -> KeptReport | None:
        """The finished report with this code."""
        own = verification_report.c
        wanted = (own.code_key == self._code_key(code)) & own.document_sha256.is_not(None)
        with self._engine.begin() as connection:
            row = connection.execute(select(verification_report).where(wanted)).one_or_none()
        if row is None:
            return None
        content = json.loads(self._cipher.decrypt(row.sealed_content, context=_context(row.number)))
        return KeptReport(
            number=row.number,
            certificate=row.certificate_number,
            version=row.certificate_version,
            made_at=read_instant(row.made_at),
            ends_on=date.fromisoformat(row.ends_on),
            verdict=content["verdict"],
            qr_text=content["qr"],
            place=content["place"],
            document_sha256=row.document_sha256,
        )

    def end_of(self, document_sha256: str) -> date | None:
        """The last day of the report with this document."""
        own = verification_report.c
        wanted = select(own.ends_on).where(own.document_sha256 == document_sha256)
        with self._engine.begin() as connection:
            ends_on = connection.execute(wanted).scalar_one_or_none()
        return None if ends_on is None else date.fromisoformat(ends_on)

    def forget_ended_before(self, day: date, most: int) -> int:
        """Delete what ended before a day, the oldest first; unfinished ones among them."""
        own = verification_report.c
        ended = select(own.number).where(own.ends_on < day.isoformat()).order_by(own.ends_on).limit(most)
        with self._engine.begin() as connection:
            numbers = connection.execute(ended).scalars().all()
            if numbers:
                connection.execute(delete(verification_report).where(own.number.in_(numbers)))
        return len(numbers)

    def _code_key(self, code: str) -> bytes:
        return self._cipher.person_key(f"report-code/{code}")


def _context(number: str) -> bytes:
    return f"report/{number}".encode()
