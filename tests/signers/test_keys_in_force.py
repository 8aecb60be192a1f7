"""Nothing is signed with a key that the trust list in force does not name, or not for today; health says so beforehand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.key_probing import RingProbing
from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.errors import KeyNotInForce, UnavailableError
from certsvc.ports.signing import KeyProbe, KeyReach
from certsvc.settings import Settings
from certsvc.stages.signer_health import SignerFinding, SignerHealth
from tests.support.office import TEST_SETTINGS, OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A prepared home; its public trust list is what the tests change."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), **TEST_SETTINGS)  # type: ignore[arg-type]
    prepare_home(settings)
    return settings


@dataclass
class Opened:
    """An office on a day, whose trust list can be changed."""

    office: Office
    list_file: Path
    today: date

    def relist(self, change: Change) -> None:
        """Publish a list with a change, as a publication would: by a rename."""
        fields = json.loads(self.list_file.read_bytes())
        change(fields)
        new = self.list_file.with_suffix(".new")
        new.write_bytes(json.dumps(fields).encode())
        new.replace(self.list_file)

    def sign(self, key: str) -> bytes:
        """A signature of the record or document key."""
        signer = self.office.keys.record if key == "record_keys" else self.office.keys.document
        return signer.sign(b"message")


@pytest.fixture
def opened(home: Settings) -> Any:
    """The list is put back at the end."""
    from certsvc.adapters.clock import SystemClock

    office = open_office(home, SystemClock())
    file = home.public_folder / "trust-list.json"
    before = file.read_bytes()
    yield Opened(office, file, office.clock.today())
    file.write_bytes(before)
    office.close()


@pytest.mark.parametrize("key", ["record_keys", "document_keys"])
@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (0, None, None),
        (0, 0, None),
        (-400, 0, None),
        (1, None, "才可使用"),
        (-400, -1, "到期"),
    ],
)
def test_a_key_signs_from_its_first_to_its_last_day(
    opened: Opened, key: str, first: int, last: int | None, told: str | None
) -> None:
    days = {
        "valid_from": (opened.today + timedelta(days=first)).isoformat(),
        "valid_to": None if last is None else (opened.today + timedelta(days=last)).isoformat(),
    }
    opened.relist(lambda fields: fields[key][0].update(days))
    if told is None:
        assert opened.sign(key)
        return
    with pytest.raises(KeyNotInForce, match=told):
        opened.sign(key)


@pytest.mark.parametrize("key", ["record_keys", "document_keys"])
def test_a_key_that_the_list_does_not_name_signs_nothing_until_it_does(opened: Opened, key: str) -> None:
    named = json.loads(opened.list_file.read_bytes())[key]
    opened.relist(lambda fields: fields.update({key: []}))
    with pytest.raises(KeyNotInForce, match="没有写明"):
        opened.sign(key)
    other = "document_keys" if key == "record_keys" else "record_keys"
    assert opened.sign(other)
    opened.relist(lambda fields: fields.update({key: named}))
    assert opened.sign(key)


def test_without_a_readable_public_list_the_signed_one_counts(opened: Opened) -> None:
    opened.list_file.unlink()
    assert opened.sign("record_keys"), "the list that the anchor signed last"
    opened.list_file.write_bytes(b"{}")
    with pytest.raises(KeyNotInForce, match="无法读取"):
        opened.sign("record_keys")


def test_a_signature_that_may_not_be_made_can_be_made_later() -> None:
    assert issubclass(KeyNotInForce, UnavailableError), "the background work tries again, the pages say 503"


def test_an_office_whose_certificate_ended_issues_nothing_and_goes_on_answering(
    tmp_path: Path, clock: FixedClock
) -> None:
    made = OfficeUnderTest(tmp_path, clock)
    (certificate, *_) = made.issue(made.submit(sample(DUAL_DIRECTED).xlsx()))
    last = made.office.keys.document.ends_on
    clock.advance(timedelta(days=(last - clock.today()).days + 1))
    with pytest.raises(KeyNotInForce, match=last.isoformat()):
        made.office.keys.document.sign(b"message")
    made.office.republish()
    assert made.check_qr(certificate)["verdict"] == "passed"
    findings = {one.name: one.finding for one in made.office.readiness.signers()}
    assert findings == {
        "record": SignerFinding.OK,
        "log": SignerFinding.OK,
        "document": SignerFinding.ENDED,
        "api": SignerFinding.OK,
    }
    made.close()


class Probes:
    """ports.signing.KeyProbing that says what it is told."""

    def __init__(self, *probes: KeyProbe) -> None:
        self._probes = probes

    def probe(self) -> tuple[KeyProbe, ...]:
        return self._probes


@pytest.mark.parametrize(
    ("days_left", "finding"),
    [
        (31, SignerFinding.OK),
        (30, SignerFinding.ENDS_SOON),
        (1, SignerFinding.ENDS_SOON),
        (0, SignerFinding.ENDED),
    ],
)
def test_a_warning_comes_thirty_days_before_the_end(
    opened: Opened, days_left: int, finding: SignerFinding
) -> None:
    certificate = opened.office.keys.document.certificate
    last = opened.today + timedelta(days=days_left - 1)
    probe = KeyProbe("document", "00", certificate, KeyReach.REACHED, last)
    (report,) = SignerHealth(Probes(probe), opened.office.published_state, opened.office.clock).reports()
    assert (report.finding, report.days_left, report.valid_until) == (finding, days_left, last)


@pytest.mark.parametrize("reach", [reach for reach in KeyReach if reach is not KeyReach.REACHED])
def test_what_asking_gave_comes_before_what_the_list_says(opened: Opened, reach: KeyReach) -> None:
    probe = KeyProbe("record", "00", b"nothing the list knows", reach)
    (report,) = SignerHealth(Probes(probe), opened.office.published_state, opened.office.clock).reports()
    assert not report.finding.signs
    assert report.finding.code == str(reach)
    assert report.reachable is (reach is KeyReach.OTHER)


def test_a_key_that_is_in_no_list_is_told(opened: Opened) -> None:
    probe = KeyProbe("record", "00", b"nothing the list knows", KeyReach.REACHED)
    (report,) = SignerHealth(Probes(probe), opened.office.published_state, opened.office.clock).reports()
    assert report.finding is SignerFinding.NOT_LISTED


class Away:
    """A holder that takes its time to say nothing."""

    def __init__(self) -> None:
        self.asked = 0

    def public_key(self, _name: str) -> bytes:
        self.asked += 1
        raise UnavailableError("away")

    def sign(self, _name: str, _message: bytes) -> bytes:
        raise AssertionError("nobody signs to see how a key stands")


def test_a_holder_that_is_away_is_asked_once_and_not_again_at_once(opened: Opened) -> None:
    away = Away()
    probing = RingProbing(opened.office.keys, away, lambda: None)
    for _ in range(5):
        assert {probe.reach for probe in probing.probe()} == {KeyReach.UNREACHABLE}
    assert away.asked == 1
