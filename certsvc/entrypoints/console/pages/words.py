"""Words of certificates and decisions for the pages: names behind codes, shapes of states."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certsvc.domain.batch_voiding import BatchKind
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.domain.levels import Level
from certsvc.domain.regions import REGIONS
from certsvc.domain.series import SERIES
from certsvc.domain.titles import title_name
from certsvc.errors import RequestError

Pair = tuple[str, str]
"""The same in Chinese and in English."""

STATUSES: Final[Mapping[CertificateStatus, tuple[str, str, str]]] = MappingProxyType(
    {
        CertificateStatus.VALID: ("有效", "valid", "passed"),
        CertificateStatus.SUSPENDED: ("核查中", "suspended", "limited"),
        CertificateStatus.REVOKED: ("已撤销", "revoked", "failed"),
        CertificateStatus.WRITTEN_OFF: ("已核销", "written off", "failed"),
        CertificateStatus.VOIDED: ("无效", "void", "failed"),
        CertificateStatus.SUPERSEDED: ("已换发", "superseded", "unknown"),
        CertificateStatus.HISTORICAL: ("历史数据", "historical record", "limited"),
    }
)
"""Chinese, English, tone."""
KINDS_IN_WORDS: Final[Mapping[DecisionKind, Pair]] = MappingProxyType(
    {
        DecisionKind.REVOKE: ("撤销", "revocation"),
        DecisionKind.WRITE_OFF: ("核销", "write-off"),
        DecisionKind.VOID: ("无效", "voiding"),
        DecisionKind.CORRECT: ("更正", "correction"),
        DecisionKind.SUSPEND: ("核查中（暂停使用）", "suspension"),
        DecisionKind.REINSTATE: ("恢复", "reinstatement"),
    }
)
BATCH_KINDS: Final[Mapping[BatchKind, Pair]] = MappingProxyType(
    {
        BatchKind.VOID: ("整批无效", "voiding of a batch"),
        BatchKind.RESTORE: ("整批恢复", "restoration of a batch"),
    }
)
STEPS: Final[Mapping[DecisionStatus, tuple[str, str, str]]] = MappingProxyType(
    {
        DecisionStatus.PROPOSED: ("待第二人确认", "waits for the second person", "limited"),
        DecisionStatus.CONFIRMED: ("已确认生效", "in force", "passed"),
        DecisionStatus.WITHDRAWN: ("已撤回", "withdrawn", "unknown"),
    }
)


class Names:
    """Names behind codes, as a template asks for them."""

    statuses = STATUSES
    kinds = KINDS_IN_WORDS
    batch_kinds = BATCH_KINDS
    steps = STEPS
    all_series = SERIES

    def series(self, code: int) -> str:
        """The name of a series."""
        return SERIES.get(code, str(code))

    def title(self, code: int) -> str:
        """The name of a title."""
        return title_name(code) or str(code)

    def level(self, code: int) -> str:
        """The word of a level."""
        return Level(code).label

    def place(self, code: str | None) -> str:
        """The name of a division, with its city; a dash where it is not known."""
        if not code:
            return "—"
        found = REGIONS.get(code)
        if found is None:
            return code
        city = REGIONS.get(found.city or "")
        return found.name if city is None or city.code == code else f"{city.name} {found.name}"


NAMES: Final = Names()


def require_retyped(written: str, reference: str) -> None:
    """The document's number, typed once more. Raises RequestError unless it is the same, spaces aside."""
    if "".join(written.split()) != "".join(reference.split()):
        raise RequestError("再次填写的决定文号与上面的不一致。请对照决定文书逐字核对后重新填写。")


def require_word(written: str, wanted: str) -> None:
    """The word by which a person confirms. Raises RequestError for any other."""
    if "".join(written.split()) != wanted:
        raise RequestError(f"请在确认框内填写“{wanted}”，再点击确认。")
