"""Everything that trust material says, in words: what a person reads before it is signed, and what changes are told from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from certverify.trust import decode_trust_list

from certsvc.formats.note import encode_vkey
from certsvc.formats.trust import trust_instant
from certsvc.formats.trust_note import TrustMaterial


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One thing that is believed: what it is, what tells it apart, and all the rest that is said of it."""

    what: str
    name: str
    told: str = ""

    def __str__(self) -> str:
        return plain(f"{self.what} {self.name}" + (f"，{self.told}" if self.told else ""))


def trust_entries(material: TrustMaterial) -> tuple[TrustEntry, ...]:
    """Every entry of list, tables and policy, with every field of it. Raises TrustListError for what is no trust list."""
    return tuple(_entries(material))


def trust_contents(material: TrustMaterial) -> tuple[str, ...]:
    """The whole material, a line an entry, each free of characters that a terminal obeys. Raises TrustListError."""
    listed = decode_trust_list(material.trust_list)
    head = f"信任清单第 {listed.sequence} 号，{trust_instant(listed.issued_at)}，全部内容："
    return head, *map(str, trust_entries(material))


def plain(text: str) -> str:
    """`text` with whatever a terminal would obey or not show written as its number."""
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)


def _entries(material: TrustMaterial) -> Iterator[TrustEntry]:
    listed = decode_trust_list(material.trust_list)
    yield TrustEntry("环境", listed.environment.value)
    for prefix in listed.qr_prefixes:
        yield TrustEntry("二维码网址前缀", prefix)
    for log in listed.log_keys:
        told = f"指纹 {_digest(log.raw_key)}，{_days(log.valid_from, log.valid_to)}"
        yield TrustEntry("账本密钥", encode_vkey(log.name, log.raw_key), told)
    for record in listed.record_keys.values():
        raw_key = record.public_key.public_bytes_raw()
        told = f"公钥 {raw_key.hex()}，指纹 {_digest(raw_key)}，{_days(record.valid_from, record.valid_to)}"
        yield TrustEntry("记录密钥", record.kid.hex(), told)
    for api in listed.api_keys.values():
        raw_key = api.public_key.public_bytes_raw()
        told = f"公钥 {raw_key.hex()}，{_days(api.valid_from, api.valid_to)}"
        yield TrustEntry("接口签名密钥", api.kid, told)
    for document in listed.document_keys:
        chain = "、".join(map(_digest, document.chain)) or "无"
        told = f"{document.alg}，上级证书 {chain}，{_days(document.valid_from, document.valid_to)}"
        yield TrustEntry("证书文件密钥（证书的 SHA-256）", _digest(document.certificate), told)
    for layout in listed.layouts:
        told = f"文件头 {layout.head_length} 字节，SHA-256 {layout.head_sha256.hex()}"
        yield TrustEntry("证书版式", layout.name, told)
    for anchor in listed.anchors:
        told = f"指纹 {_digest(anchor.raw_key)}"
        yield TrustEntry("信任根", encode_vkey(anchor.name, anchor.raw_key), told)
    yield TrustEntry("代码名称表", "tables.json", f"SHA-256 {listed.tables_sha256.hex()}")
    for line in material.policy.decode("utf-8", "backslashreplace").splitlines():
        yield TrustEntry("见证策略的行", line)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _days(first: date, last: date | None) -> str:
    return f"自 {first.isoformat()} 起" + ("" if last is None else f"至 {last.isoformat()} 止")
