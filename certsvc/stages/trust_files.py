"""The content of the trust material: list, tables and policy, out of the keys and settings of an office."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal

from certverify.trust import decode_trust_list

from certsvc.domain.key_plan import KeyPlan, KeyState
from certsvc.domain.levels import Level
from certsvc.domain.regions import REGIONS, RegionKind
from certsvc.domain.report_table import shanghai_day
from certsvc.domain.series import SERIES
from certsvc.domain.titles import TITLES
from certsvc.domain.ways import WAYS
from certsvc.formats.note import encode_vkey
from certsvc.formats.record import derive_record_kid
from certsvc.formats.trust import (
    ApiKey,
    DocumentKey,
    LayoutHead,
    LogKey,
    RecordKey,
    Tables,
    TrustList,
    encode_tables,
    encode_trust_list,
)
from certsvc.formats.trust_note import TrustMaterial

TRUST_LIST_PATH, TABLES_PATH, POLICY_PATH = "trust-list.json", "tables.json", "policy"


@dataclass(frozen=True, slots=True)
class TrustedParts:
    """What the trust list names.

    `policy`: the file of that name as it is shown (log keys, witnesses, quorum). `api_key`: the key (raw 32 bytes) that signs
    verdicts; None for an office without one.
    """

    environment: Literal["test", "production"]
    qr_prefix: str
    origin: str
    plan: KeyPlan
    layouts: tuple[LayoutHead, ...]
    policy: bytes
    api_key: bytes | None = None


def make_material(
    parts: TrustedParts,
    sequence: int,
    issued_at: datetime,
    anchors: Sequence[str],
    before: bytes | None = None,
) -> TrustMaterial:
    """The files, not signed yet. `before`: the list that this one follows, or says anew; its API keys stay (`api_keys_after`)."""
    tables = encode_tables(published_tables())
    trust = TrustList(
        sequence=sequence,
        issued_at=issued_at,
        environment=parts.environment,
        qr_prefixes=(parts.qr_prefix,),
        log_origin=parts.origin,
        log_keys=tuple(
            LogKey(encode_vkey(parts.origin, key.public_key), key.valid_from, key.valid_to)
            for key in parts.plan.log
        ),
        record_keys=tuple(
            RecordKey(derive_record_kid(key.public_key), key.public_key, key.valid_from, key.valid_to)
            for key in parts.plan.record
        ),
        document_keys=tuple(
            DocumentKey(key.certificates[0], key.certificates[1:], key.valid_from, key.valid_to)
            for key in parts.plan.document
        ),
        layouts=parts.layouts,
        tables=tables,
        anchors=tuple(anchors),
        api_keys=api_keys_after(before, parts.api_key, shanghai_day(issued_at)),
    )
    return TrustMaterial(sequence, encode_trust_list(trust), tables, parts.policy, None)


def api_keys_after(before: bytes | None, in_force: bytes | None, day: date) -> tuple[ApiKey, ...]:
    """The API keys of a list, the newest first: those of the list before it, and the one in force.

    The list itself remembers them: a key begins on the day of the first list that names it, and ends on the day of the first
    one in whose time another is in force. A key that has ended does not come back: it would have to be made anew.
    """
    listed = () if before is None else decode_trust_list(before).api_keys.values()
    keys = tuple(ApiKey(key.public_key.public_bytes_raw(), key.valid_from, key.valid_to) for key in listed)
    if in_force is None:
        return keys
    ended = tuple(
        key if key.public_key == in_force or key.valid_to is not None else replace(key, valid_to=day)
        for key in keys
    )
    known = any(key.public_key == in_force for key in keys)
    return ended if known else (ApiKey(in_force, day, None), *ended)


def policy_vkeys(origin: str, plan: KeyPlan) -> list[str]:
    """The log lines of the policy: every key that signs now or is about to, the one in force first."""
    return [encode_vkey(origin, key.public_key) for key in plan.log if key.state is not KeyState.RETIRED]


def numbered(raw_list: bytes) -> tuple[int, datetime]:
    """Sequence number and date of a list of our own; a list of before there were numbers has 0."""
    fields = json.loads(raw_list)
    issued_at = datetime.strptime(fields["issued_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return int(fields.get("sequence", 0)), issued_at


def published_tables() -> Tables:
    """The names of every code, divisions of today only."""
    return Tables(
        series=SERIES,
        titles=dict(sorted(TITLES.items())),
        levels={int(level): level.label for level in Level},
        ways=WAYS,
        regions={
            code: region.full_name
            for code, region in sorted(REGIONS.items())
            if region.until is None and region.kind is not RegionKind.ZONE
        },
    )
