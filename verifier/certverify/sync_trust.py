"""The trust material of a mirror: what the folder holds, what comes after it over the signed chain, and its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from certverify.errors import (
    SourceUnreachableError,
    TreeInconsistentError,
    TreeMissingError,
    TrustForgedError,
    TrustListError,
)
from certverify.monitor_codes import Found
from certverify.note import VerifierKey
from certverify.sources import FolderSource, Source
from certverify.sync_folder import MirrorFolder
from certverify.trust import Trust, decode_trust, earlier_trust, load_trust
from certverify.trust_follow import TrustFiles, chain_link, followed, trust_files
from certverify.trust_note import MAX_CHAIN, EarlierTrust, decode_trust_note


@dataclass(frozen=True, slots=True)
class SyncedTrust:
    """Trust material with the bytes that it was decoded from."""

    trust: Trust
    files: TrustFiles


def kept_trust(folder: MirrorFolder, anchor: VerifierKey | None) -> SyncedTrust:
    """What the folder holds. Raises TrustForgedError, TrustListError."""
    try:
        return SyncedTrust(load_trust(folder.path, anchor), trust_files(FolderSource(folder.path)))
    except (TreeMissingError, TreeInconsistentError) as error:
        raise TrustListError(str(error)) from error


def newer_trust(
    source: Source,
    kept: SyncedTrust | None,
    anchor: VerifierKey | None,
    complain: Callable[[Found, str], None],
) -> SyncedTrust | None:
    """What the tree shows, when it follows from what is kept; None when it does not, which is then told.

    Raises TrustForgedError, TrustListError, TreeMissingError, TreeInconsistentError.
    """

    def earlier(sequence: int) -> EarlierTrust:
        try:
            return earlier_trust(*chain_link(source, sequence))
        except SourceUnreachableError:
            raise
        except (TreeMissingError, TreeInconsistentError) as error:
            raise TrustListError(str(error)) from error

    files = trust_files(source)
    raw = (files.raw_list, files.raw_tables, files.raw_policy, files.raw_note)
    shown = SyncedTrust(decode_trust(*raw, anchor, earlier), files)
    if kept is None:
        return shown
    before, after = kept.trust.trust_list.sequence, shown.trust.trust_list.sequence
    if after < before:
        complain(Found.TRUST_OLDER, f"{after} < {before}")
        return None
    if after == before:
        return _same(kept, shown, complain)
    if kept.files.raw_note is None:
        if shown.trust.trust_list.log_keys[0].name != kept.trust.trust_list.log_keys[0].name:
            raise TrustForgedError("the trust list is that of another log")
    else:
        reached = followed(source, kept.files)
        if reached is None:
            raise TrustForgedError("trust.note is older than the trust list")
        shown = SyncedTrust(reached[1], reached[0])
    complain(Found.TRUST_CHANGED, f"{before} -> {after}")
    return shown


def trust_history(source: Source, folder: MirrorFolder, files: TrustFiles) -> None:
    """Keep every earlier statement with its list, as far back as the tree has them; each is named by digest.

    Raises TrustListError, TreeInconsistentError when one is not what was named.
    """
    if files.raw_note is None:
        return
    statement, _ = decode_trust_note(files.raw_note)
    for _ in range(MAX_CHAIN):
        if statement.previous is None:
            return
        sequence = statement.sequence - 1
        try:
            raw_note, raw_list = chain_link(source, sequence)
        except SourceUnreachableError:
            raise
        except TreeMissingError:
            return
        statement_before, _ = decode_trust_note(raw_note)
        is_named = sha256(raw_note).digest() == statement.previous
        if not is_named or sha256(raw_list).digest() != statement_before.trust_list:
            raise TreeInconsistentError(f"trust/{sequence}.note is not the one that was named")
        for name, content in ((f"trust/{sequence}.note", raw_note), (f"trust/{sequence}.json", raw_list)):
            if folder.read(name) != content:
                folder.keep(name, content)
        statement = statement_before


def _same(
    kept: SyncedTrust, shown: SyncedTrust, complain: Callable[[Found, str], None]
) -> SyncedTrust | None:
    """The material kept, when the tree shows the same: two lists with one number are never both the authority's."""
    if (shown.files.raw_list, shown.files.raw_policy) != (kept.files.raw_list, kept.files.raw_policy):
        complain(Found.TRUST_NOT_FOLLOWED, f"{shown.trust.trust_list.sequence} twice, with other content")
        return None
    return kept
