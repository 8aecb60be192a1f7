"""A verdict read back from its JSON object (docs/formats/verdict.md): strictly, so that it says again what it said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from certverify.codes import Code
from certverify.errors import JsonError, NewerFormatError
from certverify.strict_json import encode_canonical, items, only_keys, text, truth, whole_number
from certverify.verdict import (
    SCHEMA,
    Annotation,
    Area,
    Authentic,
    Certificate,
    Compared,
    Decision,
    Finding,
    Historical,
    StatusWord,
    ValidHere,
    Verdict,
)

_MEMBERS = tuple(Verdict().as_json())
_FAMILY = "certsvc-verdict/"
_Word = TypeVar("_Word", bound=StrEnum)


def read_verdict(value: object) -> Verdict:
    """The verdict in a decoded JSON value; `as_json` of what is returned is that very value.

    Raises NewerFormatError for another version of the schema and for codes that this library does not know, JsonError for
    everything else that is no verdict.
    """
    if type(value) is dict and is_other_version(value.get("schema"), _FAMILY, SCHEMA):
        raise NewerFormatError("a verdict of another version")
    fields = only_keys(value, _MEMBERS)
    area, certificate, decision = fields["validity_area"], fields["certificate"], fields["decision"]
    verdict = Verdict(
        authentic=_word(Authentic, fields["authentic"]),
        status=_word(StatusWord, fields["status"]),
        validity_area=None if area is None else Area(*_texts(area, ("code", "name"))),
        valid_here=_word(ValidHere, fields["valid_here"]),
        as_of=None if fields["as_of"] is None else read_instant(fields["as_of"]),
        checkpoint_age=_number_or_none(fields["checkpoint_age"]),
        not_established=tuple(map(_code, items(fields["not_established"]))),
        findings=tuple(map(_finding, items(fields["findings"]))),
        certificate=None if certificate is None else _certificate(certificate),
        holder=_text_or_none(fields["holder"]),
        decision=None
        if decision is None
        else Decision(*_texts(decision, ("reference", "date", "ground", "effective_on"))),
        replaced_by=_number_or_none(fields["replaced_by"]),
        historical=None if fields["historical"] is None else _historical(fields["historical"]),
        annotation=None if fields["annotation"] is None else _annotation(fields["annotation"]),
        comparison=None
        if fields["comparison"] is None
        else tuple(map(_compared, items(fields["comparison"]))),
    )
    if encode_canonical(verdict.as_json()) != encode_canonical(value):
        raise JsonError("the verdict does not follow from its findings")
    return verdict


def read_instant(value: object) -> datetime:
    """The instant of a `YYYY-MM-DDTHH:MM:SSZ` text. Raises JsonError."""
    digits = text(value)
    try:
        at = datetime.strptime(digits, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise JsonError("not an instant") from error
    if at.strftime("%Y-%m-%dT%H:%M:%SZ") != digits:
        raise JsonError("not an instant of the form YYYY-MM-DDTHH:MM:SSZ")
    return at


def is_other_version(name: object, family: str, own: str) -> bool:
    """Whether a format name belongs to the same family with another number: `certsvc-verdict/2` beside `certsvc-verdict/1`."""
    return type(name) is str and name != own and name.startswith(family) and name[len(family) :].isdecimal()


def _certificate(value: object) -> Certificate:
    names = ("number", "version", "series", "title", "level", "way", "dual_directed", "acquired_on")
    fields = only_keys(value, names)
    words = {name: text(fields[name]) for name in names if name not in ("version", "dual_directed")}
    return Certificate(
        version=whole_number(fields["version"]), dual_directed=truth(fields["dual_directed"]), **words
    )


def _historical(value: object) -> Historical:
    names = Historical.__dataclass_fields__
    optional = {"original_number", "series", "level", "issuing_body", "committee", "document"}
    fields = only_keys(value, names)
    words: dict[str, Any] = {
        name: _text_or_none(fields[name]) if name in optional else text(fields[name])
        for name in names
        if name != "version"
    }
    return Historical(version=whole_number(fields["version"]), **words)


def _annotation(value: object) -> Annotation:
    names = ("id", "recipient", "purpose", "ends_on")
    fields = only_keys(value, (*names, "ended"))
    return Annotation(ended=truth(fields["ended"]), **{name: text(fields[name]) for name in names})


def _compared(value: object) -> Compared:
    fields = only_keys(value, ("field", "label", "printed", "signed", "register", "agrees"))
    return Compared(
        field=text(fields["field"]),
        label=text(fields["label"]),
        printed=_text_or_none(fields["printed"]),
        signed=text(fields["signed"]),
        register=_text_or_none(fields["register"]),
        agrees=None if fields["agrees"] is None else truth(fields["agrees"]),
    )


def _finding(value: object) -> Finding:
    fields = only_keys(value, ("code", "zh", "en"))
    return Finding(_code(fields["code"]), text(fields["zh"]), text(fields["en"]))


def _code(value: object) -> Code:
    try:
        return Code(text(value))
    except ValueError as error:
        raise NewerFormatError("a code that this library does not know") from error


def _word(words: type[_Word], value: object) -> _Word:
    try:
        return words(text(value))
    except ValueError as error:
        raise JsonError("not a word of the schema") from error


def _texts(value: object, names: Sequence[str]) -> list[str]:
    fields = only_keys(value, names)
    return [text(fields[name]) for name in names]


def _text_or_none(value: object) -> str | None:
    return None if value is None else text(value)


def _number_or_none(value: object) -> int | None:
    return None if value is None else whole_number(value)
