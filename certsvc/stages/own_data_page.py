"""The readable page of an export: the same values as the JSON file, in sections, as one file without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from types import MappingProxyType
from typing import Any, Final

SECTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "holder": ("您的身份信息", "Who you are"),
        "certificates": ("职称证书与决定", "Certificates and decisions"),
        "historical_records": ("历史记录", "Historical records"),
        "filed_rows": ("备案中的评审结果", "Filed review results"),
        "credit_records": ("诚信档案记录", "Credit records"),
        "look_ups": ("谁查过我的证书", "Who checked"),
        "share_grants": ("授权查验", "Share grants"),
        "annotated_copies": ("加注件", "Annotated copies"),
        "requests": ("申请", "Requests"),
        "notices": ("通知", "Notices"),
        "notice_addresses": ("接收通知的地址", "Addresses for notices"),
        "sessions": ("登录记录", "Sessions"),
    }
)
"""The sections of an export, in their order, with their words."""
_HEAD: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>个人信息副本</title>
<style>
body { font: 16px/1.6 "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #1d2129;
  max-width: 860px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 25px; } h2 { font-size: 20px; border-top: 1px solid #d5d9e0; padding-top: 16px; }
dl { margin: 0 0 16px; }
dt { color: #4a5568; font-size: 14px; } dd { margin: 0 0 8px;
  overflow-wrap: anywhere; white-space: pre-line; }
dd dl { border-left: 2px solid #d5d9e0; padding-left: 12px; }
</style></head><body>
"""


def readable_page(told: Mapping[str, Any]) -> str:
    """The page; every value is text there, whatever stands in it."""
    parts = [_HEAD, "<h1>个人信息副本 Copy of personal data</h1>", f"<p>{_text(told['made_at'])}</p>"]
    parts.append("<p>与 personal-data.json 内容相同。内容有误的，可在“我的申请”中提出更正。</p>")
    for key, (zh, en) in SECTIONS.items():
        parts += [f"<h2>{zh} <small>{en}</small></h2>", *_shown(told[key])]
    return "".join((*parts, "</body></html>\n"))


def _shown(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield "<dl>"
        for key, one in value.items():
            yield f"<dt>{_text(key)}</dt><dd>"
            yield from _shown(one)
            yield "</dd>"
        yield "</dl>"
    elif isinstance(value, list):
        if not value:
            yield "<p>无 none</p>"
        for one in value:
            yield from _shown(one)
    else:
        yield f"<span>{_text(value)}</span>"


def _text(value: object) -> str:
    return "—" if value is None or value == "" else escape(str(value))
