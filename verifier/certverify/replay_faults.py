"""What a replay may find wrong with a log: each fault one rule of docs/formats/ledger.md, in two languages."""

from __future__ import annotations

from enum import StrEnum

from certverify.errors import CertverifyError


class Fault(StrEnum):
    """A rule that signed leaves break. The log operator has signed them, so nobody else can have done it."""

    LEAF_UNREADABLE = "leaf-unreadable"
    BATCH_SHAPE = "batch-shape"
    SLOT_REUSED = "slot-reused"
    CHAIN_BROKEN = "chain-broken"
    KIND_ORDER = "kind-order"
    SLOT_OUTSIDE = "slot-outside"
    HOUR_BACKWARDS = "hour-backwards"
    HOUR_IN_FUTURE = "hour-in-future"
    MANIFEST_COVERAGE = "manifest-coverage"
    MANIFEST_KEY = "manifest-key"
    MANIFEST_SIGNATURE = "manifest-signature"
    SEAL_INDEX = "seal-index"
    ARRAY_SHRUNK = "array-shrunk"
    ARRAY_FULL = "array-full"
    ARRAY_WRONG = "array-wrong"

    @property
    def zh(self) -> str:
        """The fault in Chinese."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """The fault in English."""
        return _WORDS[self][1]


_WORDS = {
    Fault.LEAF_UNREADABLE: ("日志条目不符合格式", "an entry is no leaf of the format"),
    Fault.BATCH_SHAPE: (
        "批次结构不对（应为：事件、清单、封印）",
        "a batch is not events, manifest, seal",
    ),
    Fault.SLOT_REUSED: ("状态位被重复启用", "a slot that has events is opened a second time"),
    Fault.CHAIN_BROKEN: (
        "状态位上的事件没有接在前一事件之后",
        "an event does not follow the last one on its slot",
    ),
    Fault.KIND_ORDER: (
        "这类事件不能出现在此处",
        "an event of this kind cannot stand at this place of its slot",
    ),
    Fault.SLOT_OUTSIDE: ("状态位超出状态表", "an event lies outside the status array"),
    Fault.HOUR_BACKWARDS: ("登记时间倒退", "the hour of logging goes back"),
    Fault.HOUR_IN_FUTURE: (
        "登记时间晚于检查点的共签时间",
        "an event was logged after the time of the checkpoint",
    ),
    Fault.MANIFEST_COVERAGE: (
        "清单与它之前的事件不符",
        "a manifest does not state exactly the events before it",
    ),
    Fault.MANIFEST_KEY: (
        "签署清单的发证机关密钥在登记当日无效",
        "a manifest is by a key of the authority that was not valid on the day",
    ),
    Fault.MANIFEST_SIGNATURE: ("清单签名不成立", "the signature of a manifest does not verify"),
    Fault.SEAL_INDEX: ("封印的位置号不对", "a seal does not state its own index"),
    Fault.ARRAY_SHRUNK: ("状态表变短", "the status array has become shorter"),
    Fault.ARRAY_FULL: ("状态表已用一半以上", "half of the status array or more is in use"),
    Fault.ARRAY_WRONG: (
        "封印的状态表与全部事件推算的结果不符",
        "the sealed status array is not what the events make it",
    ),
}


class FaultFoundError(CertverifyError):
    """Leaf `index` breaks a rule. Whether the log has signed that leaf is for the caller to prove."""

    def __init__(self, fault: Fault, index: int) -> None:
        super().__init__(f"leaf {index}: {fault.en}")
        self.fault = fault
        self.index = index


class RecordKeyUnknownError(CertverifyError):
    """The manifest at leaf `index` is by a record key that the reader's trust list does not name, or names for later days
    and was issued before the events: a newer list may tell."""

    def __init__(self, kid: bytes, index: int) -> None:
        super().__init__(f"leaf {index}: the trust list names no record key {kid.hex()} for its day")
        self.kid = kid
        self.index = index


class ReplayLimitError(CertverifyError):
    """The log asks for a status array larger than a replay keeps."""
