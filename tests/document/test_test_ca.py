"""The test CA: a profile that validators accept, and that nobody takes for an official one."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.x509.oid import NameOID

from certsvc.adapters.test_ca import make_test_chain

CHAIN = make_test_chain(datetime(2026, 11, 20, tzinfo=UTC))


def test_every_certificate_is_issued_by_the_next_and_the_root_by_itself() -> None:
    signer, issuing, root = CHAIN.certificates
    signer.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)


def test_every_subject_says_that_it_is_a_test() -> None:
    for certificate in CHAIN.certificates:
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
            assert "测试" in str(certificate.subject.get_attributes_for_oid(kind)[0].value)


def test_the_signer_may_sign_documents_and_nothing_else() -> None:
    usage = CHAIN.certificates[0].extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert not CHAIN.certificates[0].extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_all_keys_are_p256() -> None:
    for certificate in CHAIN.certificates:
        key = certificate.public_key()
        assert isinstance(key, EllipticCurvePublicKey)
        assert isinstance(key.curve, SECP256R1)


def test_each_ca_says_that_nothing_was_revoked_for_as_long_as_what_it_issued() -> None:
    signer, issuing, root = CHAIN.certificates
    of_signers, of_cas = CHAIN.revocation_lists
    for revocations, issuer, subject in ((of_signers, issuing, signer), (of_cas, root, issuing)):
        key = issuer.public_key()
        assert isinstance(key, EllipticCurvePublicKey)
        assert revocations.is_signature_valid(key)
        assert (revocations.issuer, len(revocations)) == (issuer.subject, 0)
        assert revocations.last_update_utc == subject.not_valid_before_utc
        assert revocations.next_update_utc == subject.not_valid_after_utc
