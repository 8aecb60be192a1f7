"""The service judges its own published log as outsiders do: no newer than the witnesses that its policy asks for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.published_state import FolderState
from certsvc.stages.readiness import Readiness
from tests.verifier.builders import NOW, RECORD_KEY, WITNESS_POLICY, Log
from tests.witnesses.conftest import WitnessedHouse

HOUR = timedelta(hours=1)
REGISTER: Any = SimpleNamespace(some_number=lambda: None)
SIGNER: Any = SimpleNamespace(kid=RECORD_KEY.kid, public_key=RECORD_KEY.public)


@pytest.mark.parametrize(
    ("witness_at", "told", "age"),
    [
        (NOW, "ok", 0),
        (NOW + timedelta(seconds=2), "ok", 0),
        (NOW - HOUR / 2, "ok", 1800),
        (NOW - 720 * HOUR, "checkpoint-stale", 720 * 3600),
        (None, "quorum-missing", 0),
    ],
)
def test_a_server_whose_witnesses_fell_silent_is_not_ready_though_its_log_signs_on(
    tmp_path: Path, witness_at: Any, told: str, age: float
) -> None:
    folder = Log(policy=WITNESS_POLICY, witness_at=witness_at).write(tmp_path)
    readiness = Readiness(FolderState(folder), REGISTER, SIGNER, FixedClock(NOW), HOUR)
    assert readiness.check() == {"database": "ok", "checkpoint": told, "keys": "ok"}
    assert readiness.checkpoint_age() == age


def test_a_checkpoint_is_published_as_young_as_the_log_signed_it(witnessed: WitnessedHouse) -> None:
    for _ in range(3):
        witnessed.add()
    witnessed.ask_for(2)
    witnessed.publisher().publish()
    for minutes in (0, 10, 600):
        witnessed.house.clock.advance(timedelta(minutes=minutes))
        witnessed.ledger().refresh_checkpoint()
        witnessed.publisher().publish()
        shown = witnessed.shown()
        assert shown is not None
        assert shown.as_of == shown.cosigned_at == int(witnessed.house.clock.now().timestamp())
        assert set(shown.witnesses.values()) == {shown.as_of}
