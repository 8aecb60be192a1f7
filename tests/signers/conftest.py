"""Keys as a ceremony makes them, and the three ways to hold them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certsvc.adapters.api_key import make_api_key
from certsvc.adapters.file_keys import make_test_keys
from tests.signers.remote import RunningSigner
from tests.support.softhsm import SoftHsm, Token

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every private key, on a machine that is not the service's."""
    folder = tmp_path_factory.mktemp("ceremony")
    make_test_keys(folder, MADE_AT)
    make_api_key(folder)
    return folder


@pytest.fixture(scope="module")
def token(softhsm: SoftHsm, ceremony: Path) -> Token:
    """A token that has the ceremony's keys."""
    made = softhsm.token()
    made.take_in(ceremony)
    return made


@pytest.fixture(scope="module")
def remote(ceremony: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSigner]:
    """`certsvc signer serve` over the ceremony's keys."""
    home = tmp_path_factory.mktemp("signer")
    shutil.copytree(ceremony, home / "keys")
    with RunningSigner(home) as running:
        yield running


@pytest.fixture
def bare_home(ceremony: Path, tmp_path: Path) -> Path:
    """A home whose folder of keys has the document certificate with its chain, and nothing else."""
    home = tmp_path / "home"
    (home / "keys").mkdir(mode=0o700, parents=True)
    pem = (ceremony / "document.pem").read_bytes()
    (home / "keys" / "document.pem").write_bytes(pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    return home


@pytest.fixture(params=["pkcs11", "remote"])
def held_elsewhere(request: pytest.FixtureRequest) -> Callable[[], dict[str, object]]:
    """Settings with which somebody else holds the keys."""
    name = "token" if request.param == "pkcs11" else "remote"
    holder = request.getfixturevalue(name)
    return lambda: dict(holder.settings)
