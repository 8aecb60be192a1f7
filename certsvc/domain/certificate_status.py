"""The status of a certificate version 证书状态; the numbers are those of the ledger (docs/formats/ledger.md)."""

from __future__ import annotations

from enum import IntEnum


class CertificateStatus(IntEnum):
    """What stands of a certificate version, as recorded. A version is superseded when a correction replaced it."""

    VALID = 1
    SUSPENDED = 2
    REVOKED = 3
    WRITTEN_OFF = 4
    VOIDED = 5
    SUPERSEDED = 6
    HISTORICAL = 7

    @property
    def word(self) -> str:
        """The word of the verdict schema (docs/formats/verdict.md)."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """The Chinese word, as verifiers see it."""
        return _LABELS[self]


_LABELS = {
    CertificateStatus.VALID: "有效",
    CertificateStatus.SUSPENDED: "核查中",
    CertificateStatus.REVOKED: "已撤销",
    CertificateStatus.WRITTEN_OFF: "已核销",
    CertificateStatus.VOIDED: "无效",
    CertificateStatus.SUPERSEDED: "已换发",
    CertificateStatus.HISTORICAL: "历史数据",
}
