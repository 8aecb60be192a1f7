"""What the codes about signed verdicts do to the answer, and how they are said."""

from __future__ import annotations

from certverify.codes import Code, Effect, Meaning

_F, _U, _N = Effect.FAILED, Effect.UNDETERMINED, Effect.NOTE

SIGNED_VERDICT_MEANINGS: dict[Code, Meaning] = {
    Code.SIGNED_VERDICT_UNREADABLE: Meaning(
        _U,
        "文件不是已签名的核验结论，或已损坏，无法读取；请使用下载得到的原始文件。",
        "The file is no signed verdict, or is damaged; please use the file as it was downloaded.",
    ),
    Code.SIGNED_VERDICT_VERSION_UNKNOWN: Meaning(
        _U,
        "已签名的核验结论格式较新，请更新查验工具。",
        "The signed verdict has a newer format; please update this tool.",
    ),
    Code.SIGNED_VERDICT_ALTERED: Meaning(
        _F,
        "已签名的核验结论在签名后被改动，请勿采信。",
        "The signed verdict was changed after it was signed: do not rely on it.",
    ),
    Code.SIGNED_VERDICT_FORGED: Meaning(
        _F,
        "签名无效：这份核验结论不是发证机关的核验服务出具的，请勿采信。",
        "The signature is not valid: the authority's service did not give this verdict. Do not rely on it.",
    ),
    Code.SIGNED_VERDICT_KEY_UNKNOWN: Meaning(
        _U,
        "签署核验结论的密钥不在信任清单内，请更新信任清单后重试。",
        "The key that signed the verdict is not in the trust list; please update the trust list and try again.",
    ),
    Code.SIGNED_VERDICT_KEY_NOT_IN_FORCE: Meaning(
        _U,
        "核验结论的签署时间不在该密钥的有效期内，不能采信；请更新信任清单后重试。",
        "The verdict is signed for a time outside the dates of its key and is not believed; please update "
        "the trust list and try again.",
    ),
    Code.SIGNED_VERDICT_FROM_FUTURE: Meaning(
        _U,
        "核验结论的签署时间晚于本机时间，请校准本机时钟。",
        "The verdict is dated later than this computer's clock; please set the clock.",
    ),
    Code.SIGNED_VERDICT_CONTRADICTS: Meaning(
        _F,
        "核验结论与所附的日志证据相互矛盾，请勿采信，并告知发证机关。",
        "The verdict and the evidence of the log in it contradict each other: do not rely on it, and tell "
        "the authority.",
    ),
    Code.SIGNED_VERDICT_AHEAD: Meaning(
        _N,
        "当时登记已有终止或暂停的决定，尚未写入所附的日志证据：该状态以签名为凭。",
        "The register knew of the ending or suspension before the log in the evidence did: that status rests "
        "on the signature.",
    ),
    Code.SIGNED_VERDICT_NO_EVIDENCE: Meaning(
        _N,
        "核验结论未附日志证据，仅以签名为凭。",
        "The verdict carries no evidence of the log and rests on its signature alone.",
    ),
    Code.SIGNED_VERDICT_OTHER_RECORD: Meaning(
        _F,
        "这份核验结论说的不是所出示的证书记录。",
        "The verdict is about another record than the one that was shown.",
    ),
    Code.SIGNED_VERDICT_NAMES_NO_RECORD: Meaning(
        _U,
        "这份核验结论没有写明证书记录，无法确认是否针对所出示的证书。",
        "The verdict names no record, so it is not known whether it is about the one that was shown.",
    ),
}
