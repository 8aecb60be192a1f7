"""The metadata 元数据 of a certificate as an e-licence, under the names of GB/T 36903 (docs/formats/e-licence.md)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certsvc.domain.certificate import CERTIFICATE_TITLE, CertificateContent
from certsvc.domain.e_licence import ELicenceCodes, e_licence_identifier, replaced_identifier
from certsvc.domain.identity import IdKind
from certsvc.domain.regions import REGIONS
from certsvc.domain.series import SERIES
from certsvc.domain.titles import TITLES
from certsvc.domain.ways import WAYS
from certsvc.formats.canonical import encode_canonical_json

METADATA_FORMAT: Final = "certsvc-e-licence/1"
FILE_NAME: Final = "e-licence.json"
MEDIA_TYPE: Final = "application/json"
WITHOUT_END: Final = "9999-12-31"
"""A title has no end; programs that keep this date as a date read it as none."""

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ZZLXDM": "证照类型代码",
        "ZZMC": "证照名称",
        "ZZBH": "证照编号",
        "ZZBS": "证照标识",
        "ZZBFJG": "证照颁发机构",
        "ZZBFJGDM": "证照颁发机构代码",
        "ZZBFRQ": "证照颁发日期",
        "CZZT": "持证主体",
        "CZZTDM": "持证主体代码",
        "CZZTDMLX": "持证主体代码类型",
        "CZZTDMLXDM": "持证主体代码类型代码",
        "ZZYXQQSRQ": "证照有效期起始日期",
        "ZZYXQJZRQ": "证照有效期截止日期",
        "KZ_XL": "系列",
        "KZ_ZY": "专业",
        "KZ_ZCMC": "职称名称",
        "KZ_JB": "级别",
        "KZ_QDFS": "取得方式",
        "KZ_YXQY": "有效区域",
        "KZ_YXQYDM": "有效区域代码",
        "KZ_BBH": "版本号",
        "KZ_GLZZBS": "关联证照标识",
    }
)
"""Every field with its Chinese name, in the order of the description; KZ_ are extensions of this type of licence."""

CODE_KINDS: Final[Mapping[IdKind, tuple[str, str]]] = MappingProxyType(
    {
        IdKind.CITIZEN: ("公民身份号码", "111"),
        IdKind.PASSPORT: (IdKind.PASSPORT.value, "414"),
        IdKind.TAIWAN_TRAVEL: (IdKind.TAIWAN_TRAVEL.value, "511"),
        IdKind.HK_MACAO_TRAVEL: (IdKind.HK_MACAO_TRAVEL.value, "516"),
        IdKind.HK_MACAO_TAIWAN_RESIDENCE: (IdKind.HK_MACAO_TAIWAN_RESIDENCE.value, "999"),
        IdKind.FOREIGN_PERMANENT_RESIDENCE: (IdKind.FOREIGN_PERMANENT_RESIDENCE.value, "999"),
    }
)
"""What the holder's code is, in words and as a code; 999 其他 where no code is known to us."""


def describe_e_licence(
    content: CertificateContent, codes: ELicenceCodes, *, name: str, holder_code: str
) -> dict[str, str | None]:
    """Every field of FIELDS for one certificate version; dates are `2023-09-19`.

    `name` and `holder_code` are the holder's name and document number as this reader may see them. None: 有效区域 and its
    code of a title that counts everywhere, 关联证照标识 of a first version.
    """
    award = content.award
    kind, kind_code = CODE_KINDS[award.document.kind]
    area = award.validity_area
    return {
        "ZZLXDM": codes.type_code,
        "ZZMC": CERTIFICATE_TITLE,
        "ZZBH": content.number,
        "ZZBS": e_licence_identifier(content, codes),
        "ZZBFJG": content.issuer,
        "ZZBFJGDM": codes.issuer,
        "ZZBFRQ": content.issued_on.isoformat(),
        "CZZT": name,
        "CZZTDM": holder_code,
        "CZZTDMLX": kind,
        "CZZTDMLXDM": kind_code,
        "ZZYXQQSRQ": award.acquired_on.isoformat(),
        "ZZYXQJZRQ": WITHOUT_END,
        "KZ_XL": SERIES[award.series],
        "KZ_ZY": award.specialty,
        "KZ_ZCMC": TITLES[award.title],
        "KZ_JB": award.level.label,
        "KZ_QDFS": WAYS[award.way],
        "KZ_YXQY": None if area is None else REGIONS[area].full_name,
        "KZ_YXQYDM": area,
        "KZ_BBH": f"{content.version:03d}",
        "KZ_GLZZBS": replaced_identifier(content, codes),
    }


def encode_e_licence(fields: Mapping[str, str | None]) -> bytes:
    """The canonical bytes of the metadata, with the name of this format."""
    return encode_canonical_json({"format": METADATA_FORMAT, **fields})
