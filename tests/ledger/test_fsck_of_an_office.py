"""`certsvc ledger fsck` looks at every public file of an office, and at what its business tables say of leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from certsvc.adapters.schema import certificate
from certsvc.bootstrap import Office
from certsvc.stages.ledger_faults import FaultCode
from tests.decisions.deciders import Deciders, decision_day, issue_sample, open_deciders


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """An office with two published certificates."""
    deciders: Deciders = open_deciders(tmp_path / "home", decision_day(), database_url)
    issue_sample(deciders, 2)
    yield deciders.office
    deciders.close()


def found(office: Office) -> set[FaultCode]:
    return set(office.ledger_desk.fsck().faults.counts)


def test_a_sound_office_has_no_faults(office: Office) -> None:
    assert found(office) == set()


FILES: dict[str, tuple[Callable[[bytes], bytes], set[FaultCode]]] = {
    "trust-list.json": (lambda raw: raw + b" ", {FaultCode.PUBLIC_TRUST, FaultCode.PUBLIC_TRUST_DIFFERS}),
    "tables.json": (lambda raw: raw + b" ", {FaultCode.PUBLIC_TRUST, FaultCode.PUBLIC_TRUST_DIFFERS}),
    "policy": (lambda raw: raw + b"\n", {FaultCode.PUBLIC_TRUST, FaultCode.PUBLIC_TRUST_DIFFERS}),
    "trust.note": (
        lambda raw: raw[:-9] + b"AAAAAAA=\n",
        {FaultCode.PUBLIC_TRUST, FaultCode.PUBLIC_TRUST_DIFFERS},
    ),
    "vkey": (lambda raw: raw + b"\n", {FaultCode.PUBLIC_TRUST_DIFFERS}),
}


@pytest.mark.parametrize("path", FILES)
def test_every_changed_trust_file_is_found(office: Office, path: str) -> None:
    change, expected = FILES[path]
    file = office.settings.public_folder / path
    file.write_bytes(change(file.read_bytes()))
    assert found(office) == expected


@pytest.mark.parametrize("path", FILES)
def test_every_missing_trust_file_is_found(office: Office, path: str) -> None:
    (office.settings.public_folder / path).unlink()
    assert FaultCode.PUBLIC_MISSING in found(office)


@pytest.mark.parametrize("damage", ["another note", "no list"])
def test_a_statement_of_before_that_does_not_hold_is_found(office: Office, damage: str) -> None:
    folder = office.settings.public_folder / "trust"
    folder.mkdir(exist_ok=True)
    note, raw_list = (
        office.settings.public_folder / "trust.note",
        office.settings.public_folder / "trust-list.json",
    )
    (folder / "0.note").write_bytes(note.read_bytes())
    if damage == "another note":
        (folder / "0.json").write_bytes(raw_list.read_bytes())
    expected = FaultCode.PUBLIC_TRUST if damage == "another note" else FaultCode.PUBLIC_MISSING
    assert found(office) == {expected}


def test_a_manifest_whose_key_is_not_in_the_published_list_is_found(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certverify import leaf
    from certverify.errors import KeyUnknownError

    def unknown(_self: object, _trust_list: object) -> None:
        raise KeyUnknownError("another key")

    monkeypatch.setattr(leaf.ManifestLeaf, "verify", unknown)
    assert found(office) == {FaultCode.MANIFEST}


def test_status_files_are_looked_at_though_the_checkpoint_is_behind_the_head(office: Office) -> None:
    office.ledger.refresh_checkpoint()
    size = int((office.settings.public_folder / "checkpoint").read_text(encoding="utf-8").splitlines()[1])
    assert found(office) == set()
    (office.settings.public_folder / f"status/{size - 1}/roots").unlink()
    assert found(office) == {FaultCode.PUBLIC_MISSING}


def test_a_certificate_with_another_leaf_than_its_event_is_found(office: Office) -> None:
    with office.engine.begin() as connection:
        connection.execute(update(certificate).values(leaf_index=certificate.c.leaf_index + 1))
    assert found(office) == {FaultCode.CERTIFICATE_LEAF}
