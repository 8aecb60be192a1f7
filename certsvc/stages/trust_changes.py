"""What a new trust list changes, in words: whoever signs it reads this beside the whole of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from certverify.trust import decode_trust_list

from certsvc.formats.trust_note import TrustMaterial
from certsvc.stages.trust_contents import TrustEntry, plain, trust_entries

_TOLD_APART = ("sequence", "issued_at")  # the head says them


def trust_changes(before: TrustMaterial | None, after: TrustMaterial) -> tuple[str, ...]:
    """One sentence a change, in the order of the list; the last says so when anything differs that was not told.

    Raises TrustListError for what is no trust list.
    """
    new = decode_trust_list(after.trust_list)
    if before is None:
        return (
            f"信任清单第 {new.sequence} 号，此前没有签署过。",
            *(f"新增{entry}。" for entry in trust_entries(after)),
        )
    old = decode_trust_list(before.trust_list)
    told = tuple(_told(trust_entries(before), trust_entries(after)))
    return (
        f"信任清单第 {new.sequence} 号，接第 {old.sequence} 号之后。",
        *map(plain, told),
        *_untold(before, after, told),
    )


def _told(old: tuple[TrustEntry, ...], new: tuple[TrustEntry, ...]) -> Iterator[str]:
    kinds = dict.fromkeys(entry.what for entry in (*new, *old))
    for what in kinds:
        was, now = ([entry for entry in entries if entry.what == what] for entries in (old, new))
        yield from _told_of_kind(what, was, now)


def _told_of_kind(what: str, old: list[TrustEntry], new: list[TrustEntry]) -> Iterator[str]:
    was, now = _by_name(old), _by_name(new)
    for name, told in now.items():
        if name not in was:
            yield f"新增{what} {name}" + (f"，{told}。" if told else "。")
        elif was[name] != told:
            yield f"{what} {name} 由“{was[name]}”改为“{told}”。"
    yield from (f"删除{what} {name}。" for name in was if name not in now)
    kept_before, kept = ([name for name in one if name in other] for one, other in ((was, now), (now, was)))
    if kept_before != kept:
        yield f"{what}的次序有变，现为：{'、'.join(now)}。"


def _by_name(entries: Iterable[TrustEntry]) -> dict[str, str]:
    """What is said of each name; of a name that stands there more than once, everything."""
    ordered = sorted(enumerate(entries), key=lambda item: (item[1].name, item[0]))
    said = {
        name: [entry.told for _, entry in group]
        for name, group in groupby(ordered, key=lambda item: item[1].name)
    }
    return {
        entry.name: "；".join(said[entry.name]) + (f"（{n} 次）" if (n := len(said[entry.name])) > 1 else "")
        for _, entry in sorted(ordered, key=lambda item: item[0])
    }


def _untold(before: TrustMaterial, after: TrustMaterial, told: tuple[str, ...]) -> Iterator[str]:
    old, new = (json.loads(material.trust_list) for material in (before, after))
    fields = [
        name
        for name in dict.fromkeys((*new, *old))
        if name not in _TOLD_APART and old.get(name) != new.get(name) and not _is_told(name, told)
    ]
    if fields:
        yield f"还有上面没有说明的改动：{plain('、'.join(fields))}。请勿签署，先查明原因。"
    for file, old_file, new_file, word in (
        ("tables.json", before.tables, after.tables, "代码名称表"),
        ("policy", before.policy, after.policy, "见证策略的行"),
    ):
        if old_file != new_file and not any(word in line for line in told):
            yield f"{file} 有上面没有说明的改动。请勿签署，先查明原因。"


_WORDS = {
    "environment": "环境",
    "qr_prefixes": "二维码网址前缀",
    "log": "账本密钥",
    "record_keys": "记录密钥",
    "api_keys": "接口签名密钥",
    "document_keys": "证书文件密钥",
    "layouts": "证书版式",
    "tables_sha256": "代码名称表",
    "anchors": "信任根",
}


def _is_told(field: str, told: tuple[str, ...]) -> bool:
    word = _WORDS.get(field)
    return word is not None and any(line.startswith((f"新增{word}", f"删除{word}", word)) for line in told)
