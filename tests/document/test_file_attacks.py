"""Every attack of the table ends with its verdict, within its time; no mutation of a genuine file ever passes."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from certverify.document import check_document
from certverify.pdf_sandbox import PdfSandbox
from certverify.report import Language, render
from certverify.verdict import Authentic, Outcome

from certsvc.domain.archive_object import ArchiveLevel
from scripts.make_docs import file_attacks_page
from tests.document.attacks.copies import name_covered
from tests.document.attacks.forging import rewritten, unsigned
from tests.document.attacks.scene import (
    FACE,
    IN_THIS_PROCESS,
    OTHERS_FACE,
    OWN,
    PREFIX,
    SANDBOX,
    check,
    check_where_originals_are_kept,
    codes,
    genuine,
    sealed_by,
    signer,
    trust,
    with_record,
)
from tests.document.attacks.table import BOMBS, FILE_ATTACKS, FileAttack
from tests.support.archive_objects import RENEWED, STAMPED, world

MUTATIONS = 2_000
LOOKED_INTO = int(os.environ.get("SOAK_MUTATIONS", "10"))
NOBODY = PdfSandbox(places=1, waiting=0, wait_seconds=0, run_seconds=0, file_seconds=0)
"""A sandbox that answers nobody: who passes was not looked into."""
SECONDS = 60
"""By the clock of a machine that others use too; the process in the sandbox has four seconds of its own."""


CONFINED = {*(attack.name for attack in BOMBS), "incremental update", "saved again by qpdf", "look-alike CA"}
"""What is looked into by processes of the sandbox; for the rest, this process does what they do."""


@pytest.mark.parametrize("attack", FILE_ATTACKS, ids=lambda attack: attack.name)
def test_the_attack_ends_with_its_verdict(attack: FileAttack) -> None:
    raw, began = attack.make(), monotonic()
    verdict = check(raw, sandbox=SANDBOX if attack.name in CONFINED else IN_THIS_PROCESS)
    assert (verdict.outcome.value, attack.code in codes(verdict)) == (attack.verdict, True), codes(verdict)
    assert attack.also in ("", *codes(verdict))
    assert verdict.authentic is not Authentic.YES
    assert not any(row.agrees for row in verdict.comparison or ()), "a tick for a file that proves nothing"
    assert monotonic() - began < SECONDS
    if attack.on_line:
        known = check_where_originals_are_kept(raw)
        expected = "failed" if attack.on_line == "document-altered" else attack.verdict
        assert (known.outcome.value, attack.on_line in codes(known)) == (expected, True), codes(known)
        assert not any(row.agrees for row in known.comparison or ())


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
    assert shown["manual_code"] == (FACE.manual_code, FACE.manual_code, None)


WORDS = {
    "a unit that reads like a limit": {"unit": "仅在长春经营范围内有效公司"},
    "a committee that reads like a limit": {"committee": "仅在特殊范围内有效评审委员会"},
    "a specialty that reads like a label": {"specialty": "资格名称管理"},
    "a title that reads like a label": {"specialty": "级别取得方式研究", "unit": "姓名性别公司"},
    "an announcement that reads like a number": {"announcement": "证书编号222023052000018X号"},
    "a unit that reads like a code": {"unit": "校验码23456-23456-23456公司", "committee": "版本第9版委员会"},
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_an_original_is_genuine_whatever_words_the_applicant_has(words: dict[str, str]) -> None:
    verdict = check(sealed_by(signer(), replace(FACE, **words)), sandbox=NOBODY)
    assert (verdict.outcome, verdict.authentic) == (Outcome.PASSED, Authentic.YES)
    assert verdict.comparison == check(genuine(), sandbox=NOBODY).comparison


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_and_nobody_who_saves_it_again_is_told_that_something_differs(words: dict[str, str]) -> None:
    verdict = check(rewritten(sealed_by(signer(), replace(FACE, **words))))
    assert codes(verdict)[0] == "document-not-original", codes(verdict)


def test_a_file_that_is_drawn_over_shows_its_text_layer_without_a_tick() -> None:
    verdict = check(name_covered())
    assert verdict.comparison is not None
    assert [(row.printed, row.agrees) for row in verdict.comparison if row.field == "name"] == [
        ("魏**", None)
    ]


def test_the_smallest_sign_drawn_otherwise_is_seen_where_the_original_is_kept() -> None:
    """Sex and birth stand in no record; of one character the rendered page differs enough."""
    raw = rewritten(sealed_by(signer(), replace(FACE, born="1984年9月")))
    assert "document-altered" in codes(check_where_originals_are_kept(raw))
    assert "document-resaved" in codes(check_where_originals_are_kept(rewritten(genuine())))


def test_another_certificate_than_the_kept_one_is_not_taken_for_it() -> None:
    raw = rewritten(sealed_by(signer(), OTHERS_FACE))
    assert "document-not-original" in codes(check_where_originals_are_kept(raw))


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


def test_the_report_says_of_a_text_layer_that_the_page_was_not_looked_at() -> None:
    chinese, english = (render(check(name_covered()), language) for language in Language)
    assert "姓名：文字层相同，画面未核对　文件文字层：魏**" in chinese
    assert "逐项对照：0 项一致" in chinese
    assert "name: same in the text layer, the page was not looked at; text layer: 魏**" in english
    assert "逐项对照：11 项全部一致" in render(check(genuine()), Language.ZH)


@pytest.mark.parametrize(
    ("printed", "code"), [("JOHN SMITH", "document-not-original"), ("JANE SMITH", "printed-differs")]
)
def test_a_name_in_latin_letters_is_read_as_well(printed: str, code: str) -> None:
    face = with_record(replace(FACE, name=printed), OWN | {"name": "JOHN SMITH"})
    assert codes(check(unsigned(face)))[0] == code


def test_an_original_whose_link_is_as_long_as_records_become_is_read() -> None:
    """670 bytes of record behind an address: more than a thousand characters."""
    text = f"{PREFIX}{'7' * 988}Z"
    raw = sealed_by(signer(), replace(FACE, qr_text=text))
    assert check_document(raw, trust().trust_list).record_text == text
