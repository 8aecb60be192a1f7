"""Holders' own certificates, joined with their adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certsvc.adapters.history_register import DatabaseHistoryRegister
from certsvc.adapters.holders_numbers import DatabaseHoldersNumbers
from certsvc.stages.own_certificates import OwnCertificates

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
