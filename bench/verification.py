"""The offline check of QR symbols by the verifier, with a ledger that is open already."""

from __future__ import annotations

from statistics import median

from certverify import Outcome, check_record, load_trust, open_ledger

from bench.offices import approved_filing, temporary_office, without_documents
from bench.timing import Measurement, Scale, Target, elapsed, verify_only
from bench.versions import versions
from certsvc.formats.record import record_text

_PEOPLE = 300


def measure(scale: Scale) -> list[Measurement]:
    """Verdicts a second, every one of them passed."""
    with temporary_office() as office:
        filing = approved_filing(office, min(scale.people, _PEOPLE), 1)
        without_documents(office.issuance).run(filing)
        prefix = office.settings.qr_prefix
        texts = [record_text(one.record, prefix) for one in office.certificates.published(filing=filing)]
        trust = load_trust(office.settings.public_folder)
        ledger = open_ledger(office.settings.public_folder, trust)
        now = office.clock.now()

        def check_all() -> None:
            for text in texts:
                verdict = check_record(text, trust, ledger, now)
                if verdict.outcome is not Outcome.PASSED:
                    raise RuntimeError(f"not passed: {verdict.as_json()}")

        check_all()
        rates, floors = [], []
        for _ in range(4 * scale.rounds):
            floors.append(verify_only(len(texts)))
            rates.append(len(texts) / elapsed(check_all))
    return [
        Measurement(
            "qr_offline_per_second",
            "offline check of a QR symbol",
            median(rates),
            "1/s",
            median(floors),
            "Ed25519 verify, a second",
            versions("certverify", "cryptography"),
            Target(5_000),
        )
    ]
