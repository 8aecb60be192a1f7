"""Every attack of the table ends with its verdict, within its time; no mutation of a genuine file ever passes."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from certverify.document import check_document
from certverify.verdict import Outcome

from certsvc.domain.archive_object import ArchiveLevel
from scripts.make_docs import file_attacks_page
from tests.document.attacks.scene import check, codes, genuine, sealed_by, trust
from tests.document.attacks.table import FILE_ATTACKS, FileAttack
from tests.support.archive_objects import RENEWED, STAMPED, world

MUTATIONS = 2_000
LOOKED_INTO = int(os.environ.get("SOAK_MUTATIONS", "10"))
SECONDS = 60
"""By the clock of a machine that others use too; the process in the sandbox has four seconds of its own."""


@pytest.mark.parametrize("attack", FILE_ATTACKS, ids=lambda attack: attack.name)
def test_the_attack_ends_with_its_verdict(attack: FileAttack) -> None:
    raw, began = attack.make(), monotonic()
    verdict = check(raw)
    assert (verdict.outcome.value, attack.code in codes(verdict)) == (attack.verdict, True), codes(verdict)
    assert attack.also in ("", *codes(verdict))
    assert monotonic() - began < SECONDS


def test_the_table_is_the_documented_one() -> None:
    assert len(FILE_ATTACKS) >= 30
    assert len({attack.name for attack in FILE_ATTACKS}) == len(FILE_ATTACKS)
    page = Path(__file__).parents[2] / "docs" / "attacks-on-files.md"
    assert page.read_text(encoding="utf-8") == file_attacks_page(), "run scripts/make_docs.py"


def test_the_genuine_file_passes_and_is_compared_field_by_field() -> None:
    verdict = check(genuine())
    assert verdict.outcome is Outcome.PASSED
    assert verdict.comparison is not None
    assert all(row.agrees for row in verdict.comparison)
    shown = {row.field: (row.printed, row.signed, row.register) for row in verdict.comparison}
    assert shown["name"] == ("魏**", "魏**", None)
    assert shown["last4"] == ("**69", "**69", None)
    assert shown["validity_area"] == ("未限定", "未限定", None)


@pytest.mark.parametrize("level", ArchiveLevel)
def test_an_archive_object_is_genuine(level: ArchiveLevel) -> None:
    original = sealed_by(world().signer)
    grown = world().writer(STAMPED).raise_to(original, None, level)
    assert isinstance(grown, bytes)
    verdict = check(grown, world().signer)
    assert (verdict.outcome, codes(verdict)) == (Outcome.PASSED, ["document-archived"])


def test_an_archive_object_stays_genuine_when_it_is_renewed() -> None:
    grown = world().writer(STAMPED).raise_to(sealed_by(world().signer), None, ArchiveLevel.B_LTA)
    assert isinstance(grown, bytes)
    renewed = world().writer(RENEWED, 1).renew(grown)
    assert isinstance(renewed, bytes)
    assert check(renewed, world().signer).outcome is Outcome.PASSED


def _mutated(chance: Random) -> bytes:
    """Bits flipped, bytes inserted, deleted, replaced, parts cut off or put together otherwise."""
    raw = bytearray(genuine())
    for _ in range(chance.choice((1, 1, 3, 20))):
        place, length = chance.randrange(len(raw)), chance.randrange(1, 60)
        match chance.randrange(6):
            case 0:
                raw[place] ^= 1 << chance.randrange(8)
            case 1:
                raw[place:place] = chance.randbytes(length)
            case 2:
                del raw[place : place + length]
            case 3:
                raw[place : place + length] = bytes(length)
            case 4:
                start = chance.randrange(len(raw))
                raw[place:place] = raw[start : start + length * 20]
            case _ if chance.random() < 0.2:
                del raw[max(place, 1000) :]
    return bytes(raw) if bytes(raw) != genuine() else bytes(raw) + b"\n"


def test_no_mutation_is_the_original() -> None:
    chance, outcomes = Random(20261121), Counter[str]()
    for _ in range(MUTATIONS):
        outcomes[check_document(_mutated(chance), trust().trust_list).outcome] += 1
    assert outcomes["original"] == 0
    assert outcomes["altered"] > MUTATIONS * 0.8


def test_no_mutation_passes_the_whole_examination() -> None:
    chance, outcomes = Random(7), Counter[Outcome]()
    for _ in range(LOOKED_INTO):
        outcomes[check(_mutated(chance)).outcome] += 1
    assert outcomes[Outcome.PASSED] == 0
    assert sum(outcomes.values()) == LOOKED_INTO
