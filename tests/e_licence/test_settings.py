"""The codes of the office are set; those made up for tests never reach production."""

from __future__ import annotations

import pytest

from certsvc.domain.e_licence import SYNTHETIC_ISSUER, SYNTHETIC_TYPE, ELicenceCodes
from certsvc.errors import ConfigurationError
from certsvc.settings import load_settings

TYPE, ISSUER = "11100000000013338W011", "11430000006122244L"


def test_the_test_environment_has_codes_of_nobody() -> None:
    codes = load_settings(_env_file=None).e_licence_codes
    assert codes == ELicenceCodes(SYNTHETIC_TYPE, SYNTHETIC_ISSUER)
    assert codes.synthetic


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"e_licence_type": TYPE},
        {"e_licence_issuer": ISSUER},
        {"e_licence_type": SYNTHETIC_TYPE, "e_licence_issuer": ISSUER},
    ],
)
def test_production_refuses_codes_that_are_made_up(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="CERTSVC_E_LICENCE_TYPE"):
        load_settings(_env_file=None, environment="production", **given)


def test_production_takes_codes_that_can_be_real() -> None:
    settings = load_settings(
        _env_file=None, environment="production", e_licence_type=TYPE, e_licence_issuer=ISSUER
    )
    assert settings.e_licence_codes == ELicenceCodes(TYPE, ISSUER)


@pytest.mark.parametrize("wrong", [{"e_licence_type": ISSUER}, {"e_licence_issuer": "11430000006122244K"}])
def test_a_code_with_a_fault_is_named(wrong: dict[str, str]) -> None:
    (name,) = wrong
    with pytest.raises(ConfigurationError, match=f"CERTSVC_{name.upper()}"):
        load_settings(_env_file=None, **wrong)
