"""The disk under the archive of certificate files, and under the turns, fails, is full, or the process dies there."""

from __future__ import annotations

import shutil
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from certsvc.adapters.document_archive import FolderArchive
from certsvc.adapters.turns import FileTurns
from certsvc.errors import UnavailableError
from tests.faults.test_failing_folder import MOST_OPERATIONS, survives
from tests.support.failing_files import Died, FailingFiles, Fault

NUMBER, DOCUMENT = "222023051000001L", b"%PDF-1.7 " + bytes(9000)


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name)
def test_a_document_whose_keeping_fails_anywhere_is_kept_whole_and_durably_by_the_next_try(
    tmp_path: Path, fault: Fault
) -> None:
    folder = tmp_path / "documents"
    for at in range(1, MOST_OPERATIONS):
        shutil.rmtree(folder, ignore_errors=True)
        faults = FailingFiles([folder], fault, at, tmp_path / "no checkpoint")
        with pytest.MonkeyPatch.context() as patch:
            faults.install(patch)
            archive = FolderArchive(folder)
            keep = partial(archive.keep, NUMBER, 1, DOCUMENT)
            unharmed = survives(keep, Died if fault is Fault.DEATH else UnavailableError)
            assert unharmed == (faults.failed is None), f"{faults.failed} was not told"
            if unharmed:
                break
            faults.revive()
            assert archive.read(NUMBER, 1) in (None, DOCUMENT)
            again = FolderArchive(folder) if fault is Fault.DEATH else archive
            assert again.keep(NUMBER, 1, DOCUMENT) == sha256(DOCUMENT).hexdigest()
        assert archive.read(NUMBER, 1) == DOCUMENT
        assert not {name for name in faults.volatile if Path(name).exists()}, faults.failed
    assert at > 8
    assert not {name for name in faults.volatile if Path(name).exists()}


@pytest.mark.parametrize("fault", [Fault.EIO, Fault.ENOSPC], ids=lambda fault: fault.name)
@pytest.mark.parametrize("at", [1, 2])
def test_a_turn_that_cannot_be_taken_now_is_taken_later(tmp_path: Path, fault: Fault, at: int) -> None:
    turns = FileTurns(tmp_path / "turns")
    with pytest.MonkeyPatch.context() as patch:
        FailingFiles([tmp_path / "turns"], fault, at, tmp_path / "no checkpoint").install(patch)
        with pytest.raises(UnavailableError), turns.turn("filing", wait=True):
            pass
        with turns.turn("filing", wait=True) as mine:
            assert mine
