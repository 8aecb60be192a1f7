"""What an operator gives as the next key, read and looked at before anything is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certsvc.adapters.document_certificates import (
    decode_certificate_key,
    encode_chain_pem,
    read_chain,
    require_whole_chain,
)
from certsvc.adapters.ed25519_pem import ed25519_pem, read_ed25519
from certsvc.adapters.key_names import encode_public_key, is_key_name, raw_ed25519
from certsvc.adapters.signing_keys import read_private_key
from certsvc.adapters.test_ca import make_test_chain
from certsvc.adapters.whole_file import replace_file
from certsvc.domain.key_plan import KeyKind
from certsvc.errors import ConfigurationError, UnknownReference
from certsvc.ports.signing import KeyHolder


@dataclass(frozen=True, slots=True)
class ComingKey:
    """A key that may be announced. `file`, `public_key`, `certificates` as in the plan; `content` of that file, None for a
    key that somebody else holds.
    """

    file: str
    public_key: bytes
    certificates: tuple[bytes, ...]
    content: bytes | None


def read_coming_key(kind: KeyKind, key_file: Path | None, certificate_file: Path | None) -> ComingKey:
    """A key in files: PKCS#8; for documents with certificate and chain, in a file of their own or behind the key.

    Raises ConfigurationError for what is missing, unreadable, or does not belong together.
    """
    source = key_file or certificate_file
    if source is None:
        raise ConfigurationError("没有指定新密钥的文件。")
    if kind is not KeyKind.DOCUMENT:
        public_key = read_ed25519(source).public_key().public_bytes_raw()
        return ComingKey(f"{kind}-{public_key.hex()[:16]}.pem", public_key, (), source.read_bytes())
    certificates = _read_certificates(certificate_file or source)
    key = read_private_key(source)
    public_key = encode_public_key(key.public_key())
    if public_key != encode_public_key(decode_certificate_key(certificates[0])):
        raise ConfigurationError("私钥与签名证书不相符。请核对 --key 与 --certificate 的文件。")
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    name = f"{kind}-{sha256(certificates[0]).hexdigest()[:16]}.pem"
    return ComingKey(name, public_key, certificates, private + encode_chain_pem(certificates))


def ask_coming_key(kind: KeyKind, holder: KeyHolder, name: str, certificate_file: Path | None) -> ComingKey:
    """A key that its holder has under a name; for documents with the certificate that was issued for it.

    A renewed certificate may be for the key of before, and so under its name. Raises ConfigurationError.
    """
    renewed = kind is KeyKind.DOCUMENT and name == kind
    if not is_key_name(name) or not (renewed or name.startswith(f"{kind}-")):
        raise ConfigurationError(f"新密钥的名称应为 {kind}- 加小写字母或数字，如 {kind}-2027。")
    try:
        info = holder.public_key(name)
    except UnknownReference as error:
        raise ConfigurationError(str(error)) from error
    if kind is not KeyKind.DOCUMENT:
        return ComingKey(f"{name}.pem", raw_ed25519(info), (), None)
    if certificate_file is None:
        raise ConfigurationError("更替证书文件签名证书，请用 --certificate 指定新证书及其证书链（PEM）。")
    certificates = _read_certificates(certificate_file)
    if info != encode_public_key(decode_certificate_key(certificates[0])):
        raise ConfigurationError(f"新证书不是签名设备中 {name} 密钥的证书。请核对。")
    return ComingKey(f"{name}.pem", info, certificates, None)


def make_coming_key(kind: KeyKind, staged: Path, now: datetime) -> None:
    """A new key of a test environment, in `staged`; a document key with a test CA, its revocation lists beside it first."""
    if kind is not KeyKind.DOCUMENT:
        replace_file(staged, ed25519_pem())
        return
    chain = make_test_chain(now)
    lists = f"document-ca-{sha256(chain.certificates_der[0]).hexdigest()[:16]}.crl"
    replace_file(staged.with_name(lists), chain.revocation_lists_pem)
    replace_file(staged, chain.signer_key_pem + b"".join(chain.certificates_pem))


def _read_certificates(file: Path) -> tuple[bytes, ...]:
    certificates = read_chain(file)
    require_whole_chain(certificates)
    return certificates
