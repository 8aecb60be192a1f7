"""What `certsvc ledger fsck` may find wrong, and the list in which it is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

KEPT_OF_A_KIND = 20


class FaultCode(StrEnum):
    """Kinds of faults; the value is stable."""

    NO_LOG = "no-log"
    HEAD_NOTE = "head-note"
    HEAD_SIZE = "head-size"
    HEAD_ROOT = "head-root"
    ENTRIES = "entries"
    HASHES = "hashes"
    LEAF = "leaf"
    BATCH = "batch"
    LEAF_WITHOUT_ROW = "leaf-without-row"
    ROW_WITHOUT_LEAF = "row-without-leaf"
    ROW_DIFFERS = "row-differs"
    STATUS_CHUNK = "status-chunk"
    STATUS_ROOTS = "status-roots"
    SLOT_COUNT = "slot-count"
    SLOT_FREE = "slot-free"
    PUBLIC_CHECKPOINT = "public-checkpoint"
    PUBLIC_AHEAD = "public-ahead"
    PUBLIC_HISTORY = "public-history"
    PUBLIC_MISSING = "public-missing"
    PUBLIC_FILE = "public-file"
    PUBLIC_TRUST = "public-trust"
    PUBLIC_TRUST_DIFFERS = "public-trust-differs"
    MANIFEST = "manifest"
    CERTIFICATE_LEAF = "certificate-leaf"


WORDS: Final = {
    FaultCode.NO_LOG: "数据库中没有账本，公开目录中却有检查点",
    FaultCode.HEAD_NOTE: "账本头的检查点不是本账本密钥对这一规模和根的签名",
    FaultCode.HEAD_SIZE: "存储的条目数与账本头不符",
    FaultCode.HEAD_ROOT: "由全部条目重算的根与账本头不符",
    FaultCode.ENTRIES: "条目数据缺失或损坏",
    FaultCode.HASHES: "存储的哈希与条目不符",
    FaultCode.LEAF: "条目无法按格式解读",
    FaultCode.BATCH: "批次不完整：事件未被清单覆盖，或缺少封印",
    FaultCode.LEAF_WITHOUT_ROW: "账本中的事件在数据库中没有对应的登记",
    FaultCode.ROW_WITHOUT_LEAF: "数据库登记为已入账的事件在账本中没有对应条目",
    FaultCode.ROW_DIFFERS: "数据库登记的事件与账本条目内容不同",
    FaultCode.STATUS_CHUNK: "存储的状态块与按账本重放的结果不同",
    FaultCode.STATUS_ROOTS: "状态表的根与按账本重放的结果不同",
    FaultCode.SLOT_COUNT: "状态位的计数或状态表长度不符",
    FaultCode.SLOT_FREE: "事件使用的状态位未登记为已占用",
    FaultCode.PUBLIC_CHECKPOINT: "公开的检查点不是本账本签发的",
    FaultCode.PUBLIC_AHEAD: "公开账本比数据库长，可能恢复了旧备份",
    FaultCode.PUBLIC_HISTORY: "公开账本与数据库不是同一历史",
    FaultCode.PUBLIC_MISSING: "公开目录缺少文件",
    FaultCode.PUBLIC_FILE: "公开文件的内容与数据库不同",
    FaultCode.PUBLIC_TRUST: "公开的信任清单、代码表、策略与其签名不相符",
    FaultCode.PUBLIC_TRUST_DIFFERS: "公开的信任材料不是本服务现行的（或尚未公开）",
    FaultCode.MANIFEST: "批次清单的签名不成立，或签名密钥不在公开的信任清单内",
    FaultCode.CERTIFICATE_LEAF: "证书登记的入账位置与待入账事件表不符",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: a leaf index, a tile path, a slot."""

    code: FaultCode
    place: str

    @property
    def message(self) -> str:
        """A Chinese sentence."""
        return f"{WORDS[self.code]}（{self.place}）。" if self.place else f"{WORDS[self.code]}。"


@dataclass(slots=True)
class Faults:
    """All faults counted, the first of each kind kept."""

    kept: list[Fault] = field(default_factory=list)
    counts: Counter[FaultCode] = field(default_factory=Counter)

    def add(self, code: FaultCode, place: object = "") -> None:
        """Note a fault."""
        self.counts[code] += 1
        if self.counts[code] <= KEPT_OF_A_KIND:
            self.kept.append(Fault(code, str(place)))
