"""What the signer signs with. It is joined here, not with an office: this process has keys, and nothing else to lose."""

from __future__ import annotations

from certsvc.adapters.file_keys import FileKeys
from certsvc.adapters.pkcs11_keys import Pkcs11Keys
from certsvc.errors import ConfigurationError
from certsvc.ports.signing import KeyHolder
from certsvc.settings import Settings


def open_signing_holder(settings: Settings) -> KeyHolder:
    """The keys of this machine: files or a token. Raises ConfigurationError where they would be another signer's."""
    if settings.signer == "remote":
        raise ConfigurationError(
            "签名服务须自己持有密钥：请将 CERTSVC_SIGNER 设为 file 或 pkcs11，不能再转给另一个签名服务。"
        )
    module, token, pin_file = settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin_file
    if module is not None and token is not None and pin_file is not None and settings.signer == "pkcs11":
        return Pkcs11Keys(module, token, pin_file)
    return FileKeys(settings.keys_folder)
