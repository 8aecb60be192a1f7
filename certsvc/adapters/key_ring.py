"""The keys of an office, wherever their private parts are: the plan says which, the folder of keys has the public parts.

`rotation.json` has the public keys of records and log, `document.pem` the document certificate with its chain (and, with
keys in files, the private key before them), `api.pub` the public API key where keys are not in files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certsvc.adapters.ed25519_pem import read_key_file
from certsvc.adapters.file_keys import PERSONAL_FILE, private_key_files
from certsvc.adapters.key_names import ed25519_info, encode_public_key
from certsvc.adapters.key_plan import KeyWatch
from certsvc.adapters.listed_keys import ListedKeys
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.adapters.signers import HeldDocumentSigner, HeldLogSigner, HeldRecordSigner
from certsvc.adapters.signing_keys import KeyAtHolder, KeyInFile, SigningKey
from certsvc.domain.key_plan import KeyKind, PlannedKey
from certsvc.errors import ConfigurationError
from certsvc.ports.signing import KeyHolder

DOCUMENT_FILE = "document.pem"
KeySource = Callable[[str, bytes], SigningKey]
"""The private key of a name, whose public part (SubjectPublicKeyInfo) is known."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Everything that signs or encrypts in this process. `retiring`: log keys that still sign beside `log`.

    `watch` knows which keys there are now, whatever this process was opened with.
    """

    record: HeldRecordSigner
    log: HeldLogSigner
    retiring: tuple[HeldLogSigner, ...]
    document: HeldDocumentSigner
    cipher: AesGcmCipher
    watch: KeyWatch

    def require_in_force(self) -> None:
        """Return when these keys are those that sign now. Raises KeysChangedError for a process of before a switch."""
        self.watch.require_same(KeyKind.RECORD, (self.record.public_key,))
        self.watch.require_same(
            KeyKind.LOG, (self.log.public_key, *(key.public_key for key in self.retiring))
        )


def load_keys(
    folder: Path, *, log_origin: str, source: KeySource | None = None, listed: ListedKeys | None = None
) -> KeyRing:
    """The keys of a folder; without a `source` their private parts are files there. Raises ConfigurationError when one is
    missing or of another kind. `listed`: what the trust list lets sign; None asks no list.
    """
    take = source or keys_in_files(folder)
    secret = bytes.fromhex(read_key_file(folder / PERSONAL_FILE).decode("ascii").strip())
    certificate, *chain = read_chain(folder)
    document = take("document", encode_public_key(decode_certificate_key(certificate)))
    watch = KeyWatch(folder)
    plan = watch.plan
    logs = [
        HeldLogSigner(_planned(take, key), log_origin, watch) for key in plan.of(KeyKind.LOG) if key.signs
    ]
    return KeyRing(
        record=HeldRecordSigner(_planned(take, plan.in_force(KeyKind.RECORD)), watch, listed),
        log=logs[0],
        retiring=tuple(logs[1:]),
        document=HeldDocumentSigner(document, certificate, tuple(chain), listed),
        cipher=AesGcmCipher({1: secret[:32]}, look_up_key=secret[32:]),
        watch=watch,
    )


def keys_in_files(folder: Path) -> KeySource:
    """Private keys in the files of a folder."""

    def take(name: str, public_key: bytes) -> SigningKey:
        otherwise = (
            "document.pem 中的私钥与其中的证书不相符。请核对。"
            if name == "document"
            else f"密钥文件 {name}.pem 不是更替记录（rotation.json）所写的密钥。请从密钥的备份恢复。"
        )
        return KeyInFile(folder / f"{name}.pem", public_key, otherwise)

    return take


def keys_at(holder: KeyHolder, folder: Path) -> KeySource:
    """Private keys that a holder has. Raises ConfigurationError while there is a private key in the folder of keys."""
    left = private_key_files(folder)
    if left:
        raise ConfigurationError(
            f"签名密钥已设为由签名设备或远程签名服务保管，密钥文件夹中却还有私钥：{'、'.join(left)}。"
            "请将其移出本机（document.pem 只保留证书）后重试，见 keys/README.md。"
        )
    return lambda name, public_key: KeyAtHolder(holder, name, public_key)


def read_chain(folder: Path) -> tuple[bytes, ...]:
    """The document certificate and its chain to the root (DER). Raises ConfigurationError."""
    try:
        found = x509.load_pem_x509_certificates(read_key_file(folder / DOCUMENT_FILE))
    except ValueError as error:
        raise ConfigurationError(
            f"密钥文件夹中的 {DOCUMENT_FILE} 没有可读取的证书。请按 keys/README.md 放入证书及其证书链。"
        ) from error
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def decode_certificate_key(certificate: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of a document certificate (DER). Raises ConfigurationError unless it is P-256."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ConfigurationError("证书文件签名密钥应为 P-256 椭圆曲线密钥。")
    return key


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


def _planned(take: KeySource, planned: PlannedKey) -> SigningKey:
    return take(planned.name, ed25519_info(planned.public_key))
