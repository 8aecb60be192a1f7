"""Backup and restore of an office: database, log of look-ups, documents, archive objects, published checkpoint.

Keys are never part of a backup.

A backup is consistent with itself: the published checkpoint is read first, the database after it, and of the
documents and archive objects exactly those that the copied database relies on, each compared with the digest kept there.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from certverify.note import decode_verifier_key
from certverify.policy import decode_policy

from certsvc.adapters.api_key import api_key_fingerprint
from certsvc.adapters.archive_folder import FolderArchiveObjects
from certsvc.adapters.backup_archive import BackupWriter, extract_backup
from certsvc.adapters.clock import SystemClock
from certsvc.adapters.database import migrate, open_database
from certsvc.adapters.database_copy import (
    MEMBERS,
    DatabaseCopy,
    copy_database,
    copy_sqlite_file,
    database_kind,
    require_empty_database,
    restore_database,
)
from certsvc.adapters.document_archive import FolderArchive
from certsvc.adapters.instants import instant_text
from certsvc.adapters.key_ring import fingerprints_of_before, key_fingerprints
from certsvc.adapters.ledger_store import DatabaseLedgerStore
from certsvc.adapters.public_tree import FolderTree
from certsvc.adapters.trust_anchor import trust_anchor_fingerprint
from certsvc.bootstrap.signers import open_keys
from certsvc.errors import ConfigurationError, ConflictError, IntegrityError, NotWitnessed
from certsvc.formats.tile import TileNodes
from certsvc.ports import Clock
from certsvc.settings import Settings
from certsvc.stages.kept_cosignatures import KeptCosignatures
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import (
    CHECKPOINT_PATH,
    NO_WITNESSES,
    read_published_note,
    require_same_history,
)

FORMAT = "certsvc-backup/1"
DESCRIPTION = "backup.json"
RESTORED = "restored-backup.json"
_STAGING = ".restoring"
_LOOK_UPS = "look-ups.sqlite3"  # PostgreSQL has that log in the database itself
_PUBLIC = (CHECKPOINT_PATH, "vkey")
_TRUST = ("policy", "tables.json", "trust-list.json", "trust.note")  # in order of publication
_ROTATED = ("record", "log", "document")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds."""

    file: Path
    documents: int
    archive_objects: int
    log_size: int
    fingerprints: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored; `fingerprints`: of the keys that must be put beside it."""

    home: Path
    documents: int
    archive_objects: int
    log_size: int
    made_at: str
    fingerprints: Mapping[str, str]


class _Description(TypedDict):
    """The member that says what the others are."""

    format: str
    made_at: str
    database: str
    revision: str
    log_origin: str
    log_size: int
    keys: dict[str, str]


def fingerprints(settings: Settings) -> Mapping[str, str]:
    """The fingerprints of the keys in use. Raises ConfigurationError when one is missing.

    The API key is left out where there is none: an office without programs and platforms needs none.
    """
    found = key_fingerprints(open_keys(settings))
    others = {
        "api": api_key_fingerprint(settings.keys_folder),
        "trust": trust_anchor_fingerprint(settings.keys_folder),
    }
    return found | {name: digest for name, digest in others.items() if digest is not None}


def rotated_fingerprints(settings: Settings) -> frozenset[str]:
    """The fingerprints of all record, log and document keys that there were: a backup of before a rotation names an older one."""
    return fingerprints_of_before(open_keys(settings))


def unlike(
    present: Mapping[str, str], expected: Mapping[str, str], of_before: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """The names of the keys that a backup had and that are missing or others now; `of_before`: rotated since.

    A backup of before there was an API key, or a trust anchor, says nothing of it.
    """
    return tuple(
        name
        for name, digest in expected.items()
        if present.get(name) != digest and not (name in _ROTATED and digest in of_before)
    )


def back_up(settings: Settings, file: Path, clock: Clock | None = None) -> BackedUp:
    """Write a backup while the service goes on. Raises ConflictError when the file exists, IntegrityError for a
    document that is missing or altered.
    """
    url, clock = settings.effective_database_url, clock or SystemClock()
    keys = fingerprints(settings)
    tree, archive = FolderTree(settings.public_folder), FolderArchive(settings.documents_folder)
    wanted = (*_PUBLIC, *_trust_paths(settings.public_folder))
    public = {path: content for path in wanted if (content := tree.read(path)) is not None}
    try:
        with (
            BackupWriter(file) as writer,
            tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder,
        ):
            with copy_database(url, Path(folder)) as copy:
                description: _Description = {
                    "format": FORMAT,
                    "made_at": instant_text(clock.now()),
                    "database": database_kind(url),
                    "revision": copy.revision,
                    "log_origin": settings.log_origin,
                    "log_size": copy.log_size,
                    "keys": dict(keys),
                }
                writer.add_bytes(DESCRIPTION, json.dumps(description, indent=1).encode())
                for path, content in public.items():
                    writer.add_bytes(f"public/{path}", content)
                documents = _add_documents(writer, copy, archive)
                objects = _add_archive_objects(writer, copy, FolderArchiveObjects(settings.archive_folder))
                log_size = copy.log_size
            writer.add_file(MEMBERS[database_kind(url)], copy.file)
            if settings.look_ups_file.exists():
                copy_sqlite_file(settings.look_ups_file, Path(folder) / _LOOK_UPS)
                writer.add_file(_LOOK_UPS, Path(folder) / _LOOK_UPS)
    except FileExistsError as error:
        raise ConflictError(f"备份文件 {file} 已存在或正在写入。请换一个文件名。") from error
    return BackedUp(file, documents, objects, log_size, keys)


def restore(settings: Settings, file: Path) -> Restored:
    """Restore a backup into the empty home and database of the settings, checked as a whole before anything shows.

    The public tree is made anew out of the restored log. Raises ConflictError when home or database is not empty,
    IntegrityError for a damaged backup, ConfigurationError for one of another kind of database.
    """
    home, url = settings.home, settings.effective_database_url
    if home.exists() and any(home.iterdir()):
        raise ConflictError(f"目录 {home} 不是空的，没有恢复任何内容。请指定一个新的空目录。")
    require_empty_database(url)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = home / _STAGING
    staging.mkdir(mode=0o700)
    try:
        extract_backup(file, staging)
        description = _description(staging, url)
        restore_database(staging / MEMBERS[database_kind(url)], url)
        if (staging / _LOOK_UPS).exists():
            (staging / _LOOK_UPS).rename(settings.look_ups_file)
        _make_public_tree(settings, staging)
        documents = sum(1 for _ in (staging / "documents").rglob("*.pdf"))
        if documents:
            (staging / "documents").rename(settings.documents_folder)
        objects = sum(1 for _ in (staging / "archive").rglob("*.pdf"))
        if objects:
            (staging / "archive").rename(settings.archive_folder)
        (staging / DESCRIPTION).rename(home / RESTORED)
    finally:
        shutil.rmtree(staging)
    made_at, keys = description["made_at"], description["keys"]
    return Restored(home, documents, objects, description["log_size"], made_at, keys)


def expected_fingerprints(settings: Settings) -> Mapping[str, str] | None:
    """The fingerprints that a restored home wants its keys to have; None for a home that was never restored."""
    path = settings.home / RESTORED
    if not path.exists():
        return None
    keys: Mapping[str, str] = json.loads(path.read_bytes())["keys"]
    return keys


def _trust_paths(public: Path) -> tuple[str, ...]:
    """Signed lists of before, then the material in force: what was once signed must not be replaced by something unsigned."""
    return (*sorted(f"trust/{path.name}" for path in public.glob("trust/*.*")), *_TRUST)


def _add_documents(writer: BackupWriter, copy: DatabaseCopy, archive: FolderArchive) -> int:
    count = 0
    with closing(copy.documents()) as documents:
        for document in documents:
            path = archive.path(document.number, document.version)
            name = f"documents/{path.parent.name}/{path.name}"
            if not path.exists() or writer.add_file(name, path) != document.sha256:
                raise IntegrityError(
                    f"证书 {document.number} 第 {document.version} 版的文件缺失或已被改动，没有备份。"
                    "请按 docs/operations.md 核查。"
                )
            count += 1
    return count


def _add_archive_objects(writer: BackupWriter, copy: DatabaseCopy, folder: FolderArchiveObjects) -> int:
    count = 0
    with closing(copy.archive_objects()) as objects:
        for one in objects:
            path = folder.path(one.number, one.version, one.generation)
            name = f"archive/{path.parent.name}/{path.name}"
            if not path.exists() or writer.add_file(name, path) != one.sha256:
                raise IntegrityError(
                    f"证书 {one.number} 第 {one.version} 版的归档文件缺失或已被改动，没有备份。"
                    "请按 docs/operations.md 核查。"
                )
            count += 1
    return count


def _description(staging: Path, url: str) -> _Description:
    path = staging / DESCRIPTION
    found: _Description | None = json.loads(path.read_bytes()) if path.exists() else None
    if found is None or found.get("format") != FORMAT:
        raise IntegrityError("这不是本版本能恢复的备份文件，没有恢复任何内容。")
    if found["database"] != database_kind(url):
        raise ConfigurationError(
            f"该备份来自 {found['database']} 数据库，目标却是 {database_kind(url)}。请核对 CERTSVC_DATABASE_URL。"
        )
    return found


def _make_public_tree(settings: Settings, staging: Path) -> None:
    """Show the restored log, after the checkpoint that was published at the time has proved to belong to it.

    Witnesses are not asked: where the head lacks their cosignatures, the checkpoint waits for the start of the service.
    """
    copied = FolderTree(staging / "public")
    raw_key = copied.read("vkey")
    if raw_key is None:
        return
    key = decode_verifier_key(raw_key.decode("ascii").strip())
    engine = open_database(settings.effective_database_url)
    try:
        migrate(engine)
        store = DatabaseLedgerStore(engine)
        published = read_published_note(copied, (key,))
        with store.transaction() as transaction:
            head = transaction.head()
            node = TileNodes(transaction.tile, 0 if head is None else head.size).node
            require_same_history(None if published is None else published[1], head, node)
        trust = {
            path: content
            for path in _trust_paths(staging / "public")
            if (content := copied.read(path)) is not None
        }
        policy = decode_policy(trust["policy"]) if "policy" in trust else NO_WITNESSES
        cosigned = KeptCosignatures(copied.read(CHECKPOINT_PATH), key, policy)
        with suppress(NotWitnessed):
            Publisher(store, FolderTree(settings.public_folder), (key,), cosigned).publish(trust)
    finally:
        engine.dispose()
