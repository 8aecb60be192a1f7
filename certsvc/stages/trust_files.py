"""The published trust material: tables, policy, trust list. Its date changes only when its content does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal

from certsvc.domain.levels import Level
from certsvc.domain.regions import REGIONS, RegionKind
from certsvc.domain.series import SERIES
from certsvc.domain.titles import TITLES
from certsvc.domain.ways import WAYS
from certsvc.formats.note import encode_vkey
from certsvc.formats.trust import (
    DocumentKey,
    LayoutHead,
    LogKey,
    RecordKey,
    Tables,
    TrustList,
    encode_tables,
    encode_trust_list,
)
from certsvc.ports import DocumentSigner, LogSigner, PublicTree, RecordSigner

TRUST_LIST_PATH = "trust-list.json"


@dataclass(frozen=True, slots=True)
class TrustedParts:
    """What the trust list names. `since` bounds the keys from below; keys in use have no end.

    `policy`: the file of that name as it is shown (log keys in force, witnesses, quorum).
    """

    environment: Literal["test", "production"]
    qr_prefix: str
    record: RecordSigner
    log: LogSigner
    document: DocumentSigner
    layout: LayoutHead
    since: date
    policy: bytes


def trust_files(parts: TrustedParts, tree: PublicTree, now: datetime) -> Mapping[str, bytes]:
    """`policy`, `tables.json` and `trust-list.json` in the order in which they are shown."""
    vkey = encode_vkey(parts.log.origin, parts.log.public_key)
    tables = encode_tables(published_tables())
    trust = TrustList(
        sequence=1,
        issued_at=now,
        environment=parts.environment,
        qr_prefixes=(parts.qr_prefix,),
        log_origin=parts.log.origin,
        log_keys=(LogKey(vkey, parts.since, None),),
        record_keys=(RecordKey(parts.record.kid, parts.record.public_key, parts.since, None),),
        document_keys=(DocumentKey(parts.document.certificate, parts.document.chain, parts.since, None),),
        layouts=(parts.layout,),
        tables=tables,
    )
    shown = tree.read(TRUST_LIST_PATH)
    return {
        "policy": parts.policy,
        "tables.json": tables,
        TRUST_LIST_PATH: encode_trust_list(trust if shown is None else _dated_as_shown(trust, shown)),
    }


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


def _dated_as_shown(trust: TrustList, shown: bytes) -> TrustList:
    """The list with the date of the published one when nothing else differs."""
    dated = json.loads(shown).get("issued_at", "")
    before = replace(trust, issued_at=datetime.strptime(dated, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC))
    return before if encode_trust_list(before) == shown else trust
