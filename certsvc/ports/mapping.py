"""What mapping statements need from the world: their store, the list, and who knows how a qualification stands."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.identity import IdDocument
from certsvc.domain.mapping import MappingStatement, Qualification, QualificationStanding


class QualificationSource(Protocol):
    """Whoever can say how a qualification certificate stands, such as the national qualification query."""

    def standing(
        self, holder: str, document: IdDocument, qualification: Qualification
    ) -> QualificationStanding:
        """How the certificate of this holder stands now; NOT_ESTABLISHED when nobody could be asked. Never raises."""
        ...


class MappingStore(Protocol):
    """Lists and statements. Every method that writes is one durable transaction with its audit entry."""

    def load_list(self, digest: str, body: str, at: datetime, by: Caller) -> bool:
        """Make a list the one in force; False when it is that already."""
        ...

    def current_list(self) -> bytes | None:
        """JSON of the list in force; None while none was loaded."""
        ...

    def make(self, statement: MappingStatement, by: Caller) -> MappingStatement:
        """Keep a statement; the one that is kept already for this person and qualification certificate."""
        ...


class MappingRegister(Protocol):
    """What the public face may ask: it reads."""

    def find(self, reference: str) -> MappingStatement | None:
        """A statement by its reference."""
        ...

    def any_statement(self) -> MappingStatement | None:
        """One statement, for work that is thrown away; None while there is none."""
        ...

    def current_list(self) -> bytes | None:
        """JSON of the list in force; None while none was loaded."""
        ...
