"""What every office of a test process would make again, made once: the compiled layouts and a migrated SQLite file.

What they are made of does not change while tests run; the tests of layouts and migrations make their own.
"""

from __future__ import annotations

import atexit
import gc
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.database import migrate, open_database
from certsvc.adapters.shipped import shipped_folder
from certsvc.bootstrap.parts import Parts


@cache
def migrated_sqlite() -> Path:
    """A SQLite file with all tables and nothing in them: copy it, never open it."""
    folder = Path(tempfile.mkdtemp(prefix="certsvc-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "migrated.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session", autouse=True)
def _layouts_compiled_once() -> Iterator[None]:
    """Offices of one process share their compiled layouts."""
    compiled: dict[Path, Any] = {}
    compile_layout = Parts.layout_of

    def layout_of(self: Parts, name: str) -> Any:
        folder = shipped_folder(f"templates/{name}")
        if folder not in compiled:
            compiled[folder] = compile_layout(self, name)
        return compiled[folder]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Parts, "layout_of", layout_of)
        yield


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
