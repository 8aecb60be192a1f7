"""CMS SignedData of a PAdES-B-B signature, built once as DER; per document only digest and signature are spliced in.

RFC 5652 (CMS), RFC 5035 (signing-certificate-v2), ETSI EN 319 142-1 (PAdES). Signed attributes: content-type,
message-digest, signing-certificate-v2; the signing time stands in the PDF (entry M), as PAdES asks.
Exact bytes: docs/formats/document.md.
"""

from __future__ import annotations

from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from certsvc.errors import ConfigurationError, IntegrityError
from certsvc.ports import DocumentSigner

CONTENTS_SIZE = 4096
_SEQUENCE, _SET, _OCTETS, _INTEGER, _OID = 0x30, 0x31, 0x04, 0x02, 0x06
_DATA = bytes.fromhex("2a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")
_SHA256 = bytes.fromhex("608648016503040201")
_ECDSA_SHA256 = bytes.fromhex("2a8648ce3d040302")


class SignatureTemplate:
    """Everything of the CMS that is the same in every document of one signer."""

    def __init__(self, signer: DocumentSigner) -> None:
        """Raises ConfigurationError when the signer's certificate has no P-256 key."""
        self._signer = signer
        certificate = x509.load_der_x509_certificate(signer.certificate)
        key = certificate.public_key()
        if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
            raise ConfigurationError("证书文件签名证书应为 P-256 椭圆曲线密钥。")
        self._public_key = key
        issuer, serial = certificate.issuer.public_bytes(), _integer(certificate.serial_number)
        self._attribute_parts = _attribute_parts(signer.certificate, issuer, serial)
        algorithm = _der(_SEQUENCE, _oid(_SHA256))
        certificates = _der(0xA0, signer.certificate, *signer.chain[:-1])
        self._before_infos = _integer(1) + _der(_SET, algorithm) + _der(_SEQUENCE, _oid(_DATA)) + certificates
        self._before_attributes = _integer(1) + _der(_SEQUENCE, issuer, serial) + algorithm

    def sign(self, digest: bytes) -> bytes:
        """The CMS over a document's SHA-256 digest. Raises IntegrityError when the new signature does not verify."""
        before, after = self._attribute_parts
        attributes = before + digest + after
        signed = _der(_SET, attributes)
        signature = self._signer.sign(signed)
        try:
            self._public_key.verify(signature, signed, ECDSA(SHA256()))
        except InvalidSignature as error:
            raise IntegrityError("证书文件的签名未通过验证，已停止签章。请检查签名设备。") from error
        info = _der(
            _SEQUENCE,
            self._before_attributes,
            _der(0xA0, attributes),
            _der(_SEQUENCE, _oid(_ECDSA_SHA256)),
            _der(_OCTETS, signature),
        )
        content = _der(_SEQUENCE, self._before_infos, _der(_SET, info))
        return _der(_SEQUENCE, _oid(_SIGNED_DATA), _der(0xA0, content))


def padded_contents(cms: bytes) -> bytes:
    """The hexadecimal digits of `/Contents`. Raises ConfigurationError when the chain is too long for the place."""
    if len(cms) > CONTENTS_SIZE:
        raise ConfigurationError("证书文件签名的证书链过长，超出签名预留空间。")
    return cms.ljust(CONTENTS_SIZE, b"\0").hex().encode("ascii")


def _attribute_parts(certificate: bytes, issuer: bytes, serial: bytes) -> tuple[bytes, bytes]:
    """The signed attributes in DER order, before and after the 32 bytes of the message digest."""
    identity = _der(_SEQUENCE, _der(_SEQUENCE, _der(0xA4, issuer)), serial)
    reference = _der(_SEQUENCE, _der(_OCTETS, sha256(certificate).digest()), identity)
    place = sha256(b"the place of the message digest").digest()
    attributes = [
        _attribute(_CONTENT_TYPE, _oid(_DATA)),
        _attribute(_MESSAGE_DIGEST, _der(_OCTETS, place)),
        _attribute(_SIGNING_CERTIFICATE_V2, _der(_SEQUENCE, _der(_SEQUENCE, reference))),
    ]
    before, _, after = b"".join(sorted(attributes)).partition(place)
    return before, after


def _attribute(name: bytes, value: bytes) -> bytes:
    return _der(_SEQUENCE, _oid(name), _der(_SET, value))


def _oid(content: bytes) -> bytes:
    return _der(_OID, content)


def _integer(value: int) -> bytes:
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _der(tag: int, *contents: bytes) -> bytes:
    """Tag, length and value (ITU-T X.690, 8.1)."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
