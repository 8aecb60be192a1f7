"""`certsvc ledger rebuild`: published leaves that the database lacks are taken back out of the public tree.

The published entry bundles are the whole log. A database that was restored from an older backup may not sign (start-up
guard); after this it holds every published leaf, and what it had of the business behind them decides what people still
have to do. Nothing is signed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from certverify.checkpoint import open_checkpoint
from certverify.errors import CertverifyError
from certverify.leaf import EventLeaf, Leaf, ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import root_of_hashes
from certverify.note import VerifierKey

from certsvc.errors import ConflictError, IntegrityError
from certsvc.formats.leaf import EventKind
from certsvc.formats.merkle import EMPTY_ROOT, leaf_hash, tree_root
from certsvc.formats.status import CHUNK_SLOTS, LEAST_SLOTS, StatusArray
from certsvc.formats.tile import TILE_WIDTH, entries_path, entry_runs, split_entries, tile_width
from certsvc.ports import Clock, LedgerHead, PublicTree
from certsvc.ports.ledger_rebuilding import (
    AdoptedEvent,
    Adoption,
    LedgerRebuilding,
    PublishedEvent,
    RebuildTransaction,
)
from certsvc.stages.ledger_check import load_edge
from certsvc.stages.published_log import NO_WITNESSES, PublishedLog

_AT_ONCE = 16 * TILE_WIDTH
MOST_TOLD = 10_000
_BROKEN = "公开目录中的账本自相矛盾（第 {} 条附近），未作任何改动。请从镜像或见证方取得完整的公开目录后重试。"
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """How many leaves the database held before and holds now, and what became of the events among the new ones.

    `events`: how many there were; `open_events`: how many of them the database knew nothing of, the first of which are
    `told`.
    """

    before: int
    now: int
    events: int = 0
    open_events: int = 0
    told: tuple[AdoptedEvent, ...] = ()


class LedgerRebuild:
    """Re-ingest."""

    def __init__(
        self,
        store: LedgerRebuilding,
        tree: PublicTree,
        keys: Sequence[VerifierKey],
        clock: Clock,
        numbers_seen: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        """`keys`: those that may have signed checkpoints of this log. `numbers_seen`: certificate numbers that stand
        outside the database (in the archive of documents)."""
        self._store = store
        self._tree = tree
        self._keys = tuple(keys)
        self._clock = clock
        self._numbers_seen = numbers_seen

    def run(self, *, from_scratch: bool = False) -> RebuildReport:
        """Take over what is published and not stored; with `from_scratch` all of it, whatever is stored of the log.

        One transaction; again, nothing more to do. Every leaf is hashed anew and the result must be the root that this
        log signed, the status array must be the one that the last seal states. Raises ConflictError when nothing is
        published, or (not `from_scratch`) when the stored log is no prefix of the published one, IntegrityError when
        the public tree contradicts itself.
        """
        log = PublishedLog(self._tree, self._keys)
        with self._store.rebuilding() as transaction:
            if from_scratch:
                transaction.erase_log()
            head = transaction.head()
            self._require_prefix(log, head)
            before = 0 if head is None else head.size
            if head is not None and before == log.size:
                return RebuildReport(before, before)
            return self._take_over(transaction, log, head)

    def _require_prefix(self, log: PublishedLog, head: LedgerHead | None) -> None:
        if head is None:
            return
        if head.size > log.size:
            raise ConflictError(
                "数据库中的账本比公开账本长，无需重建。请运行 certsvc ledger publish 补齐公开目录。"
            )
        if tree_root(log.node, head.size) != head.root:
            raise ConflictError(
                "数据库中的账本不是公开账本的前段，不能接续。请先运行 certsvc ledger fsck 查明原因；"
                "确认以公开账本为准后，再使用 --from-scratch。"
            )

    def _take_over(
        self, transaction: RebuildTransaction, log: PublishedLog, head: LedgerHead | None
    ) -> RebuildReport:
        before, now = 0 if head is None else head.size, self._clock.now()
        edge = load_edge(transaction, before, EMPTY_ROOT if head is None else head.root)
        seal = _last_seal(log)
        array = self._array(transaction, head, seal)
        reader, tally, changed = _LeafReader(before), _Tally(), set[int]()
        for start in range(before, log.size, _AT_ONCE):
            entries = _entries(log, start, min(start + _AT_ONCE, log.size))
            hashes = [leaf_hash(entry) for entry in entries]
            edge, runs = edge.extend(hashes)
            transaction.append(runs, entry_runs(start, entries))
            events = reader.take(entries, hashes)
            _require_slots(events, array)
            changed |= array.put((event.slot, int(event.kind.status_after)) for event in events)
            tally.count(transaction.adopt(events, now))
        reader.require_end()
        if edge.root != log.checkpoint.root or (array.slots, array.root) != (seal.slots, seal.root):
            raise IntegrityError(_BROKEN.format(log.size - 1))
        new = self._head(log, array)
        if head is None:
            transaction.begin_log(new)
        else:
            transaction.move_head(head, new)
        transaction.put_status_chunks({number: array.chunk(number) for number in changed})
        transaction.finish(self._numbers_seen(), tally.years(now.year))
        return RebuildReport(before, log.size, tally.events, tally.open_events, tuple(tally.kept))

    def _array(self, transaction: RebuildTransaction, head: LedgerHead | None, seal: SealLeaf) -> StatusArray:
        """The stored array, as long as the last seal says."""
        slots = LEAST_SLOTS if head is None else head.status_slots
        if seal.slots < slots:
            raise IntegrityError(_BROKEN.format(seal.index))
        return StatusArray(slots, transaction.status_chunks(0, slots // CHUNK_SLOTS)).grown(seal.slots)

    def _head(self, log: PublishedLog, array: StatusArray) -> LedgerHead:
        try:
            signed = open_checkpoint(log.note, self._keys, NO_WITNESSES)
        except CertverifyError as error:
            raise IntegrityError(_BROKEN.format(log.size - 1)) from error
        signed_at = self._clock.now()
        if signed.cosigned_at is not None:
            signed_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=signed.cosigned_at)
        return LedgerHead(
            size=log.size,
            root=log.checkpoint.root,
            status_slots=array.slots,
            shard_roots=array.shard_roots(),
            note=own_lines(log.note, self._keys),
            signed_at=signed_at,
        )


def _last_seal(log: PublishedLog) -> SealLeaf:
    try:
        seal = decode_leaf(log.prove(log.size - 1).leaf)
    except CertverifyError as error:
        raise IntegrityError(_BROKEN.format(log.size - 1)) from error
    if not isinstance(seal, SealLeaf) or seal.index != log.size - 1:
        raise IntegrityError(_BROKEN.format(log.size - 1))
    return seal


def _entries(log: PublishedLog, start: int, end: int) -> list[bytes]:
    """Consecutive entries, out of their bundles; nothing of them is kept."""
    first = start // TILE_WIDTH
    entries: list[bytes] = []
    for number in range(first, (end - 1) // TILE_WIDTH + 1):
        try:
            entries += split_entries(log.read(entries_path(number, tile_width(log.size, 0, number))))
        except ValueError as error:
            raise IntegrityError(_BROKEN.format(number * TILE_WIDTH)) from error
    found = entries[start - first * TILE_WIDTH : end - first * TILE_WIDTH]
    if len(found) != end - start:
        raise IntegrityError(_BROKEN.format(end))
    return found


def _require_slots(events: Sequence[PublishedEvent], array: StatusArray) -> None:
    for event in events:
        if event.slot >= array.slots:
            raise IntegrityError(_BROKEN.format(event.leaf_index))


class _Tally:
    """What is told of the events: how many, and those that people have to look at."""

    def __init__(self) -> None:
        self.events = 0
        self.open_events = 0
        self.kept: list[AdoptedEvent] = []
        self._lost_years: set[int] = set()

    def count(self, adopted: Sequence[AdoptedEvent]) -> None:
        """Count some."""
        self.events += len(adopted)
        for one in adopted:
            if one.adoption is Adoption.WAITING:
                continue
            self.open_events += 1
            if len(self.kept) < MOST_TOLD:
                self.kept.append(one)
            if one.adoption is Adoption.FOREIGN and one.event.kind is EventKind.ISSUED:
                self._lost_years.add(one.event.effective_on.year)

    def years(self, this_year: int) -> range:
        """The years in which lost certificates may have been numbered; none when none was lost."""
        if not self._lost_years:
            return range(0)
        return range(min(self._lost_years), max(self._lost_years | {this_year}) + 1)


class _LeafReader:
    """Gives the events of leaves taken in order, each batch once its manifest has come."""

    def __init__(self, first_index: int) -> None:
        self._index = first_index
        self._open: list[tuple[int, EventLeaf, bytes]] = []

    def take(self, entries: Sequence[bytes], hashes: Sequence[bytes]) -> list[PublishedEvent]:
        """The events that are covered by now, and were not before. Raises IntegrityError."""
        covered: list[PublishedEvent] = []
        for entry, hashed in zip(entries, hashes, strict=True):
            leaf = self._decoded(entry)
            if isinstance(leaf, EventLeaf):
                self._open.append((self._index, leaf, hashed))
            elif isinstance(leaf, ManifestLeaf):
                covered += self._closed(leaf)
            elif self._open:
                raise IntegrityError(_BROKEN.format(self._index))
            self._index += 1
        return covered

    def require_end(self) -> None:
        """After the last leaf: nothing stands open. Raises IntegrityError."""
        if self._open:
            raise IntegrityError(_BROKEN.format(self._index))

    def _decoded(self, entry: bytes) -> Leaf:
        try:
            return decode_leaf(entry)
        except CertverifyError as error:
            raise IntegrityError(_BROKEN.format(self._index)) from error

    def _closed(self, manifest: ManifestLeaf) -> list[PublishedEvent]:
        root = root_of_hashes([hashed for _, _, hashed in self._open])
        first = self._index - len(self._open)
        if (manifest.first_index, manifest.count, manifest.root) != (first, len(self._open), root):
            raise IntegrityError(_BROKEN.format(self._index))
        events = [
            PublishedEvent(
                kind=EventKind(leaf.type),
                slot=leaf.slot,
                effective_on=_EPOCH + timedelta(days=leaf.effective_on),
                commitment=leaf.commitment,
                leaf_index=index,
                manifest_index=self._index,
            )
            for index, leaf, _ in self._open
        ]
        self._open = []
        return events


def own_lines(raw_note: bytes, keys: Sequence[VerifierKey]) -> bytes:
    """The note with the log's own signature lines alone: as it was committed, before witnesses cosigned it."""
    text, _, lines = raw_note.decode().rpartition("\n\n")
    names = {key.name for key in keys}
    kept = [line for line in lines.splitlines(keepends=True) if line.split(" ")[1] in names]
    return f"{text}\n\n{''.join(kept)}".encode()
