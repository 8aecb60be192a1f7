"""A private key that was left in the folder of keys is found in every form in which keys are handed about."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from certsvc.adapters.key_ring import keys_at
from certsvc.adapters.stray_keys import private_key_files
from certsvc.adapters.test_ca import make_test_chain
from certsvc.errors import ConfigurationError
from certsvc.ports.signing import KeyHolder
from tests.signers.conftest import MADE_AT

KEY = ec.generate_private_key(ec.SECP256R1())
EDWARDS = ed25519.Ed25519PrivateKey.generate()
LOCK = BestAvailableEncryption(b"password")


def _key(encoding: Encoding, form: PrivateFormat, *, locked: bool = False) -> bytes:
    return KEY.private_bytes(encoding, form, LOCK if locked else NoEncryption())


LEFT: dict[str, tuple[str, Callable[[], bytes]]] = {
    "PKCS#8": ("record.pem", lambda: _key(Encoding.PEM, PrivateFormat.PKCS8)),
    "with another name": ("old.txt", lambda: _key(Encoding.PEM, PrivateFormat.PKCS8)),
    "without a suffix": ("key", lambda: _key(Encoding.PEM, PrivateFormat.TraditionalOpenSSL)),
    "encrypted": ("record.pem", lambda: _key(Encoding.PEM, PrivateFormat.PKCS8, locked=True)),
    "OpenSSH": ("id", lambda: _key(Encoding.PEM, PrivateFormat.OpenSSH)),
    "DER": ("record.der", lambda: _key(Encoding.DER, PrivateFormat.PKCS8)),
    "DER of Ed25519": (
        "log.key",
        lambda: EDWARDS.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    ),
    "older DER": ("record.der", lambda: _key(Encoding.DER, PrivateFormat.TraditionalOpenSSL)),
    "encrypted DER": ("record.bin", lambda: _key(Encoding.DER, PrivateFormat.PKCS8, locked=True)),
    "PKCS#12": ("document.p12", lambda: serialize_key_and_certificates(None, KEY, None, None, LOCK)),
    "PKCS#12 of Windows": ("DOCUMENT.PFX", lambda: b"whatever stands in it"),
    "in a folder": ("old/2025/record.pem", lambda: _key(Encoding.PEM, PrivateFormat.PKCS8)),
    "a second personal.key": ("old/personal.key", lambda: _key(Encoding.DER, PrivateFormat.PKCS8)),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What stands there when somebody else holds the keys."""
    chain = make_test_chain(MADE_AT)
    (tmp_path / "trust" / "1").mkdir(parents=True)
    files = {
        "document.pem": b"".join(chain.certificates_pem),
        "document.der": chain.certificates_der[0],
        "document-ca.crl": chain.revocation_lists_pem,
        "api.pub": KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "api.der": KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "personal.key": b"0" * 128,
        "rotation.json": b"{}",
        "trust/1/trust-list.json": b"{}",
        "empty": b"",
        "zero": b"0" * 100,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_public_parts_and_lists_are_no_private_keys(folder: Path) -> None:
    assert private_key_files(folder) == ()


@pytest.mark.parametrize("form", LEFT)
def test_a_private_key_is_found_in_any_form_and_any_folder(folder: Path, form: str) -> None:
    name, content = LEFT[form]
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content())
    assert private_key_files(folder) == (name,)


def test_what_cannot_be_read_stops_the_service_with_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who tests may be root, who reads everything."""
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "api.pub":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigurationError, match=r"api\.pub 无法读取"):
        private_key_files(folder)


def test_a_folder_that_cannot_be_read_stops_the_service_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def refuse(path: str | int) -> Iterator[os.DirEntry[str]]:
        if isinstance(path, str) and Path(path).name == "trust":
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ConfigurationError, match="trust 无法读取"):
        private_key_files(folder)


def test_where_there_is_no_folder_there_is_no_key(tmp_path: Path) -> None:
    assert private_key_files(tmp_path / "none") == ()


def test_a_key_in_a_folder_below_keeps_the_service_from_starting(folder: Path) -> None:
    class Nobody:
        def public_key(self, _name: str) -> bytes:
            raise AssertionError

        def sign(self, _name: str, _message: bytes) -> bytes:
            raise AssertionError

    holder: KeyHolder = Nobody()
    keys_at(holder, folder)
    (folder / "old").mkdir()
    (folder / "old" / "record.der").write_bytes(_key(Encoding.DER, PrivateFormat.PKCS8))
    with pytest.raises(ConfigurationError, match=r"old/record\.der"):
        keys_at(holder, folder)
