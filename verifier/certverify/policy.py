"""Trust policies (C2SP tlog-policy): which logs are known, and which cosignatures a checkpoint needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from certverify.errors import NoteError, PolicyError
from certverify.note import SignatureType, VerifierKey, decode_unknown_key, decode_verifier_key

MAX_POLICY_BYTES = 1 << 18
MAX_NAMES = 256
_NONE = b"none"


@dataclass(frozen=True, slots=True)
class Group:
    """Witnessed when at least `threshold` of `members` (names of witnesses or groups) are."""

    threshold: int
    members: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy. Names and addresses are opaque bytes; `quorum` is None for `quorum none`.

    `urls`: the address behind each witness that has one (its submission prefix of C2SP tlog-witness).
    `silent`: witnesses whose keys are of a type that this library cannot verify: to it, they never cosign.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: dict[bytes, VerifierKey]
    groups: dict[bytes, Group]
    quorum: bytes | None
    urls: dict[bytes, bytes] = field(default_factory=dict)
    silent: frozenset[bytes] = frozenset()

    def satisfied_by(self, cosigned: frozenset[bytes]) -> bool:
        """Whether the witnesses named in `cosigned` make the quorum."""
        return self.quorum is None or self._witnessed(self.quorum, cosigned)

    def newest_quorum(self, cosigned_at: Mapping[bytes, int]) -> int | None:
        """The newest time such that the witnesses who cosigned then or later make the quorum.

        `cosigned_at`: the newest time of each witness that cosigned. None when they make no quorum, and for `quorum none`.
        """
        return None if self.quorum is None else self._newest(self.quorum, cosigned_at)

    def _newest(self, name: bytes, cosigned_at: Mapping[bytes, int]) -> int | None:
        group = self.groups.get(name)
        if group is None:
            return cosigned_at.get(name)
        told = (self._newest(member, cosigned_at) for member in group.members)
        times = sorted((time for time in told if time is not None), reverse=True)
        return None if len(times) < group.threshold else times[group.threshold - 1]

    def _witnessed(self, name: bytes, cosigned: frozenset[bytes]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned and name not in self.silent
        return sum(self._witnessed(member, cosigned) for member in group.members) >= group.threshold


def decode_policy(raw_policy: bytes) -> Policy:
    """The policy in `raw_policy`. Raises PolicyError."""
    if len(raw_policy) > MAX_POLICY_BYTES:
        raise PolicyError("the policy is too large")
    if raw_policy and not raw_policy.endswith(b"\n"):
        raise PolicyError("the last line is not terminated")
    if any((octet < 0x20 and octet not in b"\t\n") or octet == 0x7F for octet in raw_policy):
        raise PolicyError("the policy holds control characters")
    reader = _Reader()
    for line in raw_policy.split(b"\n"):
        words = [word for word in line.replace(b"\t", b" ").split(b" ") if word]
        if words and not words[0].startswith(b"#"):
            reader.take(words)
    return reader.policy()


@dataclass(slots=True)
class _Reader:
    """What the lines read so far have defined."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[bytes, VerifierKey] = field(default_factory=dict)
    urls: dict[bytes, bytes] = field(default_factory=dict)
    silent: set[bytes] = field(default_factory=set)
    witness_keys: set[bytes] = field(default_factory=set)
    groups: dict[bytes, Group] = field(default_factory=dict)
    used: set[bytes] = field(default_factory=set)
    quorums: list[bytes] = field(default_factory=list)

    def take(self, words: Sequence[bytes]) -> None:
        steps: dict[bytes, Callable[[Sequence[bytes]], None]] = {
            b"log": self._log,
            b"witness": self._witness,
            b"group": self._group,
            b"quorum": self._quorum,
        }
        step = steps.get(words[0])
        if step is None:
            raise PolicyError("an unknown keyword")
        step(words[1:])

    def policy(self) -> Policy:
        if len(self.quorums) != 1:
            raise PolicyError("a policy has exactly one quorum line")
        quorum = None if self.quorums[0] == _NONE else self.quorums[0]
        return Policy(
            tuple(self.logs), self.witnesses, self.groups, quorum, self.urls, frozenset(self.silent)
        )

    def _log(self, words: Sequence[bytes]) -> None:
        if len(words) not in (1, 2):
            raise PolicyError("log <vkey> [<url>]")
        key = _decode_key(words[0], SignatureType.ED25519)
        if any(key.raw_key == other.raw_key for other in self.logs):
            raise PolicyError("a log is listed twice")
        self.logs.append(key)

    def _witness(self, words: Sequence[bytes]) -> None:
        if len(words) not in (2, 3):
            raise PolicyError("witness <name> <vkey> [<url>]")
        self._require_new(words[0])
        unknown = _decode_unknown(words[1])
        if unknown is not None:
            self._require_new_key(unknown)
            self.silent.add(words[0])
            return
        key = _decode_key(words[1], SignatureType.COSIGNATURE_V1)
        self._require_new_key(bytes([key.kind]) + key.raw_key)
        self.witnesses[words[0]] = key
        if len(words) == 3:
            self.urls[words[0]] = words[2]

    def _group(self, words: Sequence[bytes]) -> None:
        if len(words) < 3:
            raise PolicyError("group <name> all|any|<k> <name>...")
        name, rule, members = words[0], words[1], tuple(words[2:])
        self._require_new(name)
        for member in members:
            if not self._is_defined(member) or member in self.used:
                raise PolicyError("a group member is unknown or listed before")
            self.used.add(member)
        self.groups[name] = Group(_threshold(rule, len(members)), members)

    def _quorum(self, words: Sequence[bytes]) -> None:
        if len(words) != 1 or not (words[0] == _NONE or self._is_defined(words[0])):
            raise PolicyError("quorum <name>, defined before")
        self.quorums.append(words[0])

    def _is_defined(self, name: bytes) -> bool:
        return name in self.witnesses or name in self.silent or name in self.groups

    def _require_new_key(self, material: bytes) -> None:
        if material in self.witness_keys:
            raise PolicyError("a witness is listed twice")
        self.witness_keys.add(material)

    def _require_new(self, name: bytes) -> None:
        if name == _NONE or self._is_defined(name):
            raise PolicyError("a name is defined twice")
        if len(self.witnesses) + len(self.silent) + len(self.groups) >= MAX_NAMES:
            raise PolicyError("too many names")


def _threshold(rule: bytes, count: int) -> int:
    words = {b"all": count, b"any": 1}
    if rule in words:
        return words[rule]
    if not rule.isdigit() or rule.startswith(b"0") or len(rule) > 3 or int(rule) > count:
        raise PolicyError("a threshold runs from 1 to the number of members")
    return int(rule)


def _decode_unknown(word: bytes) -> bytes | None:
    try:
        return decode_unknown_key(word.decode("utf-8"))
    except (UnicodeDecodeError, NoteError) as error:
        raise PolicyError("not a verifier key") from error


def _decode_key(word: bytes, kind: SignatureType) -> VerifierKey:
    try:
        key = decode_verifier_key(word.decode("utf-8"))
    except (UnicodeDecodeError, NoteError) as error:
        raise PolicyError("not a verifier key") from error
    if key.kind is not kind:
        raise PolicyError("a key of the wrong type")
    return key
