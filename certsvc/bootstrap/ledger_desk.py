"""What an office does about its ledger beyond appending and publishing: checking, rebuilding, reconciling."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from certsvc.adapters.ledger_reading import DatabaseLedgerReading
from certsvc.adapters.ledger_rebuild_store import DatabaseLedgerRebuilding
from certsvc.adapters.reconciliation_source import DatabaseReconciliationSource
from certsvc.adapters.submissions import DatabaseSubmissions
from certsvc.adapters.tree_pruning import Pruned, prune_folder
from certsvc.errors import ConfigurationError
from certsvc.formats.note import encode_vkey
from certsvc.stages.ledger_faults import FaultCode
from certsvc.stages.ledger_fsck import FsckReport, LedgerFsck, Told
from certsvc.stages.ledger_rebuild import LedgerRebuild, RebuildReport
from certsvc.stages.log_receipts import LogReceipts
from certsvc.stages.published_log import PublishedLog
from certsvc.stages.reconciliation import Reconciliation
from certsvc.stages.trust_check import NOTE_PATH
from certsvc.stages.trust_files import POLICY_PATH, TABLES_PATH, TRUST_LIST_PATH

if TYPE_CHECKING:
    from certsvc.bootstrap.public_side import PublicSide


class LedgerDesk:
    """Checks of the whole ledger of an office."""

    def __init__(self, office: PublicSide) -> None:
        self._office = office

    def fsck(self, told: Told = lambda _read, _of: None) -> FsckReport:
        """Hold the stored log and the public tree against each other; nothing is written."""
        office = self._office
        reading = DatabaseLedgerReading(office.reading_engine)
        try:
            signed, known = office.key_desk.signed(), True
        except ConfigurationError:  # what was signed last is not on this machine
            signed, known = None, False
        log = office.keys.log
        files = {"vkey": (encode_vkey(log.origin, log.public_key) + "\n").encode()}
        if signed is not None:
            files |= {
                TRUST_LIST_PATH: signed.trust_list,
                TABLES_PATH: signed.tables,
                POLICY_PATH: signed.policy,
            }
            files |= {} if signed.note is None else {NOTE_PATH: signed.note}
        report = LedgerFsck(reading, office.tree, office.log_keys, files).check(told)
        if not known:
            report.faults.add(FaultCode.PUBLIC_TRUST_DIFFERS, TRUST_LIST_PATH)
        return report

    def rebuild(self, *, from_scratch: bool) -> RebuildReport:
        """Take published leaves into the database that it lacks; certificates find their leaves again."""
        office = self._office
        store = DatabaseLedgerRebuilding(office.engine)
        rebuilding = LedgerRebuild(store, office.tree, office.log_keys, office.clock, office.archive.numbers)
        report = rebuilding.run(from_scratch=from_scratch)
        office.certificates.adopt_leaves()
        return report

    def prune(self, keep: timedelta) -> Pruned:
        """Remove public files that were superseded longer ago than `keep`. Raises ConflictError before publication."""
        office = self._office
        with office.tree.exclusive():
            published = PublishedLog(office.tree, office.log_keys)
            before = office.clock.now() - keep
            return prune_folder(office.settings.public_folder, published.size, before)

    @property
    def reconciliation(self) -> Reconciliation:
        """What was decided, waits, was logged and published, held against each other."""
        office = self._office
        source = DatabaseReconciliationSource(office.reading_engine)
        return Reconciliation(source, office.tree, office.log_keys, office.clock)

    @property
    def receipts(self) -> LogReceipts:
        """Log receipts for who submitted events."""
        office = self._office
        submissions = DatabaseSubmissions(office.reading_engine)
        return LogReceipts(
            submissions,
            office.keys.log,
            office.ledger.require_own_history,
            office.tree,
            office.log_keys,
            office.clock,
        )
