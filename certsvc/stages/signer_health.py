"""How the signing keys stand: whether their holder answers, whether the trust list lets them sign, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from certverify import Trust
from certverify.trust import TrustList

from certsvc.errors import UnavailableError
from certsvc.ports import Clock
from certsvc.ports.signing import KeyProbe, KeyProbing, KeyReach
from certsvc.ports.verification import PublishedState

WARN_DAYS = 30
"""A key that has fewer days left than this is told of."""


class SignerFinding(Enum):
    """What is to be said of a key: a code, a sentence, and whether it can sign."""

    OK = ("ok", "正常", True)
    ENDS_SOON = ("ends-soon", f"不足 {WARN_DAYS} 天到期，请及时更换", True)
    UNREACHABLE = ("unreachable", "签名设备或远程签名服务没有应答", False)
    REFUSED = ("refused", "签名设备或远程签名服务不接受本服务，或其中的密钥种类不对", False)
    MISSING = ("missing", "签名设备或远程签名服务中没有这把密钥", False)
    OTHER_KEY = ("other-key", "签名设备或远程签名服务中的密钥不是登记的那一把", False)
    NOT_LISTED = ("not-listed", "现行信任清单没有写明这把密钥", False)
    NOT_BEGUN = ("not-begun", "尚未到启用日期", False)
    ENDED = ("ended", "已到期", False)

    def __init__(self, code: str, sentence: str, signs: bool) -> None:
        self.code, self.sentence, self.signs = code, sentence, signs


_REACHES = {
    KeyReach.UNREACHABLE: SignerFinding.UNREACHABLE,
    KeyReach.REFUSED: SignerFinding.REFUSED,
    KeyReach.MISSING: SignerFinding.MISSING,
    KeyReach.OTHER: SignerFinding.OTHER_KEY,
}


@dataclass(frozen=True, slots=True)
class SignerReport:
    """How one key stands today. `valid_until` is its last day, None where there is no end; `days_left` counts today."""

    name: str
    key_id: str
    reachable: bool
    valid_until: date | None
    days_left: int | None
    finding: SignerFinding

    def as_json(self) -> dict[str, object]:
        """As `/readyz` and `certsvc signer check --json` show it."""
        return {
            "key": self.name,
            "key_id": self.key_id,
            "reachable": self.reachable,
            "valid_until": None if self.valid_until is None else self.valid_until.isoformat(),
            "days_left": self.days_left,
            "finding": self.finding.code,
        }


class SignerHealth:
    """Looks at every key that this process signs with."""

    def __init__(self, probing: KeyProbing, published: PublishedState, clock: Clock) -> None:
        self._probing, self._published, self._clock = probing, published, clock

    def reports(self) -> tuple[SignerReport, ...]:
        """A report a key; never raises for something that is away. Without a readable trust list every listed key is not."""
        listed, today = self._trust_list(), self._clock.today()
        return tuple(_report(probe, listed, today) for probe in self._probing.probe())

    def _trust_list(self) -> TrustList | None:
        try:
            trust: Trust = self._published.open()[0]
        except UnavailableError:
            return None
        return trust.trust_list


def _report(probe: KeyProbe, listed: TrustList | None, today: date) -> SignerReport:
    days = _days(probe, listed)
    ends = [one for one in (probe.ends_on, None if days is None else days[1]) if one is not None]
    until = min(ends, default=None)
    left = None if until is None else max(0, (until - today).days + 1)
    finding = _REACHES.get(probe.reach) or _judge(probe, days, until, today)
    return SignerReport(
        probe.name,
        probe.key_id,
        probe.reach in (KeyReach.REACHED, KeyReach.OTHER),
        until,
        left,
        finding,
    )


def _judge(
    probe: KeyProbe, days: tuple[date, date | None] | None, until: date | None, today: date
) -> SignerFinding:
    if probe.name != "api" and days is None:  # the API key stands at /api/v1/keys, not in the trust list
        return SignerFinding.NOT_LISTED
    if days is not None and today < days[0]:
        return SignerFinding.NOT_BEGUN
    if until is None:
        return SignerFinding.OK
    if today > until:
        return SignerFinding.ENDED
    return SignerFinding.ENDS_SOON if (until - today).days < WARN_DAYS else SignerFinding.OK


def _days(probe: KeyProbe, listed: TrustList | None) -> tuple[date, date | None] | None:
    """The first and last day that the list gives a key; None when it does not name it."""
    return None if listed is None else next(_listed(probe, listed), None)


def _listed(probe: KeyProbe, listed: TrustList) -> Iterator[tuple[date, date | None]]:
    if probe.name.startswith("document"):
        found = ((key.certificate, key.valid_from, key.valid_to) for key in listed.document_keys)
    elif probe.name.startswith("log"):
        found = ((key.raw_key, key.valid_from, key.valid_to) for key in listed.log_keys)
    else:
        keys = listed.record_keys.values()
        found = ((key.public_key.public_bytes_raw(), key.valid_from, key.valid_to) for key in keys)
    return ((first, last) for public, first, last in found if public == probe.public)
