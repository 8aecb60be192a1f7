"""The log as an outsider sees it: the signed checkpoint in the public tree, and what the tree's files prove under it."""

from __future__ import annotations

from collections.abc import Sequence

from certverify.checkpoint import Checkpoint, open_checkpoint
from certverify.errors import CertverifyError
from certverify.merkle import leaf_hash, verify_consistency, verify_inclusion
from certverify.note import VerifierKey, decode_note, decode_verifier_key
from certverify.policy import Policy

from certsvc.errors import ConflictError, IntegrityError, OlderDatabase, UnavailableError
from certsvc.formats.bundle import ProvenLeaf
from certsvc.formats.merkle import HASH_BYTES, Node, consistency_proof, inclusion_proof
from certsvc.formats.note import encode_vkey
from certsvc.formats.tile import TILE_WIDTH, TileNodes, entries_path, split_entries, tile_path, tile_width
from certsvc.ports import LedgerHead, LogSigner, PublicTree

CHECKPOINT_PATH = "checkpoint"
NO_WITNESSES = Policy(logs=(), witnesses={}, groups={}, quorum=None)


def log_key(signer: LogSigner) -> VerifierKey:
    """The key under which the log's checkpoints are read back."""
    return decode_verifier_key(encode_vkey(signer.origin, signer.public_key))


def read_published_note(tree: PublicTree, keys: Sequence[VerifierKey]) -> tuple[bytes, Checkpoint] | None:
    """The published checkpoint, verbatim and opened with the reader's code; None when nothing was published.

    Raises IntegrityError when it is not a checkpoint that this log signed.
    """
    raw_note = tree.read(CHECKPOINT_PATH)
    if raw_note is None:
        return None
    try:
        return raw_note, open_checkpoint(raw_note, keys, NO_WITNESSES).checkpoint
    except CertverifyError as error:
        raise IntegrityError(
            "公开目录中的检查点不是本账本签发的，或已被改动。请停止签发并按运维手册核查。"
        ) from error


def carries(raw_published: bytes, raw_note: bytes) -> bool:
    """Whether the published checkpoint is the given one: the same text with all its signatures, whoever cosigned since."""
    try:
        published, signed = decode_note(raw_published), decode_note(raw_note)
    except CertverifyError:
        return False
    return published.text == signed.text and set(signed.signatures) <= set(published.signatures)


def tree_nodes(tree: PublicTree, size: int) -> Node:
    """The nodes of a tree of that size, out of the public tiles; asking raises UnavailableError where one is missing."""

    def read_tile(level: int, number: int) -> bytes:
        width = tile_width(size, level, number)
        path = tile_path(level, number, width)
        return _partial_file(tree, path, tile_path(level, number))[: width * HASH_BYTES]

    return TileNodes(read_tile, size).node


def require_same_history(published: Checkpoint | None, head: LedgerHead | None, node: Node) -> None:
    """Return when the published checkpoint is a prefix of the stored log.

    A log restored from an old backup would otherwise sign a second history. Raises OlderDatabase when the published
    log is larger than the stored one, IntegrityError when the two contradict each other.
    """
    if published is None:
        return
    if head is None or published.size > head.size:
        stored = 0 if head is None else head.size
        raise OlderDatabase(
            f"已公开的账本有 {published.size} 条，数据库中只有 {stored} 条，可能恢复了旧备份。"
            "继续签发会使账本分叉，已拒绝。请勿删除公开目录，处理办法见 docs/operations.md（启动保护）。"
        )
    try:
        proof = consistency_proof(node, published.size, head.size)
        verify_consistency(published.size, head.size, published.root, head.root, proof)
    except (CertverifyError, IndexError) as error:  # IndexError: the head states leaves that are not there
        raise IntegrityError(
            "数据库中的账本与已公开的检查点不一致，已停止签发。处理办法见 docs/operations.md（启动保护）。"
        ) from error


class PublishedLog:
    """One published checkpoint and the files under it. Files are immutable, so each is read once."""

    def __init__(self, tree: PublicTree, keys: Sequence[VerifierKey]) -> None:
        """Opens the checkpoint in force. Raises ConflictError when there is none, IntegrityError when no key signed it."""
        published = read_published_note(tree, keys)
        if published is None:
            raise ConflictError("账本尚未公开。请先运行 certsvc ledger publish。")
        self._tree = tree
        self.note, self.checkpoint = published
        self._node = tree_nodes(tree, self.checkpoint.size)
        self._bundles: dict[int, list[bytes]] = {}

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self.checkpoint.size

    def entry(self, index: int) -> bytes:
        """The bytes of a leaf. Raises IntegrityError when the tree does not hold it."""
        number, position = divmod(index, TILE_WIDTH)
        if number not in self._bundles:
            self._bundles[number] = self._read_bundle(number)
        if not 0 <= index < self.size or position >= len(self._bundles[number]):
            raise IntegrityError(f"公开账本中没有第 {index} 条，已停止处理。")
        return self._bundles[number][position]

    def prove(self, index: int) -> ProvenLeaf:
        """A leaf with its inclusion proof, verified here with the reader's code. Raises IntegrityError."""
        entry = self.entry(index)
        try:
            proof = inclusion_proof(self._node, index, self.size)
            verify_inclusion(index, self.size, leaf_hash(entry), proof, self.checkpoint.root)
        except (CertverifyError, IndexError) as error:
            raise IntegrityError(f"公开账本第 {index} 条的存在证明未通过验证，已停止处理。") from error
        return ProvenLeaf(index, entry, proof)

    def node(self, level: int, index: int) -> bytes:
        """The root of a perfect subtree, out of the tiles (see merkle.Node). Raises IndexError for a tile cut short."""
        return self._node(level, index)

    def leaf_hashes(self, first: int, count: int) -> list[bytes]:
        """The hashes of consecutive leaves, out of the tiles."""
        return [self._node(0, index) for index in range(first, first + count)]

    def read(self, path: str) -> bytes:
        """A file that this checkpoint needs. Raises UnavailableError when it is not there."""
        return _required_file(self._tree, path)

    def _read_bundle(self, number: int) -> list[bytes]:
        width = tile_width(self.size, 0, number)
        try:
            path = entries_path(number, width)
            return split_entries(_partial_file(self._tree, path, entries_path(number)))[:width]
        except ValueError as error:
            raise IntegrityError("公开目录中的账本条目文件已损坏，已停止处理。") from error


def goes_on_from(log: PublishedLog, earlier: PublicTree, keys: Sequence[VerifierKey]) -> bool:
    """Whether the log goes on from the one that another public tree shows; False when that shows none.

    Raises ConflictError when it shows another one.
    """
    try:
        published = read_published_note(earlier, keys)
        if published is None:
            return False
        before = published[1]
        if before.size > log.size:
            raise IntegrityError("larger")
        proof = consistency_proof(log.node, before.size, log.size)
        verify_consistency(before.size, log.size, before.root, log.checkpoint.root, proof)
    except (CertverifyError, IntegrityError, IndexError) as error:
        raise ConflictError(
            "该文件夹中是另一账本（或更新的账本）的公开目录，没有写入。请换一个新文件夹。"
        ) from error
    return True


def _partial_file(tree: PublicTree, path: str, full_path: str) -> bytes:
    """A tile or bundle; where a partial one is gone, the full one that has superseded it (C2SP tlog-tiles)."""
    content = tree.read(path)
    if content is None and path != full_path:
        content = tree.read(full_path)
    return _required_file(tree, path) if content is None else content


def _required_file(tree: PublicTree, path: str) -> bytes:
    content = tree.read(path)
    if content is None:
        raise UnavailableError(f"公开目录缺少文件 {path}。请联系系统管理员补齐公开目录后重试。")
    return content
