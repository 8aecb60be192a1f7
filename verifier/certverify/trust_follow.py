"""The trust material by which a log is judged: the reader's own copy, taken forward along the signed chain of the log's
public tree (docs/formats/trust-list.md), and the greatest sequence ever judged by.

followed/<anchor>-<sequence>/   the newest material that was reached over the chain
followed/sequence               the greatest sequence
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TypeVar

from certverify.errors import (
    MonitorStateError,
    TreeInconsistentError,
    TreeMissingError,
    TrustForgedError,
    TrustListError,
    TrustMixedError,
)
from certverify.note import MAX_NOTE_BYTES, VerifierKey
from certverify.replay_state import sync_folder
from certverify.sources import FolderSource, Source
from certverify.trust import MAX_TRUST_FILE_BYTES, Trust, decode_trust, decode_trust_list, earlier_trust
from certverify.trust_note import MAX_CHAIN, EarlierTrust, decode_trust_note, is_signed_by_any

SECONDS_TO_FOLLOW = 120.0
_ATTEMPTS, _PAUSE_SECONDS = 3, 0.05
_FILES = ("trust-list.json", "tables.json", "policy", "trust.note")
_SEQUENCE = re.compile(r"[1-9][0-9]{0,17}")
_T = TypeVar("_T")
_MEMORY = Lock()  # a witness and its auditor share one folder and one process


@dataclass(frozen=True, slots=True)
class TrustFiles:
    """The material as bytes; `raw_note` is None when it is not signed."""

    raw_list: bytes
    raw_tables: bytes
    raw_policy: bytes
    raw_note: bytes | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged by. `not_followed`: why newer material of the tree was not taken, empty when there is none.

    `greatest`: the greatest sequence ever judged by, this one included.
    """

    trust: Trust
    files: TrustFiles
    greatest: int
    not_followed: str = ""

    @property
    def sequence(self) -> int:
        """That of the trust list."""
        return self.trust.trust_list.sequence


class TrustFollower:
    """Reads the own copy in `own`; with `anchor` also follows the tree. Remembers in `folder`, which it makes."""

    def __init__(self, own: Path, folder: Path, anchor: VerifierKey | None) -> None:
        self._own = own
        self._folder = folder
        self._anchor = anchor

    def judged_by(self, source: Source) -> Judged:
        """The newest verified material. Raises TrustForgedError and TrustListError for the own copy, MonitorStateError
        for a memory that is damaged, OSError for one that cannot be written."""
        files, trust = settled(self._read_own)
        not_followed = ""
        if self._anchor is not None:
            with _MEMORY:
                kept = self._kept()
            if kept is not None and kept[1].trust_list.sequence > trust.trust_list.sequence:
                files, trust = kept
            start = files
            try:
                newer = settled(lambda: followed(source, start))
            except (TreeMissingError, TreeInconsistentError, TrustListError) as error:
                newer, not_followed = None, str(error)
            if newer is not None:
                files, trust = newer
                with _MEMORY:
                    self._keep(files, trust.trust_list.sequence)
        with _MEMORY:
            greatest = self._greatest(trust.trust_list.sequence)
        return Judged(trust, files, greatest, not_followed)

    def _read_own(self) -> tuple[TrustFiles, Trust]:
        own = FolderSource(self._own)

        def earlier(sequence: int) -> EarlierTrust:
            return earlier_trust(*chain_link(own, sequence))

        try:
            return _decoded(trust_files(own), self._anchor, earlier)
        except (TreeMissingError, TreeInconsistentError) as error:
            raise TrustListError(str(error)) from error

    def _kept(self) -> tuple[TrustFiles, Trust] | None:
        folders = {self._sequence_of(path.name): path for path in self._folder.glob(f"{self._prefix}-*")}
        if not folders:
            return None
        try:
            return _decoded(trust_files(FolderSource(folders[max(folders)])))
        except (TreeMissingError, TreeInconsistentError, TrustListError) as error:
            raise MonitorStateError(f"{folders[max(folders)]} 已损坏 is damaged") from error

    def _keep(self, files: TrustFiles, sequence: int) -> None:
        """Keep new material as a whole, then let the one before go. Durable when this returns."""
        target = self._folder / f"{self._prefix}-{sequence}"
        if target.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        before = list(self._folder.glob(f"{self._prefix}-*"))
        temporary = self._folder / ".new"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        content = (files.raw_list, files.raw_tables, files.raw_policy, files.raw_note or b"")
        for name, raw_file in zip(_FILES, content, strict=True):
            _write(temporary / name, raw_file)
        sync_folder(temporary)
        temporary.replace(target)
        sync_folder(self._folder)
        for path in before:
            shutil.rmtree(path)

    def _greatest(self, sequence: int) -> int:
        path = self._folder / "sequence"
        try:
            digits = path.read_text("ascii")
        except FileNotFoundError:
            digits = "1"
        except ValueError as error:
            raise MonitorStateError(f"{path} 已损坏 is damaged") from error
        if not _SEQUENCE.fullmatch(digits):
            raise MonitorStateError(f"{path} 已损坏 is damaged")
        if sequence > int(digits) or not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary = self._folder / ".sequence"
            _write(temporary, b"%d" % sequence)
            temporary.replace(path)
            sync_folder(self._folder)
        return max(sequence, int(digits))

    @property
    def _prefix(self) -> str:
        return "" if self._anchor is None else self._anchor.raw_key.hex()[:16]

    def _sequence_of(self, name: str) -> int:
        digits = name.rpartition("-")[2]
        if not _SEQUENCE.fullmatch(digits):
            raise MonitorStateError(f"{self._folder / name} 未按序号命名 is not named by its sequence")
        return int(digits)


def followed(source: Source, files: TrustFiles) -> tuple[TrustFiles, Trust] | None:
    """The material that the tree shows, when the signed chain leads to it from `files`; None when it is not newer.

    Raises TrustForgedError when the chain breaks, else TrustListError, TreeMissingError or TreeInconsistentError.
    """
    give_up_at = time.monotonic() + SECONDS_TO_FOLLOW
    if files.raw_note is None:
        raise TrustForgedError("the own copy is not signed")
    own_sequence = decode_trust_note(files.raw_note)[0].sequence
    shown_sequence = decode_trust_note(source.read("trust.note", MAX_NOTE_BYTES))[0].sequence
    if shown_sequence <= own_sequence:
        return None
    if shown_sequence - own_sequence > MAX_CHAIN:
        raise TrustListError("the chain of statements is too long")
    before = earlier_trust(files.raw_note, files.raw_list)
    for sequence in range(own_sequence + 1, shown_sequence):
        if time.monotonic() > give_up_at:
            raise TrustListError("the chain of statements takes too long")
        before = _next_link(before, *chain_link(source, sequence))
    shown, trust = _decoded(trust_files(source))
    _next_link(before, shown.raw_note or b"", shown.raw_list)
    return shown, trust


def _next_link(before: EarlierTrust, raw_note: bytes, raw_list: bytes) -> EarlierTrust:
    """The statement that follows `before`: named by sequence and digest, signed by an anchor of either list.

    Raises TrustMixedError when it is another sequence, TrustForgedError when it does not follow, TrustListError.
    """
    stated, _ = decode_trust_note(before.raw_note)
    statement, note = decode_trust_note(raw_note)
    found = earlier_trust(raw_note, raw_list)
    if statement.sequence != stated.sequence + 1:
        raise TrustMixedError("a statement of the chain has another sequence")
    if statement.previous != sha256(before.raw_note).digest():
        raise TrustForgedError("a statement does not name the one before it")
    if (statement.origin, statement.trust_list) != (stated.origin, sha256(raw_list).digest()):
        raise TrustForgedError("a list of the chain is not the one that was signed")
    if decode_trust_list(raw_list).sequence != statement.sequence:
        raise TrustForgedError("a list of the chain has another sequence")
    if not is_signed_by_any(note, before.anchors) or not is_signed_by_any(note, found.anchors):
        raise TrustForgedError("a statement is not signed by an anchor of its list and of the one before")
    return found


def settled(read: Callable[[], _T]) -> _T:
    """What `read` gives; again, a few times, while files of two publications are mixed."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return read()
        except TrustMixedError:
            time.sleep(_PAUSE_SECONDS)
    return read()


def _decoded(
    files: TrustFiles,
    anchor: VerifierKey | None = None,
    earlier: Callable[[int], EarlierTrust] | None = None,
) -> tuple[TrustFiles, Trust]:
    raw = (files.raw_list, files.raw_tables, files.raw_policy, files.raw_note)
    return files, decode_trust(*raw, anchor, earlier)


def trust_files(source: Source) -> TrustFiles:
    """The four files as the tree shows them. Raises TreeMissingError, TreeInconsistentError."""
    raw_files = [source.read(name, MAX_TRUST_FILE_BYTES) for name in _FILES[:3]]
    try:
        raw_note = source.read(_FILES[3], MAX_NOTE_BYTES)
    except TreeMissingError:
        return TrustFiles(raw_files[0], raw_files[1], raw_files[2], None)
    return TrustFiles(raw_files[0], raw_files[1], raw_files[2], raw_note)


def chain_link(source: Source, sequence: int) -> tuple[bytes, bytes]:
    """An earlier statement and its trust list, as the tree keeps them. Raises TreeMissingError, TreeInconsistentError."""
    raw_note = source.read(f"trust/{sequence}.note", MAX_NOTE_BYTES)
    return raw_note, source.read(f"trust/{sequence}.json", MAX_TRUST_FILE_BYTES)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
