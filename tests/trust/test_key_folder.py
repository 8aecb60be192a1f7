"""The folder of keys: what a missing plan means, what a killed command leaves, and which module reads what."""

from __future__ import annotations

import ast
import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from certsvc.adapters import file_keys, key_plan
from certsvc.adapters.key_plan import FILE, read_key_plan
from certsvc.adapters.trust_archive import FolderTrustArchive
from certsvc.bootstrap import prepare_home
from certsvc.domain.key_plan import KeyKind
from certsvc.errors import ConfigurationError
from certsvc.formats.trust_note import TrustMaterial
from tests.trust.conftest import House

WEEK = timedelta(days=8)


def test_the_plan_of_keys_knows_nothing_of_the_key_ring() -> None:
    def imports(module: object) -> set[str]:
        tree = ast.parse(Path(str(getattr(module, "__file__"))).read_text(encoding="utf-8"))  # noqa: B009
        return {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert file_keys.__name__ not in imports(key_plan)
    assert key_plan.__name__ in imports(file_keys)


def test_a_missing_plan_during_an_overlap_puts_no_old_key_back(
    house: House, new_key: Callable[[str], Path]
) -> None:
    today = house.first.clock.today()
    house.process().key_desk.announce(KeyKind.LOG, new_key("log.pem"), today, stolen=True)
    house.process().publish()
    house.process().key_desk.switch(KeyKind.LOG)
    (house.keys / FILE).unlink()
    with pytest.raises(ConfigurationError, match=FILE):
        house.process()
    with pytest.raises(ConfigurationError, match=FILE):
        prepare_home(house.first.office.settings, house.first.clock)


def test_a_plan_of_before_document_certificates_took_over_takes_the_one_of_the_ceremony(house: House) -> None:
    plan = read_key_plan(house.keys)
    fields = json.loads((house.keys / FILE).read_bytes())
    del fields["document"]
    (house.keys / FILE).write_text(json.dumps(fields), encoding="utf-8")
    assert read_key_plan(house.keys) == plan


@pytest.mark.parametrize(
    "trace", ["log-00.pem", "record-00.pem", "document-00.pem", "log.pem.retired", "trust"]
)
def test_any_trace_of_a_plan_makes_a_missing_one_a_fault(house: House, trace: str) -> None:
    shutil.rmtree(house.keys / "trust")
    (house.keys / FILE).unlink()
    assert len(read_key_plan(house.keys).log) == 1, "a home of before there were plans"
    (house.keys / trace).mkdir()
    with pytest.raises(ConfigurationError, match=FILE):
        read_key_plan(house.keys)


def test_a_home_of_before_there_were_plans_gets_one_before_anything_is_signed(house: House) -> None:
    shutil.rmtree(house.keys / "trust")
    shutil.rmtree(house.public / "trust")
    for name in ("trust.note", "trust-list.json"):
        (house.public / name).unlink()
    (house.keys / FILE).unlink()
    house.process().publish()
    assert (house.keys / FILE).exists()
    house.process().publish()


def test_init_writes_the_plan_of_a_home_whose_signed_list_names_only_its_first_keys(house: House) -> None:
    (house.keys / FILE).unlink()
    prepare_home(house.first.office.settings, house.first.clock)
    house.process().publish()


def test_init_writes_no_plan_where_the_signed_list_names_other_keys(
    house: House, new_key: Callable[[str], Path]
) -> None:
    (house.keys / FILE).unlink()
    (house.keys / "record.pem").write_bytes(new_key("other.pem").read_bytes())
    with pytest.raises(ConfigurationError, match=FILE):
        prepare_home(house.first.office.settings, house.first.clock)


def aged(path: Path) -> Path:
    """`path`, as a command that was killed an hour ago left it."""
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".pem" or path.parent.name != "trust":
        path.write_bytes(b"left")
    else:
        path.mkdir()
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def test_what_killed_commands_left_is_told_and_put_away_by_a_switch(
    house: House, new_key: Callable[[str], Path]
) -> None:
    desk = house.process().key_desk
    assert desk.left_over() == ()
    left = [
        aged(house.keys / "log-0123456789abcdef.pem"),
        aged(house.keys / "document-0123456789abcdef.pem"),
        aged(house.keys / "document-coming.pem"),
        aged(house.keys / "log-coming.pem"),
        aged(house.keys / "record.pem.0011aabb.new"),
        aged(house.keys / "trust" / "7.0011aabb.new"),
    ]
    under_way = house.keys / "rotation.json.0011aabb.new"
    under_way.write_bytes(b"")
    assert sorted(desk.left_over()) == sorted(path.relative_to(house.keys).as_posix() for path in left)
    coming = desk.announce(KeyKind.RECORD, new_key("record.pem"), house.first.clock.today(), stolen=True)
    house.process().publish()
    house.process().key_desk.switch(KeyKind.RECORD)
    assert not any(path.exists() for path in left)
    assert (house.keys / "log-0123456789abcdef.pem.retired").exists(), "a key is set aside, never erased"
    assert under_way.exists(), "somebody may be at it"
    assert (house.keys / coming.file).exists()


def test_the_folder_of_signed_lists_is_made_durably(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("certsvc.adapters.whole_file.sync_folder", synced.append)
    monkeypatch.setattr("certsvc.adapters.trust_archive.sync_folder", synced.append)
    FolderTrustArchive(tmp_path).keep(TrustMaterial(1, b"{}", b"{}", b"", b"note"))
    assert tmp_path in synced, "the name `trust` itself"
    assert tmp_path / "trust" in synced
