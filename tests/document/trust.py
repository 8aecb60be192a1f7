"""A trust list for the documents of `samples`, as the authority would publish it."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from hashlib import sha256
from json import dumps

from certverify.trust import TrustList, decode_trust_list
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.document.samples import PREFIX, Signer, layout, signer


def trust_list(
    key: Signer | None = None,
    *,
    valid_from: date = date(2023, 1, 1),
    valid_to: date | None = None,
    layouts: bool = True,
) -> TrustList:
    """The list with the signer of the samples, or another, and with or without the compiled layout."""
    key = key or signer()
    log = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    log_id = sha256(b"log.example.invalid\n\x01" + log).digest()[:4]
    text = {
        "format": "certsvc-trust-list/1",
        "sequence": 1,
        "issued_at": "2023-12-14T00:00:00Z",
        "environment": "test",
        "qr_prefixes": [PREFIX],
        "log": {
            "origin": "log.example.invalid",
            "keys": [
                {
                    "vkey": f"log.example.invalid+{log_id.hex()}+{b64encode(bytes([1]) + log).decode()}",
                    "valid_from": "2023-01-01",
                    "valid_to": None,
                }
            ],
        },
        "record_keys": [],
        "document_keys": [
            {
                "alg": "ES256",
                "certificate": b64encode(key.certificate).decode(),
                "chain": [b64encode(der).decode() for der in key.chain],
                "valid_from": valid_from.isoformat(),
                "valid_to": valid_to.isoformat() if valid_to else None,
            }
        ],
        "layouts": [
            {
                "name": layout().name,
                "head_length": layout().head_length,
                "head_sha256": layout().head_sha256,
            }
        ]
        if layouts
        else [],
        "tables_sha256": "00" * 32,
        "anchors": [],
    }
    return decode_trust_list(dumps(text).encode())
