"""Which record and log keys there are, which one signs, and how one takes over from another.

A key is announced (checkers learn of it, the old one goes on signing), comes into force on or after its day, and the one
before it ends: a record key at once, a log key after an overlap in which both sign every checkpoint. Until it comes into
force it can be abandoned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from certsvc.errors import ConflictError

KEYS_SINCE = date(2022, 1, 1)
OVERLAP = timedelta(days=8)  # more than the 7 days for which a downloaded log may be relied on
NOTICE = timedelta(days=8)  # likewise, before a key may come into force


class KeyKind(StrEnum):
    """The keys that can be rotated."""

    RECORD = "record"
    LOG = "log"


class KeyState(StrEnum):
    """Where a key stands in its life."""

    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    RETIRING = "retiring"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class PlannedKey:
    """A key with its days. `file`: where the private part is, below the folder of keys (with keys elsewhere: its `name` there
    and `.pem`); `switched_on`: its first day of use.
    """

    file: str
    public_key: bytes
    valid_from: date
    valid_to: date | None
    state: KeyState
    switched_on: date | None = None

    @property
    def name(self) -> str:
        """What the key is called in a token or at a remote signer."""
        return self.file.removesuffix(".pem")

    @property
    def signs(self) -> bool:
        """Whether anything may be signed with it."""
        return self.state in (KeyState.IN_FORCE, KeyState.RETIRING)


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """All keys of both kinds; of each kind exactly one is in force, and it stands first."""

    record: tuple[PlannedKey, ...]
    log: tuple[PlannedKey, ...]

    def of(self, kind: KeyKind) -> tuple[PlannedKey, ...]:
        """The keys of a kind, the one in force first."""
        return self.record if kind is KeyKind.RECORD else self.log

    def in_force(self, kind: KeyKind) -> PlannedKey:
        """The key that signs."""
        return self.of(kind)[0]

    def state_of(self, kind: KeyKind, public_key: bytes) -> KeyState | None:
        """The state of a key; None for one that is not ours."""
        return next((key.state for key in self.of(kind) if key.public_key == public_key), None)

    def announce(
        self,
        kind: KeyKind,
        file: str,
        public_key: bytes,
        valid_from: date,
        *,
        today: date,
        stolen: bool = False,
    ) -> KeyPlan:
        """With one more key to come, at least `NOTICE` ahead. The same again changes nothing.

        `stolen`: the key in force may be known to others; the new one may begin today, and takes the place of an announced
        one. Raises ConflictError for a key that was used before, for a day too early, and while another one waits or an old
        one is still retiring.
        """
        known = next((key for key in self.of(kind) if key.public_key == public_key), None)
        if known is not None and (known.state, known.valid_from) == (KeyState.ANNOUNCED, valid_from):
            return self
        if known is not None and not (stolen and known.state is KeyState.ANNOUNCED):
            raise ConflictError(
                f"这把密钥已预告自 {known.valid_from.isoformat()} 起启用。要改日期，请先运行 certsvc trust abandon {kind}。"
                if known.state is KeyState.ANNOUNCED
                else "这把密钥已在用或已停用，不能再次预告。请使用新生成的密钥。"
            )
        _require_notice(valid_from, today, stolen=stolen)
        kept = self.abandon(kind) if stolen and self.coming(kind) is not None else self
        if kept.coming(kind) is not None or kept.retiring(kind) is not None:
            raise ConflictError(
                "上一次更替还没有完成。请先运行 certsvc trust switch 或 certsvc trust retire；"
                "不再更替的，运行 certsvc trust abandon。"
            )
        coming = PlannedKey(file, public_key, valid_from, None, KeyState.ANNOUNCED)
        return kept._with(kind, (*kept.of(kind), coming))

    def abandon(self, kind: KeyKind) -> KeyPlan:
        """Without the announced key, which never signed anything. Raises ConflictError when none is announced."""
        coming = self.coming(kind)
        if coming is None:
            raise ConflictError("没有已预告而未启用的密钥，没有改动。")
        return self._with(kind, tuple(key for key in self.of(kind) if key is not coming))

    def coming(self, kind: KeyKind) -> PlannedKey | None:
        """The key that is announced."""
        return next((key for key in self.of(kind) if key.state is KeyState.ANNOUNCED), None)

    def retiring(self, kind: KeyKind) -> PlannedKey | None:
        """The key that still signs beside the one in force."""
        return next((key for key in self.of(kind) if key.state is KeyState.RETIRING), None)

    def switch(self, kind: KeyKind, today: date) -> KeyPlan:
        """With the announced key in force. The old record key ends today; the old log key goes on beside the new one.

        Raises ConflictError when none is announced, or its day has not come.
        """
        coming = self.coming(kind)
        if coming is None:
            raise ConflictError("没有已预告的新密钥。请先运行 certsvc trust rotate。")
        if today < coming.valid_from:
            raise ConflictError(f"新密钥自 {coming.valid_from.isoformat()} 起启用，今天还不能切换。")
        old = self.in_force(kind)
        if kind is KeyKind.RECORD:
            ended = replace(old, state=KeyState.RETIRED, valid_to=today)
        else:
            ended = replace(old, state=KeyState.RETIRING)
        others = tuple(key for key in self.of(kind) if key not in (old, coming))
        first = replace(coming, state=KeyState.IN_FORCE, switched_on=today)
        return self._with(kind, (first, ended, *others))

    def retire_log(self, today: date, *, at_once: bool = False) -> KeyPlan:
        """Without the old log key among those that sign. Raises ConflictError when none is retiring, and before the overlap
        is over unless `at_once` (a stolen key).
        """
        old, first = self.retiring(KeyKind.LOG), self.in_force(KeyKind.LOG)
        if old is None or first.switched_on is None:
            raise ConflictError("没有待停用的旧账本密钥。")
        if today < first.switched_on + OVERLAP and not at_once:
            until = (first.switched_on + OVERLAP).isoformat()
            raise ConflictError(
                f"新旧密钥须并行签署满 {OVERLAP.days} 天（至 {until}），离线查验的人才来得及更新；"
                "旧密钥已泄露的，加 --at-once 立即停用。"
            )
        ended = replace(old, state=KeyState.RETIRED, valid_to=today)
        return self._with(KeyKind.LOG, tuple(ended if key is old else key for key in self.log))

    def _with(self, kind: KeyKind, keys: tuple[PlannedKey, ...]) -> KeyPlan:
        return replace(self, record=keys) if kind is KeyKind.RECORD else replace(self, log=keys)


def _require_notice(valid_from: date, today: date, *, stolen: bool) -> None:
    if valid_from < today:
        raise ConflictError(
            f"启用日期 {valid_from.isoformat()} 已经过去。请改为今天（{today.isoformat()}）以后的日期。"
        )
    if valid_from < today + NOTICE and not stolen:
        raise ConflictError(
            f"启用日期至少应为 {(today + NOTICE).isoformat()}（{NOTICE.days} 天以后），离线查验的人才来得及更新；"
            "在用密钥已泄露的，加 --stolen。"
        )
