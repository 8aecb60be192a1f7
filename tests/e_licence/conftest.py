"""One desk for all tests of this package; what is decided is decided over certificates of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.domain.caller import Purpose
from tests.access.desk import Desk, open_desk, register
from tests.support.workbooks import DUAL_DIRECTED, sample

LIBRARY = "e-licence-library"


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on 2024-06-03 with an e-licence library 电子证照库 registered."""
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path_factory.mktemp("e-licence"), clock, bundle_per_minute=1_000) as opened:
        key = ed25519.Ed25519PrivateKey.generate()
        opened.programs[LIBRARY] = register(opened, LIBRARY, key, Purpose.E_LICENCE)
        yield opened


@pytest.fixture(scope="package")
def certificates(desk: Desk) -> tuple[PublicCertificate, ...]:
    """Dual-directed certificates of 珲春市: the second is for a revocation, the third for a correction."""
    batch = sample(DUAL_DIRECTED)
    return desk.office.issue(desk.office.submit(batch.with_rows(batch.rows[:3]).xlsx()))


@pytest.fixture
def certificate(certificates: tuple[PublicCertificate, ...]) -> PublicCertificate:
    """The one that stays valid."""
    return certificates[0]
