"""Trust lists signed on another machine: draft, sign, accept; and an office that shows only what was signed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from certverify.errors import TrustForgedError
from certverify.trust import decode_verifier_anchor, load_trust
from click.testing import CliRunner, Result

from certsvc.adapters.ed25519_pem import read_ed25519
from certsvc.adapters.key_plan import read_key_plan, write_key_plan
from certsvc.adapters.trust_anchor import FileTrustAnchor
from certsvc.domain.key_plan import KeyKind
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import ConfigurationError, ConflictError, IntegrityError, UnreadableInput
from tests.trust.conftest import House


@dataclass
class Ceremony:
    """The machine of the service without its anchor, and the machine on which lists are signed."""

    house: House
    away: Path

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.house.first.office.settings.log_origin

    @property
    def first_anchor(self) -> Path:
        """The key that signs the first list."""
        return self.away / "trust.pem"

    def vkey(self, key: Path) -> str:
        """The line that is pinned."""
        return FileTrustAnchor(key, self.origin).vkey

    def run(self, *arguments: str, answer: str = "") -> Result:
        """A command as the operator types it."""
        settings = self.house.first.office.settings
        environment = {
            "CERTSVC_HOME": str(settings.home),
            "CERTSVC_DATABASE_URL": settings.database_url or "",
        }
        return CliRunner().invoke(certsvc, ["trust", *arguments], input=answer, env=environment)

    def sign(self, folder: Path, *keys: Path) -> None:
        """Sign what was drafted, with each key, as the minutes name the list before."""
        for key in keys:
            signed = self.run("sign", str(folder), "--key", str(key), "--yes", *self.minutes(folder))
            assert signed.exit_code == 0, signed.output

    def minutes(self, folder: Path) -> tuple[str, ...]:
        """What the minutes of the last signing say about the list before."""
        note = folder / "before" / "trust.note"
        return ("--previous", sha256(note.read_bytes()).hexdigest()) if note.exists() else ("--first",)

    def through(self, folder: Path, *keys: Path, anchors: tuple[str, ...] = ()) -> Result:
        """Draft, sign with each key, accept."""
        named = [part for line in anchors for part in ("--anchor", line)]
        drafted = self.run("draft", "--out", str(folder), *named)
        assert drafted.exit_code == 0, drafted.output
        self.sign(folder, *keys)
        return self.run("accept", str(folder))

    def published(self) -> int:
        """The sequence number that outsiders see."""
        return load_trust(self.house.public).trust_list.sequence


@pytest.fixture
def ceremony(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    """An upgraded office: its list was never signed, the anchor is made by the ceremony and stays away."""
    monkeypatch.setattr("certsvc.bootstrap.home.SystemClock", lambda: house.first.clock)
    away = tmp_path / "away"
    away.mkdir()
    (house.keys / "trust.pem").rename(away / "trust.pem")
    for path in [*(house.keys / "trust").rglob("*"), *(house.public / "trust").rglob("*")]:
        if path.is_file():
            path.unlink()
    for folder in (house.keys / "trust" / "1", house.keys / "trust", house.public / "trust"):
        folder.rmdir()
    (house.public / "trust.note").unlink()
    listed = json.loads((house.public / "trust-list.json").read_bytes())
    for name in ("sequence", "anchors"):
        del listed[name]
    (house.public / "trust-list.json").write_text(json.dumps(listed))
    return Ceremony(house, away)


def test_an_upgraded_office_without_an_anchor_goes_on_unsigned_and_says_so(ceremony: Ceremony) -> None:
    house = ceremony.house
    house.process().publish()
    assert (ceremony.published(), house.listed()["anchors"]) == (1, [])
    assert not (house.public / "trust.note").exists()
    house.process().publish()
    assert ceremony.published() == 1, "nothing changed"
    shown = ceremony.run("show")
    assert "尚未由信任根签署" in shown.output
    assert json.loads(ceremony.run("show", "--json").stdout)["signed"] is False
    assert house.qr(house.issue(house.process()))["verdict"] == "passed"
    with pytest.raises(TrustForgedError):
        house.believed_from(ceremony.vkey(ceremony.first_anchor))


def test_an_upgraded_test_office_signs_once_it_has_an_anchor(ceremony: Ceremony) -> None:
    ceremony.house.process().publish()
    ceremony.first_anchor.rename(ceremony.house.keys / "trust.pem")
    ceremony.house.process().publish()
    assert ceremony.house.believed_from(ceremony.vkey(ceremony.house.keys / "trust.pem")) == 2


def test_a_first_list_is_drafted_signed_elsewhere_accepted_and_shown(
    ceremony: Ceremony, tmp_path: Path
) -> None:
    ceremony.house.process().publish()
    vkey = ceremony.run(
        "vkey", "--key", str(ceremony.first_anchor), "--origin", ceremony.origin
    ).output.strip()
    folder = tmp_path / "draft"
    drafted = ceremony.run("draft", "--out", str(folder), "--anchor", vkey)
    assert drafted.exit_code == 0
    assert f"新增信任根 {vkey}" in drafted.output
    refused = ceremony.run("sign", str(folder), "--key", str(ceremony.first_anchor), "--first", answer="n\n")
    assert (refused.exit_code, (folder / "trust.note").exists()) == (1, False)
    signed = ceremony.run("sign", str(folder), "--key", str(ceremony.first_anchor), "--first", answer="y\n")
    assert signed.exit_code == 0
    assert "新增记录密钥" in signed.output
    accepted = ceremony.run("accept", str(folder))
    assert accepted.exit_code == 0, accepted.output
    assert ceremony.house.believed_from(vkey) == 2
    assert ceremony.run("accept", str(folder)).exit_code == 0, "the same again"
    assert ceremony.house.believed_from(vkey) == 2


def test_an_unsigned_draft_a_stranger_and_an_altered_file_are_not_accepted(
    ceremony: Ceremony, tmp_path: Path, new_key: Callable[[str], Path]
) -> None:
    folder, stranger = tmp_path / "draft", new_key("stranger.pem")
    ceremony.run("draft", "--out", str(folder), "--anchor", ceremony.vkey(ceremony.first_anchor))
    assert isinstance(ceremony.run("accept", str(folder)).exception, UnreadableInput)
    by_stranger = ceremony.run("sign", str(folder), "--key", str(stranger), "--first", "--yes")
    assert isinstance(by_stranger.exception, ConflictError)
    ceremony.sign(folder, ceremony.first_anchor)
    for name in ("trust-list.json", "tables.json", "policy", "trust.note"):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(kept + b" ")
        assert isinstance(ceremony.run("accept", str(folder)).exception, UnreadableInput), name
        (folder / name).write_bytes(kept)
    assert ceremony.run("accept", str(folder)).exit_code == 0


def test_a_new_anchor_takes_over_when_old_and_new_sign_and_old_pins_still_hold(
    ceremony: Ceremony, tmp_path: Path, new_key: Callable[[str], Path]
) -> None:
    first, second = ceremony.first_anchor, new_key("second.pem")
    old, new = ceremony.vkey(first), ceremony.vkey(second)
    assert ceremony.through(tmp_path / "1", first, anchors=(old,)).exit_code == 0
    for alone in (first, second):
        half = ceremony.through(tmp_path / f"half-{alone.stem}", alone, anchors=(new,))
        assert isinstance(half.exception, UnreadableInput)
    assert ceremony.through(tmp_path / "2", first, second, anchors=(new,)).exit_code == 0
    assert ceremony.through(tmp_path / "3", second).exit_code == 0
    house = ceremony.house
    assert house.believed_from(new) == house.believed_from(old) == ceremony.published()
    again = ceremony.run("draft", "--out", str(tmp_path / "4"))
    assert again.exit_code == 0
    late = ("sign", str(tmp_path / "4"), "--key", str(first), "--yes", *ceremony.minutes(tmp_path / "4"))
    assert isinstance(ceremony.run(*late).exception, ConflictError), "the anchor of before signs no more"


def test_a_list_that_does_not_follow_the_one_in_force_is_refused(
    ceremony: Ceremony, tmp_path: Path, new_key: Callable[[str], Path]
) -> None:
    anchor = ceremony.first_anchor
    ceremony.through(tmp_path / "1", anchor, anchors=(ceremony.vkey(anchor),))
    one, two = ceremony.vkey(anchor), ceremony.vkey(new_key("two.pem"))
    for name, named in (("2", ["--anchor", one]), ("other-2", ["--anchor", one, "--anchor", two])):
        ceremony.run("draft", "--out", str(tmp_path / name), *named)
        ceremony.sign(tmp_path / name, anchor)
    assert ceremony.run("accept", str(tmp_path / "2")).exit_code == 0
    for late in ("other-2", "1"):
        assert isinstance(ceremony.run("accept", str(tmp_path / late)).exception, ConflictError)


def test_an_office_stops_publishing_when_the_signed_list_does_not_name_its_keys(
    ceremony: Ceremony, tmp_path: Path, new_key: Callable[[str], Path]
) -> None:
    house, anchor = ceremony.house, ceremony.first_anchor
    ceremony.through(tmp_path / "1", anchor, anchors=(ceremony.vkey(anchor),))
    certificate = house.issue(house.process())
    (house.keys / "record.pem").write_bytes(new_key("other.pem").read_bytes())
    with pytest.raises(ConfigurationError, match="不是更替记录"):
        house.process()
    plan = read_key_plan(house.keys)
    other = read_ed25519(house.keys / "record.pem").public_key().public_bytes_raw()
    write_key_plan(house.keys, replace(plan, record=(replace(plan.record[0], public_key=other),)))
    with pytest.raises(ConfigurationError, match="没有写明本服务正在使用的记录密钥"):
        house.process().publish()
    assert house.qr(certificate)["verdict"] == "passed", "those who check notice nothing"


def test_a_rotation_waits_for_the_signed_list(
    ceremony: Ceremony, tmp_path: Path, new_key: Callable[[str], Path]
) -> None:
    house, anchor = ceremony.house, ceremony.first_anchor
    ceremony.through(tmp_path / "1", anchor, anchors=(ceremony.vkey(anchor),))
    desk = house.process().key_desk
    desk.announce(KeyKind.LOG, new_key("log.pem"), house.first.clock.today(), stolen=True)
    house.process().publish()
    with pytest.raises(ConflictError, match="还没有写明新密钥"):
        house.process().key_desk.switch(KeyKind.LOG)
    assert ceremony.through(tmp_path / "2", anchor).exit_code == 0
    house.process().key_desk.switch(KeyKind.LOG)
    house.process().republish()
    assert (house.signers(), house.opens()) == (2, True)


def test_what_was_signed_is_never_replaced_by_something_unsigned_or_older(
    ceremony: Ceremony, tmp_path: Path
) -> None:
    house, anchor = ceremony.house, ceremony.first_anchor
    ceremony.through(tmp_path / "1", anchor, anchors=(ceremony.vkey(anchor),))
    older = shutil.copytree(house.keys / "trust", tmp_path / "kept")
    ceremony.through(tmp_path / "2", anchor)
    sequence = ceremony.published()
    shutil.rmtree(house.keys / "trust")
    with pytest.raises(ConfigurationError, match="certsvc trust accept"):
        house.process().publish()
    shutil.copytree(older, house.keys / "trust")
    with pytest.raises(ConfigurationError, match="certsvc trust accept"):
        house.process().publish()
    assert ceremony.published() == sequence
    assert ceremony.run("accept", str(tmp_path / "2")).exit_code == 0
    house.process().publish()


def test_a_published_list_that_differs_from_the_signed_one_stops_the_line(house: House) -> None:
    (house.public / "trust" / "1.json").write_bytes(b"{}")
    with pytest.raises(IntegrityError, match="已停止公开"):
        house.process().publish()


def test_another_anchor_in_the_folder_of_keys_signs_nothing_by_itself(
    house: House, new_key: Callable[[str], Path]
) -> None:
    (house.keys / "trust.pem").write_bytes(new_key("other.pem").read_bytes())
    with pytest.raises(ConfigurationError, match="新旧两把密钥共同签署"):
        house.process().publish()


def test_the_list_keeps_its_number_and_date_until_its_content_changes(house: House) -> None:
    before = (house.public / "trust-list.json").read_bytes()
    house.first.clock.advance(timedelta(days=3))
    house.process().republish()
    assert (house.public / "trust-list.json").read_bytes() == before
    house.process(public_url="https://elsewhere.example").republish()
    listed = house.listed()
    assert (listed["sequence"], listed["issued_at"]) == (2, "2026-11-23T08:00:00Z")
    anchor = decode_verifier_anchor(listed["anchors"][0])
    assert load_trust(house.public, anchor).trust_list.sequence == 2


def test_the_commands_of_a_rotation_end_with_one_new_key_in_force(ceremony: Ceremony) -> None:
    house = ceremony.house
    house.process().publish()
    ceremony.first_anchor.rename(house.keys / "trust.pem")
    for kind in ("record", "document", "log"):
        day = (house.first.clock.today() + timedelta(days=8)).isoformat()
        assert ceremony.run("rotate", kind, "--from", day).exit_code == 2, "neither --key nor --new"
        assert ceremony.run("rotate", kind, "--new", "--from", day).exit_code == 0
        assert ceremony.run("rotate", kind, "--new", "--from", day).exit_code == 0, "the same again"
        house.first.clock.advance(timedelta(days=8))
        assert ceremony.run("switch", kind).exit_code == 0
    assert isinstance(ceremony.run("retire", "log").exception, ConflictError)
    house.first.clock.advance(timedelta(minutes=1))
    assert ceremony.run("retire", "log", "--at-once").exit_code == 0
    shown = json.loads(ceremony.run("show", "--json").stdout)
    assert [(key["kind"], key["state"]) for key in shown["keys"]] == [
        ("record", "in_force"),
        ("record", "retired"),
        ("log", "in_force"),
        ("log", "retired"),
        ("document", "in_force"),
        ("document", "retired"),
    ]
    assert (shown["signed"], shown["signs_here"], shown["sequence"]) == (True, True, ceremony.published())
    assert "已停用" in ceremony.run("show").output
    assert (house.signers(), house.opens()) == (1, True)


def test_production_makes_no_key_for_a_rotation(ceremony: Ceremony) -> None:
    office = ceremony.house.process(environment="production")
    with pytest.raises(ConfigurationError, match="生产环境不自动生成密钥"):
        office.key_desk.announce(KeyKind.LOG, None, ceremony.house.first.clock.today())
