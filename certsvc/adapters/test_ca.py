"""A certification authority for development and tests: root -> issuing CA -> document signer, all marked 测试.

The profile is what a production document certificate must look like too: ECDSA P-256 with SHA-256, the signer with
digitalSignature and nonRepudiation (content commitment) as its only, critical key usages, no CA; the issuing CA with
path length 0. Every subject says 测试, so that no reader of a PDF takes the signature for an official one. Root and issuing
CA also sign one revocation list each, empty and good for as long as what it speaks of: what long-term levels need
(docs/formats/archive-object.md). A production authority publishes its lists every few days instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_ORGANISATION = "吉林省专业技术职务任职资格证书（测试）"
_SIGNING = frozenset({"digital_signature", "content_commitment"})
_CERTIFYING = frozenset({"key_cert_sign", "crl_sign"})
_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, slots=True)
class TestChain:
    """A fresh signer key (PEM, PKCS#8) and its certificates: signer, issuing CA, root, in this order.

    `revocation_lists`: of the issuing CA (over signers) and of the root (over issuing CAs).
    """

    __test__ = False  # the name is no invitation to pytest

    signer_key_pem: bytes
    certificates: tuple[x509.Certificate, x509.Certificate, x509.Certificate]
    revocation_lists: tuple[x509.CertificateRevocationList, x509.CertificateRevocationList]

    @property
    def certificates_pem(self) -> tuple[bytes, bytes, bytes]:
        """The certificates as PEM, signer first."""
        signer, issuing, root = (c.public_bytes(Encoding.PEM) for c in self.certificates)
        return signer, issuing, root

    @property
    def certificates_der(self) -> tuple[bytes, bytes, bytes]:
        """The certificates as DER, signer first."""
        signer, issuing, root = (c.public_bytes(Encoding.DER) for c in self.certificates)
        return signer, issuing, root

    @property
    def revocation_lists_pem(self) -> bytes:
        """Both revocation lists as PEM, one after the other."""
        return b"".join(one.public_bytes(Encoding.PEM) for one in self.revocation_lists)


def make_test_chain(
    now: datetime, *, signer_years: int = 3, issuing_years: int = 10, root_years: int = 20
) -> TestChain:
    """A new chain with three new keys, valid from the day before `now`. The CA keys are thrown away."""
    start = now - timedelta(days=1)
    root_key, issuing_key, signer_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root_name, issuing_name, signer_name = (
        _subject(name) for name in ("测试根证书", "测试签发机构", "证书文件测试签章")
    )
    root = _certificate(root_name, root_key, root_name, root_key, start, root_years, path_length=1)
    issuing = _certificate(
        issuing_name, issuing_key, root_name, root_key, start, issuing_years, path_length=0
    )
    signer = _certificate(signer_name, signer_key, issuing_name, issuing_key, start, signer_years)
    pem = signer_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    lists = (
        _revocation_list(issuing, issuing_key, start, signer.not_valid_after_utc),
        _revocation_list(root, root_key, start, issuing.not_valid_after_utc),
    )
    return TestChain(pem, (signer, issuing, root), lists)


def _subject(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    start: datetime,
    years: int,
    path_length: int | None = None,
) -> x509.Certificate:
    """One certificate; a CA when it has a path length."""
    is_ca = path_length is not None
    usages = _CERTIFYING if is_ca else _SIGNING
    issuer_identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=path_length), critical=True)
        .add_extension(x509.KeyUsage(**{usage: usage in usages for usage in _KEY_USAGES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_identifier, critical=False)
        .sign(issuer_key, SHA256())
    )


def _revocation_list(
    issuer: x509.Certificate, key: ec.EllipticCurvePrivateKey, start: datetime, end: datetime
) -> x509.CertificateRevocationList:
    """A list on which nothing stands."""
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(start)
        .next_update(end)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
