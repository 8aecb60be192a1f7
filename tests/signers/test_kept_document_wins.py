"""Hardware signs with a fresh random number: the same certificate written twice has other bytes, and one of them is kept."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from certsvc.adapters.document.same_document import is_same_document
from certsvc.adapters.document.writer import PageWriter, write_certificate
from certsvc.adapters.document_archive import FolderArchive
from certsvc.adapters.document_certificates import DocumentTerm
from certsvc.adapters.test_ca import make_test_chain
from certsvc.domain.page_face import certificate_page
from certsvc.errors import IntegrityError
from certsvc.stages.document_keeping import keep_document
from tests.document.samples import DUAL_DIRECTED, NOW, REGULAR, Signer, layout

NUMBER = REGULAR.number
CHAIN = make_test_chain(NOW)
PAGE = certificate_page(REGULAR, attachment=b"{}")


class RandomSigner(Signer):
    """As a hardware module signs."""

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message, ECDSA(SHA256()))


@pytest.fixture(scope="module")
def writer() -> PageWriter:
    """Of one layout and one certificate, whose signatures are never the same."""
    return PageWriter(layout(), RandomSigner(CHAIN))


@pytest.fixture(scope="module")
def one(writer: PageWriter) -> bytes:
    """The certificate as it was written first."""
    return writer.write(PAGE, NOW)


def certificate_of(writer: PageWriter, archive: FolderArchive) -> str:
    """Write and keep the certificate."""
    return keep_document(archive, writer, (NUMBER, 1), PAGE, NOW)


def test_the_same_certificate_signed_again_is_the_one_that_is_kept(
    writer: PageWriter, tmp_path: Path
) -> None:
    archive = FolderArchive(tmp_path)
    first = certificate_of(writer, archive)
    kept = archive.read(NUMBER, 1)
    assert kept is not None
    assert first == sha256(kept).hexdigest()
    assert certificate_of(writer, archive) == first, "what is kept stays, and its digest is told"
    assert archive.read(NUMBER, 1) == kept


def test_the_archive_itself_overwrites_nothing(writer: PageWriter, one: bytes, tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path)
    for _ in range(2):
        assert archive.keep(NUMBER, 1, one) == sha256(one).hexdigest()
    with pytest.raises(IntegrityError, match="内容不同"):
        archive.keep(NUMBER, 1, writer.write(PAGE, NOW))
    assert archive.read(NUMBER, 1) == one


OTHERS: dict[str, Callable[[], bytes]] = {
    "another person's": lambda: write_certificate(layout(), DUAL_DIRECTED, RandomSigner(CHAIN), NOW),
    "another day's": lambda: write_certificate(
        layout(), REGULAR, RandomSigner(CHAIN), NOW + timedelta(seconds=1)
    ),
    "by a certificate that is not ours": lambda: write_certificate(
        layout(), REGULAR, RandomSigner(make_test_chain(NOW)), NOW
    ),
    "cut": lambda: b"%PDF-1.7",
    "empty": lambda: b"",
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_document_that_says_something_else_stops_the_line(
    writer: PageWriter, tmp_path: Path, other: str
) -> None:
    archive, kept = FolderArchive(tmp_path), OTHERS[other]()
    archive.keep(NUMBER, 1, kept)
    with pytest.raises(IntegrityError, match="内容不同"):
        certificate_of(writer, archive)
    assert archive.read(NUMBER, 1) == kept


def test_what_another_build_of_zlib_packed_is_the_same_document(
    writer: PageWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = FolderArchive(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("certsvc.adapters.document.writer._LEVEL", 9)
        first = certificate_of(writer, archive)
        others = PageWriter(layout(), RandomSigner(make_test_chain(NOW))).write(PAGE, NOW)
        says_more = write_certificate(layout(), DUAL_DIRECTED, RandomSigner(CHAIN), NOW)
    kept = archive.read(NUMBER, 1)
    assert kept is not None
    assert len(kept) != len(writer.write(PAGE, NOW)), "it is packed otherwise"
    assert certificate_of(writer, archive) == first
    assert not writer.has_written(others, PAGE, NOW)
    assert not writer.has_written(says_more, PAGE, NOW)


def test_an_altered_kept_document_is_never_taken_for_the_same(writer: PageWriter, one: bytes) -> None:
    def is_same(kept: bytes) -> bool:
        return is_same_document(
            kept, one, layout().head, CHAIN.certificates_der[0], CHAIN.certificates_der[1:]
        )

    assert is_same(writer.write(PAGE, NOW))
    assert is_same(one)
    places = random.Random(20261120)
    for _ in range(300):
        altered = bytearray(one)
        place = places.randrange(len(altered))
        altered[place] ^= 1 << places.randrange(8)
        assert not is_same(bytes(altered)), place
    start = one.rindex(b"/Contents<") + 10
    for place in range(start, start + 3000, 17):  # inside the signature itself
        altered = bytearray(one)
        altered[place] = ord("0") if altered[place] != ord("0") else ord("1")
        assert not is_same(bytes(altered)), place
    assert not is_same(one + b" ")
    assert not is_same(one[:-1])


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
    writer: PageWriter, one: bytes, tmp_path: Path, damage: str
) -> None:
    damaged = DAMAGES[damage](one)
    assert damaged != one
    assert len(damaged) == len(one)
    archive = FolderArchive(tmp_path)
    archive.keep(NUMBER, 1, damaged)
    with pytest.raises(IntegrityError, match="内容不同"):
        certificate_of(writer, archive)
    assert archive.read(NUMBER, 1) == damaged, "nobody throws it away unseen"


RENEWED = make_test_chain(NOW)
RENEWED_AT = NOW + timedelta(days=3)


def renewed_writer(last_day: date | None) -> PageWriter:
    """Of an office whose certificate was renewed; the one before ended after `last_day`."""
    signer, *chain = CHAIN.certificates_der
    new, *new_chain = RENEWED.certificates_der
    terms = (
        DocumentTerm(new, tuple(new_chain), RENEWED_AT, None),
        DocumentTerm(signer, tuple(chain), NOW - timedelta(days=9), last_day),
    )
    return PageWriter(layout(), RandomSigner(RENEWED), terms)


@pytest.mark.parametrize("level", [2, 9])
def test_what_the_certificate_of_before_signed_is_the_document(
    writer: PageWriter, tmp_path: Path, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when zlib changed with the same restart."""
    archive = FolderArchive(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("certsvc.adapters.document.writer._LEVEL", level)
        first = certificate_of(writer, archive)
    assert certificate_of(renewed_writer(NOW.date()), archive) == first
    with pytest.raises(IntegrityError, match="内容不同"):
        certificate_of(renewed_writer(NOW.date() - timedelta(days=1)), archive)


def test_what_the_renewed_certificate_signs_begins_with_its_term(tmp_path: Path) -> None:
    archive, renewed = FolderArchive(tmp_path), renewed_writer(NOW.date())
    assert certificate_of(renewed, archive) == certificate_of(renewed, archive)
    kept = archive.read(NUMBER, 1)
    assert kept is not None
    assert RENEWED_AT.strftime("/M(D:%Y%m%d%H%M%SZ)").encode() in kept
