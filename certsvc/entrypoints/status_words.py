"""The status of a certificate as people are told it."""

from __future__ import annotations

from certverify.verdict import StatusWord

from certsvc.domain.certificate_status import CertificateStatus


def status_label(status: StatusWord) -> str:
    """The Chinese word of a status; 无法判定 where the log is not fresh."""
    return "无法判定" if status is StatusWord.UNKNOWN else CertificateStatus[status.name].label
