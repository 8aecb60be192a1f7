"""`certsvc ledger export`: a copy is consistent at every moment, and never mixed with another log's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from certverify.trust import load_trust

from certsvc.adapters import tree_export
from certsvc.errors import ConflictError
from tests.decisions.deciders import Deciders, decision_day, issue_sample, open_deciders
from tests.support.outside_checker import PublicKeys, check_public_tree


@pytest.fixture
def deciders(tmp_path: Path) -> Iterator[Deciders]:
    """An office with one published certificate."""
    opened = open_deciders(tmp_path / "home", decision_day())
    issue_sample(opened, 1)
    yield opened
    opened.close()


def keys_of(deciders: Deciders) -> PublicKeys:
    record = deciders.office.keys.record
    return PublicKeys(deciders.office.log_keys, {record.kid: record.public_key})


def test_a_copy_made_while_the_log_grows_is_that_of_its_checkpoint(
    deciders: Deciders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first file and the last a batch is published: the copy shows the tree of before, whole."""
    shown, copied = (deciders.office.settings.public_folder / "checkpoint").read_bytes(), tree_export.put_file
    grown = False

    def put_and_grow(target: Path, content: bytes) -> None:
        nonlocal grown
        if not grown:
            grown = True
            issue_sample(deciders, 3)
        copied(target, content)

    monkeypatch.setattr(tree_export, "put_file", put_and_grow)
    deciders.office.export_tree(tmp_path / "out")
    assert grown
    assert (tmp_path / "out/checkpoint").read_bytes() == shown
    check_public_tree(tmp_path / "out", keys_of(deciders))
    load_trust(tmp_path / "out")


def test_the_checkpoint_comes_last_and_the_statement_after_what_it_signs(
    deciders: Deciders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    copied = tree_export.put_file

    def put_and_note(target: Path, content: bytes) -> None:
        order.append(target.relative_to(tmp_path / "out").as_posix())
        copied(target, content)

    monkeypatch.setattr(tree_export, "put_file", put_and_note)
    count = deciders.office.export_tree(tmp_path / "out")
    assert count == len(order)
    assert order[-1] == "checkpoint"
    assert order.index("trust.note") > max(
        order.index(name) for name in ("trust-list.json", "tables.json", "policy")
    )


def test_an_export_that_died_is_finished_by_the_next_and_an_older_one_is_brought_up_to_date(
    deciders: Deciders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, copied, left = tmp_path / "out", tree_export.put_file, 4

    def put_and_die(target: Path, content: bytes) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        copied(target, content)

    with monkeypatch.context() as dying:
        dying.setattr(tree_export, "put_file", put_and_die)
        with pytest.raises(KeyboardInterrupt):
            deciders.office.export_tree(out)
    assert not (out / "checkpoint").exists()
    deciders.office.export_tree(out)
    check_public_tree(out, keys_of(deciders))
    issue_sample(deciders, 3)
    deciders.office.export_tree(out)
    check_public_tree(out, keys_of(deciders))


@pytest.mark.parametrize("left", ["the whole tree", "its tiles alone", "a checkpoint that cannot be read"])
def test_a_folder_that_holds_another_log_is_refused_and_left_alone(
    deciders: Deciders, tmp_path: Path, left: str
) -> None:
    out = tmp_path / "out"
    other = open_deciders(tmp_path / "other", decision_day())
    issue_sample(other, 2)
    shutil.copytree(other.office.settings.public_folder, out)
    other.close()
    if left == "its tiles alone":
        (out / "checkpoint").unlink()
    elif left == "a checkpoint that cannot be read":
        (out / "checkpoint").write_bytes(b"else")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(ConflictError, match="另一账本"):
        deciders.office.export_tree(out)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
