"""The only CMS that a certificate PDF may hold, rebuilt from the trust list (docs/formats/document.md).

Nothing is parsed: for a signer of the trust list and a digest the checker writes down the bytes that must stand in
`/Contents` and compares. What is left over is the ECDSA value, which is then verified. RFC 5652, RFC 5035.
"""

from __future__ import annotations

from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

CONTENTS_BYTES = 4096
_SIGNATURE_LENGTHS = range(8, 73)  # DER of two numbers of 1 to 33 bytes

_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_OID_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_OID_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_OID_SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")
_OID_SHA256 = bytes.fromhex("0609608648016503040201")
_OID_ECDSA_SHA256 = bytes.fromhex("06082a8648ce3d040302")
_VERSION_1 = bytes.fromhex("020101")


def signature_matches(
    raw_contents: bytes, digest: bytes, raw_certificate: bytes, raw_chain: tuple[bytes, ...]
) -> bool:
    """Whether `/Contents` (4,096 bytes) is the CMS of this signer over this digest, byte for byte, and verifies.

    `raw_chain` runs from the issuing CA to the root, as in the trust list; the root is not embedded.
    False for a certificate that cannot be read or has no P-256 key.
    """
    try:
        certificate = x509.load_der_x509_certificate(raw_certificate)
        key = certificate.public_key()
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        return False
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        return False
    issuer = certificate.issuer.public_bytes()
    serial_number = certificate.serial_number
    serial = _tagged(0x02, serial_number.to_bytes(serial_number.bit_length() // 8 + 1, "big"))
    attributes = _signed_attributes(digest, raw_certificate, issuer, serial)
    certificates = _tagged(0xA0, raw_certificate + b"".join(raw_chain[:-1]))
    for length in _SIGNATURE_LENGTHS:
        frame = _frame(length, attributes, certificates, issuer + serial)
        value, rest = raw_contents[len(frame) : len(frame) + length], raw_contents[len(frame) + length :]
        if raw_contents.startswith(frame) and not any(rest):
            return _verifies(key, value, _tagged(0x31, attributes))
    return False


def _verifies(key: ec.EllipticCurvePublicKey, value: bytes, message: bytes) -> bool:
    try:
        key.verify(value, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _signed_attributes(digest: bytes, raw_certificate: bytes, issuer: bytes, serial: bytes) -> bytes:
    """The three attributes in DER order of a SET OF (X.690, 11.6)."""
    identity = _tagged(0x30, _tagged(0x30, _tagged(0xA4, issuer)) + serial)
    certificate = _tagged(0x30, _tagged(0x04, sha256(raw_certificate).digest()) + identity)
    values = (
        (_OID_CONTENT_TYPE, _OID_DATA),
        (_OID_MESSAGE_DIGEST, _tagged(0x04, digest)),
        (_OID_SIGNING_CERTIFICATE, _tagged(0x30, _tagged(0x30, certificate))),
    )
    return b"".join(sorted(_tagged(0x30, oid + _tagged(0x31, value)) for oid, value in values))


def _frame(length: int, attributes: bytes, certificates: bytes, signer: bytes) -> bytes:
    """Everything before a signature value of so many bytes; it is the last thing in the CMS."""
    digest_algorithm = _tagged(0x30, _OID_SHA256)
    value = _opened(0x04, length)
    info = _VERSION_1 + _tagged(0x30, signer) + digest_algorithm + _tagged(0xA0, attributes)
    info += _tagged(0x30, _OID_ECDSA_SHA256) + value
    infos = _opened(0x30, len(info) + length) + info
    infos = _opened(0x31, len(infos) + length) + infos
    body = _VERSION_1 + _tagged(0x31, digest_algorithm) + _tagged(0x30, _OID_DATA) + certificates + infos
    body = _opened(0x30, len(body) + length) + body
    body = _OID_SIGNED_DATA + _opened(0xA0, len(body) + length) + body
    return _opened(0x30, len(body) + length) + body


def _tagged(tag: int, content: bytes) -> bytes:
    return _opened(tag, len(content)) + content


def _opened(tag: int, length: int) -> bytes:
    """Tag and length of a value that follows (X.690, 8.1.3 with the shortest length)."""
    if length < 0x80:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets
