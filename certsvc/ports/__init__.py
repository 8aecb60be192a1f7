"""What the stages need from the world: small protocols, named by need. Adapters fulfil them; bootstrap joins both.

The corridor's own ports can be imported from here; those of a theme stand in its module (`access`, `decisions`,
`operations`, `sharing`, `verification`).
"""

from certsvc.ports.ledger import (
    LastCheckpoint,
    LedgerHead,
    LedgerStore,
    LedgerTransaction,
    LoggedEvent,
    PendingEvent,
    PublicTree,
    QueuedEvents,
    StoredLeaf,
)
from certsvc.ports.office import ActorStore, CertificateStore, FilingStore
from certsvc.ports.world import (
    Clock,
    DocumentArchive,
    DocumentSigner,
    DocumentWriter,
    GlyphCoverage,
    LogSigner,
    PersonalCipher,
    RecordSigner,
)

__all__ = [
    "ActorStore",
    "CertificateStore",
    "Clock",
    "DocumentArchive",
    "DocumentSigner",
    "DocumentWriter",
    "FilingStore",
    "GlyphCoverage",
    "LastCheckpoint",
    "LedgerHead",
    "LedgerStore",
    "LedgerTransaction",
    "LogSigner",
    "LoggedEvent",
    "PendingEvent",
    "PersonalCipher",
    "PublicTree",
    "QueuedEvents",
    "RecordSigner",
    "StoredLeaf",
]
