"""The keys of an office as its settings ask for them: in files, in a PKCS#11 token, or at a remote signer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

from certsvc.adapters.api_key import adopt_api_key, load_api_key
from certsvc.adapters.document_certificates import DOCUMENT_FILE
from certsvc.adapters.file_keys import FileKeys, make_personal_key
from certsvc.adapters.key_names import raw_ed25519
from certsvc.adapters.key_plan import FILE as PLAN_FILE
from certsvc.adapters.key_plan import adopt_key_plan, first_document_key, read_key_plan
from certsvc.adapters.key_probing import RingProbing
from certsvc.adapters.key_ring import KeyRing, keys_at, load_keys
from certsvc.adapters.listed_keys import ListedKeys
from certsvc.adapters.signers import HeldApiSigner
from certsvc.domain.key_plan import KeyKind
from certsvc.errors import ConfigurationError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.signing import KeyHolder
from certsvc.ports.verification import PublishedState
from certsvc.settings import Settings
from certsvc.stages.signer_health import SignerHealth


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


def open_signer_health(
    settings: Settings, keys: KeyRing, published: PublishedState, clock: Clock
) -> SignerHealth:
    """How the keys of an office stand, as their holder answers for them."""
    holder = open_holder(settings)

    def api_signer() -> HeldApiSigner | None:
        try:
            return load_api_key(settings.keys_folder, may_make=False, holder=holder)
        except ConfigurationError:
            return None

    probing = RingProbing(keys, holder or FileKeys(settings.keys_folder), api_signer)
    return SignerHealth(probing, published, clock)


def prepare_held_keys(settings: Settings, holder: KeyHolder) -> bool:
    """Write down once which keys the holder has; True when anything was written.

    The first document certificate must be there already (document.pem), and the one in force be of the holder's key.
    Raises ConfigurationError for a key that is missing or of another kind, UnavailableError.
    """
    folder = settings.keys_folder
    keys_at(holder, folder)
    made = settings.environment == "test" and make_personal_key(folder)
    is_new = not (folder / PLAN_FILE).exists()
    document = first_document_key(folder) if is_new else read_key_plan(folder).in_force(KeyKind.DOCUMENT)
    if _public_key(holder, document.name) != document.public_key:
        raise ConfigurationError(
            f"登记的签名证书不是签名设备中 {document.name} 密钥的证书（首张证书在 {DOCUMENT_FILE}）。请核对。"
        )
    if is_new:
        kinds = (KeyKind.RECORD, KeyKind.LOG)
        adopt_key_plan(folder, {kind: raw_ed25519(_public_key(holder, kind.value)) for kind in kinds})
    return adopt_api_key(folder, holder) or made or is_new


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
