"""ports.mapping.QualificationSource: what the office itself knows of annulled qualifications, and nobody else to ask yet."""

from __future__ import annotations

from sqlalchemy import Engine

from certsvc.adapters.annulment_store import annulled_among
from certsvc.domain.identity import IdDocument
from certsvc.domain.mapping import Qualification, QualificationStanding
from certsvc.ports import PersonalCipher
from certsvc.ports.mapping import QualificationSource


class NobodyToAsk:
    """The default: the national qualification query is not joined, so nothing can be established."""

    def standing(
        self, _holder: str, _document: IdDocument, _qualification: Qualification
    ) -> QualificationStanding:
        """NOT_ESTABLISHED."""
        return QualificationStanding.NOT_ESTABLISHED


class OwnAnnulments:
    """Annulments recorded here (38号 四（六）) come first; everything else is for the next source to say."""

    def __init__(self, engine: Engine, cipher: PersonalCipher, beyond: QualificationSource) -> None:
        self._engine = engine
        self._cipher = cipher
        self._beyond = beyond

    def standing(
        self, holder: str, document: IdDocument, qualification: Qualification
    ) -> QualificationStanding:
        """ANNULLED when the office knows of it, else what the next source says."""
        with self._engine.begin() as connection:
            annulled = annulled_among(connection, self._cipher, {qualification.certificate_ref})
        if annulled:
            return QualificationStanding.ANNULLED
        return self._beyond.standing(holder, document, qualification)
