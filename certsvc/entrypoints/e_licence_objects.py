"""The metadata of an e-licence as every face gives them (docs/formats/e-licence.md)."""

from __future__ import annotations

from typing import Any, Final

from certverify.verdict import StatusWord

from certsvc.domain.e_licence import SYNTHETIC_ISSUER, SYNTHETIC_TYPE, ELicenceCodes, identify_version
from certsvc.entrypoints.status_words import status_label
from certsvc.formats.e_licence import METADATA_FORMAT, WITHOUT_END
from certsvc.formats.e_licence_schema import metadata_schema
from certsvc.stages.e_licence_answers import ELicence

SAMPLE_NUMBER: Final = "2220230520000014"
SAMPLE_IDENTIFIER: Final = str(
    identify_version(SAMPLE_NUMBER, 1, ELicenceCodes(SYNTHETIC_TYPE, SYNTHETIC_ISSUER))
)


def e_licence_object(answer: ELicence) -> dict[str, Any]:
    """The answer: metadata, and the status of the certificate version now."""
    return {
        "e_licence": {"format": METADATA_FORMAT, **answer.fields},
        "status": answer.status.value,
        "status_label": status_label(answer.status),
    }


def answer_schema() -> dict[str, Any]:
    """The JSON schema of an answer with metadata."""
    status = {
        "enum": [word.value for word in StatusWord],
        "description": "Status of this version now, as in a verdict; unknown 无法判定 while the log is not fresh.",
    }
    return {
        "title": "ELicenceAnswer",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "e_licence": {key: value for key, value in metadata_schema().items() if key[0] != "$"},
            "status": status,
            "status_label": {"type": "string"},
        },
        "required": ["e_licence", "status", "status_label"],
    }


def sample_answer(name: str, id_number: str) -> dict[str, Any]:
    """The example of an answer in descriptions, with the holder as the face that shows it tells of one."""
    return {
        "e_licence": {
            "format": METADATA_FORMAT,
            "ZZLXDM": SYNTHETIC_TYPE,
            "ZZMC": "吉林省专业技术职务任职资格证书",
            "ZZBH": SAMPLE_NUMBER,
            "ZZBS": SAMPLE_IDENTIFIER,
            "ZZBFJG": "吉林省人力资源和社会保障厅",
            "ZZBFJGDM": SYNTHETIC_ISSUER,
            "ZZBFRQ": "2023-10-24",
            "CZZT": name,
            "CZZTDM": id_number,
            "CZZTDMLX": "公民身份号码",
            "CZZTDMLXDM": "111",
            "ZZYXQQSRQ": "2023-09-19",
            "ZZYXQJZRQ": WITHOUT_END,
            "KZ_XL": "工程技术人员",
            "KZ_ZY": "道路与桥梁工程",
            "KZ_ZCMC": "高级工程师",
            "KZ_JB": "副高级",
            "KZ_QDFS": "常规评审",
            "KZ_YXQY": None,
            "KZ_YXQYDM": None,
            "KZ_BBH": "001",
            "KZ_GLZZBS": None,
        },
        "status": StatusWord.VALID.value,
        "status_label": status_label(StatusWord.VALID),
    }
