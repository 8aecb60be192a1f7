"""Holders' own certificates, and their titles under way, joined with their adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certsvc.adapters.announced_persons import DatabaseAnnouncedPersons
from certsvc.adapters.filed_persons import DatabaseFiledRows
from certsvc.adapters.history_register import DatabaseHistoryRegister
from certsvc.adapters.holders_numbers import DatabaseHoldersNumbers
from certsvc.stages.own_certificates import OwnCertificates
from certsvc.stages.under_way import TitlesUnderWay

if TYPE_CHECKING:
    from certsvc.bootstrap.public_side import PublicSide
    from certsvc.stages.historical_answers import HistoricalAnswers


def open_own_certificates(side: PublicSide, older_titles: HistoricalAnswers) -> OwnCertificates:
    """Everything that the portal may be told of a holder."""
    cipher = side.keys.cipher
    return OwnCertificates(
        numbers=DatabaseHoldersNumbers(side.reading_engine, cipher),
        certificates=side.certificates,
        register=side.register,
        history=DatabaseHistoryRegister(side.reading_engine, cipher),
        verdict_on=side.verification.check_qr,
        verdict_on_record=older_titles.check,
        read=side.archive.read,
        person_key=cipher.person_key,
        looks=side.looks,
        clock=side.clock,
    )


def open_titles_under_way(side: PublicSide) -> TitlesUnderWay:
    """What holders may be told of filings that name them."""

    def committee_name(code: str) -> str | None:
        from certsvc.domain.registry_decoding import decode_registry

        committee = decode_registry(side.filings.current_registry()[1]).committee(code)
        return None if committee is None else committee.name

    rows = DatabaseFiledRows(side.reading_engine, side.keys.cipher)
    announced = DatabaseAnnouncedPersons(side.reading_engine, side.keys.cipher)
    return TitlesUnderWay(rows, announced, committee_name, side.looks, side.clock)
