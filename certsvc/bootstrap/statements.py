"""Statements of an office, joined with their adapters; layout and fonts are loaded when the first one is printed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from certsvc.adapters.history_store import DatabaseHistoryStore
from certsvc.adapters.statement_store import DatabaseStatementStore
from certsvc.stages.statement_press import StatementPress
from certsvc.stages.statements import Statements

if TYPE_CHECKING:
    from certsvc.bootstrap.parts import Parts
    from certsvc.stages.historical_answers import HistoricalAnswers

STATEMENT_LAYOUT = "statement/v1"


def open_statements(parts: Parts, answers: HistoricalAnswers) -> Statements:
    """Everything about statements, for everybody who knows a record, portal and command line."""
    store = DatabaseStatementStore(parts.engine, parts.keys.cipher)
    printing = _Printing(parts, store)
    return Statements(
        answers=answers,
        versions=DatabaseHistoryStore(parts.engine, parts.keys.cipher).versions,
        store=store,
        missing=lambda texts: parts.glyphs.missing(texts),
        print_statement=lambda statement, one: printing.press.print(statement, one),
        read=parts.archive.read,
        looks=parts.looks,
        clock=parts.clock,
    )


class _Printing:
    def __init__(self, parts: Parts, store: DatabaseStatementStore) -> None:
        self._parts, self._store = parts, store

    @cached_property
    def press(self) -> StatementPress:
        from certsvc.adapters.document.writer import PageWriter

        parts, keys = self._parts, self._parts.keys
        return StatementPress(
            store=self._store,
            archive=parts.archive,
            signer=keys.record,
            writer=PageWriter(parts.layout_of(STATEMENT_LAYOUT), keys.document, keys.document_terms),
            style=parts.style,
            issuer=parts.settings.issuer,
        )
