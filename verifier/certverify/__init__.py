"""Offline verifier for the professional-title certificates of Jilin Province.

    trust = load_trust(folder)            # trust list, tables and policy of a mirror or of a downloaded public tree
    ledger = open_ledger(folder, trust)   # checkpoint and seal, verified once
    verdict = check_record(text, trust, ledger, now)

Every check gives a `Verdict`: passed, failed or undetermined, with findings; see docs/formats/verdict.md. What stands in
`__all__` is the interface for other programs, by the rules of docs/python-verifier.md; everything else may change.
"""

from certverify.anything import Answer, Answers, check_anything
from certverify.batch import Batch, Counts
from certverify.bundle import check_bundle
from certverify.check import check_image, check_pdf, check_record
from certverify.codes import Code
from certverify.errors import (
    BatchError,
    CertverifyError,
    MirrorError,
    TrustForgedError,
    TrustListError,
)
from certverify.explain import Explained, explain_code
from certverify.ledger import LedgerUnavailable, LedgerView, StatusSource, open_ledger
from certverify.recognised import Kind
from certverify.sync import mirror
from certverify.sync_report import SyncOutcome, SyncReport
from certverify.trust import Trust, TrustList, decode_trust, decode_verifier_anchor, load_trust
from certverify.verdict import Outcome, Verdict

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Answers",
    "Batch",
    "BatchError",
    "CertverifyError",
    "Code",
    "Counts",
    "Explained",
    "Kind",
    "LedgerUnavailable",
    "LedgerView",
    "MirrorError",
    "Outcome",
    "StatusSource",
    "SyncOutcome",
    "SyncReport",
    "Trust",
    "TrustForgedError",
    "TrustList",
    "TrustListError",
    "Verdict",
    "check_anything",
    "check_bundle",
    "check_image",
    "check_pdf",
    "check_record",
    "decode_trust",
    "decode_verifier_anchor",
    "explain_code",
    "load_trust",
    "mirror",
    "open_ledger",
]
