"""What a correction 更正 may change on a certificate: words about the holder and references, never the title itself.

Number, issue date, way, level, title, series, validity area, acquisition date and identity document stay: whoever
needs another one of these needs another certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from certsvc.domain.certificate import Award
from certsvc.domain.decision_text import require_words
from certsvc.domain.id_numbers import read_id
from certsvc.domain.names import read_name
from certsvc.errors import RequestError

_LONGEST: Final = 200  # code points, as in the intake format


def named_changes(changes: Mapping[str, str]) -> dict[str, str]:
    """The changes under the names of fields, whether they were given under these or under the words of the paper.

    Raises RequestError for a field that is given twice; unknown ones are left as they are.
    """
    named: dict[str, str] = {}
    for field, text in changes.items():
        name = _FIELD_OF.get(field, field)
        if name in named:
            raise RequestError(f"“{FIELD_WORDS.get(name, name)}”给出了两次。请只写一次。")
        named[name] = text
    return named


def fields_in_words() -> str:
    """Every field that may be corrected, by its word and its name."""
    return "、".join(f"{FIELD_WORDS[name]}（{name}）" for name in CORRECTABLE)


def require_possible_references(
    award: Award, changes: Mapping[str, str], today: date, committee_name: Callable[[str], str | None]
) -> None:
    """Hold what a corrected award refers to against what the gate admits; what is not changed is not looked at.

    `committee_name`: of a code of the registry, None for an unknown one. Raises RequestError for a publication in the
    future or before the review, and for a committee that is not registered under this code and name.
    """
    if "announcement_on" in changes and not award.acquired_on <= award.announcement_on <= today:
        raise RequestError(
            f"更正后的公布日期不能晚于今天，也不能早于职称的取得日期（{award.acquired_on.isoformat()}）。"
            "请核对公布文件上的日期。"
        )
    if "committee_code" not in changes:
        return
    registered = committee_name(award.committee_code)
    if registered is None:
        raise RequestError("更正后的评委会代码没有登记。请核对代码，或先更新登记簿。")
    if registered != award.committee_name:
        raise RequestError(
            f"更正后的评委会代码登记的名称是“{registered}”，与证书上的评委会名称不一致。请一并更正评委会名称。"
        )


def corrected_award(award: Award, changes: Mapping[str, str]) -> Award:
    """The award with the changes made. Raises RequestError for an unknown field, an unfit value, or no change at all."""
    if not changes:
        raise RequestError("请写明要更正的内容，例如 --set 姓名=正确的姓名。")
    unknown = sorted(set(changes) - set(CORRECTABLE))
    if unknown:
        raise RequestError(
            f"{'、'.join(unknown)} 不能更正。可以更正的内容：{fields_in_words()}。其他内容有误的，请另行申请。"
        )
    values: dict[str, Any] = {field: CORRECTABLE[field](text) for field, text in changes.items()}
    corrected = replace(award, **values)
    if corrected == award:
        raise RequestError("更正后的内容与现有内容相同，无需更正。请核对要更正的内容。")
    _require_agreement(corrected)
    return corrected


def printed_texts(award: Award) -> tuple[str, ...]:
    """Every correctable text of an award that is printed on the certificate."""
    texts = (award.name, award.specialty, award.unit_name, award.committee_name, award.announcement_ref)
    return tuple(text for text in texts if text is not None)


def _require_agreement(award: Award) -> None:
    document = read_id(award.document.kind, award.document.number).document
    if document is None:
        return
    if document.born_on is not None and document.born_on != award.born_on:
        raise RequestError("更正后的出生日期与身份证件号码不一致。请核对后重试。")
    if document.male is not None and document.male != (award.sex == "男"):
        raise RequestError("更正后的性别与身份证件号码不一致。请核对后重试。")


def _name(text: str) -> str:
    name = read_name(text).name
    if name is None:
        raise RequestError("更正后的姓名无法使用：请填写证件上的姓名，不要含无法识别的字符。")
    return name


def _sex(text: str) -> str:
    if text not in ("男", "女"):
        raise RequestError("性别请填写“男”或“女”。")
    return text


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RequestError("日期请写成 2023-09-18 的形式。") from None


def _words(what: str) -> Callable[[str], str]:
    return lambda text: require_words(text, what, _LONGEST)


CORRECTABLE: Final[Mapping[str, Callable[[str], object]]] = MappingProxyType(
    {
        "name": _name,
        "sex": _sex,
        "born_on": _date,
        "specialty": _words("专业"),
        "unit_name": _words("工作单位"),
        "committee_code": _words("评委会代码"),
        "committee_name": _words("评委会名称"),
        "announcing_body": _words("公布文件发文机关"),
        "announcement_ref": _words("公布文件文号"),
        "announcement_on": _date,
    }
)
"""The fields that a correction may change, each with its reading of the text."""

FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "姓名",
        "sex": "性别",
        "born_on": "出生日期",
        "specialty": "专业",
        "unit_name": "工作单位",
        "committee_code": "评委会代码",
        "committee_name": "评委会名称",
        "announcing_body": "公布文件发文单位",
        "announcement_ref": "公布文号",
        "announcement_on": "公布日期",
    }
)
"""The words for these fields, as on the paper that officials have before them."""

_FIELD_OF: Final = {word: name for name, word in FIELD_WORDS.items()}
