"""Mapping statements 对应职称: made for a verified qualification, looked up anew at every question.

A statement rests on two things that may change: the list in force on the day of the question, and the qualification.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Final

from certverify.names import mask_name

from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.check_reference import RANDOM_DIGITS, ReferenceKind, build_reference
from certsvc.domain.decision_text import LONGEST_REFERENCE, require_words
from certsvc.domain.id_numbers import read_id
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.mapping import (
    Correspondence,
    CorrespondenceList,
    MappingStatement,
    Qualification,
    QualificationStanding,
)
from certsvc.domain.mapping_list import decode_mapping_list
from certsvc.domain.names import read_name
from certsvc.domain.permission import Action
from certsvc.errors import RequestError
from certsvc.ports import Clock
from certsvc.ports.mapping import MappingRegister, MappingStore, QualificationSource
from certsvc.stages.permits import Permits
from certsvc.stages.verify import HolderClaim, plain_name

_REFUSED: Final = {
    QualificationStanding.ANNULLED: "该职业资格已被取消，不具有对应职称。",
    QualificationStanding.UNKNOWN_CERTIFICATE: "职业资格查询中没有该证书。请与证书原件核对姓名、证件号码和证书编号。",
}
_REFERENCE_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class MappingAnswer:
    """What may be told of a statement to somebody who knows the holder; `line` is None when the list has none today.

    `holder` is masked.
    """

    reference: str
    holder: str
    qualification: Qualification
    list_document: str | None
    line: Correspondence | None
    standing: QualificationStanding
    on: date


@dataclass(frozen=True, slots=True)
class Mapping:
    """What making statements needs. `examples_allowed`: lists marked as examples may be loaded (tests, demonstration)."""

    permits: Permits
    store: MappingStore
    source: QualificationSource
    clock: Clock
    random_bytes: Callable[[int], bytes]
    examples_allowed: bool

    def load_list(self, raw: bytes, by: Caller = OPERATOR) -> CorrespondenceList:
        """Make a list the one in force. Raises UnreadableInput naming the fault, RequestError for an example in production."""
        self.permits.require(Action.POLICY_LOAD, by, "mapping-list")
        loaded = decode_mapping_list(raw)
        if loaded.example and not self.examples_allowed:
            raise RequestError("这是示例目录，只供测试和演示，不能用于正式环境。请载入正式印发的对应目录。")
        self.store.load_list(sha256(raw).hexdigest(), raw.decode("utf-8-sig"), self.clock.now(), by)
        return loaded

    def make(self, name: str, id_number: str, qualification: Qualification, by: Caller) -> MappingStatement:
        """Make the statement of a person's qualification certificate; the same again gives the one that is kept.

        Raises RequestError (name, number, no line in the list, annulled or unknown certificate), NotPermitted, ConflictError.
        """
        self.permits.require(Action.MAPPING_MAKE, by, "mapping")
        today = self.clock.today()
        holder, document = _holder(name), _document(id_number)
        plain = Qualification(
            require_words(qualification.name, "职业资格名称", LONGEST_REFERENCE),
            (qualification.grade or "").strip() or None,
            require_words(qualification.certificate_ref, "职业资格证书编号", LONGEST_REFERENCE),
            qualification.obtained_on,
        )
        if plain.obtained_on > today:
            raise RequestError("职业资格取得日期不能晚于今天。请与证书原件核对。")
        if _line(self.store.current_list(), plain, today)[1] is None:
            raise RequestError(
                "现行对应目录中没有这一职业资格和级别，不能出具对应职称说明。请核对名称、级别，或先载入对应目录。"
            )
        refused = _REFUSED.get(self.source.standing(holder, document, plain))
        if refused is not None:
            raise RequestError(refused)
        number = int.from_bytes(self.random_bytes(_REFERENCE_BYTES), "big") % 10**RANDOM_DIGITS
        reference = build_reference(ReferenceKind.MAPPING, number)
        return self.store.make(
            MappingStatement(reference, holder, document, plain, by.name, self.clock.now()), by
        )


@dataclass(frozen=True, slots=True)
class MappingAnswers:
    """Answers for everybody, over a register that can only be read."""

    register: MappingRegister
    source: QualificationSource
    clock: Clock

    def check(self, claim: HolderClaim) -> MappingAnswer | None:
        """How the statement stands today; None, after the same work, for whatever does not agree with one."""
        found = self.register.find("".join(claim.number.split()).upper())
        stand_in = self.register.any_statement()
        chosen = found or stand_in
        if chosen is None:
            return None
        agrees = _agrees(chosen, claim)
        answer = self._answer(chosen)
        return answer if agrees and found is not None else None

    def _answer(self, statement: MappingStatement) -> MappingAnswer:
        today = self.clock.today()
        document, line = _line(self.register.current_list(), statement.qualification, today)
        standing = self.source.standing(statement.name, statement.document, statement.qualification)
        return MappingAnswer(
            statement.reference,
            mask_name(statement.name),
            statement.qualification,
            document,
            line,
            standing,
            today,
        )


def _line(
    raw: bytes | None, qualification: Qualification, on: date
) -> tuple[str | None, Correspondence | None]:
    """Document and line of the list for a qualification; None while no list was loaded."""
    if raw is None:
        return None, None
    known = _decoded(raw)
    return known.document, known.line_for(qualification.name, qualification.grade, on)


@lru_cache(maxsize=4)
def _decoded(raw: bytes) -> CorrespondenceList:
    return decode_mapping_list(raw)


def _holder(name: str) -> str:
    holder = read_name(name).name
    if holder is None:
        raise RequestError("姓名无法使用。请按证件填写姓名。")
    return holder


def _document(id_number: str) -> IdDocument:
    document = read_id(IdKind.CITIZEN, id_number).document
    if document is None:
        raise RequestError("身份证号码有误。请与证件核对。")
    return document


def _agrees(statement: MappingStatement, claim: HolderClaim) -> bool:
    same_name = hmac.compare_digest(plain_name(statement.name), plain_name(claim.name))
    claimed = unicodedata.normalize("NFC", claim.id_last4).strip().upper().encode()
    return hmac.compare_digest(statement.document.last4.encode(), claimed) and same_name
