"""Offline verifier for the professional-title certificates of Jilin Province.

    trust = load_trust(folder)            # trust list, tables and policy of a downloaded public tree
    ledger = open_ledger(folder, trust)   # checkpoint and seal, verified once
    verdict = check_record(text, trust, ledger, now)

Every check gives a `Verdict`: passed, failed or undetermined, with findings; see docs/formats/verdict.md.
"""

from certverify.bundle import check_bundle
from certverify.check import check_image, check_pdf, check_record
from certverify.codes import Code
from certverify.errors import CertverifyError
from certverify.ledger import LedgerUnavailable, LedgerView, StatusSource, open_ledger
from certverify.trust import Trust, TrustList, decode_trust, load_trust
from certverify.verdict import Outcome, Verdict

__all__ = [
    "CertverifyError",
    "Code",
    "LedgerUnavailable",
    "LedgerView",
    "Outcome",
    "StatusSource",
    "Trust",
    "TrustList",
    "Verdict",
    "check_bundle",
    "check_image",
    "check_pdf",
    "check_record",
    "decode_trust",
    "load_trust",
    "open_ledger",
]
