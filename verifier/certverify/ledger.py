"""What the log says about slots, as far as a checker can establish it: opened once, asked many times."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from certverify.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from certverify.codes import Code
from certverify.errors import (
    CheckpointError,
    KeyNotInForceError,
    KeyUnknownError,
    SignatureError,
    StatusError,
    TreeInconsistentError,
    TreeMissingError,
)
from certverify.leaf import SealLeaf
from certverify.status import SHARD_SLOTS, Status, status_in_shard
from certverify.tree import PublicTree
from certverify.trust import Trust

_SHARDS_KEPT = 256  # 16 MB


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far knowledge from the log can be relied on.

    `as_of` is when it was the newest (`SignedCheckpoint.as_of`: by the log's own cosignature and, where the policy asks for
    witnesses, by theirs; None when that is unknown); `quorum_met` and `witnessed` say whether the policy's cosignatures are
    there, and whether it asks for any.
    """

    as_of: datetime | None
    quorum_met: bool
    witnessed: bool


class StatusSource(Protocol):
    """Answers which status a slot has. The verifier's own is `LedgerView`; a server may bring another."""

    @property
    def freshness(self) -> Freshness:
        """How fresh and how well witnessed the answers are."""

    def status_of(self, slot: int) -> Status | Code:
        """The status of a slot, or the code that says why it cannot be established."""


@dataclass(frozen=True, slots=True)
class LedgerUnavailable:
    """No status can be established, for the reason that `code` names."""

    code: Code


@dataclass(slots=True)
class LedgerView:
    """One verified state of the log: checkpoint signed, seal included as the last leaf. Shards are verified as used."""

    tree: PublicTree
    checkpoint: Checkpoint
    seal: SealLeaf
    freshness: Freshness
    _shards: OrderedDict[int, bytes] = field(default_factory=OrderedDict)

    def status_of(self, slot: int) -> Status | Code:
        """The status of `slot` in the array of the seal, or `tree-missing` / `tree-inconsistent`."""
        if slot >= self.seal.slots:
            return Status.UNASSIGNED
        try:
            return status_in_shard(self._shard(slot // SHARD_SLOTS), slot)
        except TreeMissingError:
            return Code.TREE_MISSING
        except (TreeInconsistentError, StatusError):
            return Code.TREE_INCONSISTENT

    def is_newer_than(self, earlier: Checkpoint, known: Freshness) -> bool:
        """Whether this state comes after another, `known` so well: more leaves; or as many, with the quorum that the other
        lacks, or else known to be the newest at a later time.
        """
        if self.checkpoint.size != earlier.size:
            return self.checkpoint.size > earlier.size
        if self.freshness.quorum_met is not known.quorum_met:
            return self.freshness.quorum_met
        own = self.freshness.as_of
        return own is not None and (known.as_of is None or own > known.as_of)

    def contradicts(self, other: Checkpoint) -> bool:
        """Whether another checkpoint of the log cannot be of the same history, as far as the tiles at hand can show."""
        if other.size > self.checkpoint.size:
            return False
        try:
            self.tree.verify_prefix(other.size, other.root, self.checkpoint.size, self.checkpoint.root)
        except TreeMissingError:
            return False
        except TreeInconsistentError:
            return True
        return False

    def _shard(self, number: int) -> bytes:
        shard = self._shards.get(number)
        if shard is None:
            shard = self.tree.shard(self.seal, number)
            self._shards[number] = shard
            if len(self._shards) > _SHARDS_KEPT:
                self._shards.popitem(last=False)
        return shard


def open_ledger(folder: Path, trust: Trust) -> LedgerView | LedgerUnavailable:
    """The state of the log that a downloaded public tree holds.

    1. The checkpoint is a signed note. 2. It is signed by a log key of the trust list, for a time within
    the key's dates. 3. Its cosignatures are counted.
    4. Its last leaf is included, and is the seal of this very place. Whatever is wrong with a downloaded tree says
    nothing about a certificate: the answer is a reason, never an exception.
    """
    tree = PublicTree(folder)
    try:
        signed = open_checkpoint(tree.raw_checkpoint(), trust.trust_list.log_keys, trust.policy)
        seal = tree.seal(signed.checkpoint.size, signed.checkpoint.root)
    except TreeMissingError:
        return LedgerUnavailable(Code.TREE_MISSING)
    except CheckpointError:
        return LedgerUnavailable(Code.CHECKPOINT_UNREADABLE)
    except KeyNotInForceError:
        return LedgerUnavailable(Code.CHECKPOINT_KEY_NOT_IN_FORCE)
    except KeyUnknownError:
        return LedgerUnavailable(Code.CHECKPOINT_KEY_UNKNOWN)
    except (SignatureError, TreeInconsistentError):
        return LedgerUnavailable(Code.TREE_INCONSISTENT)
    return LedgerView(tree, signed.checkpoint, seal, freshness_of(signed, trust))


def freshness_of(signed: SignedCheckpoint, trust: Trust) -> Freshness:
    """The freshness that a signed checkpoint gives; a time beyond the calendar counts as none."""
    seconds = signed.as_of
    as_of = None
    if seconds is not None and seconds <= _LAST_SECOND:
        as_of = datetime.fromtimestamp(seconds, UTC)
    return Freshness(as_of, signed.quorum_met, trust.policy.quorum is not None)


_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z
