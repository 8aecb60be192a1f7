"""The start-up guard's other half: before a process signs anything, the witnesses say what they have seen of the log.

Asked with what is public already, so that asking shows nothing new; only a witness that has seen more (a process died
between cosignature and publication) is shown the committed head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from certverify.note import VerifierKey

from certsvc.errors import NotWitnessed
from certsvc.formats.merkle import Node
from certsvc.formats.tile import TileNodes
from certsvc.ports import LedgerHead, LedgerStore, PublicTree
from certsvc.stages.published_log import read_published_note, tree_nodes
from certsvc.stages.witnessing import Outcome, SeenMore, Witnessing, presented, require_one_history


class WitnessGuard:
    """ports.witness.StartGuard: passes once the quorum of witnesses has answered, none of them contradicting."""

    def __init__(
        self, witnessing: Witnessing, store: LedgerStore, tree: PublicTree, keys: Sequence[VerifierKey]
    ) -> None:
        self._witnessing = witnessing
        self._store = store
        self._tree = tree
        self._keys = tuple(keys)
        self._outcomes: Mapping[bytes, Outcome] | None = None

    def ask(self) -> None:
        """Show every witness the published checkpoint; where nothing is published yet, the committed one."""
        if not self._witnessing.policy.witnesses:
            return
        published = read_published_note(self._tree, self._keys)
        head = self._head()
        if published is not None:
            raw_note, checkpoint = published
            shown = presented(raw_note, partial(tree_nodes, self._tree))
            outcomes = dict(self._witnessing.present(shown, guess=checkpoint.size))
            ahead = frozenset(name for name, one in outcomes.items() if isinstance(one, SeenMore))
            if ahead and head is not None and head.size > checkpoint.size:
                outcomes |= self._witnessing.present(presented(head.note, self._stored_nodes), ahead)
        elif head is not None:
            outcomes = dict(self._witnessing.present(presented(head.note, self._stored_nodes)))
        else:
            outcomes = {}
        self._outcomes = outcomes

    def require(self, head: LedgerHead | None, *, to_sign: bool) -> None:
        """Judge the answers by the head, which is locked: nobody can have seen more than it by now."""
        if not self._witnessing.policy.witnesses:
            return
        if self._outcomes is None:
            raise NotWitnessed("等待见证：启动后尚未询问见证方，暂不签发，稍后自动重试。")
        require_one_history(self._outcomes, lambda: 0 if head is None else head.size)
        if to_sign and head is not None:
            self._witnessing.require_quorum(self._outcomes)

    def _head(self) -> LedgerHead | None:
        with self._store.transaction() as transaction:
            return transaction.head()

    def _stored_nodes(self, size: int) -> Node:
        return TileNodes(self._stored_tile, size).node

    def _stored_tile(self, level: int, number: int) -> bytes:
        """In a short transaction of its own: the conversation lasts longer than a lock may."""
        with self._store.transaction() as transaction:
            return transaction.tile(level, number)
