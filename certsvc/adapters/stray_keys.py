"""Private keys for signing that are left in a folder, in whatever form, under whatever name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key

from certsvc.adapters.file_keys import PERSONAL_FILE
from certsvc.errors import ConfigurationError

_KEY_STORES: Final = (".p12", ".pfx", ".jks", ".keystore")  # not looked into: they have a password
_DER_SEQUENCE: Final = b"\x30"
_LARGEST_DER: Final = 1 << 16


def private_key_files(folder: Path) -> tuple[str, ...]:
    """The names, below a folder and all its folders, of files that hold a private key: PEM, DER or a key store.

    The key for encryption at rest (PERSONAL_FILE) signs nothing and is left out. Raises ConfigurationError when a file or
    folder cannot be read, for then nobody knows.
    """
    found = (path for path in sorted(_files(folder)) if path != folder / PERSONAL_FILE)
    return tuple(path.relative_to(folder).as_posix() for path in found if _holds_private_key(path))


def _files(folder: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        if isinstance(error, FileNotFoundError):
            return  # a folder that is not there, or was renamed meanwhile
        raise _unreadable(Path(error.filename)) from error

    for place, _folders, names in os.walk(folder, onerror=fail):
        yield from (path for name in names if (path := Path(place) / name).is_file())


def _holds_private_key(path: Path) -> bool:
    if path.suffix.lower() in _KEY_STORES:
        return True
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False  # somebody has just removed or renamed it
    except OSError as error:
        raise _unreadable(path) from error
    return b"PRIVATE KEY" in content or _is_der_key(content)


def _is_der_key(content: bytes) -> bool:
    """PKCS#8 and the older forms; also one that is encrypted, or of a kind that we do not know."""
    if not content.startswith(_DER_SEQUENCE) or len(content) > _LARGEST_DER:
        return False
    try:
        load_der_private_key(content, None)
    except (TypeError, UnsupportedAlgorithm):  # TypeError: there is a password
        return True
    except ValueError:
        return False
    return True


def _unreadable(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"密钥文件夹中的 {path.name} 无法读取，不能确认其中没有私钥。请核对其权限，或将其移出密钥文件夹。"
    )
