"""What to do about each code of a verdict, and where it is specified: the source of `certverify explain` and docs/codes.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from certverify.codes import Code


@dataclass(frozen=True, slots=True)
class Advice:
    """What somebody who meets a code does next; `where`: the page of docs/ that specifies it."""

    zh: str
    en: str
    where: str


_SCAN_AGAIN = (
    "对准二维码重新拍摄或扫描，使画面清晰、完整、无反光；仍读不出，请索取原始证书文件。",
    "Photograph or scan the QR code again, sharp and whole; if it still cannot be read, ask for the original file.",
)
_DO_NOT_RELY = (
    "不要采信；保留所出示的材料，向发证机关核实，可以举报疑似假证。",
    "Do not rely on it; keep what was shown, ask the authority, and report a suspected fake if need be.",
)
_SYNC = (
    "用 certverify sync 更新离线数据后重试；仍然如此，请向发证机关核实。",
    "Update the offline folder with `certverify sync` and try again; if it stays so, ask the authority.",
)
_SYNC_ANEW = (
    "用 certverify sync 另取一份完整的离线数据到新文件夹后重试；如果多次如此，请把文件夹交给发证机关查看。",
    "Fetch the offline data anew into another folder with `certverify sync`; if it happens again, show it to the authority.",
)
_ASK_ANCHOR = (
    "取得另行公布的信任根公钥行，用 --anchor 给出。",
    "Get the line of the trust anchor that is published over a second channel, and give it with --anchor.",
)
_ORIGINAL = (
    "请持证人提供下载的原始 PDF 文件，或者改用二维码核验。",
    "Ask the holder for the PDF as it was downloaded, or check the QR code instead.",
)
_ON_LINE = (
    "到在线核验页查询，那里能看到决定文号、理由和最新情况。",
    "Ask the verification page, which knows document, ground and the newest state.",
)
_NOT_IN_FORCE = (
    "现在不能凭此证书认定职称；决定文号和理由请在线核验，持证人有异议的，向作出决定的机关提出。",
    "The title cannot be relied on today; document and ground are told on line. Objections go to the authority that decided.",
)
_ASK_PLACE = (
    "用 --place 给出实际使用地的六位县（市、区）代码。",
    "Give the six-digit code of the county of use with --place.",
)
_NEW_BUNDLE = (
    "请持证人重新导出查验包。",
    "Ask the holder to export the bundle anew.",
)
_NOTHING = ("无需处理，仅供了解。", "Nothing needs to be done; it is said for your knowledge.")
_ASK_COPY = (
    "请持证人另行提供有效的加注件或证书原件。",
    "Ask the holder for a copy that is in force, or for the certificate itself.",
)

_QR, _PDF, _VERDICT = "formats/qr-record.md", "formats/document.md", "formats/verdict.md"
_LISTS = _VERDICT
_LEDGER, _TRUST = "formats/ledger.md", "formats/trust-list.md"
_BUNDLE, _PAST, _COPIES = "formats/bundle.md", "formats/past-bundle.md", "annotated-copies.md"
_SIGNED_VERDICT = "formats/signed-verdict.md"
_ADVICE: tuple[tuple[tuple[str, str], str, str], ...] = (
    (_SCAN_AGAIN, _QR, "record-unreadable image-unreadable qr-not-found"),
    (_DO_NOT_RELY, _QR, "record-altered record-forged"),
    (_SYNC, _QR, "record-key-unknown"),
    (
        ("更新 certverify 后重试。", "Update certverify and try again."),
        _QR,
        "record-version-unknown",
    ),
    (
        (
            "核对输入；仍未查到，可能是输入有误，也可能是尚未纳入本系统，请扫描二维码或向发证机关查询。",
            "Compare what was typed, or scan the QR code; the certificate may lie outside this register: ask the authority.",
        ),
        _VERDICT,
        "certificate-not-found",
    ),
    (_ON_LINE, "formats/manual-code.md", "on-line-only"),
    (
        (
            "不要打开二维码里的网址，也不要在那里输入任何信息；把所见情况告知发证机关。",
            "Do not open the address in the QR code nor enter anything there; tell the authority what you saw.",
        ),
        _TRUST,
        "foreign-address",
    ),
    (
        (
            "改正这一行的引号，去掉单元格内的换行，或者另存为 .xlsx 后重试。",
            "Pair the quotes of the row, take line breaks out of its cells, or save the list as .xlsx, and try again.",
        ),
        _LISTS,
        "row-unreadable",
    ),
    (
        (
            "核对清单有没有写错或串行；没有写错的，所出示的不是这一行所列的证书，不要采信。",
            "Look for a slip in the list; if there is none, what is shown is not the certificate of this row: do not rely on it.",
        ),
        _LISTS,
        "row-differs",
    ),
    (
        (
            "人工比对这一行所写的与证书的内容；历史数据请写核验编号（H 开头）。",
            "Compare the row with the certificate yourself; for a historical record write its check reference (H…).",
        ),
        _LISTS,
        "row-not-compared",
    ),
    (
        (
            "把其余工作表另存为单独的文件，分别查验。",
            "Save the other sheets as files of their own, and check each.",
        ),
        _LISTS,
        "sheet-not-read",
    ),
    (
        (
            "核对文件名、路径和读取权限；文件夹请用 certverify batch。",
            "Look at name, path and right to read; for a folder use `certverify batch`.",
        ),
        _VERDICT,
        "file-missing file-unreadable",
    ),
    (
        (
            "用 certverify check 逐个核验，或一次只拍一个二维码。",
            "Check each with `certverify check`, or photograph one code at a time.",
        ),
        _QR,
        "qr-several",
    ),
    (
        _DO_NOT_RELY,
        _PDF,
        "document-altered document-forged document-link-differs document-unregistered printed-differs",
    ),
    (
        _ORIGINAL,
        _PDF,
        "document-not-original document-unreadable document-resaved document-encrypted document-active-content",
    ),
    (
        (
            "在本项目目录中执行 pip install './verifier[upload]' 后重试，或请持证人提供下载的原始 PDF 文件，"
            "也可改用二维码核验。",
            "Run `pip install './verifier[upload]'` in the folder of this project and try again; or ask the holder for the PDF "
            "as it was downloaded, or check the QR code.",
        ),
        _PDF,
        "document-not-examined",
    ),
    (_SYNC, _PDF, "document-key-unknown"),
    (_NOTHING, _PDF, "document-is-report report-ended document-archived"),
    (
        ("联系发证机关核对登记内容。", "Ask the authority to compare what it has registered."),
        _VERDICT,
        "register-differs",
    ),
    (_NOT_IN_FORCE, "endings.md", "suspended revoked written-off voided"),
    (
        (
            "请持证人出示最新一版证书。",
            "Ask the holder for the newest version of the certificate.",
        ),
        _VERDICT,
        "superseded",
    ),
    (_NOTHING, "history.md", "historical"),
    (
        ("等候异议处理完毕，再行核验。", "Wait until the objection is dealt with, and verify again."),
        "history.md",
        "historical-disputed",
    ),
    (
        (
            "确认自己就是所列接收单位，用途相符。",
            "Make sure that you are the recipient named, and that the purpose is yours.",
        ),
        _COPIES,
        "annotated-copy",
    ),
    (_ASK_COPY, _COPIES, "copy-ended copy-withdrawn copy-unknown"),
    (_SYNC, _LEDGER, "not-in-log checkpoint-stale checkpoint-key-unknown quorum-missing"),
    (
        _SYNC_ANEW,
        _LEDGER,
        "tree-missing tree-inconsistent checkpoint-unreadable checkpoint-forged checkpoint-age-unknown "
        "checkpoint-key-not-in-force",
    ),
    (
        ("校准本机时钟后重试。", "Set the clock of this machine right and try again."),
        _LEDGER,
        "checkpoint-from-future",
    ),
    (_SYNC_ANEW, _TRUST, "trust-unreadable"),
    (
        (
            "不要使用这份信任清单；重新取得，并与另行公布的信任根核对，向发证机关报告。",
            "Do not use this trust list: fetch it anew, compare the anchor with the published one, and tell the authority.",
        ),
        _TRUST,
        "trust-forged",
    ),
    (_ASK_ANCHOR, _TRUST, "trust-not-pinned"),
    (_NOTHING, "formats/witness.md", "no-witnesses"),
    (_NEW_BUNDLE, _BUNDLE, "bundle-unreadable"),
    (
        (
            "查验包与公开日志互相矛盾：两者都保留，交发证机关查看。",
            "Bundle and log contradict each other: keep both, and show them to the authority.",
        ),
        _BUNDLE,
        "bundle-conflict",
    ),
    (
        _DO_NOT_RELY,
        _BUNDLE,
        "issue-proof-bad manifest-proof-bad manifest-forged commitment-mismatch content-mismatch "
        "seal-proof-bad status-proof-bad",
    ),
    (_SYNC, _BUNDLE, "manifest-key-unknown"),
    (_NOTHING, _BUNDLE, "content-closed"),
    (_DO_NOT_RELY, _PAST, "past-event-proof-bad past-chain-bad"),
    (_NEW_BUNDLE, _PAST, "past-incomplete past-changed-since past-one-version"),
    (
        ("改问较早的日期，或重新索取履历查验包。", "Ask about an earlier day, or for a new past bundle."),
        _PAST,
        "past-day-unknown",
    ),
    (
        (
            "用 certverify sync --whole-log 取得完整日志，再加 --complete 核对。",
            "Fetch the whole log with `certverify sync --whole-log`, then check with --complete.",
        ),
        _PAST,
        "past-pairs-possible",
    ),
    (
        (
            "使用下载得到的原始文件；仍然读不出，请提供者重新索取，或直接核验证书。",
            "Use the file as it was downloaded; if it still cannot be read, have it given anew, or verify the certificate.",
        ),
        _SIGNED_VERDICT,
        "signed-verdict-unreadable",
    ),
    (
        ("更新 certverify 后重试。", "Update certverify and try again."),
        _SIGNED_VERDICT,
        "signed-verdict-version-unknown",
    ),
    (
        _DO_NOT_RELY,
        _SIGNED_VERDICT,
        "signed-verdict-altered signed-verdict-forged signed-verdict-contradicts",
    ),
    (_SYNC, _SIGNED_VERDICT, "signed-verdict-key-unknown signed-verdict-key-not-in-force"),
    (("校准本机时钟后重试。", "Set the clock and try again."), _SIGNED_VERDICT, "signed-verdict-from-future"),
    (_NOTHING, _SIGNED_VERDICT, "signed-verdict-ahead signed-verdict-no-evidence"),
    (
        (
            "找出与这份证书对应的核验结论，或者直接核验证书。",
            "Find the verdict that belongs to this certificate, or verify the certificate itself.",
        ),
        _SIGNED_VERDICT,
        "signed-verdict-other-record signed-verdict-names-no-record",
    ),
    (_ASK_PLACE, _VERDICT, "place-unknown place-too-coarse area-limited"),
    (
        (
            "该职称在使用地不能使用；请核对使用地代码是否正确。",
            "The title does not count there; make sure that the code of the place is right.",
        ),
        _VERDICT,
        "not-valid-here",
    ),
    (
        (
            "不要当作真实证书使用；请向正式核验渠道查验。",
            "Do not use it as a real certificate; ask the real verification service.",
        ),
        _TRUST,
        "test-environment",
    ),
)


_BY_PREFIX = {
    "signed-verdict-": Advice(
        "请对方重新取得已签名的核验结论，或者自行核验证书本身。",
        "Ask for a new signed verdict, or verify the certificate itself.",
        _VERDICT,
    ),
}


def advice_of(code: Code) -> Advice:
    """The advice on a code; KeyError for one that nobody has written any for."""
    named = _by_code().get(code)
    family = next((prefix for prefix in _BY_PREFIX if code.startswith(prefix)), "")
    return _BY_PREFIX[family] if named is None else named


@cache
def _by_code() -> dict[Code, Advice]:
    return {Code(code): Advice(*words, where) for words, where, codes in _ADVICE for code in codes.split()}
