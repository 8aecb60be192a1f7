"""Nothing passes behind an original but what the archive writes there, to the last byte."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO
from random import Random

import pytest
from certverify.examination import Examination, Question
from certverify.pdf_additions import read_additions
from certverify.pdf_findings import Active, Changes, Coverage, FoundSignature, Picture, Reading, Signer
from certverify.pdf_text import read
from certverify.status import Status
from certverify.verdict import Outcome, Verdict

from certsvc.adapters.archive.revisions import RevisionWriter
from certsvc.domain.archive_object import ArchiveLevel
from tests.document.attacks import archiving
from tests.document.attacks.archive_table import ARCHIVE_ATTACKS
from tests.document.attacks.scene import CHECKED, check, codes, genuine, sealed_by, trust
from tests.document.samples import FACES
from tests.support.archive_objects import archive_object, original, renewed_object, world

MUTATIONS = 900
RANDOM_IDENTIFIER = 32
_LOOKS_THE_SAME = Picture((), True)
_BY_PARSERS = {"time stamp of other bytes", "time stamp wrongly signed"}


@cache
def _sealed() -> int:
    return len(genuine())


@cache
def _objects() -> tuple[bytes, ...]:
    return archiving.with_stamp(), archiving.with_store(), archiving.stamped_twice()


class Believing:
    """certverify.pdf_sandbox.Inspector that sees what it is told to see."""

    def __init__(self, reading: Reading | None = None, picture: Picture = _LOOKS_THE_SAME) -> None:
        self._reading, self._picture = reading, picture

    def read(self, raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
        """See Inspector."""
        return self._reading or read(raw_pdf, chains)

    def see(self, raw_pdf: bytes, sealed_length: int) -> Picture:
        """See Inspector."""
        return self._picture

    def resembles(self, raw_pdf: bytes, original: bytes) -> bool:
        """See Inspector."""
        return True


def _verdict(raw: bytes, inspector: Believing) -> Verdict:
    exam = Examination(trust(), Question(CHECKED))
    if exam.examine_document(raw, inspector) is not None:
        exam.judge_status(Status.VALID)
    return exam.verdict()


def _found(raw: bytes) -> Reading:
    added = read_additions(raw, _sealed())
    assert added is not None
    seal = FoundSignature(Signer.TRUSTED, True, Coverage.REVISION, Changes.LONG_TERM, False, _sealed())
    stamps = (
        FoundSignature(Signer.UNKNOWN, True, Coverage.FILE, Changes.NONE, True, end) for end in added.stamps
    )
    return Reading(False, False, 1, (), False, (), (), 0, (seal, *stamps))


@pytest.mark.parametrize("name", FACES)
def test_every_certificate_has_its_archive_object(name: str) -> None:
    assert read_additions(archive_object(ArchiveLevel.B_LTA, name), len(original(name))) is not None


@pytest.mark.parametrize("level", ArchiveLevel)
def test_every_level_follows_the_grammar(level: ArchiveLevel) -> None:
    assert read_additions(archive_object(level), len(original())) is not None


def test_so_does_a_renewed_object_and_each_of_its_generations() -> None:
    added = read_additions(renewed_object(), len(original()))
    assert added is not None
    for end in added.stamps:
        assert read_additions(renewed_object()[:end], len(original())) is not None


def test_material_may_be_written_once_more_between_two_time_stamps() -> None:
    writer, grown = RevisionWriter(BytesIO(archiving.stamped_twice())), BytesIO()
    writer.mark_update(writer.root.raw_get("/DSS"))
    writer.write(grown)  # type: ignore[no-untyped-call]
    assert read_additions(grown.getvalue(), _sealed()) is not None


def test_an_original_is_no_archive_object_of_itself() -> None:
    assert read_additions(genuine(), _sealed()) is None


def test_the_time_stamp_of_another_file_is_none() -> None:
    raw = sealed_by(world().signer)
    verdict = check(raw + _objects()[0][_sealed() :], world().signer)
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, ["document-altered"])


@pytest.mark.parametrize("generation", range(3))
def test_what_the_forger_builds_on_is_right(generation: int) -> None:
    verdict = check(_objects()[generation])
    assert (verdict.outcome, codes(verdict)) == (Outcome.PASSED, ["document-archived"])


def test_a_time_stamp_of_an_unknown_authority_adds_nothing_and_takes_nothing_away() -> None:
    verdict = check(archiving.by_nobody())
    assert (verdict.outcome, codes(verdict)) == (Outcome.PASSED, ["document-archived"])


@pytest.mark.parametrize(("name", "make"), [(name, make) for name, _, make in ARCHIVE_ATTACKS])
def test_the_grammar_alone_refuses_every_other_addition(name: str, make: Callable[[], bytes]) -> None:
    raw = make()
    assert raw.startswith(genuine())
    assert (read_additions(raw, _sealed()) is None) is (name not in _BY_PARSERS)


def _with_stamp(reading: Reading, **flaw: object) -> Reading:
    return replace(reading, signatures=(*reading.signatures[:-1], replace(reading.signatures[-1], **flaw)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "flaw",
    [
        lambda reading: replace(reading, damaged=True),
        lambda reading: replace(reading, active=(Active.SCRIPT,)),
        lambda reading: replace(reading, overlays=1),
        lambda reading: replace(reading, signatures=reading.signatures[:-1]),
        lambda reading: replace(reading, signatures=(*reading.signatures, reading.signatures[-1])),
        lambda reading: _with_stamp(reading, whole=False),
        lambda reading: _with_stamp(reading, stamp=False),
        lambda reading: _with_stamp(reading, changes=Changes.OTHER),
        lambda reading: _with_stamp(reading, ends_at=_sealed() + 1),
    ],
)
def test_the_parsers_are_asked_as_well(flaw: Callable[[Reading], Reading]) -> None:
    raw = _objects()[2]
    assert _verdict(raw, Believing(_found(raw))).outcome is Outcome.PASSED
    verdict = _verdict(raw, Believing(flaw(_found(raw))))
    assert (verdict.outcome, "document-altered" in codes(verdict)) == (Outcome.FAILED, True)


def test_what_looks_different_is_altered_and_what_was_not_seen_is_open() -> None:
    raw = _objects()[2]
    different = _verdict(raw, Believing(_found(raw), Picture((), False)))
    assert "document-altered" in codes(different)
    unseen = _verdict(raw, Believing(_found(raw), Picture((), None)))
    assert (unseen.outcome, "document-not-examined" in codes(unseen)) == (Outcome.UNDETERMINED, True)


def test_without_a_sandbox_what_the_grammar_refuses_is_altered_and_the_rest_is_open() -> None:
    def outcome(raw: bytes) -> Outcome:
        exam = Examination(trust(), Question(CHECKED))
        exam.examine_document(raw, None)
        return exam.verdict().outcome

    assert outcome(archiving.drawn()) is Outcome.FAILED
    assert outcome(_objects()[0]) is Outcome.UNDETERMINED


def _mutated(chance: Random) -> bytes:
    """An archive object with something changed behind the seal: bits, digits, bytes more or fewer, parts of another one."""
    whole = chance.choice(_objects())
    raw, other = bytearray(whole), chance.choice(_objects())
    for _ in range(chance.choice((1, 1, 1, 3))):
        place, length = chance.randrange(_sealed(), len(raw)), chance.randrange(1, 60)
        start = chance.randrange(_sealed(), len(other))
        match chance.randrange(7):
            case 0 | 1:
                raw[place] ^= 1 << chance.randrange(8)
            case 2:
                raw[place] = chance.choice(b"0123456789ABCDEFabcdef \n/<>()[]")
            case 3:
                raw[place:place] = chance.choice((chance.randbytes(length), b" ", b"\n", b"%\n"))
            case 4:
                del raw[place : place + length]
            case 5:
                raw[place : place + length] = other[start : start + length]
            case _:
                raw[place:] = other[start:]
    return bytes(raw)


def _carries_nothing(mutant: bytes) -> bool:
    """Whether only the random half of a file identifier differs, which names the generation and is nowhere shown."""
    return any(
        len(mutant) == len(whole)
        and all(
            whole.rfind(b"> <", 0, place) + 3 <= place < whole.rfind(b"> <", 0, place) + 3 + RANDOM_IDENTIFIER
            for place in range(len(whole))
            if whole[place] != mutant[place]
        )
        for whole in _objects()
    )


def test_no_mutation_of_an_archive_object_passes_that_changes_anything() -> None:
    chance, asked = Random(20261121), 0
    for _ in range(MUTATIONS):
        mutant = _mutated(chance)
        if mutant[: _sealed()] == genuine() and read_additions(mutant, _sealed()) is None:
            continue  # altered, see test_the_grammar_alone_refuses_every_other_addition
        asked += 1
        assert _carries_nothing(mutant) or _verdict(mutant, Believing()).outcome is not Outcome.PASSED
    assert 10 < asked < MUTATIONS // 2
