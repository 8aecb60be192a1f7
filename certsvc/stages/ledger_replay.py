"""The leaves of the log read one after another: what the status array must be, and which stored row each event has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from certverify.errors import CertverifyError, LeafError
from certverify.leaf import EventLeaf, ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import root_of_hashes
from certverify.trust import TrustList

from certsvc.formats.calendar_units import day_number
from certsvc.formats.leaf import SlotStatus
from certsvc.formats.status import LEAST_SLOTS, StatusArray
from certsvc.ports.ledger_reading import LoggedRow
from certsvc.stages.ledger_faults import FaultCode, Faults


class LeafReplay:
    """Takes every leaf in order. `array`: the status array after the leaves taken so far."""

    def __init__(
        self, rows: Iterator[LoggedRow], most_slots: int, faults: Faults, trust_list: TrustList | None = None
    ) -> None:
        """`rows`: the logged rows in the order of their leaves. `most_slots`: the length of the array at the end.
        `trust_list`: the one under which manifests must be signed; None: not looked at.
        """
        self._trust_list = trust_list
        self.array = StatusArray(LEAST_SLOTS)
        self._rows, self._most_slots, self._faults = rows, most_slots, faults
        self._row = next(rows, None)
        self._index = 0
        self._events: list[bytes] = []
        self._expected_manifest: set[int] = set()
        self._sealed = True

    def take(self, index: int, entry: bytes, hashed: bytes) -> None:
        """One leaf."""
        self._index = index
        try:
            leaf = decode_leaf(entry)
        except LeafError:
            self._faults.add(FaultCode.LEAF, index)
            return
        self._sealed = isinstance(leaf, SealLeaf)
        if isinstance(leaf, EventLeaf):
            self._take_event(leaf, hashed)
        elif isinstance(leaf, ManifestLeaf):
            self._take_manifest(leaf)
        else:
            self._take_seal(leaf)

    def end(self) -> None:
        """After the last leaf."""
        if not self._sealed or self._events:
            self._faults.add(FaultCode.BATCH, self._index)
        while self._row is not None:
            self._faults.add(FaultCode.ROW_WITHOUT_LEAF, self._row.leaf_index)
            self._row = next(self._rows, None)

    def _take_event(self, leaf: EventLeaf, hashed: bytes) -> None:
        self._events.append(hashed)
        if leaf.slot < self._most_slots:
            while self.array.slots <= leaf.slot:
                self.array = self.array.grown(2 * self.array.slots)
            self.array[leaf.slot] = SlotStatus(leaf.type.status_after)
        else:
            self._faults.add(FaultCode.LEAF, self._index)
        self._join_row(leaf)

    def _join_row(self, leaf: EventLeaf) -> None:
        while self._row is not None and self._row.leaf_index < self._index:
            self._faults.add(FaultCode.ROW_WITHOUT_LEAF, self._row.leaf_index)
            self._row = next(self._rows, None)
        row = self._row
        if row is None or row.leaf_index != self._index:
            self._faults.add(FaultCode.LEAF_WITHOUT_ROW, self._index)
            return
        self._row = next(self._rows, None)
        if not _same(row, leaf):
            self._faults.add(FaultCode.ROW_DIFFERS, self._index)
        self._expected_manifest.add(row.manifest_index)

    def _take_manifest(self, leaf: ManifestLeaf) -> None:
        covers = (self._index - len(self._events), len(self._events))
        whole = covers == (leaf.first_index, leaf.count) and leaf.root == root_of_hashes(self._events)
        if not whole or self._expected_manifest - {self._index}:
            self._faults.add(FaultCode.BATCH, self._index)
        self._events, self._expected_manifest = [], set()
        if self._trust_list is not None:
            try:
                leaf.verify(self._trust_list)
            except CertverifyError:
                self._faults.add(FaultCode.MANIFEST, self._index)

    def _take_seal(self, leaf: SealLeaf) -> None:
        if self._events or leaf.index != self._index or leaf.slots < self.array.slots:
            self._faults.add(FaultCode.BATCH, self._index)
        self._events = []
        if self.array.slots < leaf.slots <= self._most_slots:
            self.array = self.array.grown(leaf.slots)


def _same(row: LoggedRow, leaf: EventLeaf) -> bool:
    try:
        effective_on = day_number(date.fromisoformat(row.effective_on))
    except ValueError:
        return False
    stored = (row.kind, row.slot, effective_on, row.commitment)
    return stored == (int(leaf.type), leaf.slot, leaf.effective_on, leaf.commitment)
