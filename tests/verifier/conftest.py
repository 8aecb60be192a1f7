"""A public tree on disk, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verifier.builders import DUAL, Log


@pytest.fixture(scope="session")
def dual_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public tree of one dual-directed, valid certificate and a few others, fresh at NOW."""
    return Log(fields=dict(DUAL), filler=3).write(tmp_path_factory.mktemp("tree"))
