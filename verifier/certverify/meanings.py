"""What each code does to a verdict, and how it is said."""

from __future__ import annotations

from certverify.codes import Code, Effect, Meaning
from certverify.document_meanings import DOCUMENT_MEANINGS
from certverify.signed_verdict_meanings import SIGNED_VERDICT_MEANINGS

_F, _U, _N = Effect.FAILED, Effect.UNDETERMINED, Effect.NOTE

MEANINGS: dict[Code, Meaning] = {
    Code.RECORD_UNREADABLE: Meaning(
        _U,
        "未能读出证书二维码记录，请重新扫描或核对输入内容。",
        "No certificate record could be read; please scan again or check the input.",
    ),
    Code.RECORD_ALTERED: Meaning(
        _F,
        "二维码内容与签发时不一致，已被改动。",
        "The content of the QR code was changed after issue.",
    ),
    Code.RECORD_KEY_UNKNOWN: Meaning(
        _U,
        "签发密钥不在信任清单内或不在其有效期内，请更新信任清单后重试。",
        "The signing key is not in the trust list, or outside its dates; please update the trust list and try again.",
    ),
    Code.RECORD_FORGED: Meaning(
        _F,
        "电子签名无效，该记录不是发证机关签发的内容。",
        "The signature is not valid: the authority did not issue this record as presented.",
    ),
    Code.RECORD_VERSION_UNKNOWN: Meaning(
        _U,
        "记录格式版本较新，请更新查验工具。",
        "The record has a newer format; please update this tool.",
    ),
    Code.CERTIFICATE_NOT_FOUND: Meaning(
        _U,
        "未查询到相符的证书，请核对校验码，或证书编号、姓名和证件号码后四位，也可以扫描证书上的二维码。",
        "No certificate agrees with this manual code, or with this number, name and last four characters; please compare "
        "them with the certificate, or scan its QR code.",
    ),
    Code.ON_LINE_ONLY: Meaning(
        _U,
        "校验码，或者证书编号、姓名和证件号码后四位，只能联网核验，离线工具无法查对；请到在线核验页查询，或使用证书上的二维码。",
        "A manual code, or a number with name and last four characters, can be checked on line alone; please ask the "
        "verification page, or use the QR code of the certificate.",
    ),
    Code.FOREIGN_ADDRESS: Meaning(
        _N,
        "二维码里的网址不是发证机关公布的地址；请勿在该网站输入个人信息。",
        "The address in the QR code is not one that the authority has published; do not enter personal data there.",
    ),
    Code.ROW_UNREADABLE: Meaning(
        _U,
        "清单中的这一行无法读取：引号没有成对、单元格内有换行，或内容过长。",
        "This row of the list cannot be read: a quote is left open, a cell has several lines, or it is too long.",
    ),
    Code.ROW_DIFFERS: Meaning(
        _F,
        "清单这一行所写的编号、姓名或校验码，与所出示的证书不一致；或者同一行的二维码和文件是不同的证书。",
        "Number, name or manual code of this row are not those of the certificate shown; or QR code and file of the row "
        "are different certificates.",
    ),
    Code.ROW_NOT_COMPARED: Meaning(
        _U,
        "清单这一行所写的编号、姓名或校验码，未能与所出示的内容比对。",
        "Number, name or manual code of this row could not be compared with what is shown.",
    ),
    Code.SHEET_NOT_READ: Meaning(
        _U,
        "工作簿的这张工作表没有查验：只读取第一张有内容的工作表。",
        "This sheet of the workbook was not checked: only the first sheet with any content is read.",
    ),
    Code.FILE_MISSING: Meaning(
        _U,
        "文件不存在，请核对文件名和路径。",
        "There is no such file; please check its name and path.",
    ),
    Code.FILE_UNREADABLE: Meaning(
        _U,
        "文件无法打开：可能是文件夹，或没有读取权限。",
        "The file cannot be opened: it may be a folder, or you may lack the right to read it.",
    ),
    Code.IMAGE_UNREADABLE: Meaning(
        _U,
        "图片无法读取，请使用清晰的 PNG 或 JPEG 图片（不超过 20 MB）。",
        "The image cannot be read; please use a clear PNG or JPEG image of at most 20 MB.",
    ),
    Code.QR_NOT_FOUND: Meaning(
        _U,
        "图片中没有找到二维码，请拍摄完整、清晰的二维码。",
        "No QR code was found in the image; please take a complete and clear picture of it.",
    ),
    Code.QR_SEVERAL: Meaning(
        _U,
        "图片中有多个不同的证书二维码，请逐个查验。",
        "The image shows several certificates; please check them one by one.",
    ),
    **DOCUMENT_MEANINGS,
    Code.SUSPENDED: Meaning(_F, "该证书已暂停使用。", "The certificate is suspended."),
    Code.REVOKED: Meaning(_F, "该证书已被撤销。", "The certificate has been revoked."),
    Code.WRITTEN_OFF: Meaning(
        _F,
        "该证书已核销：因个人原因终止援助服务工作，激励取得的职称不再有效。",
        "The certificate has been written off: the aid mission was left for personal reasons, and the title given for it "
        "no longer counts.",
    ),
    Code.VOIDED: Meaning(
        _F,
        "该证书已被宣布无效：自取得之日起无效，视为从未取得；决定另行载明起算日期的，从其日期。",
        "The certificate has been declared void: it never counted, from the day of acquisition on, unless the decision "
        "names another day.",
    ),
    Code.SUPERSEDED: Meaning(
        _F,
        "该证书已更正换发，请查验新版本证书。",
        "The certificate was replaced by a corrected version; please check the new one.",
    ),
    Code.HISTORICAL: Meaning(
        _N,
        "历史数据：依据旧有材料登记，不是电子证书。",
        "A historical record, entered from older papers: no electronic certificate.",
    ),
    Code.HISTORICAL_DISPUTED: Meaning(
        _U,
        "该历史数据有异议，正在核实，暂时不能确认，请稍后再查或联系发证机关。",
        "The historical record is disputed and being looked into; please ask again later, or ask the authority.",
    ),
    Code.ANNOTATED_COPY: Meaning(
        _N,
        "本件是加注件：仅供“{recipient}”用于“{purpose}”，{ends_on}（含当日）以前可以使用。",
        "This is an annotated copy, made for “{recipient}”, for the purpose “{purpose}”, to be used up to and including "
        "{ends_on}.",
    ),
    Code.COPY_ENDED: Meaning(
        _F,
        "本加注件已于{ends_on}到期，不能再用；证书本身的状态：{status}。请向持证人索取新的加注件。",
        "This annotated copy ended on {ends_on} and can no longer be used; status of the certificate itself: {status}. "
        "Please ask the holder for a new copy.",
    ),
    Code.COPY_WITHDRAWN: Meaning(
        _F,
        "本加注件已由持证人提前停用，不能再用；证书本身的状态：{status}。请向持证人索取新的加注件。",
        "The holder has ended this annotated copy early, and it can no longer be used; status of the certificate itself: "
        "{status}. Please ask the holder for a new copy.",
    ),
    Code.COPY_UNKNOWN: Meaning(
        _U,
        "登记中没有这份加注件，暂时不能确认；请向持证人索取新的加注件，或联系发证机关。",
        "The register does not have this annotated copy, so it cannot be confirmed; please ask the holder for a new one, or "
        "ask the authority.",
    ),
    Code.NOT_IN_LOG: Meaning(
        _U,
        "公开日志中尚无该证书的状态，请更新日志数据后重试。",
        "The public log does not know this certificate yet; please update the log files and try again.",
    ),
    Code.TRUST_UNREADABLE: Meaning(
        _U,
        "信任清单缺失或无法读取，请重新下载。",
        "The trust list is missing or cannot be read; please download it again.",
    ),
    Code.TRUST_FORGED: Meaning(
        _U,
        "信任清单没有信任根的有效签名，不能采信；请从发证机关公布的地址重新下载，仍然如此请告知发证机关。",
        "The trust list bears no valid signature of the trust anchor and is not believed; please download it again from "
        "the address that the authority has published, and tell the authority if it stays so.",
    ),
    Code.TRUST_NOT_PINNED: Meaning(
        _N,
        "信任清单未与另行核对的信任根比对：其中的密钥只有下载的文件自己作证。请用 --anchor 给出另行核对过的信任根公钥行。",
        "The trust list was not compared with a trust anchor got over another way: nothing but the downloaded files vouches "
        "for its keys. Please give the anchor's line by --anchor.",
    ),
    Code.TREE_MISSING: Meaning(
        _U,
        "缺少公开日志数据，无法确认证书当前状态，请下载完整的日志数据。",
        "Files of the public log are missing, so the current status is not known; please download them.",
    ),
    Code.TREE_INCONSISTENT: Meaning(
        _U,
        "公开日志数据不一致，无法确认证书当前状态，请从官方地址重新下载。",
        "The files of the public log contradict each other, so the current status is not known; "
        "please download them again from the official address.",
    ),
    Code.CHECKPOINT_UNREADABLE: Meaning(
        _U, "日志检查点无法读取。", "The checkpoint of the log cannot be read."
    ),
    Code.CHECKPOINT_KEY_UNKNOWN: Meaning(
        _U,
        "日志检查点未由信任清单中的日志密钥签名。",
        "The checkpoint is not signed by the log of the trust list.",
    ),
    Code.CHECKPOINT_KEY_NOT_IN_FORCE: Meaning(
        _U,
        "日志检查点的签名时间不在该日志密钥的有效期内（密钥已停用或尚未启用），请更新信任清单和日志数据后重试。",
        "The checkpoint is signed for a time outside the dates of its log key (retired, or not in force yet); please "
        "update trust list and log files and try again.",
    ),
    Code.CHECKPOINT_FORGED: Meaning(
        _F, "日志检查点的签名无效。", "A signature of the checkpoint is not valid."
    ),
    Code.CHECKPOINT_AGE_UNKNOWN: Meaning(
        _U,
        "日志检查点没有时间证明，无法确认状态是否最新。",
        "The checkpoint proves no time, so it is not known whether the status is current.",
    ),
    Code.CHECKPOINT_FROM_FUTURE: Meaning(
        _U,
        "日志检查点的时间晚于本机时间，请校准本机时钟。",
        "The checkpoint is later than this computer's clock; please set the clock.",
    ),
    Code.CHECKPOINT_STALE: Meaning(
        _U,
        "日志数据已超过 {limit}未更新，证书当前状态无法确认，请更新后重试。",
        "The log files are older than {limit}, so the current status is not known; please update them.",
    ),
    Code.QUORUM_MISSING: Meaning(
        _U,
        "日志检查点缺少规定数量的见证签名。",
        "The checkpoint lacks the cosignatures that the policy asks for.",
    ),
    Code.NO_WITNESSES: Meaning(
        _N,
        "当前策略未要求独立见证签名，日志一致性未经第三方见证。",
        "The policy asks for no witnesses: no third party has attested that the log is one and the same for all.",
    ),
    Code.CONTENT_CLOSED: Meaning(
        _N,
        "查验包未附证书全文，账本承诺与全文的对应关系未核对；二维码记录本身已核对。",
        "The bundle leaves the content out: the log's commitment was not opened; the QR record itself was checked.",
    ),
    Code.BUNDLE_UNREADABLE: Meaning(
        _U, "查验包无法读取。", "The bundle cannot be read."
    ),
    Code.BUNDLE_CONFLICT: Meaning(
        _U,
        "查验包与下载的公开日志相互矛盾，无法确认证书当前状态，请从官方地址重新下载；仍然如此，请告知发证机关。",
        "The bundle and the downloaded log contradict each other, so the current status is not known; "
        "please download both again from the official address, and tell the authority if it stays so.",
    ),
    Code.ISSUE_PROOF_BAD: Meaning(
        _F, "签发事件不在公开日志中（证明无效）。", "The issue event is not in the log: its proof is not valid."
    ),
    Code.MANIFEST_PROOF_BAD: Meaning(
        _F,
        "有事件未被发证机关的批次清单涵盖（证明无效）。",
        "An event is not covered by a manifest of the authority: the proof is not valid.",
    ),
    Code.MANIFEST_KEY_UNKNOWN: Meaning(
        _U, "批次清单的签名密钥不在信任清单内。", "The key of the manifest is not in the trust list."
    ),
    Code.MANIFEST_FORGED: Meaning(
        _F, "批次清单的签名无效。", "The signature of the manifest is not valid."
    ),
    Code.COMMITMENT_MISMATCH: Meaning(
        _F,
        "证书内容与日志中的承诺值不符。",
        "The content is not what the log commits to.",
    ),
    Code.CONTENT_MISMATCH: Meaning(
        _F,
        "证书内容与二维码记录不一致。",
        "The content and the QR record do not agree.",
    ),
    Code.SEAL_PROOF_BAD: Meaning(
        _F,
        "状态封签不是日志的最后一条（证明无效）。",
        "The seal is not the last leaf of the log: its proof is not valid.",
    ),
    Code.STATUS_PROOF_BAD: Meaning(
        _F,
        "证书状态与日志封签不符（证明无效）。",
        "The status is not that of the seal: its proof is not valid.",
    ),
    Code.PAST_EVENT_PROOF_BAD: Meaning(
        _F,
        "履历查验包中有事件不在公开日志中（证明无效）。",
        "An event of the past bundle is not in the log: its proof is not valid.",
    ),
    Code.PAST_CHAIN_BAD: Meaning(
        _F,
        "履历查验包中的事件不能前后衔接，不是一份证书的履历。",
        "The events of the past bundle do not follow from each other: they are not the history of one certificate.",
    ),
    Code.PAST_INCOMPLETE: Meaning(
        _U,
        "履历查验包缺少版本或事件（也可能在导出之后又有新的事项），请重新索取。",
        "The past bundle lacks a version or an event (perhaps something was decided after it was made); "
        "please ask for a new one.",
    ),
    Code.PAST_DAY_UNKNOWN: Meaning(
        _U,
        "查询日期晚于所查日志的时间，当日情况无法得知，请改问较早的日期，或重新索取履历查验包。",
        "The day asked about is later than the log at hand, so it cannot be known; please ask about an earlier day, or "
        "ask for a new past bundle.",
    ),
    Code.PAST_PAIRS_POSSIBLE: Meaning(
        _N,
        "未通读公开日志：最后所列事件之后，先改变状态、又恢复原状的事件（如核查中又恢复）可能未列入。"
        "下载完整日志并加 --complete 可以确认。",
        "The whole log was not read: events after the last one listed that changed the status and changed it back "
        "(suspended and reinstated, say) may be missing. Download the whole log and add --complete to make sure.",
    ),
    Code.PAST_CHANGED_SINCE: Meaning(
        _N,
        "履历查验包导出之后，该证书又有新的事项入账：履历截至导出之时，最新情况请重新索取。",
        "Something was logged about the certificate after the past bundle was made: the history ends there; please ask "
        "for a new one.",
    ),
    Code.PAST_ONE_VERSION: Meaning(
        _N,
        "只列出所出示的这一版证书的履历；更正换发前后的其他版本未列入，全部履历请由持证人提供。",
        "Only the history of the version that was shown is listed; other versions, before or after a correction, are "
        "not: the holder can give the whole history.",
    ),
    **SIGNED_VERDICT_MEANINGS,
    Code.PLACE_UNKNOWN: Meaning(
        _U,
        "使用地代码无法识别，请使用六位县（市、区）行政区划代码。",
        "The place is not known; please give the six-digit code of a county.",
    ),
    Code.PLACE_TOO_COARSE: Meaning(
        _U,
        "该证书有区域限制，请提供县（市、区）一级的使用地代码。",
        "The certificate is limited to an area; please give the place down to the county.",
    ),
    Code.NOT_VALID_HERE: Meaning(
        _F,
        "该证书仅在{area}范围内有效，在使用地无效。",
        "The certificate is valid in {area} only, not in the place asked about.",
    ),
    Code.AREA_LIMITED: Meaning(
        _N, "仅在{area}范围内有效。", "Valid in {area} only."
    ),
    Code.TEST_ENVIRONMENT: Meaning(
        _N,
        "测试环境：该证书由测试密钥签发，不具有法律效力。",
        "Test environment: issued with test keys, without legal effect.",
    ),
}  # fmt: skip
