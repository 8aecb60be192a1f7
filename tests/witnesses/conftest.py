"""A ledger whose checkpoints need witnesses: real database, real folder, witnesses behind real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from certverify.checkpoint import SignedCheckpoint, open_checkpoint
from certverify.policy import decode_policy

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.witness_client import HttpWitnesses
from certsvc.formats.note import encode_vkey
from certsvc.stages.ledger import Ledger
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import log_key
from certsvc.stages.witness_guard import WitnessGuard
from certsvc.stages.witness_policy import WitnessPolicy, read_witness_policy
from certsvc.stages.witnessing import Witnessing
from tests.ledger.conftest import LOG_KEY, ORIGIN, RECORD_KEY, House, open_house
from tests.support.witnesses import Behaviour, WitnessServer, honest

SECONDS = 2.0
KEYS = (log_key(LOG_KEY),)


@dataclass
class WitnessedHouse:
    """A house with witnesses. Whoever is opened asks them anew, as a process that starts does."""

    house: House
    servers: list[WitnessServer] = field(default_factory=list)
    quorum: str = "none"

    def add(self, behaviour: Behaviour = honest) -> WitnessServer:
        """One more witness."""
        name = f"w{len(self.servers) + 1}"
        server = WitnessServer(self.house.home / name, name, self.house.clock, behaviour)
        self.servers.append(server)
        return server

    def ask_for(self, count: int) -> None:
        """So many of them must cosign."""
        names = " ".join(server.name for server in self.servers)
        self.quorum = f"group all-of-us {count} {names}\nquorum all-of-us" if count else "none"

    @property
    def policy(self) -> WitnessPolicy:
        """The operator's policy."""
        lines = "".join(server.line for server in self.servers)
        quorum = self.quorum if "quorum" in self.quorum else f"quorum {self.quorum}"
        return read_witness_policy(f"{lines}{quorum}\n".encode(), KEYS)

    def witnessing(self, seconds: float = SECONDS) -> Witnessing:
        """The conversation, begun anew."""
        policy = self.policy
        return Witnessing(policy, HttpWitnesses(policy.addresses, seconds), self.house.clock)

    def ledger(self, house: House | None = None) -> Ledger:
        """The ledger of a process that starts, over this database or another."""
        house = house or self.house
        guard = WitnessGuard(self.witnessing(), house.store, house.tree, KEYS)
        return Ledger(house.store, house.tree, house.clock, RECORD_KEY, LOG_KEY, guard=guard)

    def publisher(self, house: House | None = None, seconds: float = SECONDS) -> Publisher:
        """The publisher of a process that starts."""
        house = house or self.house
        return Publisher(house.store, house.tree, KEYS, self.witnessing(seconds))

    def shown(self) -> SignedCheckpoint | None:
        """The published checkpoint as an outsider judges it under the published policy; None when there is none."""
        raw_note = self.house.tree.read("checkpoint")
        policy = decode_policy(self.policy.published([encode_vkey(ORIGIN, LOG_KEY.public_key)]))
        return None if raw_note is None else open_checkpoint(raw_note, policy.logs, policy)

    def close(self) -> None:
        """All servers down, the database given back."""
        for server in self.servers:
            server.close()
        self.house.engine.dispose()


@pytest.fixture
def witnessed(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[WitnessedHouse]:
    """A log that has begun, nothing shown yet, no witness yet."""
    made = WitnessedHouse(open_house(tmp_path, database_url, clock))
    assert made.house.ledger().start_log()
    yield made
    made.close()
