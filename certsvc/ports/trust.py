"""What the trust material needs of the world: a key that may sign it, and a place for what was signed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from certsvc.formats.trust_note import AnchorSignature, TrustMaterial


class TrustAnchor(Protocol):
    """The key that stands above all others: it signs which keys are believed (Ed25519)."""

    @property
    def vkey(self) -> str:
        """The verifier key line that checkers pin."""
        ...

    def sign(self, text: str) -> AnchorSignature:
        """The signature over the text of a statement."""
        ...


class TrustArchive(Protocol):
    """Signed trust material, by sequence number; nothing is ever changed or taken away."""

    def newest(self) -> TrustMaterial | None:
        """The material with the greatest number, None when nothing was accepted yet."""
        ...

    def all(self) -> Iterable[TrustMaterial]:
        """Everything that was accepted, oldest first."""
        ...

    def keep(self, material: TrustMaterial) -> None:
        """Take in signed material, durably and as a whole. Raises ConflictError when its number is taken."""
        ...
