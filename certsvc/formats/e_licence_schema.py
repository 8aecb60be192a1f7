"""The JSON schema of the metadata of an e-licence; `docs/formats/e-licence.schema.json` is written from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from certsvc.domain.certificate import CERTIFICATE_TITLE
from certsvc.domain.levels import Level
from certsvc.domain.series import SERIES
from certsvc.domain.ways import WAYS
from certsvc.formats.e_licence import CODE_KINDS, FIELDS, METADATA_FORMAT, WITHOUT_END

_IDENTIFIER: Final = (
    r"^1\.2\.156\.3005\.2\.[0-9A-Z]{18}[0-9]{3}\.[0-9A-Z]{18}\.[0-9A-Z]{16}\.[0-9]{3}\.[0-9A-Z]$"
)
_DAY: Final = {"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_FORMS: Final[Mapping[str, dict[str, Any]]] = MappingProxyType(
    {
        "ZZLXDM": {"pattern": "^[0-9A-Z]{18}[0-9]{3}$"},
        "ZZMC": {"const": CERTIFICATE_TITLE},
        "ZZBH": {"pattern": "^22[0-9]{13}[0-9A-Z]$"},
        "ZZBS": {"pattern": _IDENTIFIER},
        "ZZBFJGDM": {"pattern": "^[0-9A-Z]{18}$"},
        "ZZBFRQ": _DAY,
        "CZZTDMLX": {"enum": sorted({kind for kind, _ in CODE_KINDS.values()})},
        "CZZTDMLXDM": {"enum": sorted({code for _, code in CODE_KINDS.values()})},
        "ZZYXQQSRQ": _DAY,
        "ZZYXQJZRQ": {"const": WITHOUT_END},
        "KZ_XL": {"enum": sorted(SERIES.values())},
        "KZ_JB": {"enum": [level.label for level in Level]},
        "KZ_QDFS": {"enum": sorted(WAYS.values())},
        "KZ_YXQYDM": {"pattern": "^[0-9]{6}$"},
        "KZ_BBH": {"pattern": "^[0-9]{3}$"},
        "KZ_GLZZBS": {"pattern": _IDENTIFIER},
    }
)
_MAY_BE_NULL: Final = frozenset({"KZ_YXQY", "KZ_YXQYDM", "KZ_GLZZBS"})


def metadata_schema() -> dict[str, Any]:
    """JSON Schema 2020-12: every field is there, nothing else is."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:certsvc:schema:e-licence:1",
        "title": "ELicence",
        "description": "Metadata of a certificate version as an e-licence (docs/formats/e-licence.md).",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "format": {"const": METADATA_FORMAT},
            **{key: _field(key, label) for key, label in FIELDS.items()},
        },
        "required": ["format", *FIELDS],
    }


def _field(key: str, label: str) -> dict[str, Any]:
    kind: str | list[str] = ["string", "null"] if key in _MAY_BE_NULL else "string"
    return {"description": label, "type": kind, **_FORMS.get(key, {"minLength": 1})}
