"""The rules of annotated copies, as values."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from certsvc.domain.annotated_copy import (
    AnnotatedCopy,
    CopyStanding,
    CopyWords,
    copy_words,
    new_copy_id,
    require_end,
    require_in_force,
    require_printable,
    require_room,
    require_space,
    require_usable,
)
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.errors import ConflictError, RequestError

TODAY = date(2026, 11, 20)


def copy(
    ends_on: date,
    *,
    withdrawn: bool = False,
    version: int = 1,
    status: CertificateStatus = CertificateStatus.VALID,
) -> AnnotatedCopy:
    made_at = datetime(2026, 11, 1, tzinfo=UTC)
    words = CopyWords("某公司", "投标")
    withdrawn_at = made_at if withdrawn else None
    number = "2205202600000018"
    return AnnotatedCopy("J" + "2" * 15, number, version, words, made_at, ends_on, True, withdrawn_at, status)


@pytest.mark.parametrize(
    ("ahead", "withdrawn", "standing"),
    [
        (1, False, CopyStanding.LIVE),
        (0, False, CopyStanding.LIVE),
        (-1, False, CopyStanding.ENDED),
        (1, True, CopyStanding.WITHDRAWN),
        (-1, True, CopyStanding.WITHDRAWN),
    ],
)
def test_a_copy_may_be_used_up_to_and_on_its_last_day(
    ahead: int, withdrawn: bool, standing: CopyStanding
) -> None:
    assert copy(TODAY + timedelta(days=ahead), withdrawn=withdrawn).standing(TODAY) is standing


@pytest.mark.parametrize(("ahead", "possible"), [(-1, False), (0, True), (90, True), (91, False)])
def test_a_copy_ends_today_at_the_earliest_and_in_ninety_days_at_the_latest(
    ahead: int, possible: bool
) -> None:
    if possible:
        require_end(TODAY + timedelta(days=ahead), TODAY)
    else:
        with pytest.raises(RequestError):
            require_end(TODAY + timedelta(days=ahead), TODAY)


def test_only_live_copies_take_room() -> None:
    ended, withdrawn = copy(TODAY - timedelta(days=1)), copy(TODAY, withdrawn=True)
    require_room([copy(TODAY), copy(TODAY), ended, ended, withdrawn, withdrawn], 1, TODAY)
    with pytest.raises(ConflictError, match="最早的一份2026年11月20日到期"):
        require_room([copy(TODAY + timedelta(days=3)), copy(TODAY), copy(TODAY)], 1, TODAY)


def test_copies_of_a_replaced_version_take_no_room() -> None:
    old = [copy(TODAY, status=CertificateStatus.SUPERSEDED), copy(TODAY), copy(TODAY)]
    require_room([*old, copy(TODAY, version=2), copy(TODAY, version=2)], 2, TODAY)
    with pytest.raises(ConflictError, match="最多可有 3 份"):
        require_room([*old, *[copy(TODAY, version=2)] * 3], 2, TODAY)


@pytest.mark.parametrize("status", CertificateStatus)
def test_a_copy_may_be_used_while_its_certificate_is_in_force(status: CertificateStatus) -> None:
    in_use = copy(TODAY, status=status)
    if status is CertificateStatus.VALID:
        assert in_use.standing(TODAY) is CopyStanding.LIVE
        require_usable(in_use, TODAY)
    else:
        assert in_use.standing(TODAY) is CopyStanding.NOT_IN_FORCE
        with pytest.raises(ConflictError, match=f"“{status.label}”"):
            require_usable(in_use, TODAY)
    assert copy(TODAY, withdrawn=True, status=status).standing(TODAY) is CopyStanding.WITHDRAWN


@pytest.mark.parametrize("status", CertificateStatus)
def test_only_a_certificate_in_force_is_copied(status: CertificateStatus) -> None:
    if status is CertificateStatus.VALID:
        require_in_force(status)
    else:
        with pytest.raises(ConflictError, match=f"“{status.label}”"):
            require_in_force(status)


def test_words_are_kept_in_normal_form_up_to_their_length() -> None:
    assert copy_words("  e\u0301cole ", "用" * 20) == CopyWords("école", "用" * 20)
    assert copy_words("长" * 30, "投标").recipient == "长" * 30


@pytest.mark.parametrize(
    ("recipient", "purpose"),
    [
        ("", "投标"),
        ("某公司", "　"),
        ("长" * 31, "投标"),
        ("某公司", "用" * 21),
        ("某\n公司", "投标"),
        ("某公司", "投\u200b标"),
        ("22990119900101001X", "投标"),
        ("某公司", "供229901199001010017用"),
    ],
)
def test_words_that_cannot_stand_on_a_copy_are_refused(recipient: str, purpose: str) -> None:
    with pytest.raises(RequestError):
        copy_words(recipient, purpose)


def test_missing_characters_are_named() -> None:
    require_printable([])
    with pytest.raises(RequestError, match="“𡉃”、“𪛗”暂时无法印制"):
        require_printable({"𪛗", "𡉃"})


def test_texts_without_room_are_named() -> None:
    require_space([])
    with pytest.raises(RequestError, match="“W”、“M”太长，加注件上印不下"):
        require_space(["W", "M"])


def test_ids_are_fresh_and_of_the_alphabet() -> None:
    pieces = iter([b"\xff" * 16, bytes(range(16))])
    assert new_copy_id(lambda _count: next(pieces)) == "J23456789ABCDEFG"
    assert re.fullmatch("J[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{15}", "J23456789ABCDEFG")
