"""Trust files of the tree are kept for good only when an anchor has signed them: hostile ones do not fill the disk."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from certverify.monitor_trust import signed_digests
from certverify.note import decode_verifier_key
from certverify.sources import FolderSource

from tests.monitor.conftest import Outsider, codes
from tests.verifier.builders import Key, key, sha

ANCHOR, NEXT_ANCHOR = key("anchor.example/a", 31), key("anchor.example/b", 32)
LISTED, POLICY = b"a trust list", b"a policy"


def note(*signers: Key, more: str = "") -> bytes:
    """A statement over the two files and tables."""
    text = (
        f"certsvc-trust-note/1\nlog.example/zc\n2\n2026-11-01T00:00:00Z\ntrust-list.json {sha(LISTED).hex()}\n"
        f"tables.json {sha(b'tables').hex()}\npolicy {sha(POLICY).hex()}\nprevious {'0' * 64}\n"
    )
    return (text + "\n" + "".join(signer.sign_note(text) for signer in signers) + more).encode()


def signed(folder: Path, raw_note: bytes | None) -> frozenset[str]:
    if raw_note is not None:
        (folder / "trust.note").write_bytes(raw_note)
    anchors = [decode_verifier_key(one.vkey()) for one in (ANCHOR, NEXT_ANCHOR)]
    return signed_digests(FolderSource(folder), anchors)


@pytest.mark.parametrize("signers", [(ANCHOR,), (NEXT_ANCHOR,), (ANCHOR, NEXT_ANCHOR)])
def test_what_a_known_anchor_has_signed_is_known_by_its_digests(
    signers: tuple[Key, ...], tmp_path: Path
) -> None:
    raw_note = note(*signers)
    assert signed(tmp_path, raw_note) == {sha256(one).hexdigest() for one in (raw_note, LISTED, POLICY)}


@pytest.mark.parametrize(
    "raw_note",
    [
        None,
        b"nonsense",
        note(key("stranger.example", 33)),
        note(ANCHOR, more=key("stranger.example", 33).sign_note("another text\n")),
        note(ANCHOR, ANCHOR),
        note(more=ANCHOR.sign_note("another text\n")),
        b"x" * (1 << 22),
    ],
    ids=["missing", "nonsense", "stranger", "stranger besides", "twice", "wrong", "too large"],
)
def test_nothing_else_is_and_one_statement_has_few_forms(raw_note: bytes | None, tmp_path: Path) -> None:
    assert signed(tmp_path, raw_note) == frozenset()


def test_hostile_files_of_the_tree_leave_one_copy_each(outsider: Outsider) -> None:
    outsider.watch()
    folder = outsider.state / "trust"
    kept = {path.name for path in folder.iterdir()}
    for turn in range(4):
        for name in ("trust-list.json", "policy", "trust.note"):
            (outsider.public / name).write_bytes(b"%d" % turn * 100_000)
        report = outsider.watch()
    assert {"trust-changed", "trust-differs"} <= set(codes(report))
    unproven = {f"unproven-{name}" for name in ("trust-list.json", "policy", "trust.note")}
    assert {path.name for path in folder.iterdir()} == kept | unproven
    assert (folder / "unproven-policy").read_bytes() == b"3" * 100_000
    assert report.trust["tree/policy"] == sha256(b"3" * 100_000).hexdigest()
    assert any("100000" in finding.detail for finding in report.findings if finding.code == "trust-changed")


def test_what_equals_the_own_copy_is_kept_by_its_digest(outsider: Outsider) -> None:
    outsider.watch()
    raw_list = (outsider.home / "trust/trust-list.json").read_bytes()
    assert (outsider.state / "trust" / sha256(raw_list).hexdigest()).read_bytes() == raw_list
