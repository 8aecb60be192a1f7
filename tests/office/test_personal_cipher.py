"""Personal values at rest cannot be read, altered or moved without the key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.errors import IntegrityError

OLD, NEW, LOOK_UP = b"o" * 32, b"n" * 32, b"l" * 32
ID_NUMBER = "229901198503171022"


@given(st.binary(max_size=200), st.binary(max_size=30))
def test_what_was_sealed_opens_in_its_own_place(plain: bytes, context: bytes) -> None:
    cipher = AesGcmCipher({1: OLD}, look_up_key=LOOK_UP)
    assert cipher.decrypt(cipher.encrypt(plain, context=context), context=context) == plain


def test_an_older_key_version_still_opens_and_the_newest_seals() -> None:
    sealed = AesGcmCipher({1: OLD}, look_up_key=LOOK_UP).encrypt(b"x", context=b"c")
    both = AesGcmCipher({1: OLD, 2: NEW}, look_up_key=LOOK_UP)
    assert both.decrypt(sealed, context=b"c") == b"x"
    assert both.encrypt(b"x", context=b"c")[0] == 2


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_an_altered_value_stops_the_line(place: int) -> None:
    cipher = AesGcmCipher({1: OLD}, look_up_key=LOOK_UP)
    sealed = bytearray(cipher.encrypt(b"a value", context=b"c"))
    sealed[place] ^= 1
    with pytest.raises(IntegrityError):
        cipher.decrypt(bytes(sealed), context=b"c")


def test_a_value_moved_to_another_row_stops_the_line() -> None:
    cipher = AesGcmCipher({1: OLD}, look_up_key=LOOK_UP)
    with pytest.raises(IntegrityError):
        cipher.decrypt(cipher.encrypt(b"x", context=b"row/1"), context=b"row/2")


def test_the_look_up_digest_tells_nothing_without_its_key() -> None:
    one = AesGcmCipher({1: OLD}, look_up_key=LOOK_UP)
    other = AesGcmCipher({1: OLD}, look_up_key=NEW)
    assert one.person_key(ID_NUMBER) == one.person_key(ID_NUMBER)
    assert one.person_key(ID_NUMBER) != other.person_key(ID_NUMBER)
    assert len(one.person_key(ID_NUMBER)) == 32
