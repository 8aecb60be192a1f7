"""What a monitor reports, as a closed set: each finding with its weight and its words in two languages."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Weight(IntEnum):
    """What a finding makes of a round; the numbers are the exit codes."""

    REMARK = 0
    MISBEHAVED = 1
    CANNOT_TELL = 2


class Found(StrEnum):
    """The findings of a monitor."""

    FORK = "fork"
    RULE_BROKEN = "rule-broken"
    UNACKNOWLEDGED = "unacknowledged"
    TRUST_UNREADABLE = "trust-unreadable"
    TRUST_FORGED = "trust-forged"
    TRUST_OLDER = "trust-older"
    TRUST_NOT_FOLLOWED = "trust-not-followed"
    TRUST_CHANGED = "trust-changed"
    TRUST_DIFFERS = "trust-differs"
    TRUST_NOT_PINNED = "trust-not-pinned"
    UNREACHABLE = "unreachable"
    FILE_MISSING = "file-missing"
    CHECKPOINT_UNREADABLE = "checkpoint-unreadable"
    KEY_UNKNOWN = "checkpoint-key-unknown"
    KEY_NOT_IN_FORCE = "checkpoint-key-not-in-force"
    SIGNATURE_WRONG = "signature-wrong"
    UNDATED = "undated"
    STALE = "stale"
    IN_FUTURE = "in-future"
    QUORUM_MISSING = "quorum-missing"
    OLDER_THAN_KEPT = "older-than-kept"
    UNPROVEN = "consistency-unproven"
    WITHHELD = "withheld"
    SEEN_UNPROVEN = "seen-unproven"
    RECORD_KEY_UNKNOWN = "record-key-unknown"
    TREE_INCONSISTENT = "tree-inconsistent"
    STATUS_FILES_WRONG = "status-files-wrong"
    ARRAY_TOO_LARGE = "array-too-large"
    LEAF_REMARK = "leaf-remark"
    COPY_UNREACHABLE = "copy-unreachable"
    COPY_UNREADABLE = "copy-unreadable"
    COPY_UNPROVEN = "copy-unproven"
    COPY_AHEAD = "copy-ahead"
    CLOCK_BEHIND = "clock-behind"

    @property
    def weight(self) -> Weight:
        """What it makes of a round."""
        if self in _REMARKS:
            return Weight.REMARK
        return Weight.MISBEHAVED if self in _MISBEHAVIOUR else Weight.CANNOT_TELL

    @property
    def zh(self) -> str:
        """The finding in Chinese."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """The finding in English."""
        return _WORDS[self][1]


_MISBEHAVIOUR = frozenset({Found.FORK, Found.RULE_BROKEN, Found.UNACKNOWLEDGED})
_REMARKS = frozenset(
    {Found.TRUST_CHANGED, Found.TRUST_DIFFERS, Found.TRUST_NOT_PINNED, Found.LEAF_REMARK, Found.COPY_AHEAD}
)
_WORDS = {
    Found.FORK: (
        "日志分叉：日志签署了两个互相矛盾的检查点，两份均已留作证据",
        "the log has forked: it signed two checkpoints that contradict each other; both are kept as evidence",
    ),
    Found.RULE_BROKEN: (
        "日志违反规则：日志签署的条目违反账本规则，证据已保存",
        "the log broke a rule of the ledger in leaves that it has signed; the evidence is kept",
    ),
    Found.UNACKNOWLEDGED: (
        "此前保存的违规证据尚未确认，请查看后用 --acknowledge 确认",
        "evidence of misbehaviour is kept that nobody has acknowledged: look at it, then --acknowledge it",
    ),
    Found.TRUST_UNREADABLE: (
        "信任清单无法读取，请核对 --trust 目录",
        "the trust material cannot be read: look at --trust",
    ),
    Found.TRUST_FORGED: (
        "信任清单没有由信任根签署，请勿使用，并向发证机关核实",
        "the trust material is not signed by the anchor: do not use it, ask the authority",
    ),
    Found.TRUST_OLDER: ("信任清单比曾经见过的旧", "the trust list is older than one seen before"),
    Found.TRUST_NOT_FOLLOWED: (
        "公开目录的信任清单未能沿签名链核实，仍以已核实的清单为准",
        "the trust list of the tree is not reached over the signed chain: the one verified before is judged by",
    ),
    Found.TRUST_CHANGED: (
        "信任文件已更换，新旧文件均已保存",
        "a trust file has changed; old and new are kept",
    ),
    Found.TRUST_DIFFERS: (
        "公开目录的信任文件与核查所依据的不同，仍以后者为准",
        "a trust file of the tree differs from the one by which is judged",
    ),
    Found.TRUST_NOT_PINNED: (
        "信任清单未与另行核对的信任根比对，请用 --anchor 给出另行核对过的信任根公钥行",
        "the trust list was not compared with a trust anchor got over another way: give the anchor's line by --anchor",
    ),
    Found.UNREACHABLE: ("无法连接公开日志", "nobody answers where the public tree should be"),
    Found.FILE_MISSING: ("公开日志缺少文件", "a file of the public tree is missing"),
    Found.CHECKPOINT_UNREADABLE: ("检查点无法读取", "the checkpoint cannot be read"),
    Found.KEY_UNKNOWN: (
        "检查点没有信任清单所列日志密钥的签名",
        "the checkpoint is not signed by a log key of the trust list",
    ),
    Found.KEY_NOT_IN_FORCE: (
        "检查点的签名密钥不在有效期内",
        "the checkpoint is signed by a key outside its dates",
    ),
    Found.SIGNATURE_WRONG: ("检查点上有不成立的签名", "a signature on the checkpoint does not verify"),
    Found.UNDATED: (
        "检查点没有日志的共签时间，无法判断新旧",
        "the checkpoint has no cosignature of the log: its age is unknown",
    ),
    Found.STALE: ("检查点过旧", "the checkpoint is too old"),
    Found.IN_FUTURE: (
        "检查点的时间在将来，请核对本机时钟",
        "the checkpoint is dated in the future: look at the clock",
    ),
    Found.QUORUM_MISSING: (
        "检查点缺少策略要求的共签",
        "the checkpoint lacks cosignatures that the policy asks for",
    ),
    Found.OLDER_THAN_KEPT: (
        "公开的检查点比已保存的旧",
        "an older state is served than the one seen before",
    ),
    Found.UNPROVEN: (
        "无法证明新检查点延续已保存的检查点",
        "it cannot be proven that the checkpoint continues the one kept",
    ),
    Found.WITHHELD: (
        "日志签署过更新的检查点，公开日志迟迟没有跟上",
        "the log has signed a newer checkpoint, and the public tree has not come to it for too long",
    ),
    Found.SEEN_UNPROVEN: (
        "曾见到日志签署的检查点，尚无法证明它属于同一历史",
        "a checkpoint signed by the log was seen that is not proven yet to be of the same history",
    ),
    Found.RECORD_KEY_UNKNOWN: (
        "清单的签署密钥，本机信任清单未列出或列为日后启用，请向发证机关取得更新的信任清单后重试",
        "a manifest is by a key that the trust list here does not name for its day: fetch the newer trust list of the authority",
    ),
    Found.TREE_INCONSISTENT: (
        "公开文件与检查点不符（可能在传输或存储中被改动）",
        "public files do not agree with the checkpoint (on the way or in storage they may have been altered)",
    ),
    Found.STATUS_FILES_WRONG: (
        "公开的状态表文件与推算结果不符",
        "the public status files are not the array that the events make",
    ),
    Found.ARRAY_TOO_LARGE: (
        "状态表超出本程序可核查的大小",
        "the status array is larger than this program replays",
    ),
    Found.LEAF_REMARK: (
        "条目合乎格式，但内容少见，请人工查看",
        "a leaf is allowed and unusual: a person should look at it",
    ),
    Found.COPY_UNREACHABLE: ("无法连接用于比对的副本", "a copy to compare with does not answer"),
    Found.COPY_UNREADABLE: (
        "用于比对的副本不是本日志签署的检查点",
        "a copy is no checkpoint signed by this log",
    ),
    Found.COPY_UNPROVEN: (
        "无法证明副本与本日志一致",
        "it cannot be proven that a copy is of the same history",
    ),
    Found.COPY_AHEAD: (
        "副本比公开日志新（内容一致）",
        "a copy is ahead of the public tree, and continues it",
    ),
    Found.CLOCK_BEHIND: (
        "本机时钟早于上次共签时间，未共签，请校准时钟",
        "the clock stands before the last cosignature: not cosigned",
    ),
}
