"""Small policy and calendar documents for tests."""

from __future__ import annotations

import json
from typing import Any


def entry(theme: str = "publicity", key: str = "全部", **changes: Any) -> dict[str, Any]:
    """A good entry: ten working days of publicity from 2027 on."""
    value = {"workdays": 10, "count_first_day": False}
    return {"theme": theme, "key": key, "clause": "一", "from": "2027-01-01", "value": value, **changes}


def document(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A good document of these entries."""
    return {
        "format": "certsvc-policy/1",
        "id": "jl-2026-900",
        "title": "测试用的政策调整",
        "document": "吉人社函〔2026〕900号",
        "issued_on": "2026-11-01",
        "entries": list(entries),
        **changes,
    }


def raw(content: dict[str, Any]) -> bytes:
    """The bytes of a document."""
    return json.dumps(content, ensure_ascii=False).encode()


def calendar(**changes: Any) -> dict[str, Any]:
    """A plausible year 2027, invented: three holidays and a make-up Saturday."""
    good = {
        "format": "certsvc-calendar/1",
        "year": 2027,
        "document": "国办发明电〔2026〕99号（测试用）",
        "holidays": ["2027-01-01", "2027-10-01", "2027-10-04"],
        "makeup_days": ["2027-10-09"],
    }
    # 1 May 2027 is a Saturday and free without being named
    return {**good, **changes}
