"""The operator's policy: which witnesses there are, where they are asked, and how many of them a checkpoint needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from certverify.errors import PolicyError
from certverify.note import VerifierKey
from certverify.policy import Policy, decode_policy

from certsvc.errors import ConfigurationError
from certsvc.formats.note import COSIGNATURE_V1, encode_vkey
from certsvc.formats.policy import encode_policy_lines
from certsvc.stages.published_log import NO_WITNESSES

MOST_WITNESSES = 32
_PLACE = "见证策略文件（CERTSVC_WITNESS_POLICY）"


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """Witnesses by name with their keys and addresses, and the quorum that they make."""

    rule: Policy
    addresses: Mapping[bytes, str]

    @property
    def witnesses(self) -> Mapping[bytes, VerifierKey]:
        """The keys under which cosignatures are believed."""
        return self.rule.witnesses

    def published(self, log_vkeys: Sequence[str]) -> bytes:
        """The file `policy` of the public tree: the log keys in force, the witnesses without addresses, the quorum."""
        return encode_policy_lines(
            log_vkeys,
            {
                name: encode_vkey(key.name, key.raw_key, COSIGNATURE_V1)
                for name, key in self.witnesses.items()
            },
            {name: (group.threshold, group.members) for name, group in self.rule.groups.items()},
            self.rule.quorum,
        )


UNWITNESSED = WitnessPolicy(NO_WITNESSES, {})


def read_witness_policy(raw_policy: bytes, log_keys: Sequence[VerifierKey] = ()) -> WitnessPolicy:
    """The policy in an operator's file (C2SP tlog-policy). Its log lines, if any, are not used.

    Raises ConfigurationError for a file that is none, a witness without a plain http(s) address, one that signs with a
    key of the log itself (`log_keys`) or a key of a type that cannot be verified here, and more than 32 witnesses.
    """
    try:
        rule = decode_policy(raw_policy)
    except PolicyError as error:
        raise ConfigurationError(
            f"{_PLACE}不符合 C2SP tlog-policy 格式：{error}。请按 docs/operations.md（见证方）核对。"
        ) from error
    if rule.silent:
        names = "、".join(sorted(map(told_name, rule.silent)))
        raise ConfigurationError(
            f"{_PLACE}中见证方 {names} 的公钥类型本服务不能验证（只支持 0x04）。请改用其 Ed25519 公钥行。"
        )
    if len(rule.witnesses) > MOST_WITNESSES:
        raise ConfigurationError(f"{_PLACE}列有 {len(rule.witnesses)} 个见证方，最多 {MOST_WITNESSES} 个。")
    own = {key.raw_key for key in log_keys}
    if any(key.raw_key in own for key in rule.witnesses.values()):
        raise ConfigurationError(
            f"{_PLACE}把本账本自己的公钥列为见证方。账本不能见证自己，请改用见证方的公钥。"
        )
    addresses = {name: _address(told_name(name), rule.urls.get(name)) for name in rule.witnesses}
    return WitnessPolicy(rule, addresses)


def told_name(name: bytes) -> str:
    """A name of the policy, for people to read."""
    return name.decode("utf-8", "backslashreplace")


def _address(name: str, raw_url: bytes | None) -> str:
    """The submission prefix without a slash at its end. Credentials in it would come into logs: refused."""
    try:
        url = (raw_url or b"").decode("ascii")
        parts = urlsplit(url)
        fit = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and "@" not in parts.netloc
            and not parts.query
            and not parts.fragment
        )
    except ValueError:
        fit = False
    if not fit:
        raise ConfigurationError(
            f"{_PLACE}中见证方 {name} 的地址缺失或不可用。请写 http(s) 地址，不带账号、问号和井号。"
        )
    return url.rstrip("/")
