"""The files of a certificate, for officials who may read it: document, proof bundles, proofs; every look is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certsvc.domain.caller import Caller
from certsvc.errors import UnknownReference
from certsvc.formats.record import record_text
from certsvc.ports.certificate_traces import TraceSources
from certsvc.ports.own_certificates import KeptVersions
from certsvc.stages.certificate_trace import TraceDesk
from certsvc.stages.past_answers import PastAnswer, PastAnswers


class CertificateFile(StrEnum):
    """What can be downloaded; the value stands in the address."""

    DOCUMENT = "document.pdf"
    BUNDLE = "bundle.json"
    PAST_BUNDLE = "past-bundle.json"
    TLOG_PROOF = "tlog-proof"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _LABELS[self]


_LABELS = {
    CertificateFile.DOCUMENT: "证书文件",
    CertificateFile.BUNDLE: "离线核验包",
    CertificateFile.PAST_BUNDLE: "履历查验包",
    CertificateFile.TLOG_PROOF: "账本存在证明",
}
MakeFile = Callable[[str, int], bytes | None]


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """What handing out needs. `document`, `bundle`, `past_bundle` make a file by number and version, None while there is
    none; `tlog_proof` proves a leaf.
    """

    desk: TraceDesk
    sources: TraceSources
    certificates: KeptVersions
    past: Callable[[], PastAnswers]
    document: MakeFile
    bundle: MakeFile
    past_bundle: MakeFile
    tlog_proof: Callable[[int], bytes]

    def read(self, number: str, version: int, wanted: CertificateFile, by: Caller, channel: str) -> bytes:
        """A file. Raises UnknownReference for what there is not, NotPermitted."""
        versions = self.desk.require_reader(number, by, channel, f"下载{wanted.label}")
        plain = versions[-1].content.number
        raw = self._make(plain, version, wanted)
        if raw is None:
            raise UnknownReference(f"证书 {plain} 第 {version} 版还没有{wanted.label}。请在公开之后再下载。")
        return raw

    def standing(self, number: str, on: date, by: Caller, channel: str) -> PastAnswer:
        """How a certificate stood on a day. Raises UnknownReference (not published), NotPermitted, RequestError (to come)."""
        versions = self.desk.require_reader(number, by, channel, "查询证书在某日的状态")
        published = self.certificates.published(number=versions[-1].content.number)
        if not published:
            raise UnknownReference("该证书尚未公开，没有可以查询的状态。")
        return self.past().for_record(record_text(published[-1].record), on)

    def _make(self, number: str, version: int, wanted: CertificateFile) -> bytes | None:
        match wanted:
            case CertificateFile.DOCUMENT:
                return self.document(number, version)
            case CertificateFile.BUNDLE:
                return self.bundle(number, version)
            case CertificateFile.PAST_BUNDLE:
                return self.past_bundle(number, version)
            case CertificateFile.TLOG_PROOF:
                leaves = (one.leaf_index for one in self.sources.versions(number) if one.version == version)
                leaf = next(leaves, None)
                return None if leaf is None else self.tlog_proof(leaf)
