"""What the public log says of a certificate, every proof verified with the reader's code when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from certverify import LedgerView

from certsvc.domain.certificate_trace import LedgerPart, TracedLeaf, TracedVersion
from certsvc.errors import ConflictError
from certsvc.formats.tlog_proof import encode_tlog_proof
from certsvc.ports import LoggedEvent
from certsvc.ports.verification import PublishedState
from certsvc.stages.published_log import PublishedLog


@dataclass(frozen=True, slots=True)
class PublishedTraces:
    """ports.certificate_traces.TraceLedger over the public tree. `logged_on` gives the logged events on some slots."""

    open_log: Callable[[], PublishedLog]
    state: PublishedState
    logged_on: Callable[[Iterable[int]], tuple[LoggedEvent, ...]]

    def part(self, versions: Iterable[TracedVersion]) -> LedgerPart | None:
        """Every event on the versions with its proof; None while the log is not published. Raises IntegrityError."""
        version_of = {one.slot: one.version for one in versions}
        try:
            log = self.open_log()
        except ConflictError:
            return None
        leaves = tuple(
            TracedLeaf(
                one.leaf_index,
                one.manifest_index,
                version_of[one.slot],
                len(log.prove(one.leaf_index).proof) if one.leaf_index < log.size else None,
            )
            for one in self.logged_on(version_of)
        )
        _, ledger = self.state.open()
        seal = ledger.seal.index if isinstance(ledger, LedgerView) else None
        return LedgerPart(log.size, log.checkpoint.root.hex(), seal, leaves)

    def tlog_proof(self, leaf_index: int) -> bytes:
        """The proof of a leaf in the format of C2SP, the leaf as its extra data. Raises IntegrityError, ConflictError."""
        log = self.open_log()
        proven = log.prove(leaf_index)
        return encode_tlog_proof(proven.index, proven.proof, log.note, proven.leaf)
