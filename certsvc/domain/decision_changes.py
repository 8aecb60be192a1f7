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


def corrected_award(award: Award, changes: Mapping[str, str]) -> Award:
    """The award with the changes made. Raises RequestError for an unknown field, an unfit value, or no change at all."""
    if not changes:
        raise RequestError("请写明要更正的内容，例如 --set name=正确的姓名。")
    unknown = sorted(set(changes) - set(CORRECTABLE))
    if unknown:
        raise RequestError(
            f"{'、'.join(unknown)} 不能更正。可以更正的内容：{'、'.join(CORRECTABLE)}。其他内容有误的，请另行申请。"
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
