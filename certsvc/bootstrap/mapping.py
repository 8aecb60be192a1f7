"""Mapping statements of an office: lists, statements, and whom it can ask about a qualification."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from certsvc.adapters.mapping_store import DatabaseMappingRegister, DatabaseMappingStore
from certsvc.adapters.qualification_sources import NobodyToAsk, OwnAnnulments
from certsvc.stages.mapping import Mapping, MappingAnswers

if TYPE_CHECKING:
    from certsvc.bootstrap.parts import Parts
    from certsvc.ports.mapping import QualificationSource


def open_mapping(parts: Parts, source: QualificationSource | None = None) -> Mapping:
    """Making statements; `source` is asked about qualifications that the office itself knows nothing of."""
    known = OwnAnnulments(parts.engine, parts.keys.cipher, source or NobodyToAsk())
    store = DatabaseMappingStore(parts.engine, parts.keys.cipher)
    examples_allowed = parts.settings.environment == "test"
    return Mapping(parts.permits, store, known, parts.clock, os.urandom, examples_allowed)


def open_mapping_answers(parts: Parts, source: QualificationSource | None = None) -> MappingAnswers:
    """Answering about statements, over a database that can only be read."""
    engine, cipher = parts.reading_engine, parts.keys.cipher
    known = OwnAnnulments(engine, cipher, source or NobodyToAsk())
    return MappingAnswers(DatabaseMappingRegister(engine, cipher), known, parts.clock)
