"""The API key: made once in the test environment, on first use in an older home, never in production."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certsvc.adapters.api_key import load_api_key, make_api_key
from certsvc.bootstrap import open_office
from certsvc.domain.decision import DecisionKind
from certsvc.errors import ConfigurationError
from tests.credit.platform_simulator import PlatformSimulator
from tests.decisions.deciders import Deciders, decision_day, issue_sun
from tests.support.office import OfficeUnderTest


def test_a_new_home_has_it_and_an_older_one_gets_it_on_first_use(tmp_path: Path) -> None:
    opened = OfficeUnderTest(tmp_path, decision_day())
    path = opened.office.settings.keys_folder / "api.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    (key,) = opened.office.credit.published_keys()["keys"]
    assert key["kid"] == opened.office.credit.api_signer.key_id
    assert path.exists()
    opened.close()


def test_of_many_at_once_one_makes_it_and_all_use_that_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_api_key(tmp_path, may_make=True).key_id, range(16)))
    assert len(set(keys)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["api.pem"]
    assert make_api_key(tmp_path) is False


def test_production_makes_none_and_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"api\.pem"):
        load_api_key(tmp_path, may_make=False)
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "api.pem").write_bytes(pem)
    with pytest.raises(ConfigurationError, match="Ed25519"):
        load_api_key(tmp_path, may_make=True)


def test_production_without_it_says_so_once_and_goes_on_until_it_is_there(
    connected: Deciders, simulator: PlatformSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages wait; ends of credit records are noted all the same."""
    connected.decide(DecisionKind.REVOKE, issue_sun(connected).draft.content.number)
    settings = connected.office.settings.model_copy(update={"environment": "production"})
    key = settings.keys_folder / "api.pem"
    kept = key.read_bytes()
    key.unlink()
    office = open_office(settings, connected.clock)
    connected.clock.instant = datetime(2027, 6, 2, 16, 0, tzinfo=UTC)
    for _ in range(3):
        office.credit.work(lambda: False)
    assert [
        record.message.count("api.pem") for record in caplog.records if "platforms wait" in record.message
    ] == [1]
    assert simulator.kinds == []
    assert not key.exists()
    key.write_bytes(kept)
    office.credit.work(lambda: False)
    assert [kind for kind, _ in simulator.kinds if kind in ("open", "withdraw")] == ["open", "withdraw"]
    office.close()
