"""A private PKCS#11 token (SoftHSM2) for the tests, in a temporary folder, gone when the tests end."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, SO_PIN = "2468013579", "9753108642"
_MISSING = "SoftHSM2 is not installed: run `make test-system` (package softhsm2)"


@dataclass(frozen=True)
class Token:
    """A token with a label of its own, and the file that has its PIN."""

    label: str
    pin_file: Path

    @property
    def settings(self) -> dict[str, object]:
        """What `certsvc` is told of it."""
        return {
            "signer": "pkcs11",
            "pkcs11_module": MODULE,
            "pkcs11_token": self.label,
            "pkcs11_pin_file": self.pin_file,
        }

    def take_in(self, folder: Path) -> None:
        """Import the private keys of a folder, each under its name, as a ceremony would."""
        for number, path in enumerate(sorted(folder.glob("*.pem")), 1):
            if path.stem != "trust":
                self.add(path.stem, path, number)

    def add(self, label: str, pem: Path, number: int = 99) -> None:
        """Import one private key."""
        _tool(
            "--import",
            str(pem),
            "--token",
            self.label,
            "--pin",
            PIN,
            "--label",
            label,
            "--id",
            f"{number:02x}",
        )


class SoftHsm:
    """The folder of tokens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def token(self) -> Token:
        """A new token without keys."""
        label = f"certsvc-test-{next(self._numbers)}"
        _tool("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN)
        pin_file = self._folder / f"{label}.pin"
        pin_file.write_text(f"{PIN}\n", encoding="ascii")
        pin_file.chmod(0o600)
        return Token(label, pin_file)


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    """SoftHSM2 with a configuration of its own; a test fails, it is not skipped, when it is missing."""
    if shutil.which("softhsm2-util") is None or not MODULE.exists():
        pytest.fail(_MISSING, pytrace=False)
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n",
        encoding="utf-8",
    )
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    try:
        yield SoftHsm(folder)
    finally:
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before


def _tool(*words: str) -> None:
    done = subprocess.run(["softhsm2-util", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"softhsm2-util {words[0]}: {done.stdout}{done.stderr}"
