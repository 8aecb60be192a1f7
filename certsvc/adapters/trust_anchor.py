"""The trust anchor in a file: what signs the trust material where it is at hand (tests, demonstrations, the signing machine)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from certsvc.adapters.ed25519_pem import read_ed25519
from certsvc.adapters.file_keys import TRUST_ANCHOR_FILE
from certsvc.formats.note import encode_vkey
from certsvc.formats.trust_note import AnchorSignature, anchor_name


class FileTrustAnchor:
    """ports.trust.TrustAnchor over an Ed25519 key held in memory."""

    def __init__(self, file: Path, log_origin: str) -> None:
        """Raises ConfigurationError when the file is missing or holds another kind of key."""
        self._key = read_ed25519(file)
        self._name = anchor_name(log_origin)
        self._public_key = self._key.public_key().public_bytes_raw()

    @property
    def vkey(self) -> str:
        """The verifier key line that checkers pin."""
        return encode_vkey(self._name, self._public_key)

    def sign(self, text: str) -> AnchorSignature:
        """The signature over the text of a statement."""
        return AnchorSignature(self._name, self._public_key, self._key.sign(text.encode()))


def open_trust_anchor(keys_folder: Path, log_origin: str) -> FileTrustAnchor | None:
    """The trust anchor of a folder of keys; None where there is none, as in production."""
    file = keys_folder / TRUST_ANCHOR_FILE
    return FileTrustAnchor(file, log_origin) if file.exists() else None


def trust_anchor_fingerprint(keys_folder: Path) -> str | None:
    """SHA-256 of the anchor's public key; None where there is none."""
    file = keys_folder / TRUST_ANCHOR_FILE
    if not file.exists():
        return None
    return sha256(read_ed25519(file).public_key().public_bytes_raw()).hexdigest()
