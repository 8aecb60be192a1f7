"""Who signs: counts the signatures of every key in a file, and lets them be made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from certsvc.adapters.signers import HeldDocumentSigner, HeldLogSigner, HeldRecordSigner

_SIGNERS = {"record": HeldRecordSigner, "log": HeldLogSigner, "document": HeldDocumentSigner}


@contextmanager
def signatures() -> Iterator[Counter[str]]:
    """How many signatures each key made meanwhile, by its name."""
    made: Counter[str] = Counter()
    with pytest.MonkeyPatch.context() as patch:
        for name, signer in _SIGNERS.items():
            patch.setattr(signer, "sign", _counting(name, signer.sign, made))
        yield made


def _counting(name: str, real: Any, made: Counter[str]) -> Any:
    def sign(signer: Any, message: bytes) -> bytes:
        made[name] += 1
        return bytes(real(signer, message))

    return sign
