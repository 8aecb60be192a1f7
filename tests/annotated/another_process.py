"""Makes annotated copies in a process of its own: many wishes one after another, or one that dies by SIGKILL on its way."""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.copy_store import DatabaseCopyStore
from certsvc.adapters.document_archive import FolderArchive
from certsvc.bootstrap import Office, open_office
from certsvc.domain.caller import OPERATOR
from certsvc.errors import ConflictError
from certsvc.settings import Settings
from certsvc.stages.annotated_copies import CopyWish

DEATHS = {
    "before the record is kept": (DatabaseCopyStore, "keep_record"),
    "before the document is kept": (FolderArchive, "keep"),
    "before the document is noted": (DatabaseCopyStore, "finish"),
}


def main(given: dict[str, Any]) -> None:
    """Make the copies of `given["requests"]`; writes for each whether it was made."""
    settings = Settings(home=Path(given["home"]), database_url=given["url"], _env_file=None)
    office = open_office(settings, FixedClock(datetime.fromisoformat(given["now"])))
    if given.get("death") is not None:
        die_instead_of(*DEATHS[given["death"]])
    last = date.fromisoformat(given["ends_on"])
    answers = [made(office, given["number"], last, request) for request in given["requests"]]
    sys.stdout.write(json.dumps(answers))
    office.close()


def made(office: Office, number: str, ends_on: date, request: str) -> bool:
    """Whether a copy was made for this request; a conflict is an answer."""
    try:
        office.copies.make_at_office(
            CopyWish(number, "长春市第一建筑公司", "投标", ends_on, request), OPERATOR
        )
    except ConflictError:
        return False
    return True


def die_instead_of(owner: type, method: str) -> None:
    """From now on the process is gone when it comes to this method."""

    def die(*_given: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, method, die)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
