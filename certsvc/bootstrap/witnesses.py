"""The witnesses of an office, by its settings."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from certverify.note import VerifierKey

from certsvc.adapters.witness_client import HttpWitnesses
from certsvc.errors import ConfigurationError, NotWitnessed
from certsvc.ports import Clock
from certsvc.stages.witness_policy import UNWITNESSED, WitnessPolicy, read_witness_policy
from certsvc.stages.witnessing import Witnessing

_LONGEST: Final = 1 << 18
_log = logging.getLogger(__name__)


def load_witness_policy(file: Path | None, log_keys: Sequence[VerifierKey]) -> WitnessPolicy:
    """The policy in that file; without one, no witnesses. Raises ConfigurationError for a file that cannot be used."""
    if file is None:
        return UNWITNESSED
    try:
        with file.open("rb") as opened:
            raw_policy = opened.read(_LONGEST + 1)
    except OSError as error:
        raise ConfigurationError(f"无法读取见证策略文件 {file}。请核对 CERTSVC_WITNESS_POLICY。") from error
    return read_witness_policy(raw_policy, log_keys)


def open_witnessing(policy: WitnessPolicy, clock: Clock, seconds: float) -> Witnessing:
    """The conversation with the witnesses of a policy, over HTTP; `seconds` for a question to all of them."""
    return Witnessing(policy, HttpWitnesses(policy.addresses, seconds), clock)


@contextmanager
def leaving_to_witnesses() -> Iterator[None]:
    """For what follows a commit: that witnesses are away is no failure of what was decided; the sequencer goes on."""
    try:
        yield
    except NotWitnessed as error:
        _log.warning("committed, not public yet: %s", error)
