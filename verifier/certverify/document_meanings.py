"""What the codes about certificate files do to a verdict, and how they are said."""

from __future__ import annotations

from certverify.codes import Code, Effect, Meaning

_F, _U, _N = Effect.FAILED, Effect.UNDETERMINED, Effect.NOTE

DOCUMENT_MEANINGS: dict[Code, Meaning] = {
    Code.DOCUMENT_ALTERED: Meaning(
        _F,
        "证书文件在签章后被改动（用其他软件打开后另存也会改动文件），请使用原始文件或扫描二维码。",
        "The certificate file was changed after it was sealed (saving it again with another program changes it too); "
        "please use the original file or scan the QR code.",
    ),
    Code.DOCUMENT_NOT_ORIGINAL: Meaning(
        _U,
        "该文件不是发证机关提供的原始证书文件（可能经过打印、扫描、转换或重新保存）。本次核对至多读到文件的文字层，画面上显示的内容没有核对，"
        "可能与文字层不同：请用眼逐项核对画面，或者使用原始文件、扫描二维码。",
        "This is not the original certificate file (perhaps printed, scanned, converted or saved again). At most its text layer "
        "was read; what the page shows was not checked and may be different: please compare the page by eye, or use the original "
        "file or scan the QR code.",
    ),
    Code.DOCUMENT_UNREADABLE: Meaning(
        _U,
        "文件无法读取，或不是电子证书文件。",
        "The file cannot be read, or is not an electronic certificate.",
    ),
    Code.DOCUMENT_IS_REPORT: Meaning(
        _N,
        "该文件是核验报告，不是证书：报告所载为出具当时的结果，此处为现在的结果。",
        "This file is a verification report, not the certificate: it states the result of its day, while this is the "
        "result of now.",
    ),
    Code.REPORT_ENDED: Meaning(
        _N,
        "该核验报告已经到期，不能再作为依据；以此处现在的结果为准。",
        "This verification report has ended and is no longer to be relied on: the result of now counts.",
    ),
    Code.DOCUMENT_ARCHIVED: Meaning(
        _N,
        "归档件：原始证书文件完好，其后只附加了时间戳等长期保存信息。",
        "Archive object: the original certificate file is intact; only time stamps and material for keeping it were added.",
    ),
    Code.DOCUMENT_RESAVED: Meaning(
        _U,
        "该文件是用其他软件重新保存过的证书：画面与发证机关保存的原件相同，但电子签章已不完整，不能凭此文件确认。请使用原始文件或扫描二维码。",
        "A certificate that another program has saved again: it looks like the original that the authority keeps, but the seal "
        "did not survive, so this file proves nothing. Please use the original file or scan the QR code.",
    ),
    Code.DOCUMENT_FORGED: Meaning(
        _F,
        "该文件的电子签章冒用了发证机关的名义：签章证书不是发证机关签发的。",
        "The seal of this file pretends to be the authority's: the authority did not issue the certificate of its signer.",
    ),
    Code.DOCUMENT_KEY_UNKNOWN: Meaning(
        _U,
        "该文件由信任清单之外的密钥签章，不能确认是否由发证机关签发，请更新信任清单后重试；仍然如此，请勿采信。",
        "The file is sealed by a key outside the trust list, so it is not known whether the authority issued it; please update "
        "the trust list and try again, and do not rely on the file if it stays so.",
    ),
    Code.DOCUMENT_ENCRYPTED: Meaning(
        _U,
        "该文件已加密，无法检查；原始证书文件不加密，请使用原始文件或扫描二维码。",
        "The file is encrypted and cannot be examined; original certificates never are. Please use the original file or scan "
        "the QR code.",
    ),
    Code.DOCUMENT_ACTIVE_CONTENT: Meaning(
        _N,
        "该文件含有脚本、外部程序或表单等会自行动作的内容，原始证书文件从不含有；请勿点击文件中的内容。",
        "The file holds content that acts by itself (scripts, programs, forms), which original certificates never do; do not "
        "click anything in it.",
    ),
    Code.DOCUMENT_NOT_EXAMINED: Meaning(
        _U,
        "该文件的内容未能检查（可能过于复杂、已损坏，或本机没有安装检查组件），请使用原始文件或扫描二维码。",
        "The content of the file could not be examined (it may be too complex or damaged, or this machine lacks the libraries "
        "for it); please use the original file or scan the QR code.",
    ),
    Code.DOCUMENT_LINK_DIFFERS: Meaning(
        _F,
        "该文件的二维码与其中的链接指向不同的证书记录，文件已被改动。",
        "The QR code of the file and the link over it lead to different records: the file was changed.",
    ),
    Code.DOCUMENT_UNREGISTERED: Meaning(
        _F,
        "该文件有有效印章，但不是发证机关登记的那一份，请勿采信；请扫描二维码查验，并将此文件告知发证机关。",
        "The seal of the file is valid, but it is not the file that the authority has registered: do not rely on it. Please scan "
        "the QR code, and show the authority this file.",
    ),
    Code.PRINTED_DIFFERS: Meaning(
        _F,
        "该文件所印内容与签名记录不一致，请勿采信；不一致之处见逐项对照。",
        "What the file prints is not what the signed record says: do not rely on it. The comparison shows where they differ.",
    ),
    Code.REGISTER_DIFFERS: Meaning(
        _U,
        "签名记录与发证机关的登记不一致，暂时不能确认，请联系发证机关。",
        "The signed record is not what the authority's register holds, so it cannot be confirmed; please ask the authority.",
    ),
}
