"""Document certificates: their files, the key inside, and the time in which each may sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from certverify.certificates import require_chain
from certverify.errors import CertificateError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certsvc.adapters.clock import SHANGHAI, local_day
from certsvc.adapters.ed25519_pem import read_key_file
from certsvc.domain.key_plan import KeyPlan, KeyState, PlannedKey
from certsvc.errors import ConfigurationError, ConflictError

DOCUMENT_FILE = "document.pem"


@dataclass(frozen=True, slots=True)
class DocumentTerm:
    """A document certificate (DER) with its chain to the root, its first instant, and its last day (None: no end yet)."""

    certificate: bytes
    chain: tuple[bytes, ...]
    begins_at: datetime
    ends_on: date | None

    def covers(self, instant: datetime) -> bool:
        """Whether a document of that signing time may bear its signature."""
        return self.begins_at <= instant and (self.ends_on is None or local_day(instant) <= self.ends_on)


def document_terms(plan: KeyPlan) -> tuple[DocumentTerm, ...]:
    """Every document certificate that ever signed, the one in force first."""
    return tuple(_term(key) for key in plan.document if key.state is not KeyState.ANNOUNCED)


def read_chain(file: Path) -> tuple[bytes, ...]:
    """The document certificate in a PEM file and its chain to the root (DER). Raises ConfigurationError."""
    try:
        found = x509.load_pem_x509_certificates(read_key_file(file))
    except ValueError as error:
        raise ConfigurationError(
            f"文件 {file.name} 没有可读取的证书。请按 keys/README.md 放入证书及其证书链。"
        ) from error
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def require_whole_chain(certificates: tuple[bytes, ...]) -> None:
    """Return when checkers will take the chain: each signed by the next, the root by itself. Raises ConfigurationError."""
    try:
        require_chain(certificates[0], certificates[1:])
    except CertificateError as error:
        raise ConfigurationError(
            "证书链不完整或不相符。文件中应依次为签名证书、签发机构证书、根证书，每张由后一张签发。"
        ) from error


def require_begun(certificate: bytes, valid_from: date, now: datetime) -> None:
    """Return when a certificate (DER) is valid from the day on which it shall begin. Raises ConflictError."""
    found = x509.load_der_x509_certificate(certificate)
    if found.not_valid_before_utc > max(_midnight(valid_from), now):
        raise ConflictError(
            f"证书自 {local_day(found.not_valid_before_utc).isoformat()} 起才有效。请把启用日期改为其后的日期。"
        )
    if found.not_valid_after_utc <= _midnight(valid_from + timedelta(days=1)):
        raise ConflictError("证书在启用日期以前或当天到期，没有登记。请使用新的证书。")


def encode_chain_pem(certificates: tuple[bytes, ...]) -> bytes:
    """The certificates (DER) as PEM, in their order."""
    return b"".join(x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in certificates)


def decode_certificate_key(certificate: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of a document certificate (DER). Raises ConfigurationError unless it is P-256."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ConfigurationError("证书文件签名密钥应为 P-256 椭圆曲线密钥。")
    return key


def _term(key: PlannedKey) -> DocumentTerm:
    certificate, *chain = key.certificates
    valid_since = x509.load_der_x509_certificate(certificate).not_valid_before_utc
    return DocumentTerm(certificate, tuple(chain), max(_midnight(key.valid_from), valid_since), key.valid_to)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
