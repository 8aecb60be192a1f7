"""Keys in files: what development and tests use; production keys live in hardware behind the same ports.

Four keys, each with its own holder: `record.pem` (QR records and manifests), `log.pem` (checkpoints),
`document.pem` (PDF signatures, with its chain), and `personal.key` (encryption at rest). Record and log keys take over from
each other (key_plan.py). Two more have modules of their own: `api.pem` (api_key.py; offices without programs and platforms
need none) and the trust anchor `trust.pem` (trust_anchor.py; in production it never comes near this machine).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from certsvc.adapters.ed25519_pem import ed25519_pem, read_ed25519, read_key_file
from certsvc.adapters.key_plan import FILE as PLAN_FILE
from certsvc.adapters.key_plan import KeyWatch
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.adapters.test_ca import make_test_chain
from certsvc.adapters.whole_file import replace_file
from certsvc.domain.key_plan import KeyKind, PlannedKey
from certsvc.errors import ConfigurationError

TRUST_ANCHOR_FILE = "trust.pem"
TEST_REVOCATION_LISTS = "document-ca.crl"
_KID_DOMAIN = b"certsvc/record-key/v1\x00"


class FileRecordSigner:
    """ports.RecordSigner over an Ed25519 key held in memory. With a watch, it signs only while the key is in force."""

    def __init__(self, key: ed25519.Ed25519PrivateKey, watch: KeyWatch | None = None) -> None:
        self._key = key
        self._watch = watch
        self.public_key = key.public_key().public_bytes_raw()
        self.kid = sha256(_KID_DOMAIN + self.public_key).digest()[:4]

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature. Raises ConfigurationError when another key has taken over."""
        if self._watch is not None:
            self._watch.require_signing(KeyKind.RECORD, self.public_key)
        return self._key.sign(message)


class FileLogSigner:
    """ports.LogSigner over an Ed25519 key held in memory. With a watch, it signs only while the key may."""

    def __init__(self, key: ed25519.Ed25519PrivateKey, origin: str, watch: KeyWatch | None = None) -> None:
        self._key = key
        self._watch = watch
        self.origin = origin
        self.public_key = key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature. Raises ConfigurationError when the key was retired."""
        if self._watch is not None:
            self._watch.require_signing(KeyKind.LOG, self.public_key)
        return self._key.sign(message)


class FileDocumentSigner:
    """ports.DocumentSigner over a P-256 key held in memory; RFC 6979, so equal input gives equal bytes."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        self._key = key
        self.certificate = certificate
        self.chain = chain
        self._algorithm = ec.ECDSA(SHA256(), deterministic_signing=True)

    def sign(self, message: bytes) -> bytes:
        """The DER-encoded signature."""
        return self._key.sign(message, self._algorithm)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Everything that signs or encrypts in this process. `retiring`: log keys that still sign beside `log`.

    `watch` knows which keys there are now, whatever this process has in memory.
    """

    record: FileRecordSigner
    log: FileLogSigner
    retiring: tuple[FileLogSigner, ...]
    document: FileDocumentSigner
    cipher: AesGcmCipher
    watch: KeyWatch

    def require_in_force(self) -> None:
        """Return when these keys are those that sign now. Raises KeysChangedError for a process of before a switch."""
        self.watch.require_same(KeyKind.RECORD, (self.record.public_key,))
        self.watch.require_same(
            KeyKind.LOG, (self.log.public_key, *(key.public_key for key in self.retiring))
        )


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
        _once(folder / "personal.key", lambda: os.urandom(64).hex().encode()),
        _once(folder / "document.pem", lambda: _document_pem(folder, now)),
        _once(folder / TRUST_ANCHOR_FILE, ed25519_pem),
    ]
    return any(made)


def load_keys(folder: Path, *, log_origin: str) -> KeyRing:
    """The keys of a folder. Raises ConfigurationError when one is missing or of another kind."""
    secret = bytes.fromhex(read_key_file(folder / "personal.key").decode("ascii").strip())
    certificates = tuple(
        c.public_bytes(Encoding.DER)
        for c in x509.load_pem_x509_certificates(read_key_file(folder / "document.pem"))
    )
    document_key = load_pem_private_key(read_key_file(folder / "document.pem"), None)
    if not isinstance(document_key, ec.EllipticCurvePrivateKey):
        raise ConfigurationError("证书文件签名密钥应为 P-256 椭圆曲线密钥。")
    watch = KeyWatch(folder)
    plan = watch.plan
    logs = [
        FileLogSigner(_planned(folder, key), log_origin, watch) for key in plan.of(KeyKind.LOG) if key.signs
    ]
    return KeyRing(
        record=FileRecordSigner(_planned(folder, plan.in_force(KeyKind.RECORD)), watch),
        log=logs[0],
        retiring=tuple(logs[1:]),
        document=FileDocumentSigner(document_key, certificates[0], certificates[1:]),
        cipher=AesGcmCipher({1: secret[:32]}, look_up_key=secret[32:]),
        watch=watch,
    )


def key_fingerprints(keys: KeyRing) -> dict[str, str]:
    """What tells two keys apart and gives nothing away: SHA-256 of the public part, or of a keyed digest."""
    shown = {
        "record": keys.record.public_key,
        "log": keys.log.public_key,
        "document": keys.document.certificate,
        "personal": keys.cipher.person_key("certsvc/fingerprint/v1"),
    }
    return {name: sha256(content).hexdigest() for name, content in shown.items()}


def fingerprints_of_before(keys: KeyRing) -> frozenset[str]:
    """The fingerprints of record and log keys that others have taken over from: a backup of before names those."""
    return frozenset(
        sha256(key.public_key).hexdigest() for kind in KeyKind for key in keys.watch.plan.of(kind)
    )


def _planned(folder: Path, planned: PlannedKey) -> ed25519.Ed25519PrivateKey:
    key = read_ed25519(folder / planned.file)
    if key.public_key().public_bytes_raw() != planned.public_key:
        raise ConfigurationError(
            f"密钥文件 {planned.file} 不是更替记录（rotation.json）所写的密钥。请从密钥的备份恢复。"
        )
    return key


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
