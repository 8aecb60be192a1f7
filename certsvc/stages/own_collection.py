"""All documents of a holder in one file, with a list that says what is in it and what is not, and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from certverify.verdict import StatusWord

from certsvc.domain.caller import Caller
from certsvc.domain.regions import REGIONS
from certsvc.domain.titles import TITLES
from certsvc.stages.own_certificates import OwnCertificate, OwnCertificates
from certsvc.stages.share_grants import Holder

LIST_NAME: Final = "清单.csv"
_HEADS: Final = (
    "证书编号",
    "版本",
    "职称名称",
    "级别",
    "取得时间",
    "有效范围",
    "状态",
    "文件",
    "SHA-256",
    "说明",
)
_ENDED: Final = frozenset({StatusWord.REVOKED, StatusWord.WRITTEN_OFF, StatusWord.VOIDED})
_LEFT_OUT: Final = "已作出决定，不再提供证书文件；所载内容和决定见“我的证书”"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class OwnCollection:
    """The holder's documents as members of one file."""

    own: OwnCertificates

    def members(self, holder: Holder, by: Caller, channel: str) -> Iterator[tuple[str, bytes]]:
        """Name and bytes: the list first, then every document that may still be handed out, each look written down before.

        Raises UnavailableError when register or tree do not answer.
        """
        holding = self.own.of_holder(holder, by, channel)
        yield LIST_NAME, _list(holding.certificates, holding.at.date())
        for document in self.own.documents(holder, by, channel):
            yield _file_name(document.number, document.version), document.document


def _list(certificates: tuple[OwnCertificate, ...], today: date) -> bytes:
    """UTF-8 with the mark that spreadsheets ask for; no cell is a formula."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow([f"我的职称电子证书清单，{today.isoformat()}"])
    rows.writerow(_HEADS)
    for certificate in certificates:
        newest = certificate.versions[-1]
        content = newest.kept.draft.content
        award = content.award
        ended = newest.status in _ENDED
        rows.writerow(
            [
                _cell(value)
                for value in (
                    certificate.number,
                    str(content.version),
                    TITLES[award.title],
                    award.level.label,
                    award.acquired_on.isoformat(),
                    "全省"
                    if award.validity_area is None
                    else f"仅限{REGIONS[award.validity_area].full_name}",
                    newest.status.zh,
                    "" if ended else _file_name(certificate.number, content.version),
                    "" if ended else newest.kept.document_sha256,
                    _LEFT_OUT if ended else "",
                )
            ]
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _file_name(number: str, version: int) -> str:
    return f"{number}-v{version}.pdf"


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
