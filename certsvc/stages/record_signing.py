"""One way to sign a record of any kind: with the record key, and verified right after."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certsvc.errors import IntegrityError
from certsvc.formats.record import SignableRecord, encode_record, record_signing_bytes
from certsvc.ports import RecordSigner


def sign_record(record: SignableRecord, signer: RecordSigner) -> bytes:
    """The signed bytes of a record (docs/formats/qr-record.md). Raises IntegrityError when the new signature does not verify."""
    message = record_signing_bytes(record, signer.kid)
    signature = signer.sign(message)
    try:
        Ed25519PublicKey.from_public_bytes(signer.public_key).verify(signature, message)
    except InvalidSignature as error:
        raise IntegrityError("刚生成的签名未通过验证，已停止签章。请检查签名设备。") from error
    return encode_record(record, signer.kid, signature)
