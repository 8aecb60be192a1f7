"""Rows of stored answers, read and opened: the same for every database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from certsvc.adapters.stored_answer_store import answer_context
from certsvc.errors import IntegrityError
from certsvc.ports import PersonalCipher
from certsvc.ports.stored_answers import StoredAnswer

COLUMNS: Final = "record_key, number, slot, status, frame, sealed_own"
FRAME_COLUMNS: Final = "id, generation, head, middle"


class Opening:
    """Opens sealed answers. One that was altered or moved counts as none: verification itself then answers."""

    def __init__(self, cipher: PersonalCipher) -> None:
        self._decrypt = cipher.decrypt

    def open(self, rows: Iterable[Any]) -> dict[bytes, StoredAnswer]:
        """The answers in rows of `COLUMNS`."""
        return {answer.key: answer for row in rows if (answer := self.open_one(row)) is not None}

    def open_one(self, row: Any) -> StoredAnswer | None:
        """The answer in one row."""
        key, number, slot, status, frame, sealed = row
        try:
            own = self._decrypt(sealed, context=answer_context(number, slot, status, frame))
        except IntegrityError:
            return None
        return StoredAnswer(key, number, slot, status, frame, own)
