"""The X.509 chain behind a document key: whole and its own, or no part of a trust list (RFC 5280, 4.1 and 6.1)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from certverify.errors import CertificateError


def require_chain(raw_certificate: bytes, raw_chain: Sequence[bytes]) -> None:
    """Return when a signer with a P-256 key stands at the head of an unbroken chain.

    Certificates are DER; `raw_chain` runs from the issuing CA to the root. Each is issued and signed by the next, the
    last by itself. Dates are not judged: those of the trust list bound what a key may sign. Every bit is either signed or
    fixed by DER, so a damaged certificate never passes. Raises CertificateError.
    """
    try:
        with warnings.catch_warnings():
            # What a library finds old-fashioned in a certificate is no reason to write on a reader's terminal.
            warnings.simplefilter("ignore")
            _require_chain([_decode(raw) for raw in (raw_certificate, *raw_chain)])
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm, InvalidSignature) as error:
        raise CertificateError("a certificate cannot be read, or is not signed by the next") from error


def _decode(raw_certificate: bytes) -> x509.Certificate:
    certificate = x509.load_der_x509_certificate(raw_certificate)
    # The count of unused bits before the signature: the one octet that a lenient decoder reads in several ways.
    if not raw_certificate.endswith(b"\0" + certificate.signature):
        raise CertificateError("the signature is not a string of whole octets")
    return certificate


def _require_chain(certificates: Sequence[x509.Certificate]) -> None:
    key = certificates[0].public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise CertificateError("the signer's key is not a P-256 key")
    for certificate, issuer in zip(certificates, [*certificates[1:], certificates[-1]], strict=True):
        certificate.verify_directly_issued_by(issuer)
