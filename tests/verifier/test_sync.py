"""`certverify sync`: a mirror takes what is verified, refuses forks and older states with evidence, and is never half new."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify.cli import main
from certverify.sources import FolderSource
from certverify.sync import Sync
from certverify.sync_folder import open_mirror

from tests.verifier.builders import (
    DUAL,
    LOG_KEY,
    NOW,
    ORIGIN,
    PREFIX,
    WITNESS_POLICY,
    Key,
    Log,
    key,
    record_text,
    sha,
    write_files,
)

TEXT = PREFIX + record_text(DUAL)
ANCHOR = key("anchor.example/a", 7)
OTHER_ANCHOR = key("anchor.example/b", 8)
LATER = NOW + timedelta(hours=2)


class Publisher:
    """A log and its public tree; `publish` replaces the tree."""

    def __init__(self, folder: Path, filler: int = 3) -> None:
        self.public = folder
        self.log = Log(fields=dict(DUAL), filler=filler)
        self.publish(self.log)

    def publish(self, log: Log, **more: bytes) -> None:
        shutil.rmtree(self.public, ignore_errors=True)
        write_files(self.public, log.files() | more)


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "public")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    return tmp_path / "mirror"


@pytest.fixture
def sync(
    publisher: Publisher, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, dict[str, Any]]]:
    def run(
        *options: object, at: datetime = NOW, source: object = publisher.public
    ) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main(["sync", str(source), str(mirror), *map(str, options), "--json"], clock=lambda: at)
        told = capsys.readouterr().out
        return code, json.loads(told) if told else {}

    return run


def verdict(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    capsys.readouterr()
    main(["qr", TEXT, "--trust", str(folder), "--json"], clock=lambda: LATER)
    told = json.loads(capsys.readouterr().out)
    return told["verdict"], told["status"]


def codes(told: dict[str, Any]) -> list[str]:
    return [item["code"] for item in told["findings"] if item["code"] != "trust-not-pinned"]


def files_of(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in found if path.parts[0] != ".sync"}


def test_a_mirror_answers_off_line_and_says_how_old_it_is(
    sync: Any, publisher: Publisher, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = sync(at=LATER)
    assert (code, told["outcome"], told["size"], told["before"]) == (0, "updated", 7, None)
    assert (told["age"], told["as_of"], told["shards"]) == (
        7200,
        "2026-11-20T08:00:00Z",
        {"all": 1, "fetched": 1},
    )
    shutil.rmtree(publisher.public)
    assert verdict(mirror, capsys) == ("passed", "valid")


def test_the_report_is_told_in_both_languages(
    sync: Any, publisher: Publisher, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sync", str(publisher.public), str(mirror)], clock=lambda: LATER) == 0
    told = capsys.readouterr().out
    assert "已更新" in told
    assert "2 小时前 2 hours ago" in told
    assert "--anchor" in told


def test_only_what_changed_is_fetched(
    sync: Any, publisher: Publisher, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sync()
    code, told = sync()
    assert (code, told["outcome"], told["shards"]["fetched"]) == (0, "unchanged", 0)
    publisher.publish(publisher.log.later(3))
    code, told = sync()
    assert (told["outcome"], told["before"], told["size"], told["shards"]["fetched"]) == ("updated", 7, 8, 1)
    assert verdict(mirror, capsys) == ("failed", "revoked")
    publisher.publish(publisher.log.later(3, seals=2))
    assert sync()[1]["shards"]["fetched"] == 0


def test_a_newer_cosignature_alone_makes_the_mirror_younger(sync: Any, publisher: Publisher) -> None:
    sync()
    publisher.publish(publisher.log.later(1, cosigned_at=LATER, seals=0))
    code, told = sync(at=LATER)
    assert (code, told["outcome"], told["age"]) == (0, "updated", 0)


def test_stale_files_go_when_asked(
    sync: Any, publisher: Publisher, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sync("--whole-log")
    publisher.publish(publisher.log.later(3))
    assert sync()[1]["removed"] == 0
    before = files_of(mirror)
    code, told = sync("--prune")
    assert (code, told["outcome"], len(before - files_of(mirror))) == (0, "unchanged", told["removed"])
    assert told["removed"] == 4
    assert verdict(mirror, capsys) == ("failed", "revoked")


@pytest.mark.parametrize("filler", [0, 252, 253, 254, 255, 600])
def test_the_whole_log_is_the_public_tree_whatever_its_size(
    filler: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher = Publisher(tmp_path / "public", filler)
    arguments = ["sync", str(publisher.public), str(tmp_path / "mirror"), "--whole-log"]
    assert main(arguments, clock=lambda: NOW) == 0
    wanted = files_of(publisher.public) - {"vkey"}
    assert files_of(tmp_path / "mirror") == wanted
    for name in wanted:
        assert (tmp_path / "mirror" / name).read_bytes() == (publisher.public / name).read_bytes()


@pytest.mark.parametrize(
    "damage",
    ["tile/0/000", "tile/0/001.p/93", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/93", "shard", "roots"],
)  # fmt: skip
def test_a_damaged_file_of_the_source_is_refused_and_never_kept(
    damage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher = Publisher(tmp_path / "public", 345)
    names = sorted(files_of(publisher.public))
    (name,) = [one for one in names if one == damage or damage in one.split("/")]
    raw = (publisher.public / name).read_bytes()
    (publisher.public / name).write_bytes(raw[:20] + bytes([raw[20] ^ 1]) + raw[21:])
    arguments = ["sync", str(publisher.public), str(tmp_path / "mirror"), "--whole-log"]
    assert main(arguments, clock=lambda: NOW) == 2
    (publisher.public / name).write_bytes(raw)
    assert main(arguments, clock=lambda: NOW) == 0
    assert (tmp_path / "mirror" / name).read_bytes() == raw


def test_a_fork_is_refused_with_both_notes_as_evidence(
    sync: Any, publisher: Publisher, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sync()
    publisher.publish(Log(fields=dict(DUAL), filler=3, status=3))
    code, told = sync()
    assert (code, told["outcome"], codes(told), told["size"]) == (1, "refused", ["fork"], 7)
    shown, kept = (Path(path).read_bytes() for path in told["findings"][-1]["evidence"])
    assert (shown, kept) == (
        (publisher.public / "checkpoint").read_bytes(),
        publisher.log.checkpoint().encode(),
    )
    assert verdict(mirror, capsys) == ("passed", "valid")
    publisher.publish(Log(fields=dict(DUAL), filler=4, status=3))
    assert codes(sync()[1]) == ["fork"], "the tiles of a longer tree prove it too"


def test_an_older_state_is_refused(sync: Any, publisher: Publisher, mirror: Path, capsys: Any) -> None:
    old = publisher.log
    publisher.publish(old.later(3, cosigned_at=LATER))
    sync(at=LATER)
    publisher.publish(old)
    code, told = sync(at=LATER)
    assert (code, told["outcome"], codes(told)) == (2, "refused", ["older-than-kept"])
    assert len(told["findings"][-1]["evidence"]) == 2
    assert verdict(mirror, capsys) == ("failed", "revoked")
    publisher.publish(old.later(3, cosigned_at=NOW))
    assert codes(sync(at=LATER)[1]) == ["older-than-kept"], "as many leaves, known to be the newest earlier"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda log: {"cosigned_at": None}, "undated"),
        (lambda log: {"cosigned_at": NOW + timedelta(days=1)}, "in-future"),
        (lambda log: {"log_key": key(ORIGIN, 99)}, "checkpoint-key-unknown"),
        (lambda log: {"policy": WITNESS_POLICY}, "trust-not-followed"),
        (lambda log: {"trust_changes": {"log": "x"}}, "trust-unreadable"),
    ],
)
def test_what_cannot_be_believed_changes_nothing(
    change: Callable[[Log], dict[str, Any]],
    code: str,
    sync: Any,
    publisher: Publisher,
    mirror: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sync()
    log = publisher.log.later(3)
    for name, value in change(log).items():
        setattr(log, name, value)
    publisher.publish(log)
    exit_code, told = sync()
    assert (exit_code, told["outcome"], codes(told)) == (2, "refused", [code])
    assert verdict(mirror, capsys) == ("passed", "valid")


def test_a_checkpoint_without_its_quorum_is_refused(
    tmp_path: Path, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Log(fields=dict(DUAL), policy=WITNESS_POLICY).write(tmp_path / "public")
    assert main(["sync", str(tmp_path / "public"), str(mirror), "--json"], clock=lambda: NOW) == 2
    assert codes(json.loads(capsys.readouterr().out)) == ["quorum-missing"]
    Log(fields=dict(DUAL), policy=WITNESS_POLICY, witness_at=NOW).write(tmp_path / "public")
    assert main(["sync", str(tmp_path / "public"), str(mirror), "--json"], clock=lambda: NOW) == 0


def test_nobody_there_is_told_and_other_folders_are_left_alone(
    sync: Any, tmp_path: Path, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert codes(sync(source=tmp_path / "nowhere")[1]) == ["file-missing"]
    assert codes(sync(source="http://127.0.0.1:1/")[1]) == ["unreachable"]
    own = tmp_path / "own"
    own.mkdir()
    (own / "letter.txt").write_text("mine")
    assert main(["sync", str(tmp_path / "public"), str(own)], clock=lambda: NOW) == 2
    assert "不是空文件夹" in capsys.readouterr().err
    assert [path.name for path in own.iterdir()] == ["letter.txt"]


def test_one_process_at_a_time(sync: Any, mirror: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_mirror(mirror):
        assert sync() == (2, {})


def test_a_folder_whose_time_is_over_is_left_as_it_was(publisher: Publisher, mirror: Path) -> None:
    with open_mirror(mirror) as folder:
        report = Sync(FolderSource(publisher.public), folder, seconds=-1).run(NOW)
    assert [one.code.value for one in report.findings] == ["trust-not-pinned", "unreachable"]


# --- Signed trust material ---


def signed(
    log: Log, signers: list[Key], sequence: int = 1, previous: bytes | None = None
) -> dict[str, bytes]:
    """The trust files of a log, signed; `signers` are the anchors of its list."""
    log.trust_changes = {"sequence": sequence, "anchors": [one.vkey() for one in signers]}
    files = log.trust_files()
    named = "-" if previous is None else sha(previous).hex()
    listed = (f"{name} {sha(files[name]).hex()}" for name in ("trust-list.json", "tables.json", "policy"))
    lines = ["certsvc-trust-note/1", LOG_KEY.name, str(sequence), "2026-11-01T00:00:00Z", *listed]
    text = "\n".join([*lines, f"previous {named}"]) + "\n"
    by = signers if previous is None else [ANCHOR, *signers]
    unique = {one.name: one for one in by}.values()
    return {"trust.note": (text + "\n" + "".join(one.sign_note(text) for one in unique)).encode()}


def test_the_trust_list_is_followed_over_its_chain_and_its_history_is_kept(
    sync: Any, publisher: Publisher, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = signed(publisher.log, [ANCHOR])
    publisher.publish(publisher.log, **first)
    old_list = publisher.log.trust_files()["trust-list.json"]
    assert sync("--anchor", ANCHOR.vkey())[0] == 0
    newer = publisher.log.later(3)
    second = signed(newer, [OTHER_ANCHOR], 2, first["trust.note"])
    history = {"trust/1.note": first["trust.note"], "trust/1.json": old_list}
    publisher.publish(newer, **second, **history)
    code, told = sync("--anchor", ANCHOR.vkey())
    assert (code, codes(told), told["trust_sequence"]) == (0, ["trust-changed"], 2)
    assert {name: (mirror / name).read_bytes() for name in history} == history
    assert main(["qr", TEXT, "--trust", str(mirror), "--anchor", ANCHOR.vkey()], clock=lambda: NOW) == 1
    publisher.publish(publisher.log.later(3), **first)
    publisher.log.trust_changes = {}
    assert sync("--anchor", ANCHOR.vkey())[1]["outcome"] == "refused"


def test_trust_material_that_does_not_follow_is_refused(
    sync: Any, publisher: Publisher, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = signed(publisher.log, [ANCHOR])
    publisher.publish(publisher.log, **first)
    sync()
    newer = publisher.log.later(3)
    publisher.publish(newer, **signed(newer, [OTHER_ANCHOR], 2))
    code, told = sync()
    assert (code, codes(told)) == (2, ["trust-forged"])
    newer.trust_changes = {}
    publisher.publish(newer)
    assert codes(sync()[1]) == ["trust-not-followed"], "another list under the same number"
    assert verdict(mirror, capsys) == ("passed", "valid")
    assert sync("--anchor", OTHER_ANCHOR.vkey())[0] == 2


def test_an_address_that_is_none_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in ("ftp://tree.example/", "htps://tree.example", "https:/tree.example", "www.tree.example"):
        with pytest.raises(SystemExit):
            main(["sync", place, str(tmp_path / "mirror")])
        assert "no usable address" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/000", "shard"])
def test_what_was_damaged_in_the_folder_is_repaired_and_told(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher, mirror = Publisher(tmp_path / "public", 345), tmp_path / "mirror"
    arguments = ["sync", str(publisher.public), str(mirror), "--whole-log", "--json"]
    assert main(arguments, clock=lambda: NOW) == 0
    (kept,) = [mirror / one for one in files_of(mirror) if one == name or f"/{name}/" in one]
    raw = kept.read_bytes()
    kept.write_bytes(bytes([raw[0] ^ 1]) + raw[1:])
    capsys.readouterr()
    assert main(arguments, clock=lambda: NOW) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["repaired"]) == ("updated", 1)
    assert kept.read_bytes() == raw
