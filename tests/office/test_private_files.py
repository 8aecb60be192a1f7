"""What is personal is readable by the service alone, on disk as in the tables."""

from __future__ import annotations

import stat
from pathlib import Path

from certsvc.adapters.clock import FixedClock
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR, sample


def test_database_documents_and_keys_are_for_the_service_alone(tmp_path: Path, clock: FixedClock) -> None:
    opened = OfficeUnderTest(tmp_path / "var", clock, from_nothing=True)
    opened.issue(opened.submit(sample(REGULAR).with_rows([{}]).xlsx()))
    opened.close()
    home = opened.office.settings.home
    private = [home / "certsvc.sqlite3", *(home / "documents").rglob("*"), *(home / "keys").rglob("*")]
    assert len(private) > 5
    assert {path for path in private if stat.S_IMODE(path.stat().st_mode) & 0o077} == set()


def test_no_name_and_no_number_of_a_person_stands_in_the_database_or_the_public_tree(
    tmp_path: Path, clock: FixedClock
) -> None:
    batch = sample(REGULAR).with_rows([{}])
    opened = OfficeUnderTest(tmp_path / "var", clock)
    opened.issue(opened.submit(batch.xlsx()))
    opened.close()
    person = batch.rows[0]
    words = [str(person[column]).encode() for column in ("姓名", "证件号码", "工作单位")]
    home = opened.office.settings.home
    files = [home / "certsvc.sqlite3", *(p for p in (home / "public").rglob("*") if p.is_file())]
    for file in files:
        content = file.read_bytes()
        assert [word.decode() for word in words if word in content] == [], file
