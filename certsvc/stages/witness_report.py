"""How the witnesses of the policy stand: what they have cosigned of the published checkpoint, and whether they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from certsvc.ports import PublicTree
from certsvc.ports.witness import NoAnswer
from certsvc.stages.published_log import CHECKPOINT_PATH, tree_nodes
from certsvc.stages.witness_policy import told_name
from certsvc.stages.witnessing import Cosigned, Outcome, SeenMore, SeenOther, Witnessing, presented


@dataclass(frozen=True, slots=True)
class WitnessState:
    """One witness. `answer`: `cosigned`, `seen-more`, `seen-other`, or why there is none; None: it was not asked."""

    name: str
    key_name: str
    address: str
    cosigned_at: datetime | None
    answer: str | None
    seen: int | None

    @property
    def reachable(self) -> bool | None:
        """Whether it answered in the sense of the protocol; None when it was not asked."""
        return None if self.answer is None else self.answer in ("cosigned", "seen-more", "seen-other")

    @property
    def contradicts(self) -> bool:
        """Whether it has seen more of the log than is published, or something else."""
        return self.answer in ("seen-more", "seen-other")


@dataclass(frozen=True, slots=True)
class WitnessReport:
    """The policy's quorum (None: no witness is needed), the published size, whether its cosignatures make the quorum, and
    whether those who answered just now would."""

    quorum: str | None
    size: int | None
    published_met: bool
    answered_met: bool
    witnesses: tuple[WitnessState, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing needs anybody's attention."""
        contradicted = any(one.contradicts for one in self.witnesses)
        return self.published_met and self.answered_met and not contradicted


def witness_report(witnessing: Witnessing, tree: PublicTree) -> WitnessReport:
    """Ask every witness to cosign what is published already, which changes nothing. Without a checkpoint nobody is asked."""
    policy = witnessing.policy
    raw_note = tree.read(CHECKPOINT_PATH)
    times: Mapping[bytes, int] = {}
    outcomes: Mapping[bytes, Outcome] = {}
    size = None
    if raw_note is not None:
        shown = presented(raw_note, partial(tree_nodes, tree))
        size, times = shown.size, witnessing.cosigned_at(raw_note)
        outcomes = witnessing.present(shown, guess=shown.size)
    answered = frozenset(name for name, one in outcomes.items() if isinstance(one, Cosigned))
    return WitnessReport(
        None if policy.rule.quorum is None else told_name(policy.rule.quorum),
        size,
        raw_note is not None and policy.rule.satisfied_by(frozenset(times)),
        policy.rule.satisfied_by(answered),
        tuple(
            WitnessState(
                told_name(name),
                key.name,
                policy.addresses[name],
                datetime.fromtimestamp(times[name], UTC) if name in times else None,
                _answer(outcomes.get(name)),
                _seen(outcomes.get(name), size),
            )
            for name, key in policy.witnesses.items()
        ),
    )


def _answer(outcome: Outcome | None) -> str | None:
    match outcome:
        case None:
            return None
        case Cosigned():
            return "cosigned"
        case SeenMore():
            return "seen-more"
        case SeenOther():
            return "seen-other"
        case NoAnswer(reason):
            return reason


def _seen(outcome: Outcome | None, size: int | None) -> int | None:
    match outcome:
        case Cosigned():
            return size
        case SeenMore(seen) | SeenOther(seen):
            return seen
        case _:
            return None
