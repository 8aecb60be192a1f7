"""The checks, each a numbered procedure that gives a verdict and never an exception for what was presented.

`ledger` is what `certverify.ledger.open_ledger` returns, or any other `StatusSource`. `now` is an aware instant.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certverify.codes import Code
from certverify.errors import ImageError, SandboxBusyError
from certverify.examination import DEFAULT_MAX_AGE, Examination, Question
from certverify.ledger import LedgerUnavailable, StatusSource
from certverify.record import HistoricalRecord, Record
from certverify.status import Status
from certverify.trust import Trust
from certverify.verdict import Verdict

if TYPE_CHECKING:
    from certverify.pdf_sandbox import PdfSandbox

Ledger = StatusSource | LedgerUnavailable


def check_record(
    text: str,
    trust: Trust,
    ledger: Ledger,
    now: datetime,
    place: str | None = None,
    max_age: timedelta = DEFAULT_MAX_AGE,
) -> Verdict:
    """The verdict on the text of a QR symbol.

    1. The record decodes. 2. A key of the trust list speaks for it, and its signature verifies. 3. The log has been
    opened: checkpoint signed, seal included as the last leaf. 4. The checkpoint has its cosignatures and is fresh
    enough. 5. The shard of the record's slot hashes up to the seal; its 4 bits are the status. 6. An annotated copy
    has not ended. 7. The place asked about lies in the validity area.
    """
    exam = Examination(trust, Question(now, place, max_age))
    return conclude(exam, exam.examine_record(text), ledger)


def check_image(
    raw_image: bytes,
    trust: Trust,
    ledger: Ledger,
    now: datetime,
    place: str | None = None,
    max_age: timedelta = DEFAULT_MAX_AGE,
) -> Verdict:
    """The verdict on a picture: its QR text is read, then steps 1 to 7 of `check_record`."""
    from certverify.images import qr_texts

    exam = Examination(trust, Question(now, place, max_age))
    try:
        texts = qr_texts(raw_image)
    except ImageError:
        exam.codes.append(Code.IMAGE_UNREADABLE)
        return exam.verdict()
    if len(texts) != 1:
        exam.codes.append(Code.QR_SEVERAL if texts else Code.QR_NOT_FOUND)
        return exam.verdict()
    return conclude(exam, exam.examine_record(texts[0]), ledger)


def check_pdf(
    raw_pdf: bytes,
    trust: Trust,
    ledger: Ledger,
    now: datetime,
    place: str | None = None,
    max_age: timedelta = DEFAULT_MAX_AGE,
    sandbox: PdfSandbox | None = None,
) -> Verdict:
    """The verdict on a certificate file: the procedure of `pdf_upload`, then steps 3 to 7 of `check_record`.

    `sandbox` None: that of this process, where the libraries of `./verifier[upload]` are installed.
    """
    from certverify.pdf_sandbox import shared_sandbox, visiting

    exam = Examination(trust, Question(now, place, max_age))
    try:
        with visiting(sandbox or shared_sandbox()) as inspector:
            record = exam.examine_document(raw_pdf, inspector)
    except SandboxBusyError:
        exam.codes.append(Code.DOCUMENT_NOT_EXAMINED)
        return exam.verdict()
    return conclude(exam, record, ledger)


def conclude(exam: Examination, record: Record | HistoricalRecord | None, ledger: Ledger) -> Verdict:
    """The verdict of an examination that has found `record`, after steps 3 to 7 of `check_record` on it."""
    if record is None:
        return exam.verdict()
    if isinstance(ledger, LedgerUnavailable):  # 3
        exam.codes.append(ledger.code)
    else:
        exam.judge_freshness(ledger.freshness)  # 4
        _judge_slot(exam, record, ledger)  # 5
    exam.judge_copy()  # 6
    exam.judge_place(record)  # 7
    return exam.verdict()


def _judge_slot(exam: Examination, record: Record | HistoricalRecord, ledger: StatusSource) -> None:
    answer = ledger.status_of(record.slot)
    if isinstance(answer, Status):
        exam.judge_status(answer)
    else:
        exam.codes.append(answer)
