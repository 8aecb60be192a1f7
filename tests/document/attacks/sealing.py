"""Seals of somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests.document.attacks.scene import (
    FACE,
    OWN,
    OwnCertificate,
    genuine,
    sealed_by,
    signer,
    stranger,
)
from tests.document.samples import NOW
from tests.verifier.builders import OTHER_RECORD_KEY, PREFIX, RECORD_KEY, record_text


@cache
def _claiming() -> OwnCertificate:
    """A signer whose certificate names our CA and its key as its issuer; the forger signed it."""
    ours = x509.load_der_x509_certificate(signer().certificate)
    theirs = x509.load_der_x509_certificate(stranger().certificate)
    issuer = ours.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    made = (
        x509.CertificateBuilder()
        .subject_name(ours.subject)
        .issuer_name(ours.issuer)
        .public_key(theirs.public_key())
        .serial_number(ours.serial_number + 1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=700))
        .add_extension(issuer, critical=False)
        .sign(ec.generate_private_key(ec.SECP256R1()), SHA256())
    )
    return OwnCertificate(stranger(), made.public_bytes(Encoding.DER), signer().chain)


def look_alike() -> bytes:
    """The page of the genuine certificate under a seal that pretends."""
    return sealed_by(_claiming())


def stranger_seal() -> bytes:
    """The page of the genuine certificate under a seal that nobody knows."""
    return sealed_by(stranger())


def stranger_name() -> bytes:
    """Another name beside the genuine record."""
    return sealed_by(stranger(), replace(FACE, name="林大伟"))


def exchanged_certificate() -> bytes:
    """The genuine signature with the stranger's certificate in it."""
    ours, theirs = signer().certificate.hex().encode(), stranger().certificate.hex().encode()
    raw = genuine()
    start = raw.index(ours)
    length = min(len(ours), len(theirs))
    return raw[:start] + theirs[:length] + raw[start + length :]


def invented_record() -> bytes:
    """A record of the forger's, with the name of our record key."""
    text = record_text(OWN | {"title": 50101}, signer=OTHER_RECORD_KEY, kid=RECORD_KEY.kid)
    return sealed_by(stranger(), replace(FACE, qr_text=PREFIX + text))
