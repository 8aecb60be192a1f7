"""Stage `publish`, its witnesses: each is asked to cosign a checkpoint, with a proof from what it has seen before.

What a witness says is worth what its signature is worth: a line counts when the key of the policy signed this very text
within the last minutes. What it *refuses* counts as well: one that has seen more of the log than there is, or another
root, shows that the log has two histories. That is never "unavailable": the line stops.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from certverify.checkpoint import decode_checkpoint
from certverify.errors import CertverifyError
from certverify.merkle import verify_consistency
from certverify.note import VerifierKey, decode_note

from certsvc.errors import IntegrityError, NotWitnessed
from certsvc.formats.merkle import Node, consistency_proof, tree_root
from certsvc.formats.witness import encode_add_checkpoint
from certsvc.ports import Clock
from certsvc.ports.witness import Accepted, NoAnswer, OtherSize, ProofRefused, WitnessAnswer, WitnessDoor
from certsvc.stages.witness_policy import WitnessPolicy, told_name

OLDEST = timedelta(minutes=5)
AHEAD = timedelta(minutes=5)
RUNBOOK = "处理办法见 docs/operations.md（见证方提出异议时）。"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Presented:
    """A signed checkpoint with the tree behind it."""

    note: bytes
    size: int
    root: bytes
    node: Node


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The witness stands by the checkpoint: its verified line, and its POSIX time."""

    line: str
    at: int


@dataclass(frozen=True, slots=True)
class SeenMore:
    """The witness has cosigned a larger checkpoint of this log."""

    size: int


@dataclass(frozen=True, slots=True)
class SeenOther:
    """The witness has cosigned a checkpoint of `size` leaves that is no prefix of the presented tree; or it is an auditor, and
    has found the tree wrong."""

    size: int


Outcome = Cosigned | SeenMore | SeenOther | NoAnswer


class Witnessing:
    """The conversation with all witnesses of a policy. What each has seen is remembered while the process lives."""

    def __init__(self, policy: WitnessPolicy, door: WitnessDoor, clock: Clock) -> None:
        self.policy = policy
        self._door = door
        self._clock = clock
        self._sizes: dict[bytes, int] = {}
        self._silent: dict[bytes, str] = {}

    def is_met_by(self, raw_note: bytes) -> bool:
        """Whether the verified cosignatures of a note make the quorum of the policy."""
        return self.policy.rule.satisfied_by(frozenset(self.cosigned_at(raw_note)))

    def cosigned_at(self, raw_note: bytes) -> Mapping[bytes, int]:
        """POSIX times of the witnesses' cosignatures that a note carries, by name; those that do not hold left out."""
        times = {name: _time_of(raw_note, key) for name, key in self.policy.witnesses.items()}
        return {name: at for name, at in times.items() if at is not None}

    def cosign(self, tree: Presented, size_now: Callable[[], int]) -> bytes:
        """The note with the lines of all witnesses that cosigned it.

        `size_now` gives the size of the stored log at the moment: a witness may have seen what another process has
        committed since. Raises NotWitnessed when the quorum is not met, IntegrityError for a second history.
        """
        outcomes = self.present(tree)
        require_one_history(outcomes, size_now)
        cosigned = {name: one for name, one in outcomes.items() if isinstance(one, Cosigned)}
        self.require_quorum(outcomes)
        return tree.note + b"".join(one.line.encode() for one in cosigned.values())

    def require_quorum(self, outcomes: Mapping[bytes, Outcome]) -> None:
        """Raises NotWitnessed, naming those who did not cosign, when the others make no quorum."""
        silent = {name: one for name, one in outcomes.items() if not isinstance(one, Cosigned)}
        if not self.policy.rule.satisfied_by(frozenset(outcomes) - frozenset(silent)):
            told = "、".join(f"{told_name(name)}（{_reason(one)}）" for name, one in silent.items())
            raise NotWitnessed(
                f"等待见证：检查点尚未得到策略要求的共签，暂不公开，稍后自动重试。未共签的见证方：{told or '无'}。"
            )

    def present(
        self, tree: Presented, names: frozenset[bytes] | None = None, guess: int = 0
    ) -> Mapping[bytes, Outcome]:
        """What each witness (or those of `names`) says of a checkpoint. A wrong idea of what one has seen is corrected once.

        `guess`: how much a witness has seen that was not asked before.
        """
        asked = list(self.policy.witnesses) if names is None else sorted(names)
        old_sizes = {name: min(self._sizes.get(name, guess), tree.size) for name in asked}
        outcomes: dict[bytes, Outcome] = {}
        for last in (False, True):
            answers = self._ask(tree, old_sizes)
            judged = {
                name: self._judge(name, old_sizes[name], answer, tree, last=last)
                for name, answer in answers.items()
            }
            old_sizes = {name: one for name, one in judged.items() if isinstance(one, int)}
            outcomes |= {name: one for name, one in judged.items() if not isinstance(one, int)}
            if not old_sizes:
                break
        for name, one in outcomes.items():
            self._note_outcome(name, one, tree.size)
        return {name: outcomes[name] for name in asked}

    def _ask(self, tree: Presented, old_sizes: Mapping[bytes, int]) -> Mapping[bytes, WitnessAnswer]:
        bodies = {
            size: encode_add_checkpoint(size, _proof(tree, size), tree.note)
            for size in set(old_sizes.values())
        }
        return self._door.add_checkpoint({name: bodies[size] for name, size in old_sizes.items()})

    def _judge(
        self, name: bytes, old_size: int, answer: WitnessAnswer, tree: Presented, *, last: bool
    ) -> Outcome | int:
        """What an answer means; a number: ask once more with a proof from that size."""
        match answer:
            case Accepted(lines):
                return self._believed(name, lines, tree) or NoAnswer("no-cosignature")
            case OtherSize(size) if size > tree.size:
                return SeenMore(size)
            case OtherSize(size) if size == old_size == tree.size:
                return SeenOther(size)
            case OtherSize(size):
                return NoAnswer("contradicts-itself") if last or size == old_size else size
            case ProofRefused():
                return SeenOther(old_size)
            case NoAnswer():
                return answer

    def _believed(self, name: bytes, lines: tuple[str, ...], tree: Presented) -> Cosigned | None:
        """The newest line that the witness's key of the policy has signed, over this text, just now."""
        text = decode_note(tree.note).text
        now = self._clock.now()
        oldest, newest = int((now - OLDEST).timestamp()), int((now + AHEAD).timestamp())
        believed: Cosigned | None = None
        for line in lines:
            at = _time_of(f"{text}\n{line}".encode(), self.policy.witnesses[name])
            if at is None or not oldest <= at <= newest:
                _log.warning(
                    "a line of the witness %s is ignored: not its cosignature of now", told_name(name)
                )
            elif believed is None or at > believed.at:
                believed = Cosigned(line, at)
        return believed

    def _note_outcome(self, name: bytes, outcome: Outcome, size: int) -> None:
        """Remember what a witness has seen. That one is silent is logged once, not every second."""
        match outcome:
            case Cosigned():
                self._sizes[name] = size
                if self._silent.pop(name, None) is not None:
                    _log.info("the witness %s cosigns again", told_name(name))
            case NoAnswer(reason):
                if self._silent.get(name) != reason:
                    _log.warning("the witness %s has not cosigned: %s", told_name(name), reason)
                self._silent[name] = reason
            case SeenMore(seen) | SeenOther(seen):
                _log.error("the witness %s contradicts: it has seen %d leaves", told_name(name), seen)


def require_one_history(outcomes: Mapping[bytes, Outcome], size_now: Callable[[], int]) -> None:
    """Raises IntegrityError when a witness has seen another history than the stored log, or more of it than there is."""
    for name, one in outcomes.items():
        match one:
            case SeenOther(size):
                raise IntegrityError(
                    f"见证方 {told_name(name)} 已见证的账本（{size} 条）与本账本不一致，或其审计发现账本有误。"
                    f"继续签发会使账本分叉，已停止。{RUNBOOK}"
                )
            case SeenMore(size) if size > (stored := size_now()):
                raise IntegrityError(
                    f"见证方 {told_name(name)} 已见证 {size} 条，数据库中只有 {stored} 条，可能恢复了旧备份。"
                    f"继续签发会使账本分叉，已拒绝。{RUNBOOK}"
                )
            case _:
                pass


def presented(raw_note: bytes, nodes_of: Callable[[int], Node]) -> Presented:
    """A checkpoint of this log with its tree, as a witness is shown it; `nodes_of` gives the nodes of a tree of a size."""
    checkpoint, _ = decode_checkpoint(raw_note)
    return Presented(raw_note, checkpoint.size, checkpoint.root, nodes_of(checkpoint.size))


def _proof(tree: Presented, old_size: int) -> tuple[bytes, ...]:
    """The proof from a smaller size, verified with the reader's code: who refuses it has seen something else."""
    if not old_size:
        return ()
    try:
        proof = consistency_proof(tree.node, old_size, tree.size)
        old_root = tree_root(tree.node, old_size)
        verify_consistency(old_size, tree.size, old_root, tree.root, proof)
    except (CertverifyError, IndexError) as error:
        raise IntegrityError("账本分片与检查点不符，无法向见证方出示证明，已停止公开。") from error
    return proof


def _time_of(raw_note: bytes, key: VerifierKey) -> int | None:
    try:
        return decode_note(raw_note).cosigned_at(key)
    except CertverifyError:
        return None


def _reason(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, NoAnswer) else type(outcome).__name__
