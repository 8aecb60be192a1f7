"""What a verdict was about, for the log of look-ups."""

from __future__ import annotations

from certverify import Code, Verdict
from certverify.verdict import Authentic


def number_found(verdict: Verdict) -> str | None:
    """The number, or check reference, of what a verdict is about; None for what the authority never signed or recorded."""
    if verdict.authentic is not Authentic.YES or Code.CERTIFICATE_NOT_FOUND in verdict_codes(verdict):
        return None
    if verdict.historical is not None:
        return verdict.historical.reference
    return None if verdict.certificate is None else verdict.certificate.number


def verdict_codes(verdict: Verdict) -> frozenset[Code]:
    """The codes of a verdict's findings."""
    return frozenset(one.code for one in verdict.findings)
