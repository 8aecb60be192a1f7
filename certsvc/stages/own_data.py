"""Everything that the service keeps about a holder, as plain values (个人信息保护法 第四十五条: to consult and to copy).

The shape is documented in docs/formats/personal-data.md; keys are never renamed, only added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from certsvc.domain.caller import Caller
from certsvc.domain.holder_notice import NoticeChannel
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.domain.levels import Level
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.holder_notices import HolderInbox, NoticeAddresses
from certsvc.ports.holder_requests import RequestStore
from certsvc.ports.own_data import OwnCredit
from certsvc.ports.sessions import KeptSession
from certsvc.stages.annotated_copies import AnnotatedCopies
from certsvc.stages.look_ups import HolderLookUps
from certsvc.stages.own_certificates import OwnCertificate, OwnCertificates
from certsvc.stages.share_grants import Holder, ShareGrants
from certsvc.stages.under_way import TitlesUnderWay
from certsvc.stages.verify import plain_name

FORMAT: Final = "certsvc-personal-data/1"
_CHANNEL: Final = "portal"
MOST_EVIDENCE: Final = 60_000_000  # bytes: an export is sealed and sent as one piece
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class OwnData:
    """Where it is gathered. `sessions`: those of a holder that may still be used."""

    certificates: OwnCertificates
    under_way: TitlesUnderWay
    credit: OwnCredit
    look_ups: HolderLookUps
    grants: ShareGrants
    copies: AnnotatedCopies
    requests: RequestStore
    inbox: HolderInbox
    addresses: NoticeAddresses
    sessions: Callable[[Holder], Sequence[KeptSession]]
    key_of: Callable[[str], bytes]
    clock: Clock

    def gather(self, holder: Holder, by: Caller) -> dict[str, Any]:
        """Every section, of plain values. Raises UnavailableError when register or tree do not answer."""
        owner = self.key_of(asked_id_numbers(holder.id_number)[-1])
        owners = self.inbox.owners(owner)
        holding = self.certificates.of_holder(holder, by, _CHANNEL)
        numbers = [one.number for one in holding.certificates]
        told = {
            "format": FORMAT,
            "made_at": self.clock.now(),
            "holder": asdict(holder),
            "certificates": [_certificate(one) for one in holding.certificates],
            "historical_records": [verdict.as_json() for verdict in holding.historical],
            "filed_rows": [asdict(one) for one in self.under_way.of_holder(holder, by, _CHANNEL)],
            "credit_records": [
                asdict(history) | {"person": asdict(person)}
                for history, person in self.credit.of_owners(owners)
                if plain_name(person.name) == plain_name(holder.name)
            ],
            "look_ups": [line for number in numbers for line in self._look_ups(holder, number)],
            "share_grants": [
                asdict(grant) | {"opened_at": list(opened)} for grant, opened in self.grants.listed(holder)
            ],
            "annotated_copies": [asdict(copy) for copy in self.copies.of_holder(holder)],
            "requests": list(self._requests(owner)),
            "notices": [
                {"kind": one.kind, "told": one.kind.zh, "subject": one.subject}
                | {"noted_at": one.noted_at, "read_at": one.read_at}
                for one in self.inbox.page(owners, 0, _MOST)
            ],
            "notice_addresses": self._addresses(owner),
            "sessions": [
                {"started_at": one.started_at, "last_seen_at": one.last_seen_at, "ends_at": one.ends_at}
                | {"browser": one.browser, "assurance": one.assurance}
                for one in self.sessions(holder)
            ],
        }
        plain: dict[str, Any] = _plain(told)
        return plain

    def files(self, holder: Holder) -> Iterator[tuple[str, bytes]]:
        """The files that the holder handed in, the newest requests first, with their names in the export; `MOST_EVIDENCE`
        bytes together. Every file is listed with its request, and can be had there."""
        owner = self.key_of(asked_id_numbers(holder.id_number)[-1])
        room = MOST_EVIDENCE
        for request in self.requests.of_owner([owner], 0, _MOST)[1]:
            whole = self.requests.whole(request.number, owner)
            for kept in () if whole is None else whole.files:
                if kept.size > room:
                    continue
                room -= kept.size
                found = self.requests.file(request.number, kept.place)
                if found is not None:
                    name = f"evidence/{request.number}-{kept.place}{kept.media_type.suffix}"
                    yield name, found[1]

    def _look_ups(self, holder: Holder, number: str) -> Iterator[dict[str, Any]]:
        try:
            seen = self.look_ups.of(holder, number)
        except UnknownReference:
            return  # the newest version names somebody by another name
        for one in seen.look_ups:
            who = one.look_up.organisation or one.mark
            yield {"number": number, "at": one.look_up.at, "channel": one.look_up.channel} | {
                "by": who,
                "purpose": one.look_up.purpose,
                "told": one.look_up.verdict,
            }

    def _requests(self, owner: bytes) -> Iterator[dict[str, Any]]:
        for request in self.requests.of_owner([owner], 0, _MOST)[1]:
            whole = self.requests.whole(request.number, owner)
            if whole is not None:
                told = asdict(whole)
                for step in told["steps"]:
                    del step["actor"]  # who worked at it is not the holder's data
                del told["request"]["assigned_to"], told["request"]["accepted_by"]
                yield told

    def _addresses(self, owner: bytes) -> list[dict[str, Any]]:
        return [
            {"channel": channel, "address": address, "confirmed": not waiting}
            for channel in NoticeChannel
            for waiting in (False, True)
            if (address := self.addresses.open_address(owner, channel, waiting=waiting)) is not None
        ]


def _certificate(own: OwnCertificate) -> dict[str, Any]:
    return {
        "number": own.number,
        "versions": [
            asdict(one.kept.draft.content)
            | {"status": one.status, "document_sha256": one.kept.document_sha256}
            for one in own.versions
        ],
        "decisions": [asdict(decision) for decision in own.decisions],
    }


def _plain(value: Any) -> Any:
    """Days and instants as ISO 8601 texts, levels by their names, bytes as hex, everything else as JSON has it."""
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, Level):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
