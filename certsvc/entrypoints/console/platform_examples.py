"""What the description shows of the operations for programs: an example of every request and answer, and the answers' schemas."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from certsvc.entrypoints.e_licence_objects import SAMPLE_IDENTIFIER, SAMPLE_NUMBER, sample_answer
from certsvc.entrypoints.holder_objects import HOLDER_FORMAT, LABELS

HOLDER: Final = "/api/v1/holder"
ELIGIBILITY: Final = "/api/v1/eligibility"
E_LICENCES: Final = "/api/v1/e-licence-records"
KEYS: Final = "/api/v1/keys"
PLATFORM: Final = (HOLDER, ELIGIBILITY, E_LICENCES)
"""The addresses that programs alone may ask, with everything below them."""
PDF: Final = "%PDF-1.7 …"
_NUMBER: Final = SAMPLE_NUMBER
_HOLDER: Final = {"name": "林晓棠", "id_number": "229901199003071022"}
_OWN: Final = {"holder": _HOLDER}
_REQUESTS: Final[dict[str, dict[str, Any]]] = {
    f"{HOLDER}/certificates": {"holder": _OWN},
    f"{HOLDER}/certificates/{{number}}/document": {"newest": _OWN, "version": _OWN | {"version": 1}},
    f"{HOLDER}/look-ups": {"certificate": _OWN | {"number": _NUMBER}},
    f"{HOLDER}/share-grants": {
        "grant": _OWN
        | {"number": _NUMBER, "fields": ["name", "title", "level"], "recipient": "某公司", "days": 7}
    },
    f"{HOLDER}/share-grants/list": {"holder": _OWN},
    f"{HOLDER}/share-grants/{{grant}}/cancellation": {"holder": _OWN},
    f"{HOLDER}/annotated-copies": {
        "copy": _OWN
        | {
            "number": _NUMBER,
            "recipient": "某市第一建筑公司",
            "purpose": "投标",
            "ends_on": "2026-12-20",
            "request": "portal-20261120-0001",
        }
    },
    f"{HOLDER}/annotated-copies/list": {"holder": _OWN},
    f"{HOLDER}/annotated-copies/{{copy}}/document": {"holder": _OWN},
    f"{HOLDER}/annotated-copies/{{copy}}/withdrawal": {"holder": _OWN},
    f"{HOLDER}/statements": {"record": _OWN | {"number": "吉中高字980312"}},
    ELIGIBILITY: {
        "application": {
            "id_kind": "居民身份证",
            "id_number": _HOLDER["id_number"],
            "name": _HOLDER["name"],
            "series": "农业技术人员",
            "level": "正高级",
            "way": "常规评审",
            "applied_on": "2032-03-01",
        }
    },
    E_LICENCES: {
        "qr": {"qr": "https://certsvc.example/v#5H2X0…Z"},
        "code": {"code": "DBUQW-ES83H-MV8M8"},
        "holder": {"number": _NUMBER, "name": _HOLDER["name"], "id_last4": "1022"},
    },
}
REQUESTS: Final = MappingProxyType(_REQUESTS)
"""Path -> examples by name."""

_CONTENT: Final = {
    "name": _HOLDER["name"],
    "sex": "女",
    "born_on": "1990-03-07",
    "id_kind": "居民身份证",
    "id_number": _HOLDER["id_number"],
    "series": "工程技术人员",
    "specialty": "道路与桥梁工程",
    "title": "高级工程师",
    "level": "副高级",
    "way": "常规评审",
    "acquired_on": "2023-09-19",
    "committee": "吉林省交通运输工程高级职称评审委员会",
    "announcing_body": "吉林省人力资源和社会保障厅",
    "announcement": "吉人社发〔2023〕31号",
    "announced_on": "2023-10-07",
    "unit": "某市公路管理处",
    "issuer": "吉林省人力资源和社会保障厅",
    "issued_on": "2023-10-24",
}
_REVOKED: Final = {"status": "revoked", "status_label": "已撤销", "validity_area": None}
_HOLDING: Final = {
    "format": HOLDER_FORMAT,
    "question_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "answered_at": "2026-11-20T04:00:00Z",
    "labels": dict(LABELS),
    "certificates": [
        {
            "number": _NUMBER,
            **_REVOKED,
            "decisions": [
                {
                    "kind": "revoke",
                    "label": "撤销",
                    "reference": "吉人社职撤〔2024〕3号",
                    "clause": "吉人社函〔2022〕38号 四（二）",
                    "ground": "申报材料造假",
                    "decided_on": "2024-06-03",
                    "effective_on": "2024-06-03",
                    "recorded_on": "2024-06-04",
                }
            ],
            "versions": [
                {
                    "version": 1,
                    **_REVOKED,
                    "marks": [],
                    "e_licence_identifier": SAMPLE_IDENTIFIER,
                    "qr": "https://certsvc.example/v#5H2X0…Z",
                    "manual_code": "DBUQWES83HMV8M8",
                    "document_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                    "content": _CONTENT,
                }
            ],
        }
    ],
    "historical": [],
}
_GRANT: Final = {
    "grant": "S4F7A09C1D2E3B45",
    "number": _NUMBER,
    "fields": ["name", "title", "level", "validity_area"],
    "recipient": "某公司",
    "made_at": "2026-11-20T02:00:00Z",
    "ends_at": "2026-11-27T02:00:00Z",
    "cancelled_at": None,
}
_COPY: Final = {
    "copy": "J23456789ABCDEFG",
    "number": _NUMBER,
    "version": 1,
    "recipient": "某市第一建筑公司",
    "purpose": "投标",
    "made_at": "2026-11-20T02:00:00Z",
    "ends_on": "2026-12-20",
    "standing": "live",
    "standing_label": "可用",
    "ready": True,
    "withdrawn_at": None,
}
_LOOK_UPS: Final = {
    "number": _NUMBER,
    "look_ups": [
        {
            "at": "2026-11-19T08:12:00Z",
            "channel": "api",
            "channel_label": "接口",
            "told": "passed",
            "told_label": "通过核验",
            "asker": None,
            "organisation": "某市人才服务中心",
            "purpose": "招聘资格审查",
        }
    ],
    "grant_openings": [{"at": "2026-11-20T03:00:00Z", "grant": "S4F7A09C1D2E3B45", "recipient": "某公司"}],
    "kept_days": 1095,
    "note": "离线核验不经过本系统，不留记录。",
}
_ELIGIBLE: Final = {
    "format": "certsvc-eligibility/1",
    "question_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "answered_at": "2026-11-20T04:00:00Z",
    "series": "农业技术人员",
    "level": "正高级",
    "way": "常规评审",
    "applied_on": "2032-03-01",
    "eligible": True,
    "reasons": [],
    "free_on": None,
    "titles": [
        {
            "number": _NUMBER,
            "series": "农业技术人员",
            "level": "副高级",
            "title": "高级农艺师",
            "way": "常规评审",
            "dual_directed": False,
            "acquired_on": "2023-09-19",
        }
    ],
    "base_title": _NUMBER,
    "tenure_start": {
        "on": "2023-09-19",
        "source": "base_title",
        "number": _NUMBER,
        "optional": False,
        "otherwise_on": None,
    },
    "aid_incentive_used": False,
    "note": None,
}
_METADATA: Final = sample_answer(_HOLDER["name"], _HOLDER["id_number"])
_KEYS: Final = {
    "keys": [
        {
            "crv": "Ed25519",
            "kty": "OKP",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            "alg": "EdDSA",
            "use": "sig",
        }
    ]
}
ANSWERS: Final = MappingProxyType(
    {
        f"{HOLDER}/certificates": _HOLDING,
        f"{HOLDER}/certificates/{{number}}/document": PDF,
        f"{HOLDER}/look-ups": _LOOK_UPS,
        f"{HOLDER}/share-grants": _GRANT | {"code": "7K3M-Q2XR-9TBW-4HNC"},
        f"{HOLDER}/share-grants/list": {
            "grants": [_GRANT | {"views": 1, "openings": ["2026-11-20T03:00:00Z"]}]
        },
        f"{HOLDER}/share-grants/{{grant}}/cancellation": _GRANT | {"cancelled_at": "2026-11-21T02:00:00Z"},
        f"{HOLDER}/annotated-copies": _COPY,
        f"{HOLDER}/annotated-copies/list": {"copies": [_COPY]},
        f"{HOLDER}/annotated-copies/{{copy}}/document": PDF,
        f"{HOLDER}/annotated-copies/{{copy}}/withdrawal": _COPY
        | {"standing": "withdrawn", "standing_label": "已停用", "withdrawn_at": "2026-11-21T02:00:00Z"},
        f"{HOLDER}/statements": PDF,
        ELIGIBILITY: _ELIGIBLE,
        E_LICENCES: _METADATA,
        KEYS: _KEYS,
    }
)
"""Path -> the example of its 200."""
