"""The API signing key takes over from another, and the verdicts that were filed before go on checking for years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from certverify.codes import Code
from certverify.signed_verdict import SignedVerdictCheck, check_signed_verdict
from certverify.trust import Trust, load_trust

from certsvc.errors import UnavailableError
from certsvc.formats.record import record_text
from tests.trust.conftest import House

A_DAY, YEARS = timedelta(days=1), timedelta(days=3650)


class OldList:
    """The published state as a thief of the old key would have it."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    def open(self) -> tuple[Trust, None]:
        return self._trust, None


def checked(house: House, raw_file: bytes, trust: Trust | None = None) -> SignedVerdictCheck:
    return check_signed_verdict(raw_file, trust or load_trust(house.public), house.first.clock.now())


def test_a_new_api_signing_key_takes_over_by_the_list_and_the_old_one_is_believed_for_its_days(
    house: House, new_key: Callable[[str], Path]
) -> None:
    clock = house.first.clock
    before = house.process()
    text = record_text(house.issue(before).record)
    before.republish()
    old_list = load_trust(house.public)
    old_file = before.signed_verdicts.for_record(text).content

    clock.advance(A_DAY)
    coming = new_key("api-2027.pem")
    (house.keys / "api.pem").write_bytes(coming.read_bytes())
    after = house.process()
    with pytest.raises(UnavailableError, match="信任清单"):
        after.signed_verdicts.for_record(
            text
        )  # nothing that nobody could check, until the list names the key
    after.republish()
    new, ended = house.listed()["api_keys"]
    today = clock.today().isoformat()
    assert (new["valid_from"], new["valid_to"], ended["valid_to"]) == (today, None, today)
    new_file = after.signed_verdicts.for_record(text).content
    assert checked(house, new_file, old_list).codes.count(Code.SIGNED_VERDICT_KEY_UNKNOWN) == 1

    clock.advance(A_DAY)
    with pytest.raises(UnavailableError):
        before.signed_verdicts.for_record(text)  # a process that was not started again
    stolen = replace(before.signed_verdicts, published=OldList(old_list))  # type: ignore[arg-type]
    late_file = stolen.for_record(text).content

    clock.advance(YEARS)
    for raw_file in (old_file, new_file):
        told = checked(house, raw_file)
        assert (told.outcome.value, told.believed.value) == ("passed", "yes")
    late = checked(house, late_file)
    assert Code.SIGNED_VERDICT_KEY_NOT_IN_FORCE in late.codes
    assert (late.outcome.value, late.statement) == ("undetermined", None)
