"""The disk under the archive of certificate files fails, is full, or the process dies, at every operation."""

from __future__ import annotations

import shutil
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from certsvc.adapters.document_archive import FolderArchive
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
