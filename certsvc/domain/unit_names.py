"""Whether a text names an organisation and not a person: what is named publicly 公开通报 must be a unit."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from certsvc.errors import RequestError

_LONGEST_PERSONAL_NAME: Final = 4  # Han characters, as most names are written
_UNMISTAKABLE: Final = re.compile(
    r"(?:公司|集团|企业|工厂|银行|商行|商店|商场|酒店|饭店|药店|药房|宾馆|电站|车站|林场|农场|"
    r"牧场|合作社|报社|学社|通讯社|杂志社|出版社|旅行社|供销社|事务所|研究所|设计所|卫生所|"
    r"派出所|工作室|工作站|服务站|推广站|中心|医院|卫生院|研究院|设计院|法院|检察院|大学|学院|"
    r"学校|中学|小学|职高|党校|幼儿园|协会|学会|商会|工会|联合会|研究会|基金会|促进会|委员会|"
    r"理事会|办公室|实验室|诊所|门诊部|政府|机关|大队|支队|总队|中队|分队|部队|剧团|文工团|"
    r"兵团|医务室|博物馆|图书馆|文化馆|档案馆|电视台|电台|天文台|园区|基地|分部|总部|经营部|"
    r"项目部|联社|联盟|平台|矿务局|煤矿|铁矿|金矿)$"
)
_USUAL: Final = re.compile(r"[厂院校所站会社店行部队馆台园场室矿团库厅局处科署]$")
_LAST_BRACKET: Final = re.compile(r"[（(][^（()）]*[)）]$")
_NOT_WORDS: Final = re.compile(r"[\W_]+")


def require_unit_name(name: str) -> None:
    """Raises RequestError for a name that does not end as names of organisations do (a bracket at the end aside), or
    that is as short as a person's and ends in a character that persons are named with too.
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    while (shorter := _LAST_BRACKET.sub("", plain).rstrip()) != plain:
        plain = shorter
    plain = _NOT_WORDS.sub("", plain)
    if _UNMISTAKABLE.search(plain) is None and (
        len(plain) <= _LONGEST_PERSONAL_NAME or _USUAL.search(plain) is None
    ):
        raise RequestError(
            "单位名称应为机构的全称，以“公司”“医院”“学校”“中心”“研究所”等字样结尾；个人不公开通报。"
            "请按营业执照或法人证书填写。"
        )
