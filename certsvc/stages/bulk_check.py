"""Bulk checks 批量核验: a row is answered exactly as the single question would be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from certverify import Verdict

from certsvc.domain.bulk_check import FAILURE, CodeAsked, HolderAsked, QrAsked, RowProblem, RowQuestion
from certsvc.errors import ConflictError, UnavailableError
from certsvc.stages.manual_codes import CodeAnswers
from certsvc.stages.verify import HolderClaim, Verification

_log = logging.getLogger(__name__)


class BulkCheck:
    """Verdicts on rows."""

    def __init__(self, verification: Verification, codes: CodeAnswers) -> None:
        self._verification = verification
        self._codes = codes

    def answer(self, question: RowQuestion) -> Verdict | RowProblem:
        """The verdict on a row. Raises UnavailableError, ConflictError: then no row can be answered at the moment.

        Whatever else goes wrong with a row is a problem of this row: a record that cannot be read must not stop a thousand.
        """
        try:
            return self._verdict(question)
        except (UnavailableError, ConflictError):
            raise
        except Exception as error:
            _log.exception("a row could not be checked: %s", type(error).__name__)
            return FAILURE

    def _verdict(self, question: RowQuestion) -> Verdict:
        match question.asked:
            case QrAsked(text):
                return self._verification.check_qr(text, question.place)
            case CodeAsked(symbols):
                return self._codes.check(symbols, question.place)
            case HolderAsked(number, name, id_last4):
                return self._verification.check_holder(HolderClaim(number, name, id_last4), question.place)


def problem_object(problems: Sequence[RowProblem]) -> dict[str, Any]:
    """Everything that is wrong with a row: the code of the first, one sentence of them all, and each with its field."""
    return {
        "code": problems[0].code,
        "detail": "".join(one.detail for one in problems),
        "errors": [{"field": one.field, "code": one.code} for one in problems],
    }
