"""The work of an answer: statements to the reading database and decryptions, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.bootstrap import Office


@contextmanager
def work_counted(office: Office) -> Iterator[Counter[str]]:
    """What is done within the block, by an office that remembers no answer from before it."""
    counts: Counter[str] = Counter()
    engine, plain = office.reading_engine, AesGcmCipher.decrypt
    office.shared.answers._shelf.forget_answers()  # type: ignore[attr-defined]

    def statement(*_given: object) -> None:
        counts["statements"] += 1

    def decrypt(self: AesGcmCipher, sealed: bytes, *, context: bytes) -> bytes:
        counts["decryptions"] += 1
        return plain(self, sealed, context=context)

    event.listen(engine, "before_cursor_execute", statement)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(AesGcmCipher, "decrypt", decrypt)
        try:
            yield counts
        finally:
            event.remove(engine, "before_cursor_execute", statement)
