"""The keys of an office, wherever their private parts are: the plan says which, the folder of keys has the public parts.

`rotation.json` has the public keys of records and log and every document certificate with its chain, `document.pem` the
first of them (and, with keys in files, the private key before it), `api.pub` the public API key where keys are not in files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from certsvc.adapters.document_certificates import DOCUMENT_FILE, DocumentTerm, document_terms, read_chain
from certsvc.adapters.ed25519_pem import read_key_file
from certsvc.adapters.file_keys import PERSONAL_FILE
from certsvc.adapters.key_names import planned_info
from certsvc.adapters.key_plan import KeyWatch
from certsvc.adapters.listed_keys import ListedKeys
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.adapters.signers import HeldDocumentSigner, HeldLogSigner, HeldRecordSigner
from certsvc.adapters.signing_keys import KeyAtHolder, KeyInFile, SigningKey
from certsvc.adapters.stray_keys import private_key_files
from certsvc.domain.key_plan import KeyKind, PlannedKey
from certsvc.errors import ConfigurationError
from certsvc.ports.signing import KeyHolder

KeySource = Callable[[str, bytes], SigningKey]
"""The private key of a name, whose public part (SubjectPublicKeyInfo) is known."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Everything that signs or encrypts in this process. `retiring`: log keys that still sign beside `log`.
    `document_terms`: of every document certificate that ever signed, that of `document` first.

    `watch` knows which keys there are now, whatever this process was opened with.
    """

    record: HeldRecordSigner
    log: HeldLogSigner
    retiring: tuple[HeldLogSigner, ...]
    document: HeldDocumentSigner
    document_terms: tuple[DocumentTerm, ...]
    cipher: AesGcmCipher
    watch: KeyWatch

    def require_in_force(self) -> None:
        """Return when these keys are those that sign now. Raises KeysChangedError for a process of before a switch."""
        self.watch.require_same(KeyKind.RECORD, (self.record.public_key,))
        self.watch.require_same(
            KeyKind.LOG, (self.log.public_key, *(key.public_key for key in self.retiring))
        )
        self.watch.require_same(KeyKind.DOCUMENT, (self.document.certificate,))


def load_keys(
    folder: Path, *, log_origin: str, source: KeySource | None = None, listed: ListedKeys | None = None
) -> KeyRing:
    """The keys of a folder; without a `source` their private parts are files there. Raises ConfigurationError when one is
    missing or of another kind. `listed`: what the trust list lets sign; None asks no list.
    """
    take = source or keys_in_files(folder)
    secret = bytes.fromhex(read_key_file(folder / PERSONAL_FILE).decode("ascii").strip())
    watch = KeyWatch(folder)
    plan = watch.plan
    document = plan.in_force(KeyKind.DOCUMENT)
    _require_planned(folder, document)
    certificate, *chain = document.certificates
    logs = [
        HeldLogSigner(_planned(take, key), log_origin, watch) for key in plan.of(KeyKind.LOG) if key.signs
    ]
    return KeyRing(
        record=HeldRecordSigner(_planned(take, plan.in_force(KeyKind.RECORD)), watch, listed),
        log=logs[0],
        retiring=tuple(logs[1:]),
        document=HeldDocumentSigner(_planned(take, document), certificate, tuple(chain), watch, listed),
        document_terms=document_terms(plan),
        cipher=AesGcmCipher({1: secret[:32]}, look_up_key=secret[32:]),
        watch=watch,
    )


def keys_in_files(folder: Path) -> KeySource:
    """Private keys in the files of a folder."""

    def take(name: str, public_key: bytes) -> SigningKey:
        otherwise = (
            f"{name}.pem 中的私钥与其证书不相符。请核对。"
            if name.startswith(KeyKind.DOCUMENT)
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
    """The fingerprints of keys that others have taken over from, too: a backup of before names those."""
    return frozenset(sha256(key.public).hexdigest() for kind in KeyKind for key in keys.watch.plan.of(kind))


def _planned(take: KeySource, planned: PlannedKey) -> SigningKey:
    return take(planned.name, planned_info(planned))


def _require_planned(folder: Path, document: PlannedKey) -> None:
    """Return unless somebody has put other certificates into the file of the first document key."""
    file = folder / DOCUMENT_FILE
    if document.switched_on is not None or not file.exists():
        return  # another took over, perhaps under the same name
    if read_chain(file) != document.certificates:
        raise ConfigurationError(
            f"{DOCUMENT_FILE} 中的证书不是更替记录（rotation.json）所写的证书。请恢复原来的文件；"
            "更换证书请运行 certsvc trust rotate document，见 keys/README.md。"
        )
