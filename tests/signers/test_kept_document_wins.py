"""Hardware signs with a fresh random number: the same certificate written twice has other bytes, and one of them is kept."""

from __future__ import annotations

import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from certsvc.adapters.document.same_document import is_signed_again
from certsvc.adapters.document.writer import write_certificate
from certsvc.adapters.document_archive import FolderArchive
from certsvc.adapters.test_ca import make_test_chain
from certsvc.errors import IntegrityError
from tests.document.samples import DUAL_DIRECTED, NOW, REGULAR, Signer, layout

NUMBER = REGULAR.number
CHAIN = make_test_chain(NOW)


class RandomSigner(Signer):
    """As a hardware module signs."""

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message, ECDSA(SHA256()))


@pytest.fixture(scope="module")
def two() -> tuple[bytes, bytes]:
    """The same certificate, signed twice."""
    signer = RandomSigner(CHAIN)
    one, other = (write_certificate(layout(), REGULAR, signer, NOW) for _ in range(2))
    assert one != other
    return one, other


def test_the_same_certificate_signed_again_is_the_one_that_is_kept(
    two: tuple[bytes, bytes], tmp_path: Path
) -> None:
    one, other = two
    archive = FolderArchive(tmp_path)
    assert archive.keep(NUMBER, 1, one) == sha256(one).hexdigest()
    assert archive.keep(NUMBER, 1, other) == sha256(one).hexdigest(), (
        "what is kept stays, and its digest is told"
    )
    assert archive.read(NUMBER, 1) == one


def test_a_certificate_that_says_something_else_stops_the_line(
    two: tuple[bytes, bytes], tmp_path: Path
) -> None:
    archive = FolderArchive(tmp_path)
    archive.keep(NUMBER, 1, two[0])
    others = [
        write_certificate(layout(), DUAL_DIRECTED, RandomSigner(CHAIN), NOW),
        write_certificate(layout(), REGULAR, RandomSigner(make_test_chain(NOW)), NOW),
        b"%PDF-1.7",
        b"",
    ]
    for other in others:
        with pytest.raises(IntegrityError, match="内容不同"):
            archive.keep(NUMBER, 1, other)
    assert archive.read(NUMBER, 1) == two[0]


def test_an_altered_kept_document_is_never_taken_for_the_same(two: tuple[bytes, bytes]) -> None:
    one, other = two
    assert is_signed_again(one, other)
    places = random.Random(20261120)
    for _ in range(300):
        altered = bytearray(one)
        place = places.randrange(len(altered))
        altered[place] ^= 1 << places.randrange(8)
        assert not is_signed_again(bytes(altered), other), place
    start = one.rindex(b"/Contents<") + 10
    for place in range(start, start + 3000, 17):  # inside the signature itself
        altered = bytearray(one)
        altered[place] = ord("0") if altered[place] != ord("0") else ord("1")
        assert not is_signed_again(bytes(altered), other), place
    assert not is_signed_again(one + b" ", other)
    assert not is_signed_again(one[:-1], other)


def _at(one: bytes, place: int, new: bytes) -> bytes:
    return one[:place] + new + one[place + len(new) :]


def _digits(one: bytes) -> tuple[int, int]:
    """Where the digits of the signature begin and end."""
    start = one.rindex(b"/Contents<") + 10
    return start, one.index(b">", start)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "another byte for the opening bracket": lambda one: _at(one, _digits(one)[0] - 1, b"X"),
    "another byte for the closing bracket": lambda one: _at(one, _digits(one)[1], b"X"),
    "upper-case digits": lambda one: _at(one, _digits(one)[0], one[slice(*_digits(one))].upper()),
    "one upper-case digit": lambda one: _at(one, one.index(b"a", _digits(one)[0]), b"A"),
    "blanks in the padding": lambda one: _at(one, _digits(one)[1] - 2, b"  "),
    "a blank and a digit in the padding": lambda one: _at(one, _digits(one)[1] - 2, b" 0"),
    "an end of line in the padding": lambda one: _at(one, _digits(one)[1] - 2, b"\r\n"),
    "something behind the signature": lambda one: _at(one, _digits(one)[1] - 2, b"01"),
    "no signature": lambda one: _at(one, _digits(one)[0], b"0" * 8192),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_kept_document_that_no_checker_would_take_is_not_kept_for_good(
    two: tuple[bytes, bytes], tmp_path: Path, damage: str
) -> None:
    one, other = two
    damaged = DAMAGES[damage](one)
    assert damaged != one
    assert len(damaged) == len(one)
    assert not is_signed_again(damaged, other)
    archive = FolderArchive(tmp_path)
    archive.keep(NUMBER, 1, damaged)
    with pytest.raises(IntegrityError, match="内容不同"):
        archive.keep(NUMBER, 1, other)
