"""The disk under the public tree fails, is full, or the process dies, at every single operation of a publication."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from certsvc.errors import UnavailableError
from tests.faults.conftest import KEYS
from tests.ledger.conftest import House
from tests.support.failing_files import Died, FailingFiles, Fault
from tests.support.outside_checker import check_public_tree, nothing_published_yet

FILES = {"policy": b"quorum none\n", "trust-list.json": b"{}"}
MOST_OPERATIONS = 500


@pytest.fixture
def house(sqlite_house: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """A log with a batch that crosses the border of a tile, not published yet; before it nothing or a small tree was."""
    if request.param:
        sqlite_house.ledger().record(sqlite_house.issue(3))
        sqlite_house.publisher().publish(FILES)
    sqlite_house.ledger().record(sqlite_house.issue(300, start=100))
    yield sqlite_house
    sqlite_house.engine.dispose()


@contextmanager
def failing(house: House, fault: Fault, at: int) -> Iterator[FailingFiles]:
    """The folders of the public tree, with a fault at the n-th operation."""
    folders = [house.public, house.public.with_name("public.work")]
    faults = FailingFiles(folders, fault, at, house.public / "checkpoint")
    with pytest.MonkeyPatch.context() as patch:
        faults.install(patch)
        yield faults


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name)
@pytest.mark.parametrize("house", [False, True], ids=["first", "next"], indirect=True)
def test_a_publication_that_fails_anywhere_leaves_a_whole_tree_and_the_next_one_finishes_it(
    house: House, fault: Fault, tmp_path: Path
) -> None:
    before, old = tmp_path / "before", 0
    if house.public.exists():
        shutil.copytree(house.public, before)
        old = check_public_tree(before, KEYS).checkpoint.size
    for at in range(1, MOST_OPERATIONS):
        put_back(house, before)
        with failing(house, fault, at) as faults:
            publisher = house.publisher()
            publish = partial(publisher.publish, FILES)
            unharmed = survives(publish, Died if fault is Fault.DEATH else UnavailableError)
            assert unharmed == (faults.failed is None), f"{faults.failed} was not told"
            if unharmed:
                break
            faults.revive()
            require_old_or_new(house, old)
            (house.publisher() if fault is Fault.DEATH else publisher).publish(FILES)
            require_whole(house, faults.failed)
            assert not faults.shown_too_early, faults.failed
    assert at > 60
    require_whole(house, None)


def survives(step: Callable[[], object], death: type[BaseException]) -> bool:
    """Whether a step ends well; only the given failure is let pass."""
    try:
        step()
    except death:
        return False
    return True


def put_back(house: House, before: Path) -> None:
    """The public folder as it was."""
    for folder in (house.public, house.public.with_name("public.work")):
        shutil.rmtree(folder, ignore_errors=True)
    if before.exists():
        shutil.copytree(before, house.public)


def require_old_or_new(house: House, old: int) -> None:
    """What the world sees is the tree of before, or the whole new one."""
    if old == 0 and nothing_published_yet(house.public):
        return
    assert check_public_tree(house.public, KEYS).checkpoint.size in (old, head_size(house))


def require_whole(house: House, failed: str | None) -> None:
    """Everything is shown, and nothing half-written is left."""
    assert check_public_tree(house.public, KEYS).checkpoint.size == head_size(house), failed
    left = [path.name for path in house.public.with_name("public.work").iterdir()]
    assert left == ["lock"], f"left behind after {failed}: {left}"


def head_size(house: House) -> int:
    with house.store.transaction() as transaction:
        head = transaction.head()
    assert head is not None
    return head.size
