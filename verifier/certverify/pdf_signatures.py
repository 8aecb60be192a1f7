"""The signatures of an uploaded file, by pyHanko. Runs in the sandbox alone (`pdf_inspection`).

Trust is not decided here but named: whether the signer is one of the trust list, was issued by a CA of it, or only bears
the same names. No address is ever fetched: certificates and their dates are judged by the trust list.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import new
from io import BytesIO

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from certverify.pdf_findings import MAX_SIGNATURES, Changes, Coverage, FoundSignature, Signer

_COVERAGE = {
    SignatureCoverageLevel.ENTIRE_FILE: Coverage.FILE,
    SignatureCoverageLevel.ENTIRE_REVISION: Coverage.REVISION,
}
_CHANGES = {ModificationLevel.NONE: Changes.NONE, ModificationLevel.LTA_UPDATES: Changes.LONG_TERM}


def find_signatures(raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> tuple[FoundSignature, ...]:
    """Every signature, in the order in which they were made. Raises whatever the library raises."""
    reader = PdfFileReader(BytesIO(raw_pdf), strict=False)
    found = reader.embedded_signatures
    if len(found) > MAX_SIGNATURES:
        raise ValueError("too many signatures")
    return tuple(_judged(signature, chains) for signature in found)


def _judged(signature: EmbeddedPdfSignature, chains: Sequence[Sequence[bytes]]) -> FoundSignature:
    signature.compute_integrity_info()
    stamp = signature.sig_object_type == "/DocTimeStamp"
    intact = valid = False
    if not stamp:
        intact, valid = validate_sig_integrity(
            signature.signer_info,
            signature.signer_cert,
            expected_content_type="data",
            actual_digest=signature.compute_digest(),
        )
    coverage = signature.coverage
    difference = signature.diff_result
    level = difference.modification_level if isinstance(difference, DiffResult) else ModificationLevel.OTHER
    return FoundSignature(
        signer=Signer.UNKNOWN if stamp else _signer(signature.signer_cert.dump(), chains),
        whole=_stamped(signature) if stamp else intact and valid and _names_itself(signature),
        coverage=Coverage.PART if coverage is None else _COVERAGE.get(coverage, Coverage.PART),
        changes=_CHANGES.get(level, Changes.OTHER),
        stamp=stamp,
        ends_at=int(signature.byte_range[2]) + int(signature.byte_range[3]),
    )


def _names_itself(signature: EmbeddedPdfSignature) -> bool:
    """Whether what was signed names this certificate (RFC 5035): a certificate can be exchanged for one with the same key."""
    for attribute in signature.signer_info["signed_attrs"]:
        if attribute["type"].native == "signing_certificate_v2":
            named = attribute["values"][0]["certs"][0]
            algorithm = named["hash_algorithm"]["algorithm"].native
            return bool(named["cert_hash"].native == _digest(signature.signer_cert.dump(), algorithm))
    return True


def _stamped(signature: EmbeddedPdfSignature) -> bool:
    """Whether a time stamp is one of the bytes before it: its imprint is their digest, and it is signed."""
    content = signature.signed_data["encap_content_info"]["content"]
    imprint = content.parsed["message_imprint"]["hashed_message"].native
    intact, valid = validate_sig_integrity(
        signature.signer_info,
        signature.signer_cert,
        expected_content_type="tst_info",
        actual_digest=_digest(bytes(content), signature.md_algorithm),
    )
    right = imprint == signature.compute_digest() and _names_itself(signature)
    return bool(intact and valid and right and _is_framed_right(signature))


def _is_framed_right(signature: EmbeddedPdfSignature) -> bool:
    """Whether what nothing signs around a token is as what is signed wants it: versions, and algorithms (RFC 5652, 5.1, 5.3)."""
    signed, signer = signature.signed_data, signature.signer_info
    versions = signed["version"].native, signer["version"].native
    expected = "v3", "v1" if signer["sid"].name == "issuer_and_serial_number" else "v3"
    algorithms = [one.native for one in signed["digest_algorithms"]]
    return bool(versions == expected and algorithms == [signer["digest_algorithm"].native])


def _digest(content: bytes, algorithm: str) -> bytes:
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise ValueError("a weak digest")
    return new(algorithm, content).digest()


def _signer(der: bytes, chains: Sequence[Sequence[bytes]]) -> Signer:
    """A CA may be renewed under its name: only who claims the very key of one of ours, and lies, is a look-alike."""
    if any(chain[0] == der for chain in chains):
        return Signer.TRUSTED
    certificate = x509.load_der_x509_certificate(der)
    signers = [x509.load_der_x509_certificate(chain[0]) for chain in chains]
    authorities = [x509.load_der_x509_certificate(one) for chain in chains for one in chain[1:]]
    if any(_issued(certificate, authority) for authority in authorities):
        return Signer.CHAINED
    claimed = _identifier(certificate, x509.AuthorityKeyIdentifier)
    same_key = claimed is not None and claimed in [
        _identifier(authority, x509.SubjectKeyIdentifier) for authority in authorities
    ]
    same_number = any(
        (one.issuer, one.serial_number) == (certificate.issuer, certificate.serial_number) for one in signers
    )
    return Signer.LOOK_ALIKE if same_key or same_number else Signer.UNKNOWN


def _identifier(
    certificate: x509.Certificate, kind: type[x509.AuthorityKeyIdentifier] | type[x509.SubjectKeyIdentifier]
) -> bytes | None:
    try:
        value = certificate.extensions.get_extension_for_class(kind).value
    except (ValueError, x509.ExtensionNotFound):
        return None
    return value.key_identifier


def _issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
