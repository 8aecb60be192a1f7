"""Tokens that service clients sign with their own key (RFC 7523, RFC 7519), and the keys they register."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from certsvc.adapters.jose_algorithms import NamedAlgorithms
from certsvc.errors import NotSignedIn, UnreadableInput

_EDWARDS: Final = NamedAlgorithms("EdDSA", "Ed25519")
_P256: Final = NamedAlgorithms("ES256")
LONGEST_TOKEN: Final = 4096
_REFUSED: Final = "服务令牌无效。请核对密钥与令牌的格式（见 docs/sign-in.md）。"


def claimed_client(raw_token: str) -> str:
    """The `iss` of a token that nobody has checked yet. Raises NotSignedIn when it cannot be read."""
    if len(raw_token) > LONGEST_TOKEN or not raw_token.isascii():
        raise NotSignedIn(_REFUSED)
    try:
        name = json.loads(jws.extract_compact(raw_token.encode()).payload)["iss"]
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotSignedIn(_REFUSED) from error
    if not isinstance(name, str) or not name.isprintable():
        raise NotSignedIn(_REFUSED)
    return name


def signed_claims(raw_token: str, public_key: bytes) -> Mapping[str, Any]:
    """The claims of a token signed by a registered key (PEM). Raises NotSignedIn for any other signature.

    The key decides the algorithm: Ed25519 signs `EdDSA` (or its newer name `Ed25519`), P-256 signs `ES256`.
    """
    key = load_pem_public_key(public_key)
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            return jwt.decode(raw_token, OKPKey.import_key(public_key), registry=_EDWARDS).claims
        return jwt.decode(raw_token, ECKey.import_key(public_key), registry=_P256).claims
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise NotSignedIn(_REFUSED) from error


def read_public_key(raw: bytes) -> bytes:
    """A client's public key in its one canonical form (PEM, SubjectPublicKeyInfo).

    Raises UnreadableInput for anything but an Ed25519 or P-256 public key.
    """
    try:
        key = load_pem_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnreadableInput("文件不是 PEM 公钥。请提交 Ed25519 或 P-256 的公钥文件。") from error
    is_p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    if not isinstance(key, ed25519.Ed25519PublicKey) and not is_p256:
        raise UnreadableInput("公钥须为 Ed25519 或 P-256。请更换密钥后重新登记。")
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
