"""What a monitor keeps when a log misbehaved: signed notes, the leaf, and the trust list by which it was judged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from certverify.checkpoint import Checkpoint
from certverify.errors import TreeInconsistentError, TreeMissingError
from certverify.monitor_state import KeptCheckpoint, MonitorState
from certverify.replay_faults import FaultFoundError
from certverify.tree import TILE_WIDTH, PublicTree
from certverify.trust_follow import TrustFiles


def fork_evidence(
    state: MonitorState, notes: Sequence[KeptCheckpoint], judged_by: TrustFiles
) -> tuple[str, ...]:
    """Keep two notes that contradict each other, once for each pair of roots; their paths."""
    sizes = "-".join(str(note.checkpoint.size) for note in notes)
    roots = b"".join(sorted(note.checkpoint.root for note in notes))
    named = {f"{note.checkpoint.size}-{note.checkpoint.root.hex()[:8]}.note": note.raw_note for note in notes}
    return _kept(state, f"fork-{sizes}-{sha256(roots).hexdigest()[:16]}", named, judged_by)


def broken_evidence(
    state: MonitorState,
    tree: PublicTree,
    kept: KeptCheckpoint,
    error: FaultFoundError,
    judged_by: TrustFiles,
) -> tuple[str, ...]:
    """Keep a leaf that breaks a rule with its inclusion proof and the signed checkpoint, once for each leaf; the paths."""
    told = _leaf(tree, kept.checkpoint, error)
    digest = sha256(str(told.get("leaf")).encode()).hexdigest()[:16]
    files = {"leaf.json": json.dumps(told, indent=1).encode(), "checkpoint.note": kept.raw_note}
    return _kept(state, f"{error.fault.value}-{error.index}-{digest}", files, judged_by)


def _kept(state: MonitorState, name: str, files: dict[str, bytes], judged_by: TrustFiles) -> tuple[str, ...]:
    trust = {"trust-list.json": judged_by.raw_list, "policy": judged_by.raw_policy}
    if judged_by.raw_note is not None:
        trust["trust.note"] = judged_by.raw_note
    item = state.keep_evidence(name, files | trust)
    return tuple(str(item / file) for file in files)


def _leaf(tree: PublicTree, checkpoint: Checkpoint, error: FaultFoundError) -> dict[str, object]:
    """The leaf with its inclusion proof, as far as the tree still gives it."""
    found: dict[str, object] = {"fault": error.fault.value, "index": error.index, "size": checkpoint.size}
    try:
        number, offset = divmod(error.index, TILE_WIDTH)
        width = min(TILE_WIDTH, checkpoint.size - number * TILE_WIDTH)
        found["leaf"] = tree.raw_entries(number, width)[offset].hex()
        found["proof"] = [one.hex() for one in tree.inclusion_proof(error.index, checkpoint.size)]
    except (TreeMissingError, TreeInconsistentError) as missing:
        found["incomplete"] = str(missing)
    return found
