"""The keys of an office as its settings ask for them: in files, in a PKCS#11 token, or at a remote signer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

from certsvc.adapters.api_key import adopt_api_key
from certsvc.adapters.file_keys import FileKeys, make_personal_key
from certsvc.adapters.key_names import encode_public_key, raw_ed25519
from certsvc.adapters.key_plan import FILE as PLAN_FILE
from certsvc.adapters.key_plan import adopt_key_plan
from certsvc.adapters.key_ring import KeyRing, decode_certificate_key, keys_at, load_keys, read_chain
from certsvc.adapters.listed_keys import ListedKeys
from certsvc.domain.key_plan import KeyKind
from certsvc.errors import ConfigurationError, UnknownReference
from certsvc.ports.signing import KeyHolder
from certsvc.settings import Settings


def open_holder(settings: Settings) -> KeyHolder | None:
    """Who has the keys; None where they are in files. Nobody is asked yet. Raises ConfigurationError.

    A process has one session with a token: a login more, and a wrong PIN more, would only do harm.
    """
    match settings.signer:
        case "pkcs11":
            module, token, pin = settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin_file
            assert module is not None
            assert token is not None
            assert pin is not None
            return _token(module, token, pin)
        case "remote":
            url, token_file = settings.signer_url, settings.signer_token_file
            assert url is not None
            assert token_file is not None
            return _remote(url, token_file, settings.signer_ca_file, settings.signer_seconds)
        case "file":
            return None


def open_keys(settings: Settings, today: Callable[[], date] | None = None) -> KeyRing:
    """The keys of an office; with `today`, they sign only what the trust list in force lets them. Raises ConfigurationError."""
    folder, holder = settings.keys_folder, open_holder(settings)
    return load_keys(
        folder,
        log_origin=settings.log_origin,
        source=None if holder is None else keys_at(holder, folder),
        listed=None if today is None else ListedKeys(settings.public_folder, folder, today),
    )


def open_signing_holder(settings: Settings) -> KeyHolder:
    """What `certsvc signer serve` signs with. Raises ConfigurationError where that would be another remote signer."""
    if settings.signer == "remote":
        raise ConfigurationError(
            "签名服务须自己持有密钥：请将 CERTSVC_SIGNER 设为 file 或 pkcs11，不能再转给另一个签名服务。"
        )
    return open_holder(settings) or FileKeys(settings.keys_folder)


def prepare_held_keys(settings: Settings, holder: KeyHolder) -> bool:
    """Write down once which keys the holder has; True when anything was written.

    The document certificate must be there already, and be of the holder's key. Raises ConfigurationError for a key that is
    missing or of another kind, UnavailableError.
    """
    folder = settings.keys_folder
    keys_at(holder, folder)
    made = settings.environment == "test" and make_personal_key(folder)
    document = encode_public_key(decode_certificate_key(read_chain(folder)[0]))
    if _public_key(holder, "document") != document:
        raise ConfigurationError("document.pem 中的证书不是签名设备中 document 密钥的证书。请核对。")
    if not (folder / PLAN_FILE).exists():
        adopt_key_plan(folder, {kind: raw_ed25519(_public_key(holder, kind.value)) for kind in KeyKind})
        made = True
    return adopt_api_key(folder, holder) or made


def _public_key(holder: KeyHolder, name: str) -> bytes:
    try:
        return holder.public_key(name)
    except UnknownReference as error:
        raise ConfigurationError(f"{error}请先按 keys/README.md 建立密钥。") from error


@lru_cache
def _token(module: Path, token: str, pin_file: Path) -> KeyHolder:
    from certsvc.adapters.pkcs11_keys import Pkcs11Keys

    return Pkcs11Keys(module, token, pin_file)


@lru_cache
def _remote(url: str, token_file: Path, ca_file: Path | None, seconds: float) -> KeyHolder:
    from certsvc.adapters.remote_keys import RemoteKeys

    return RemoteKeys(url, token_file, ca_file, seconds)
