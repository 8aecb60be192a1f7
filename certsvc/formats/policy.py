"""Policies in the syntax of C2SP tlog-policy: the logs, their witnesses, and the quorum that a checkpoint needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_NONE = b"none"


def encode_policy_lines(
    log_vkeys: Sequence[str],
    witnesses: Mapping[bytes, str],
    groups: Mapping[bytes, tuple[int, Sequence[bytes]]],
    quorum: bytes | None,
) -> bytes:
    """A policy for those who check: no addresses, one space between words.

    `witnesses`: vkeys by name. `groups`: (threshold, members) by name, each after the groups that it names. `quorum`:
    None asks for no witness.
    """
    lines = [b"log " + vkey.encode() for vkey in log_vkeys]
    lines += [b"witness %b %b" % (name, vkey.encode()) for name, vkey in witnesses.items()]
    lines += [
        b"group %b %d %b" % (name, threshold, b" ".join(members))
        for name, (threshold, members) in groups.items()
    ]
    lines.append(b"quorum " + (_NONE if quorum is None else quorum))
    return b"".join(line + b"\n" for line in lines)
