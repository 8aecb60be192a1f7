"""One check for whatever somebody hands over: the kind is recognised by content, and every code found has its own verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from certverify.bundle import check_bundle
from certverify.check import Ledger, check_record, conclude
from certverify.codes import Code, Effect
from certverify.errors import ImageError, SandboxBusyError
from certverify.examination import DEFAULT_MAX_AGE, Examination, Question
from certverify.extras import Hint, missing_extra
from certverify.ledger import LedgerUnavailable, LedgerView
from certverify.meanings import MEANINGS
from certverify.recognised import ON_LINE_ONLY, Kind, kind_of
from certverify.trust import Trust
from certverify.verdict import Outcome, Verdict, finding, leaves_open

if TYPE_CHECKING:
    from certverify.pdf_sandbox import PdfSandbox

SCHEMA = "certverify-check/1"
_HINTS = {
    Kind.FOREIGN_PICTURE: Hint(
        "不支持 HEIC、AVIF、TIFF 图片，请另存为 JPEG 或 PNG 后重试。",
        "HEIC, AVIF and TIFF pictures are not read; please save it as JPEG or PNG and try again.",
    ),
    Kind.SIGNED_VERDICT: Hint(
        "这是已签名的核验结论：以上是它出具之日的结论，证书现在的状态请另行核验；"
        "是否针对所出示的证书，用 certverify verdict --qr 核对。",
        "This is a signed verdict: what is told is how it was on its day, so verify the certificate for today; "
        "`certverify verdict --qr` tells whether it is about the certificate shown.",
    ),
    Kind.NUMBER: Hint(
        "这是证书编号：请在在线核验页用编号、姓名和证件号码后四位查询，或使用证书上的二维码。",
        "This is a certificate number: ask the verification page with number, name and last four characters, or use the QR code.",
    ),
    Kind.SHARE_CODE: Hint(
        "这是授权码：请在在线核验页打开持证人授权出示的内容。",
        "This is a share code: the verification page opens what the holder chose to show.",
    ),
    Kind.REPORT_CODE: Hint(
        "这是报告查验码：请在在线核验页查验报告。",
        "This is a report code: the verification page tells what the report said.",
    ),
    Kind.SAVED_VERDICT: Hint(
        "这是保存下来的核验结果，没有签名，不能作为凭据；certverify explain 说明其中各项代码的含义。",
        "This is a saved verdict without a signature: it proves nothing. `certverify explain` tells what its codes mean.",
    ),
    Kind.WORKBOOK: Hint(
        "这像是表格文件；成批核验请用 certverify batch。",
        "This looks like a workbook; use `certverify batch` for a list.",
    ),
    Kind.PAST_BUNDLE: Hint(
        "此处只给出现在的结论；certverify past 列出全部履历。",
        "This is the verdict of today; `certverify past` tells the whole history.",
    ),
}
_SCAN = Hint(
    "该 PDF 是扫描件：只核对了其中的二维码，画面上的文字没有核对，请与下列签名内容逐项比较。",
    "This PDF is a scan: only its QR code was checked, not what the page shows; please compare the page with what is signed.",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on one thing that was found; `number` counts from 1 where a picture or a scan holds several codes."""

    number: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Answers:
    """What was recognised, a verdict on each thing found in it (at least one), and hints that change no verdict."""

    kind: Kind
    answers: tuple[Answer, ...]
    hints: tuple[Hint, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Failed when anything failed, else undetermined when anything is, else passed."""
        return worst(answer.verdict.outcome for answer in self.answers)

    def each(self, change: Callable[[Verdict], Verdict]) -> Answers:
        """The same with every verdict changed."""
        changed = tuple(replace(answer, verdict=change(answer.verdict)) for answer in self.answers)
        return replace(self, answers=changed)

    def as_json(self) -> dict[str, Any]:
        """The object of docs/formats/verdict.md, several verdicts."""
        return {
            "schema": SCHEMA,
            "kind": self.kind.value,
            "verdict": self.outcome.value,
            "answers": [
                {"number": answer.number, "verdict": answer.verdict.as_json()} for answer in self.answers
            ],
            "hints": [hint.as_json() for hint in self.hints],
        }


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Failed before undetermined before passed; undetermined when there is none."""
    found = set(outcomes)
    if Outcome.FAILED in found:
        return Outcome.FAILED
    return Outcome.PASSED if found == {Outcome.PASSED} else Outcome.UNDETERMINED


def check_anything(
    raw: bytes,
    trust: Trust,
    ledger: LedgerView | LedgerUnavailable,
    now: datetime,
    place: str | None = None,
    max_age: timedelta = DEFAULT_MAX_AGE,
    sandbox: PdfSandbox | None = None,
) -> Answers:
    """The answers on a text, a picture, a PDF, a bundle or a past bundle, recognised by content. Never raises for what `raw` is.

    A manual code is `on-line-only`. `sandbox` None: that of this process, where `./verifier[upload]` is installed.
    """
    return _Check(trust, ledger, now, place, max_age, sandbox).run(raw)


@dataclass(frozen=True, slots=True)
class _Check:
    trust: Trust
    ledger: LedgerView | LedgerUnavailable
    now: datetime
    place: str | None
    max_age: timedelta
    sandbox: PdfSandbox | None

    def run(self, raw: bytes) -> Answers:
        kind = kind_of(raw)
        checks: dict[Kind, Callable[[bytes], Answers]] = {
            Kind.PICTURE: self._picture,
            Kind.PDF: self._pdf,
            Kind.BUNDLE: self._bundle,
            Kind.PAST_BUNDLE: self._past_bundle,
            Kind.RECORD: self._text,
            Kind.TEXT: self._text,
            Kind.SIGNED_VERDICT: self._signed_verdict,
        }
        if kind in checks:
            return checks[kind](raw)
        hints = (_HINTS[kind],) if kind in _HINTS else ()
        if kind in ON_LINE_ONLY:
            return Answers(kind, (self._only(Code.ON_LINE_ONLY),), hints)
        unread = Code.IMAGE_UNREADABLE if kind is Kind.FOREIGN_PICTURE else Code.RECORD_UNREADABLE
        return Answers(kind, (self._only(unread),), hints)

    def _text(self, raw: bytes) -> Answers:
        kind = kind_of(raw)
        return self._each(kind, [raw.decode("utf-8-sig", "replace").strip()])

    def _picture(self, raw: bytes) -> Answers:
        from certverify.images import qr_texts

        try:
            texts = qr_texts(raw)
        except ImageError:
            return Answers(Kind.PICTURE, (self._only(Code.IMAGE_UNREADABLE),))
        return self._each(Kind.PICTURE, texts)

    def _pdf(self, raw: bytes) -> Answers:
        from certverify.pdf_sandbox import shared_sandbox, visiting
        from certverify.scan import RememberingInspector, scanned_texts

        exam = self._exam()
        try:
            with visiting(self.sandbox or shared_sandbox()) as visitor:
                inspector = None if visitor is None else RememberingInspector(visitor)
                texts = None
                if inspector is not None:
                    texts = scanned_texts(raw, self.trust.trust_list, inspector)
                if texts:
                    return self._each(Kind.PDF, texts, _SCAN)
                record = exam.examine_document(raw, inspector)
        except SandboxBusyError:
            exam.codes.append(Code.DOCUMENT_NOT_EXAMINED)
            return Answers(Kind.PDF, (Answer(None, exam.verdict()),))
        missing = missing_extra("upload") if Code.DOCUMENT_NOT_EXAMINED in exam.codes else None
        verdict = conclude(exam, record, self.ledger)
        return Answers(Kind.PDF, (Answer(None, verdict),), () if missing is None else (missing,))

    def _bundle(self, raw: bytes) -> Answers:
        verdict = check_bundle(raw, self.trust, self.now, self.place, self.max_age, self.ledger)
        return Answers(Kind.BUNDLE, (Answer(None, verdict),))

    def _past_bundle(self, raw: bytes) -> Answers:
        from certverify.past import check_past

        found = check_past(raw, self.trust, self.now, None, self.place, self.max_age, self.ledger)
        return Answers(Kind.PAST_BUNDLE, (Answer(None, found.verdict),), (_HINTS[Kind.PAST_BUNDLE],))

    def _signed_verdict(self, raw: bytes) -> Answers:
        """What the file says, only when it may be relied on; what was found about the file itself stands first."""
        from certverify.signed_verdict import check_signed_verdict

        check = check_signed_verdict(raw, self.trust, self.now)
        doubtful = any(MEANINGS[code].effect is not Effect.NOTE for code in check.codes)
        told = Verdict() if check.statement is None or doubtful else check.statement.verdict
        open_points = filter(leaves_open, check.codes)
        verdict = replace(
            told,
            findings=(*check.findings, *told.findings),
            not_established=(*open_points, *told.not_established),
        )
        return Answers(Kind.SIGNED_VERDICT, (Answer(None, verdict),), (_HINTS[Kind.SIGNED_VERDICT],))

    def _each(self, kind: Kind, texts: list[str], *hints: Hint) -> Answers:
        """A verdict on each text."""
        if not texts:
            return Answers(kind, (self._only(Code.QR_NOT_FOUND),), hints)
        ledger: Ledger = self.ledger
        verdicts = [
            check_record(text, self.trust, ledger, self.now, self.place, self.max_age) for text in texts
        ]
        several = len(verdicts) > 1
        numbered = (
            Answer(number if several else None, verdict) for number, verdict in enumerate(verdicts, 1)
        )
        return Answers(kind, tuple(numbered), hints)

    def _exam(self) -> Examination:
        return Examination(self.trust, Question(self.now, self.place, self.max_age))

    def _only(self, code: Code) -> Answer:
        exam = self._exam()
        exam.codes.append(code)
        return Answer(None, exam.verdict())


def unchecked(kind: Kind, code: Code) -> Answers:
    """The answers where nothing could be checked at all."""
    return Answers(kind, (Answer(None, Verdict(findings=(finding(code),), not_established=(code,))),))
