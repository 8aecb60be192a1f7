"""The witnesses of an office, by its settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from certverify.note import VerifierKey

from certsvc.errors import ConfigurationError
from certsvc.stages.witness_policy import NO_WITNESSES, WitnessPolicy, read_witness_policy

_LONGEST: Final = 1 << 18


def load_witness_policy(file: Path | None, log_keys: Sequence[VerifierKey]) -> WitnessPolicy:
    """The policy in that file; without one, no witnesses. Raises ConfigurationError for a file that cannot be used."""
    if file is None:
        return NO_WITNESSES
    try:
        with file.open("rb") as opened:
            raw_policy = opened.read(_LONGEST + 1)
    except OSError as error:
        raise ConfigurationError(f"无法读取见证策略文件 {file}。请核对 CERTSVC_WITNESS_POLICY。") from error
    return read_witness_policy(raw_policy, log_keys)
