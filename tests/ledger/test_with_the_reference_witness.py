"""The log and the reference witness, written apart, speak with each other over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from certverify.checkpoint import open_checkpoint
from certverify.policy import decode_policy
from certverify.witness_store import Ground, open_store

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import migrate
from certsvc.adapters.witness_client import HttpWitnesses
from certsvc.errors import IntegrityError, NotWitnessed
from certsvc.formats.note import encode_vkey
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import log_key
from certsvc.stages.witness_policy import WitnessPolicy, read_witness_policy
from certsvc.stages.witnessing import Witnessing
from tests.ledger.conftest import LOG_KEY, ORIGIN, House, open_house
from tests.verifier.builders import NOW
from tests.verifier.witnessing import NAME, WitnessProcess

STANDING = "tests.verifier.standing_witness"
VKEY = encode_vkey(ORIGIN, LOG_KEY.public_key)


def start(folder: Path) -> WitnessProcess:
    return WitnessProcess(folder, "--name", NAME, "--log", VKEY, module=STANDING)


def policy_of(witness: WitnessProcess) -> WitnessPolicy:
    """The policy of an operator who has copied the line that the witness printed."""
    return read_witness_policy(f"{witness.policy_line}\nquorum {NAME}\n".encode())


def publisher(house: House, witness: WitnessProcess) -> Publisher:
    policy = policy_of(witness)
    witnessing = Witnessing(policy, HttpWitnesses(policy.addresses, seconds=5.0), house.clock)
    return Publisher(house.store, house.tree, [log_key(LOG_KEY)], witnessing)


def shown_size(house: House, witness: WitnessProcess) -> int:
    """The size of the published checkpoint, which meets the published policy for everybody who checks."""
    policy = decode_policy(policy_of(witness).published([VKEY]))
    signed = open_checkpoint((house.public / "checkpoint").read_bytes(), [log_key(LOG_KEY)], policy)
    assert signed.quorum_met
    assert set(signed.witnesses) == {NAME.encode()}
    return signed.checkpoint.size


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[WitnessProcess]:
    started = start(tmp_path / "witness")
    yield started
    started.kill()


def test_a_log_grows_and_idles_under_the_eyes_of_a_witness(house: House, witness: WitnessProcess) -> None:
    line = publisher(house, witness)
    line.publish()
    sizes = [shown_size(house, witness)]
    for serial in (1, 300, 301):
        house.ledger().record(house.issue(3, start=serial * 10))
        line.publish()
        sizes.append(shown_size(house, witness))
    house.clock.instant += timedelta(minutes=1)
    house.ledger().refresh_checkpoint()
    line.publish()
    assert [*sizes, shown_size(house, witness)] == [1, 6, 11, 16, 16]


def test_without_its_witness_nothing_is_shown_until_it_is_back(house: House, tmp_path: Path) -> None:
    first = start(tmp_path / "w")
    publisher(house, first).publish()
    first.kill()
    house.ledger().record(house.issue(2))
    with pytest.raises(NotWitnessed):
        publisher(house, first).publish()
    assert shown_size(house, first) == 1
    again = start(tmp_path / "w")
    publisher(house, again).publish()
    assert shown_size(house, again) == 5
    again.kill()


def test_a_second_history_under_the_same_key_stops_and_leaves_its_evidence(
    house: House, witness: WitnessProcess, tmp_path: Path
) -> None:
    house.ledger().record(house.issue(4))
    publisher(house, witness).publish()
    thief = open_house(tmp_path / "thief", f"sqlite:///{tmp_path / 'thief.sqlite3'}", FixedClock(NOW))
    migrate(thief.engine)
    thief.ledger().start_log()
    thief.ledger().record(thief.issue(4, start=900))
    with pytest.raises(IntegrityError):
        publisher(thief, witness).publish()
    assert not (thief.public / "checkpoint").exists()
    thief.engine.dispose()
    store = open_store(tmp_path / "witness")
    [kept] = store.all_refused()
    store.close()
    assert (kept.ground, kept.size, kept.origin) == (Ground.FORK, 7, ORIGIN)
    assert kept.against is not None
    assert kept.against.split(b"\n")[:2] == kept.note.split(b"\n")[:2]
