"""Keys in files: what development and tests use; production keys live in hardware (pkcs11_keys.py, remote_keys.py).

Four keys, each with its own holder: `record.pem` (QR records and manifests), `log.pem` (checkpoints),
`document.pem` (PDF signatures, with its chain), and `personal.key` (encryption at rest). The first three kinds take over
from each other (key_plan.py). Two more have modules of their own: `api.pem` (api_key.py; offices without programs and platforms
need none) and the trust anchor `trust.pem` (trust_anchor.py; in production it never comes near this machine).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from certsvc.adapters.ed25519_pem import ed25519_pem
from certsvc.adapters.key_names import is_key_name
from certsvc.adapters.key_plan import FILE as PLAN_FILE
from certsvc.adapters.signers import HeldDocumentSigner, HeldLogSigner, HeldRecordSigner
from certsvc.adapters.signing_keys import KeyInFile, KeyInMemory
from certsvc.adapters.test_ca import make_test_chain
from certsvc.adapters.whole_file import replace_file
from certsvc.errors import UnknownReference

TRUST_ANCHOR_FILE = "trust.pem"
TEST_REVOCATION_LISTS = "document-ca.crl"
PERSONAL_FILE = "personal.key"


class FileRecordSigner(HeldRecordSigner):
    """ports.RecordSigner over an Ed25519 key held in memory."""

    def __init__(self, key: ed25519.Ed25519PrivateKey) -> None:
        super().__init__(KeyInMemory(key))


class FileLogSigner(HeldLogSigner):
    """ports.LogSigner over an Ed25519 key held in memory."""

    def __init__(self, key: ed25519.Ed25519PrivateKey, origin: str) -> None:
        super().__init__(KeyInMemory(key), origin)


class FileDocumentSigner(HeldDocumentSigner):
    """ports.DocumentSigner over a P-256 key held in memory; RFC 6979, so equal input gives equal bytes."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        super().__init__(KeyInMemory(key), certificate, chain)


class FileKeys:
    """ports.signing.KeyHolder over the PKCS#8 files of a folder: what `certsvc signer serve` may sign with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[str, KeyInFile] = {}

    def public_key(self, name: str) -> bytes:
        """See the port."""
        return KeyInFile(self._path(name), None).public_key

    def sign(self, name: str, message: bytes) -> bytes:
        """See the port."""
        path = self._path(name)
        if name not in self._opened:
            self._opened[name] = KeyInFile(path, None)
        return self._opened[name].sign(message)

    def _path(self, name: str) -> Path:
        path = self._folder / f"{name}.pem"
        if not is_key_name(name) or not path.exists():
            raise UnknownReference(f"没有名为 {name} 的签名密钥。")
        return path


def make_test_keys(folder: Path, now: datetime) -> bool:
    """Make the development keys and a test CA, each once. True when anything was made.

    The document key and its chain are made together and published by one rename, so that a process killed here
    leaves either both or none.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    first = not (folder / PLAN_FILE).exists()  # once keys were rotated, the first ones are not made again
    made = [
        first and _once(folder / "record.pem", ed25519_pem),
        first and _once(folder / "log.pem", ed25519_pem),
        make_personal_key(folder),
        first and _once(folder / "document.pem", lambda: _document_pem(folder, now)),
        _once(folder / TRUST_ANCHOR_FILE, ed25519_pem),
    ]
    return any(made)


def make_personal_key(folder: Path) -> bool:
    """Make the key for encryption at rest once, where there is none. True when it was made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _once(folder / PERSONAL_FILE, lambda: os.urandom(64).hex().encode())


def _document_pem(folder: Path, now: datetime) -> bytes:
    """The key with its chain; its revocation lists stand beside it first, so that no key is ever without them."""
    chain = make_test_chain(now)
    replace_file(folder / TEST_REVOCATION_LISTS, chain.revocation_lists_pem)
    return chain.signer_key_pem + b"".join(chain.certificates_pem)


def _once(path: Path, make: Callable[[], bytes]) -> bool:
    if path.exists():
        return False
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    return True
