"""The counties and cities of Jilin Province in English, by the name that the tables of regions give them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from certsvc.domain.regions import PROVINCE, REGIONS

_STEMS: Final = """
长春市 Changchun|南关区 Nanguan|宽城区 Kuancheng|朝阳区 Chaoyang|二道区 Erdao|绿园区 Luyuan|双阳区 Shuangyang|九台区 Jiutai
农安县 Nong'an|榆树市 Yushu|德惠市 Dehui|公主岭市 Gongzhuling|吉林市 Jilin|昌邑区 Changyi|龙潭区 Longtan|船营区 Chuanying
丰满区 Fengman|永吉县 Yongji|蛟河市 Jiaohe|桦甸市 Huadian|舒兰市 Shulan|磐石市 Panshi|四平市 Siping|铁西区 Tiexi|铁东区 Tiedong
梨树县 Lishu|伊通满族自治县 Yitong Manchu|双辽市 Shuangliao|辽源市 Liaoyuan|龙山区 Longshan|西安区 Xi'an|东丰县 Dongfeng
东辽县 Dongliao|通化市 Tonghua|东昌区 Dongchang|二道江区 Erdaojiang|通化县 Tonghua|辉南县 Huinan|柳河县 Liuhe|梅河口市 Meihekou
集安市 Ji'an|白山市 Baishan|浑江区 Hunjiang|江源区 Jiangyuan|抚松县 Fusong|靖宇县 Jingyu|长白朝鲜族自治县 Changbai Korean
临江市 Linjiang|松原市 Songyuan|宁江区 Ningjiang|前郭尔罗斯蒙古族自治县 Qian Gorlos Mongol|长岭县 Changling|乾安县 Qian'an
扶余市 Fuyu|白城市 Baicheng|洮北区 Taobei|镇赉县 Zhenlai|通榆县 Tongyu|洮南市 Taonan|大安市 Da'an
延边朝鲜族自治州 Yanbian Korean|延吉市 Yanji|图们市 Tumen|敦化市 Dunhua|珲春市 Hunchun|龙井市 Longjing|和龙市 Helong
汪清县 Wangqing|安图县 Antu|九台市 Jiutai|扶余县 Fuyu|江源县 Jiangyuan
"""
_KINDS: Final = (
    ("自治州", "Autonomous Prefecture"),
    ("自治县", "Autonomous County"),
    ("市", "City"),
    ("县", "County"),
    ("区", "District"),
)
_BY_NAME: Final = MappingProxyType(
    dict(entry.split(" ", 1) for line in _STEMS.strip().splitlines() for entry in line.split("|"))
)


def place_in_english(code: str) -> str | None:
    """A division by its code, an urban district with its city before it; None for zones and unknown codes."""
    region = REGIONS.get(code)
    if code == PROVINCE:
        return "Jilin Province"
    stem = None if region is None else _BY_NAME.get(region.name)
    if region is None or stem is None:
        return None
    kind = next(english for word, english in _KINDS if region.name.endswith(word))
    name = f"{stem} {kind}"
    if region.full_name != region.name and region.city is not None:
        return f"{name}, {place_in_english(region.city)}"
    return name
