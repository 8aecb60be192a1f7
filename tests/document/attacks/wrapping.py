"""The signature's own places, bent."""

from __future__ import annotations

import re

from tests.document.attacks.scene import genuine

_RANGE = re.compile(rb"/ByteRange\[([0-9 ]+)\] *")


def _with_range(text: bytes) -> bytes:
    """Another byte range in the same number of bytes."""
    raw = genuine()
    old = _RANGE.search(raw)
    assert old is not None
    return raw[: old.start()] + text.ljust(old.end() - old.start()) + raw[old.end() :]


def _numbers() -> list[int]:
    old = _RANGE.search(genuine())
    assert old is not None
    return [int(number) for number in old[1].split()]


def _contents() -> tuple[int, int]:
    start = genuine().index(b"/Contents<") + len(b"/Contents<")
    return start, genuine().index(b">", start)


def _flipped(at: int) -> bytes:
    raw = bytearray(genuine())
    raw[at] ^= 1
    return bytes(raw)


def no_byte_range() -> bytes:
    """Spaces where it stood."""
    return _with_range(b"")


def empty_byte_range() -> bytes:
    """An empty array."""
    return _with_range(b"/ByteRange[]")


def negative_byte_range() -> bytes:
    """Numbers below zero."""
    return _with_range(b"/ByteRange[0 -1 -1 0]")


def no_contents() -> bytes:
    """The string closed at once, the rest a comment."""
    start, end = _contents()
    return genuine()[:start] + b">%" + b"0" * (end - start - 2) + b"\n" + genuine()[end + 1 :]


def zero_contents() -> bytes:
    """As many zeros."""
    start, end = _contents()
    return genuine()[:start] + b"0" * (end - start) + genuine()[end:]


def no_value() -> bytes:
    """The field's value led to nowhere."""
    assert b"/V 101 0 R" in genuine()
    return genuine().replace(b"/V 101 0 R", b"/V 999 0 R", 1)


def wrapped() -> bytes:
    """The end that was signed stands further back; between them is room."""
    first, length, second, rest = _numbers()
    passenger = b"/Passenger<</A 1>>".ljust(400)
    assert first == 0
    raw = _with_range(b"/ByteRange[0 %d %d %d]" % (length, second + len(passenger), rest))
    return raw[:second] + passenger + raw[second:]


def from_the_middle() -> bytes:
    """Without the head."""
    _, length, second, rest = _numbers()
    return _with_range(b"/ByteRange[9 %d %d %d]" % (length - 9, second, rest))


def overlapping() -> bytes:
    """The second part begins in the first."""
    _, length, _, rest = _numbers()
    return _with_range(b"/ByteRange[0 %d %d %d]" % (length, length - 100, rest))


def short() -> bytes:
    """The last lines are left out, and changed."""
    _, length, second, rest = _numbers()
    raw = _with_range(b"/ByteRange[0 %d %d %d]" % (length, second, rest - 40))
    return raw[:-40] + raw[-40:].replace(b"\n%%EOF", b" %%EOF")


def second_range() -> bytes:
    """One more in a comment."""
    return genuine().replace(b"\nxref\n0 ", b"\n%/ByteRange[0 1 2 3]\nxref\n0 ", 1)


def changed_contents() -> bytes:
    """A digit of the signature value."""
    start, end = _contents()
    used = len(genuine()[start:end].rstrip(b"0"))
    return genuine()[: start + used - 3] + b"a1" + genuine()[start + used - 1 :]


def changed_link() -> bytes:
    """As long as the old one."""
    at = genuine().index(b"/URI(https://") + len(b"/URI(https://")
    return genuine()[:at] + b"zx" + genuine()[at + 2 :]


def changed_text() -> bytes:
    """A bit in the content of this certificate."""
    return _flipped(genuine().rindex(b"endstream", 0, genuine().index(b"/ByteRange")) - 40)


def changed_head() -> bytes:
    """A bit in what all certificates share."""
    return _flipped(500)


def more_allowed() -> bytes:
    """Another number in the permission."""
    return genuine().replace(b"/P 1/V", b"/P 2/V", 1)


def truncated() -> bytes:
    """A download that broke off at the end."""
    return genuine()[:-20]


def cut_in_half() -> bytes:
    """A download that broke off early."""
    return genuine()[: len(genuine()) // 2]
