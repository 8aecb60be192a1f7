"""What the person with the trust anchor is shown, and what is refused: the folder comes from a machine not to be trusted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.adapters.ed25519_pem import read_ed25519
from certsvc.adapters.trust_anchor import FileTrustAnchor
from certsvc.adapters.trust_archive import FolderTrustArchive, read_material, write_material
from certsvc.domain.key_plan import KeyKind
from certsvc.errors import ConfigurationError, ConflictError, UnreadableInput
from certsvc.formats.detached_jws import key_thumbprint
from certsvc.formats.note import encode_vkey
from certsvc.formats.record import derive_record_kid
from certsvc.formats.trust_note import TrustMaterial
from certsvc.stages.trust_changes import trust_changes
from certsvc.stages.trust_contents import trust_contents
from certsvc.stages.trust_desk import TrustDraft, sign_material
from tests.trust.conftest import House
from tests.trust.test_ceremony import Ceremony, ceremony

__all__ = ["ceremony"]


def _drafted(ceremony: Ceremony, tmp_path: Path) -> Path:
    """A second list, ready for signing."""
    anchor = ceremony.first_anchor
    assert ceremony.through(tmp_path / "1", anchor, anchors=(ceremony.vkey(anchor),)).exit_code == 0
    assert ceremony.run("draft", "--out", str(tmp_path / "2")).exit_code == 0
    return tmp_path / "2"


def _with_rogue_key(raw_list: bytes, rogue: bytes) -> bytes:
    listed = json.loads(raw_list)
    entry = dict(listed["record_keys"][0])
    import base64

    entry |= {"kid": derive_record_kid(rogue).hex(), "public_key": base64.b64encode(rogue).decode()}
    listed["record_keys"].append(entry)
    return json.dumps(listed).encode()


def test_a_rogue_key_is_shown_though_a_forged_list_before_has_it_too(
    ceremony: Ceremony, tmp_path: Path, new_key: Callable[[str], Path]
) -> None:
    folder, thief = _drafted(ceremony, tmp_path), FileTrustAnchor(new_key("thief.pem"), ceremony.origin)
    rogue = read_ed25519(new_key("rogue.pem")).public_key().public_bytes_raw()
    new = folder / "trust-list.json"
    new.write_bytes(_with_rogue_key(new.read_bytes(), rogue))
    signing = ("sign", str(folder), "--key", str(ceremony.first_anchor))
    honest = ceremony.run(*signing, answer="n\n")
    assert honest.output.count(sha256(rogue).hexdigest()) == 2, "among all keys, and among the changes"
    number = json.loads((folder / "before" / "trust-list.json").read_bytes())["sequence"]
    before = read_material(folder / "before", number)
    forged_list = json.loads(_with_rogue_key(before.trust_list, rogue))
    forged_list["anchors"].append(thief.vkey)
    forged = TrustMaterial(number, json.dumps(forged_list).encode(), before.tables, before.policy, None)
    write_material(
        folder / "before", TrustMaterial(number, forged.trust_list, forged.tables, forged.policy, before.note)
    )
    assert isinstance(ceremony.run(*signing, "--yes").exception, UnreadableInput), "the note of another list"
    write_material(folder / "before", sign_material(TrustDraft(forged, None), thief))
    assert isinstance(ceremony.run(*signing, "--yes").exception, ConflictError), "signed by the thief alone"
    minutes = sha256(before.note or b"").hexdigest()
    assert isinstance(ceremony.run(*signing, "--yes", "--previous", minutes).exception, ConflictError)
    (folder / "before" / "trust.note").unlink()
    assert isinstance(ceremony.run(*signing, "--yes").exception, UnreadableInput), "not signed at all"
    shutil.rmtree(folder / "before")
    assert isinstance(ceremony.run(*signing, "--yes").exception, ConflictError), (
        "a first list only with --first"
    )
    assert not (folder / "trust.note").exists()


def test_the_signer_sees_the_whole_list_also_when_nothing_changes(ceremony: Ceremony, tmp_path: Path) -> None:
    folder = _drafted(ceremony, tmp_path)
    shown = ceremony.run("sign", str(folder), "--key", str(ceremony.first_anchor), answer="n\n").output
    listed = json.loads((folder / "trust-list.json").read_bytes())
    for expected in (
        listed["log"]["keys"][0]["vkey"],
        listed["record_keys"][0]["kid"],
        listed["record_keys"][0]["valid_from"],
        listed["layouts"][0]["head_sha256"],
        listed["anchors"][0],
        listed["tables_sha256"],
        sha256((folder / "before" / "trust.note").read_bytes()).hexdigest(),
        *(folder / "policy").read_text(encoding="utf-8").splitlines(),
    ):
        assert expected in shown
    first = ceremony.run("sign", str(folder), "--key", str(ceremony.first_anchor), "--first", "--yes")
    assert isinstance(first.exception, ConflictError)


def test_nothing_that_is_shown_steers_the_terminal(house: House) -> None:
    material = FolderTrustArchive(house.keys).newest()
    assert material is not None
    listed = json.loads(material.trust_list)
    listed["qr_prefixes"].append("https://a.example\x1b[2J\u202e")
    changed = TrustMaterial(2, json.dumps(listed).encode(), material.tables, material.policy, None)
    for line in (*trust_contents(changed), *trust_changes(material, changed)):
        assert line.isprintable()


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from _leaves(inner, (*path, key))
    else:
        yield path


def _other(value: Any, path: tuple[Any, ...], origin: str, draw: Callable[[int], bytes]) -> dict[str, Any]:
    """Another valid value of a field, with what has to go with it."""
    import base64

    name = next(part for part in reversed(path) if isinstance(part, str))
    raw_key = read_public(draw(32))
    if path[0] == "api_keys" and name in ("kid", "public_key"):
        public_key = base64.b64encode(raw_key).decode()
        return {"kid": key_thumbprint(raw_key), "public_key": public_key}
    return {
        "valid_from": {name: (date(2000, 1, 1) + timedelta(days=draw(1)[0])).isoformat()},
        "valid_to": {name: (date(2090, 1, 1) + timedelta(days=draw(1)[0])).isoformat()},
        "vkey": {name: encode_vkey(origin, raw_key)},
        "anchors": {name: encode_vkey(origin + "/trust", raw_key)},
        "kid": {"kid": derive_record_kid(raw_key).hex(), "public_key": base64.b64encode(raw_key).decode()},
        "public_key": {
            "kid": derive_record_kid(raw_key).hex(),
            "public_key": base64.b64encode(raw_key).decode(),
        },
        "certificate": {name: base64.b64encode(draw(9)).decode()},
        "chain": {name: base64.b64encode(draw(9)).decode()},
        "head_length": {name: draw(1)[0] + 1_000_000},
        "head_sha256": {name: draw(32).hex()},
        "tables_sha256": {name: draw(32).hex()},
        "name": {name: "other " + draw(4).hex()},
        "qr_prefixes": {name: "https://" + draw(4).hex()},
        "environment": {name: "production"},
    }.get(name, {})


def read_public(seed: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


FIXED = {"format", "sequence", "issued_at", "alg", "origin"}


def test_no_field_of_a_list_changes_unsaid(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certverify.certificates.require_chain", lambda *_given: None)
    material = FolderTrustArchive(house.keys).newest()
    assert material is not None
    plain = json.loads(material.trust_list)
    paths = [path for path in _leaves(plain) if path[-1] not in FIXED]
    assert len({path[0] for path in paths}) == 9

    @settings(max_examples=150, deadline=None, database=None)
    @given(chosen=st.lists(st.sampled_from(paths), min_size=1, max_size=3, unique=True), data=st.data())
    def check(chosen: list[tuple[Any, ...]], data: st.DataObject) -> None:
        listed = json.loads(material.trust_list)
        for path in chosen:
            where: Any = listed
            for part in path[:-1]:
                where = where[part]
            other = _other(
                where[path[-1]], path, plain["log"]["origin"],
                lambda size: data.draw(st.binary(min_size=size, max_size=size)),
            )  # fmt: skip
            assert other, f"{path}: a field that this test does not know"
            if isinstance(path[-1], int):
                where[path[-1]] = next(iter(other.values()))
            else:
                where.update(other)
        changed = TrustMaterial(
            material.sequence, json.dumps(listed).encode(), material.tables, material.policy, None
        )
        told = trust_changes(material, changed)
        kinds = {path[0] for path in chosen}
        assert len(told) > len(kinds), (chosen, told)
        assert not any("没有说明" in line for line in told), told

    check()


def test_order_and_repetition_are_told_and_what_is_not_told_is_said_to_be_missing(house: House) -> None:
    material = FolderTrustArchive(house.keys).newest()
    assert material is not None

    def changed(**fields: Any) -> TrustMaterial:
        listed = json.loads(material.trust_list) | fields
        return TrustMaterial(1, json.dumps(listed).encode(), material.tables, material.policy, None)

    two = changed(qr_prefixes=["https://a", "https://b"])
    assert any(
        "次序有变" in line for line in trust_changes(two, changed(qr_prefixes=["https://b", "https://a"]))
    )
    twice = trust_changes(two, changed(qr_prefixes=["https://a", "https://b", "https://b"]))
    assert len(twice) == 2, twice
    assert len(trust_changes(two, two)) == 1
    quiet = replace(two, policy=two.policy.replace(b"\n", b"\r\n"))
    told = trust_changes(material, quiet)
    assert len(told) > 2, "the prefixes"
    assert "没有说明" in told[-1], "the bytes of the policy"


@pytest.mark.parametrize("origin", ["", " ", "a b", "a+b", "/", "a/", "a\n"])
def test_an_origin_that_no_reader_takes_gives_no_line(
    tmp_path: Path, ceremony: Ceremony, origin: str
) -> None:
    key = str(ceremony.first_anchor)
    assert isinstance(ceremony.run("vkey", "--key", key, "--origin", origin).exception, UnreadableInput)
    assert ceremony.run("vkey", "--key", key, "--origin", "a.example/b").exit_code == 0


@pytest.mark.parametrize(
    "lost", [("trust.note",), ("trust",), ("trust.note", "trust"), ("trust.note", "trust-list.json")]
)
def test_nothing_unsigned_takes_the_place_of_a_signed_list_whatever_was_deleted(
    ceremony: Ceremony, tmp_path: Path, lost: tuple[str, ...]
) -> None:
    house, anchor = ceremony.house, ceremony.first_anchor
    ceremony.through(tmp_path / "1", anchor, anchors=(ceremony.vkey(anchor),))
    ceremony.through(tmp_path / "2", anchor)
    number = ceremony.published()
    shutil.rmtree(house.keys / "trust")
    for name in lost:
        path = house.public / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(ConfigurationError, match="certsvc trust accept"):
        house.process().publish()
    refused = ceremony.run("draft", "--out", str(tmp_path / "3"), "--anchor", ceremony.vkey(anchor))
    assert isinstance(refused.exception, ConfigurationError)
    accepted = ceremony.run("accept", str(tmp_path / "2"))
    assert accepted.exit_code == 0, accepted.exception
    assert ceremony.published() == number


@pytest.mark.parametrize("kind", list(KeyKind))
def test_the_steps_for_a_stolen_key_work_as_written_though_a_rotation_is_prepared(
    ceremony: Ceremony, tmp_path: Path, next_key: Callable[[KeyKind, str], Path], kind: KeyKind
) -> None:
    house, anchor = ceremony.house, ceremony.first_anchor
    ceremony.through(tmp_path / "1", anchor, anchors=(ceremony.vkey(anchor),))
    day = (house.first.clock.today() + timedelta(days=30)).isoformat()
    planned, urgent = next_key(kind, "planned.pem"), next_key(kind, "urgent.pem")
    assert ceremony.run("rotate", kind.value, "--key", str(planned), "--from", day).exit_code == 0
    ceremony.through(tmp_path / "2", anchor)
    assert isinstance(
        ceremony.run("rotate", kind.value, "--key", str(urgent), "--from", day).exception, ConflictError
    )
    assert ceremony.run("rotate", kind.value, "--key", str(urgent), "--stolen").exit_code == 0
    assert ceremony.run("rotate", kind.value, "--key", str(urgent), "--stolen").exit_code == 0, (
        "the same again"
    )
    assert ceremony.through(tmp_path / "3", anchor).exit_code == 0
    assert ceremony.run("switch", kind.value).exit_code == 0
    assert ceremony.through(tmp_path / "4", anchor).exit_code == 0
    if kind is KeyKind.LOG:
        assert ceremony.run("retire", "log", "--at-once").exit_code == 0
        assert ceremony.through(tmp_path / "5", anchor).exit_code == 0
    house.process().republish()
    assert house.opens()
    states = [key.state.value for key in house.process().key_desk.plan.of(kind)]
    assert states == ["in_force", "retired"]
    assert house.qr(house.issue(house.process()))["verdict"] == "passed"


def test_a_prepared_rotation_is_corrected_or_abandoned_and_the_trail_says_so(
    house: House, new_key: Callable[[str], Path]
) -> None:
    desk, today, key = house.process().key_desk, house.first.clock.today(), new_key("new.pem")
    with pytest.raises(ConflictError, match="没有已预告"):
        desk.abandon(KeyKind.LOG)
    for early in (today - timedelta(days=1), today, today + timedelta(days=7)):
        with pytest.raises(ConflictError):
            desk.announce(KeyKind.LOG, key, early)
    with pytest.raises(ConflictError, match="已经过去"):
        desk.announce(KeyKind.LOG, key, today - timedelta(days=1), stolen=True)
    for file in (key, None):
        coming = desk.announce(KeyKind.LOG, file, today + timedelta(days=8))
        with pytest.raises(ConflictError, match="trust abandon log"):
            desk.announce(KeyKind.LOG, file, today + timedelta(days=9))
        assert desk.announce(KeyKind.LOG, file, today + timedelta(days=8)) == coming
        assert desk.abandon(KeyKind.LOG) == coming
        assert (house.keys / f"{coming.file}.retired").exists()
        house.process().publish()
        assert len(house.listed()["log"]["keys"]) == 1
        trail = [entry.action for entry in house.process().trail.entries(f"log-key/{coming.file}")]
        assert trail == ["machine:key:announce", "machine:key:abandon"]
