"""Verification reports of an office, joined with their adapters; layout and fonts are loaded when the first one is made."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from certsvc.adapters.report_store import DatabaseReportStore
from certsvc.ports import DocumentWriter
from certsvc.stages.kept_reports import ReportChecking, ReportRetention
from certsvc.stages.verification_reports import VerificationReports

if TYPE_CHECKING:
    from certsvc.bootstrap.public_side import PublicSide

REPORT_LAYOUT = "report/v1"


class ReportDesk:
    """Reports: made, found again, forgotten."""

    def __init__(self, office: PublicSide) -> None:
        self._office = office
        self._store = DatabaseReportStore(office.engine, office.keys.cipher)

    @cached_property
    def making(self) -> VerificationReports:
        """Makes reports, signed with the document key; every look is noted."""
        office = self._office
        return VerificationReports(
            verification=office.verification,
            writer=lambda: self._writer,
            store=self._store,
            looks=office.looks,
            clock=office.clock,
            style=office.style,
            issuer=office.settings.issuer,
            days=office.settings.report_days,
            random_bytes=os.urandom,
            missing=lambda texts: office.glyphs.missing(texts),
        )

    @cached_property
    def checking(self) -> ReportChecking:
        """Finds reports by their codes, over a database that can only be read."""
        office = self._office
        board = DatabaseReportStore(office.reading_engine, office.keys.cipher)
        return ReportChecking(board, office.verification, office.clock, office.settings.qr_prefix)

    @cached_property
    def retention(self) -> ReportRetention:
        """Forgets those that ended long ago."""
        return ReportRetention(self._store, self._office.clock, self._office.settings.report_keep_days)

    @cached_property
    def _writer(self) -> DocumentWriter:
        from certsvc.adapters.document.writer import PageWriter

        office = self._office
        return PageWriter(office.layout_of(REPORT_LAYOUT), office.keys.document, office.keys.document_terms)
