"""Names of keys and their public parts: what file, token and remote signer have in common."""

from __future__ import annotations

import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from certsvc.domain.key_plan import PlannedKey
from certsvc.errors import ConfigurationError

_NAME = re.compile(r"(?:record|log|document)(?:-[0-9a-z]{1,32})?|api")
_ED25519_HEAD = bytes.fromhex("302a300506032b6570032100")  # RFC 8410
SigningPublicKey = Ed25519PublicKey | EllipticCurvePublicKey


def is_key_name(name: str) -> bool:
    """Whether a key of this service may be called so."""
    return _NAME.fullmatch(name) is not None


def ed25519_info(raw_key: bytes) -> bytes:
    """SubjectPublicKeyInfo (DER) of 32 bytes."""
    return _ED25519_HEAD + raw_key


def planned_info(key: PlannedKey) -> bytes:
    """SubjectPublicKeyInfo (DER) of a planned key."""
    return key.public_key if key.certificates else ed25519_info(key.public_key)


def raw_ed25519(info: bytes) -> bytes:
    """The 32 bytes. Raises ConfigurationError for another kind of key."""
    key = decode_public_key(info)
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError("签名密钥应为 Ed25519 密钥。")
    return key.public_bytes_raw()


def decode_public_key(info: bytes) -> SigningPublicKey:
    """The public key in a SubjectPublicKeyInfo. Raises ConfigurationError unless it is Ed25519 or P-256."""
    try:
        key = load_der_public_key(info)
    except Exception as error:  # cryptography has many words for bytes that are no key
        raise ConfigurationError("签名密钥的公钥无法读取。") from error
    if isinstance(key, Ed25519PublicKey) or (
        isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    ):
        return key
    raise ConfigurationError("签名密钥应为 Ed25519 或 P-256 密钥。")


def encode_public_key(key: SigningPublicKey) -> bytes:
    """SubjectPublicKeyInfo (DER)."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def verifies(key: SigningPublicKey, signature: bytes, message: bytes) -> bool:
    """Whether a signature is this key's."""
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
