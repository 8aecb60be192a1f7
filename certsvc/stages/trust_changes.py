"""What a new trust list changes, in words: whoever signs it reads this first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from certverify.trust import TrustList, decode_trust_list

from certsvc.formats.note import encode_vkey
from certsvc.formats.trust_note import TrustMaterial


def trust_changes(before: TrustMaterial | None, after: TrustMaterial) -> tuple[str, ...]:
    """One sentence a change, in the order of the list. Raises TrustListError for what is no trust list."""
    new = decode_trust_list(after.trust_list)
    old = None if before is None else decode_trust_list(before.trust_list)
    return (
        f"信任清单第 {new.sequence} 号，"
        + ("此前没有签署过。" if old is None else f"接第 {old.sequence} 号之后。"),
        *_changed("环境", None if old is None else old.environment.value, new.environment.value),
        *_members("二维码网址前缀", () if old is None else old.qr_prefixes, new.qr_prefixes),
        *_keys("账本密钥", {} if old is None else _log_keys(old), _log_keys(new)),
        *_keys("记录密钥", {} if old is None else _record_keys(old), _record_keys(new)),
        *_members(
            "证书文件密钥（证书的 SHA-256）",
            () if old is None else _certificates(old),
            _certificates(new),
        ),
        *_members(
            "证书版式",
            () if old is None else (one.name for one in old.layouts),
            (one.name for one in new.layouts),
        ),
        *_members("信任根", () if old is None else _anchors(old), _anchors(new)),
        *_content("代码名称表", None if before is None else before.tables, after.tables),
        *_members(
            "见证策略的行",
            () if before is None else before.policy.decode("utf-8", "replace").splitlines(),
            after.policy.decode("utf-8", "replace").splitlines(),
        ),
    )


def _log_keys(listed: TrustList) -> dict[str, tuple[date, date | None]]:
    return {encode_vkey(key.name, key.raw_key): (key.valid_from, key.valid_to) for key in listed.log_keys}


def _record_keys(listed: TrustList) -> dict[str, tuple[date, date | None]]:
    return {
        f"{key.kid.hex()}（公钥 {key.public_key.public_bytes_raw().hex()}）": (key.valid_from, key.valid_to)
        for key in listed.record_keys.values()
    }


def _certificates(listed: TrustList) -> tuple[str, ...]:
    from hashlib import sha256

    return tuple(sha256(key.certificate).hexdigest() for key in listed.document_keys)


def _anchors(listed: TrustList) -> tuple[str, ...]:
    return tuple(encode_vkey(key.name, key.raw_key) for key in listed.anchors)


def _keys(
    what: str, old: Mapping[str, tuple[date, date | None]], new: Mapping[str, tuple[date, date | None]]
) -> Iterable[str]:
    for name, days in new.items():
        if name not in old:
            yield f"新增{what} {name}，{_days(days)}。"
        elif old[name] != days:
            yield f"{what} {name} 的期限由“{_days(old[name])}”改为“{_days(days)}”。"
    yield from (f"删除{what} {name}。" for name in old if name not in new)


def _days(days: tuple[date, date | None]) -> str:
    first, last = days
    return f"自 {first.isoformat()} 起" + ("" if last is None else f"至 {last.isoformat()} 止")


def _members(what: str, old: Iterable[str], new: Iterable[str]) -> Iterable[str]:
    known, named = tuple(old), tuple(new)
    yield from (f"新增{what} {one}。" for one in named if one not in known)
    yield from (f"删除{what} {one}。" for one in known if one not in named)


def _changed(what: str, old: str | None, new: str) -> Iterable[str]:
    if old != new:
        yield f"{what}：{new}。" if old is None else f"{what}由 {old} 改为 {new}。"


def _content(what: str, old: bytes | None, new: bytes) -> Iterable[str]:
    if old is not None and old != new:
        yield f"{what}有改动（请另行核对 tables.json）。"
