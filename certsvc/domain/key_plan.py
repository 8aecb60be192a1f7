"""Which record, log and document keys there are, which one signs, and how one takes over from another.

A key is announced (checkers learn of it, the old one goes on signing), comes into force on or after its day, and the one
before it ends: a record or document key at once, a log key after an overlap in which both sign every checkpoint. Until it
comes into force it can be abandoned. A document key is told apart by its certificate: a new one may be for the same key.
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
    DOCUMENT = "document"


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

    `public_key`: the raw 32 bytes; of a document key SubjectPublicKeyInfo (DER), with `certificates` (DER): its own, then
    the chain from the issuing CA to the root.
    """

    file: str
    public_key: bytes
    valid_from: date
    valid_to: date | None
    state: KeyState
    switched_on: date | None = None
    certificates: tuple[bytes, ...] = ()

    @property
    def public(self) -> bytes:
        """What checkers know it by: the certificate of a document key, else the public key."""
        return self.certificates[0] if self.certificates else self.public_key

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
    """All keys of every kind; of each kind exactly one is in force, and it stands first."""

    record: tuple[PlannedKey, ...]
    log: tuple[PlannedKey, ...]
    document: tuple[PlannedKey, ...]

    def of(self, kind: KeyKind) -> tuple[PlannedKey, ...]:
        """The keys of a kind, the one in force first."""
        match kind:
            case KeyKind.RECORD:
                return self.record
            case KeyKind.LOG:
                return self.log
            case KeyKind.DOCUMENT:
                return self.document

    def in_force(self, kind: KeyKind) -> PlannedKey:
        """The key that signs."""
        return self.of(kind)[0]

    def find(self, kind: KeyKind, public: bytes) -> PlannedKey | None:
        """The key that checkers know by `public`; None for one that is not ours."""
        return next((key for key in self.of(kind) if key.public == public), None)

    def announce(
        self,
        kind: KeyKind,
        file: str,
        public_key: bytes,
        valid_from: date,
        *,
        today: date,
        stolen: bool = False,
        certificates: tuple[bytes, ...] = (),
    ) -> KeyPlan:
        """With one more key to come, at least `NOTICE` ahead. The same again changes nothing.

        `stolen`: the key in force may be known to others; the new one may begin today, and takes the place of an announced
        one. Raises ConflictError for a key that was used before, for a day too early, and while another one waits or an old
        one is still retiring.
        """
        coming = PlannedKey(file, public_key, valid_from, None, KeyState.ANNOUNCED, None, certificates)
        known = self.find(kind, coming.public)
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
        """With the announced key in force. The old record or document key ends today, if it has not ended before; the old
        log key goes on beside the new one.

        Raises ConflictError when none is announced, or its day has not come.
        """
        coming = self.coming(kind)
        if coming is None:
            raise ConflictError("没有已预告的新密钥。请先运行 certsvc trust rotate。")
        if today < coming.valid_from:
            raise ConflictError(f"新密钥自 {coming.valid_from.isoformat()} 起启用，今天还不能切换。")
        old = self.in_force(kind)
        if kind is KeyKind.LOG:
            ended = replace(old, state=KeyState.RETIRING)
        else:
            last_day = today if old.valid_to is None else min(today, old.valid_to)
            ended = replace(old, state=KeyState.RETIRED, valid_to=last_day)
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

    def end_document(self, certificate: bytes, first_day: date, today: date) -> KeyPlan:
        """With a document key that is not believed for `first_day` and later: it was known to others since then.

        What it signed for earlier days stays good. A day may be corrected by another one. Raises ConflictError for a
        certificate that never signed, and for a day outside the key's time of use.
        """
        ending = self.find(KeyKind.DOCUMENT, certificate)
        if ending is None or ending.state is KeyState.ANNOUNCED:
            raise ConflictError(
                "只有用过的证书文件签名证书才能停用；已预告而未启用的，请运行 certsvc trust abandon。"
            )
        used = [key for key in self.document if key.state is not KeyState.ANNOUNCED]
        after = used[: used.index(ending)]  # newest first
        latest = (after[-1].switched_on or today) if after else today
        last_day = first_day - timedelta(days=1)
        if not ending.valid_from <= last_day <= latest:
            raise ConflictError(
                f"停用日期应在 {(ending.valid_from + timedelta(days=1)).isoformat()} 至 "
                f"{(latest + timedelta(days=1)).isoformat()} 之间（该证书的使用期内）。请核对。"
            )
        ended = replace(ending, valid_to=last_day)
        return self._with(KeyKind.DOCUMENT, tuple(ended if key is ending else key for key in self.document))

    def _with(self, kind: KeyKind, keys: tuple[PlannedKey, ...]) -> KeyPlan:
        match kind:
            case KeyKind.RECORD:
                return replace(self, record=keys)
            case KeyKind.LOG:
                return replace(self, log=keys)
            case KeyKind.DOCUMENT:
                return replace(self, document=keys)


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
