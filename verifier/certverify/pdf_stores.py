"""Validation material in a document security store: certificates and revocation lists, each signed by one beside it.

Whether their issuers are to be trusted is not judged: material adds nothing to a sealed revision and takes nothing away.
But whoever reads an archive object in thirty years shall find what was put in, so a damaged piece is a changed file.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certverify.errors import PdfGrammarError

MAX_CERTIFICATES = 60
MAX_LISTS = 60
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)


def require_material(
    known: Sequence[bytes], certificates: Sequence[bytes], lists: Sequence[bytes]
) -> tuple[bytes, ...]:
    """All certificates of a store (DER), when those that are new are signed by one of them, and so are the new lists.

    Raises PdfGrammarError otherwise, and for a certificate that the store holds already.
    """
    every = (*known, *certificates)
    if len(every) > MAX_CERTIFICATES or len(lists) > MAX_LISTS or len(set(every)) != len(every):
        raise PdfGrammarError("too much in one store, or twice")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = [_certificate(raw) for raw in every]
            signed = all(_is_signed(one, read) for one in read[len(known) :])
            signed = signed and all(_is_list_signed(_list(raw), read) for raw in lists)
    except _UNREADABLE as error:
        raise PdfGrammarError("neither certificate nor revocation list") from error
    if not signed:
        raise PdfGrammarError("not signed by a certificate of the store")
    return every


def _certificate(raw: bytes) -> x509.Certificate:
    read = x509.load_der_x509_certificate(raw)
    # The count of unused bits before the signature: the one octet that a lenient decoder reads in several ways.
    if read.public_bytes(Encoding.DER) != raw or not raw.endswith(b"\0" + read.signature):
        raise ValueError("not DER")
    return read


def _list(raw: bytes) -> x509.CertificateRevocationList:
    read = x509.load_der_x509_crl(raw)
    if read.public_bytes(Encoding.DER) != raw or not raw.endswith(b"\0" + read.signature):
        raise ValueError("not DER")
    return read


def _is_signed(certificate: x509.Certificate, issuers: Sequence[x509.Certificate]) -> bool:
    return any(_issued(certificate, one) for one in issuers if one.subject == certificate.issuer)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    return True


def _is_list_signed(one: x509.CertificateRevocationList, issuers: Sequence[x509.Certificate]) -> bool:
    keys = (issuer.public_key() for issuer in issuers if issuer.subject == one.issuer)
    return any(
        one.is_signature_valid(key)
        for key in keys
        if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    )
