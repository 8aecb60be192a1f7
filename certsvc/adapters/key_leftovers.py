"""What commands that were killed have left in the folder of keys: staging files, and private keys that no plan names."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from certsvc.adapters.key_plan import RETIRED_SUFFIX, read_key_plan
from certsvc.adapters.trust_archive import FOLDER as LISTS
from certsvc.adapters.whole_file import sync_folder
from certsvc.domain.key_plan import KeyKind

SETTLED_SECONDS = 60  # what is younger may belong to a command under way


def left_over(keys_folder: Path) -> tuple[str, ...]:
    """The names of what was left, below the folder of keys."""
    return tuple(path.relative_to(keys_folder).as_posix() for path in _left_over(keys_folder))


def put_away_left_over(keys_folder: Path) -> None:
    """Remove staging files; a private key that no plan names is set aside, for it may be the only copy."""
    for path in _left_over(keys_folder):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == ".new" or path.name in _COMING:
            path.unlink(missing_ok=True)
        else:
            path.rename(path.with_name(path.name + RETIRED_SUFFIX))
    sync_folder(keys_folder)


_COMING = frozenset(f"{kind}-coming.pem" for kind in KeyKind)


def _left_over(keys_folder: Path) -> Iterator[Path]:
    named = {key.file for kind in KeyKind for key in read_key_plan(keys_folder).of(kind)}
    found = (
        *keys_folder.glob("*.new"),
        *(keys_folder / LISTS).glob("*.new"),
        *(path for kind in KeyKind for path in keys_folder.glob(f"{kind}-*.pem") if path.name not in named),
    )
    now = time.time()
    return (path for path in sorted(found) if now - path.stat().st_mtime > SETTLED_SECONDS)
