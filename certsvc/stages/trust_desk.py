"""Stage `trust`: which trust material is shown, who has signed it, and what may take its place.

Where the trust anchor is at hand (tests, demonstrations) every change is signed here, at once. Where it is not, the office
shows exactly what was signed elsewhere and accepted here, and stops when that does not name the keys it works with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from certverify.errors import CertverifyError, TrustListError
from certverify.note import decode_verifier_key
from certverify.trust import TrustList, decode_trust, decode_trust_list, decode_verifier_anchor
from certverify.trust_note import decode_trust_note, is_signed_by_any

from certsvc.domain.key_plan import KeyKind
from certsvc.errors import ConfigurationError, ConflictError, IntegrityError, UnreadableInput
from certsvc.formats.note import encode_vkey
from certsvc.formats.record import derive_record_kid
from certsvc.formats.trust_note import TrustMaterial, encode_trust_note, statement_text
from certsvc.ports import Clock, PublicTree
from certsvc.ports.trust import TrustAnchor, TrustArchive
from certsvc.stages.trust_files import (
    POLICY_PATH,
    TABLES_PATH,
    TRUST_LIST_PATH,
    TrustedParts,
    make_material,
    numbered,
)

NOTE_PATH = "trust.note"
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class TrustDraft:
    """What the trust anchors are asked to sign, and what it replaces (None: nothing was signed yet)."""

    material: TrustMaterial
    before: TrustMaterial | None


class TrustDesk:
    """Keeps the published trust material in step with the keys. `files` is asked while the public tree is locked."""

    def __init__(
        self,
        archive: TrustArchive,
        tree: PublicTree,
        clock: Clock,
        anchor: TrustAnchor | None,
        last_public: Callable[[], int],
    ) -> None:
        """`last_public`: the greatest number under which a signed list is public, 0 for none."""
        self._archive = archive
        self._tree = tree
        self._clock = clock
        self._anchor = anchor
        self._last_public = last_public

    def files(self, parts: TrustedParts) -> Mapping[str, bytes]:
        """The files to show, in order of publication: signed lists of before, policy, tables, list, `trust.note` last.

        Raises ConfigurationError when what was signed cannot be shown by this office, IntegrityError when the tree shows
        another list under a number that was signed.
        """
        shown = self._in_force(parts)
        files: dict[str, bytes] = {}
        for kept in self._archive.all():
            if kept.note is not None:
                files |= {
                    f"trust/{kept.sequence}.json": kept.trust_list,
                    f"trust/{kept.sequence}.note": kept.note,
                }
        for path, content in files.items():
            if self._tree.read(path) not in (None, content):
                raise IntegrityError(
                    f"公开目录中的 {path} 与已签署的信任清单不同，已停止公开。请按 docs/operations.md 核查。"
                )
        files |= {
            POLICY_PATH: shown.policy,
            TABLES_PATH: shown.tables,
            TRUST_LIST_PATH: shown.trust_list,
        }
        return files if shown.note is None else files | {NOTE_PATH: shown.note}

    def signed(self) -> TrustMaterial | None:
        """The signed material with the greatest number that this office or its public tree has; None: none was signed.

        Raises ConfigurationError when the tree shows a later one than was accepted here, and nobody here can go on from it,
        and when the tree tells of a signed list that is nowhere: nothing unsigned or older takes its place.
        """
        newest, shown = self._archive.newest(), self._shown()
        known = 0 if newest is None else newest.sequence
        if shown is not None and shown.note is not None and shown.sequence > known:
            if self._anchor is None:
                raise ConfigurationError(
                    f"公开目录中的信任清单（第 {shown.sequence} 号）比本机已接受的新，已停止公开。"
                    "请先在本机对该清单运行 certsvc trust accept。"
                )
            return shown
        promised = max(
            self._last_public(), 0 if shown is None or not _names_anchors(shown) else shown.sequence
        )
        if promised > known:
            raise ConfigurationError(
                f"公开目录表明信任清单已由信任根签署到第 {promised} 号，而本机没有这份签署，已停止公开。"
                "请从密钥的备份恢复密钥文件夹中的 trust，或对最近一次签署的文件夹运行 certsvc trust accept。"
            )
        return newest

    def draft(self, parts: TrustedParts, anchors: Sequence[str] = ()) -> TrustDraft:
        """The next list for signing; `anchors` (vkeys) take the place of those of today.

        Raises ConfigurationError when no anchor is named and there was none before.
        """
        before = self.signed()
        named = tuple(anchors) or (() if before is None else _anchors_of(before))
        if not named:
            raise ConfigurationError("还没有信任根。请用 --anchor 写明信任根的公钥行（certsvc trust vkey）。")
        listed = None if before is None else before.trust_list
        material = make_material(parts, self._next_number(before), self._clock.now(), named, listed)
        _require_readable(material.trust_list)
        return TrustDraft(material, before)

    def accept(self, material: TrustMaterial, parts: TrustedParts) -> bool:
        """Take in what the trust anchors signed; from now on it is what is shown. False: it was taken in before.

        What the public tree shows already may be taken in too, by a machine that has not seen it yet. Raises
        UnreadableInput for what is not whole and properly signed, ConflictError when it does not follow what is in force,
        ConfigurationError when it does not name the keys in use.
        """
        newest = self._archive.newest()
        if newest == material:
            return False
        if self._is_public(material) and (newest is None or newest.sequence < material.sequence):
            _require_whole(material)
        else:
            before = self.signed()
            require_signed_after(material, before)
            if before is None and material.sequence < self._next_number(None):
                raise ConflictError(f"信任清单的序号应为 {self._next_number(None)}。请重新起草。")
        require_own_keys(material, parts, self._clock)
        self._archive.keep(material)
        return True

    def _in_force(self, parts: TrustedParts) -> TrustMaterial:
        if self._anchor is not None:
            return self._signed_here(parts, self._anchor)
        accepted = self.signed()
        if accepted is not None:
            require_own_keys(accepted, parts, self._clock)
            return accepted
        shown = self._shown()
        if shown is not None and shown.sequence > 0:
            _, issued_at = numbered(shown.trust_list)
            same = make_material(parts, shown.sequence, issued_at, (), shown.trust_list)
            if same == shown:
                return shown
        listed = None if shown is None or shown.sequence == 0 else shown.trust_list
        return make_material(parts, self._next_number(None), self._clock.now(), (), listed)

    def _signed_here(self, parts: TrustedParts, anchor: TrustAnchor) -> TrustMaterial:
        for _ in range(_ATTEMPTS):
            before = self.signed()
            if before is not None:
                if anchor.vkey not in _anchors_of(before):
                    raise ConfigurationError(
                        "trust.pem 不是已公开的信任清单所列的信任根，已停止公开。"
                        "更换信任根须由新旧两把密钥共同签署，见 keys/README.md。"
                    )
                _, issued_at = numbered(before.trust_list)
                anchors = _anchors_of(before)
                same = make_material(parts, before.sequence, issued_at, anchors, before.trust_list)
                if replace(before, note=None) == same:
                    return before
            anchors = (anchor.vkey,) if before is None else _anchors_of(before)
            listed = None if before is None else before.trust_list
            draft = make_material(parts, self._next_number(before), self._clock.now(), anchors, listed)
            try:
                self._archive.keep(sign_material(TrustDraft(draft, before), anchor))
            except ConflictError:
                continue  # another process took the number: look at what it signed
        raise ConflictError("信任清单正被另一进程更新。请稍后重试。")

    def _next_number(self, before: TrustMaterial | None) -> int:
        if before is not None:
            return before.sequence + 1
        shown = self._shown()
        return 1 if shown is None else shown.sequence + 1

    def _is_public(self, material: TrustMaterial) -> bool:
        """Whether the tree shows this signed material; files that were taken from it meanwhile do not count against it."""
        if material.note is None or material.sequence < self._last_public():
            return False
        shown, kept = self._shown(), f"trust/{material.sequence}"
        copies = (self._tree.read(f"{kept}.json"), self._tree.read(f"{kept}.note"))
        if copies == (material.trust_list, material.note):
            return shown is None or shown.sequence <= material.sequence
        return (
            copies[0] in (None, material.trust_list)
            and copies[1] in (None, material.note)
            and shown in (material, replace(material, note=None))
        )

    def _shown(self) -> TrustMaterial | None:
        raw_list, tables, policy = (
            self._tree.read(path) for path in (TRUST_LIST_PATH, TABLES_PATH, POLICY_PATH)
        )
        if raw_list is None or tables is None or policy is None:
            return None
        note = self._tree.read(NOTE_PATH)
        return TrustMaterial(numbered(raw_list)[0], raw_list, tables, policy, note)


def sign_material(draft: TrustDraft, anchor: TrustAnchor) -> TrustMaterial:
    """The material with the anchor's signature, beside those that it bears already; verified with the reader's code."""
    material = draft.material
    text = draft_text(draft)
    signature = anchor.sign(text)
    kept = b"" if material.note is None else material.note.removeprefix(text.encode() + b"\n")
    if material.note is not None and kept == material.note:
        raise ConflictError("文件夹中的 trust.note 签署的是另一份内容。请删除该文件后重新签署。")
    own = encode_trust_note(text, [signature])
    line = own.removeprefix(text.encode() + b"\n")
    lines = kept if line in kept else kept + line
    signed = replace(material, note=text.encode() + b"\n" + lines)
    _, note = decode_trust_note(signed.note or b"")
    if not is_signed_by_any(note, [decode_verifier_anchor(anchor.vkey)]):
        raise IntegrityError("刚生成的信任根签名未通过验证，没有写入。请检查签名密钥。")
    return signed


def draft_text(draft: TrustDraft) -> str:
    """What is signed. Raises UnreadableInput for a list that cannot be read."""
    trust_list = _require_readable(draft.material.trust_list)
    previous = None if draft.before is None else draft.before.note
    return statement_text(trust_list.log_keys[0].name, trust_list.issued_at, draft.material, previous)


def require_signed_after(material: TrustMaterial, before: TrustMaterial | None) -> None:
    """Return when the material is whole, signed by an anchor of its own list, and by one of the list before it.

    Raises UnreadableInput for what is not, ConflictError when it does not follow what is in force.
    """
    _require_whole(material)
    try:
        statement, note = decode_trust_note(material.note or b"")
        anchors = () if before is None else decode_trust_list(before.trust_list).anchors
        follows = before is None or is_signed_by_any(note, anchors)
    except TrustListError as error:
        raise UnreadableInput(f"信任清单或其签名不完整、不相符，没有接受（{error}）。") from error
    previous = None if before is None or before.note is None else sha256(before.note).digest()
    expected = None if before is None else before.sequence + 1
    if statement.previous != previous or expected not in (None, statement.sequence):
        raise ConflictError("这份信任清单不是接在现行清单之后的，没有接受。请重新起草并签署。")
    if not follows:
        raise UnreadableInput("信任清单没有现行信任根的签名，没有接受。更换信任根须由新旧两把密钥共同签署。")


def _require_whole(material: TrustMaterial) -> None:
    if material.note is None:
        raise UnreadableInput("信任清单还没有签署：缺少 trust.note。请先用信任根运行 certsvc trust sign。")
    try:
        decode_trust(material.trust_list, material.tables, material.policy, material.note)
    except TrustListError as error:
        raise UnreadableInput(f"信任清单或其签名不完整、不相符，没有接受（{error}）。") from error


def require_own_keys(material: TrustMaterial, parts: TrustedParts, clock: Clock) -> None:
    """Return when the list names the keys and the layout that this office works with. Raises ConfigurationError."""
    listed = _require_readable(material.trust_list)
    missing = _not_named(listed, parts, clock)
    if missing:
        raise ConfigurationError(
            f"第 {material.sequence} 号信任清单没有写明本服务正在使用的{'、'.join(missing)}，已停止公开，核验不受影响。"
            "请运行 certsvc trust draft 起草新清单，由信任根签署后运行 certsvc trust accept。"
        )


def _not_named(listed: TrustList, parts: TrustedParts, clock: Clock) -> list[str]:
    record = parts.plan.in_force(KeyKind.RECORD)
    entry = listed.record_keys.get(derive_record_kid(record.public_key))
    seconds = int(clock.now().timestamp())
    speaking = {key.raw_key for key in listed.log_keys if key.speaks_at(seconds)}
    named = {
        "环境": listed.environment.value == parts.environment,
        "二维码网址前缀": parts.qr_prefix in listed.qr_prefixes,
        "记录密钥": entry is not None and entry.speaks_for(clock.today()),
        "账本密钥": all(key.public_key in speaking for key in parts.plan.log if key.signs)
        and listed.log_keys[0].name == parts.origin,
        "证书文件密钥": parts.plan.in_force(KeyKind.DOCUMENT).public
        in {key.certificate for key in listed.document_keys},
        "证书版式": {one.head_sha256 for one in parts.layouts}
        <= {one.head_sha256.hex() for one in listed.layouts},
    }
    return [name for name, is_named in named.items() if not is_named]


def _names_anchors(material: TrustMaterial) -> bool:
    """Whether the list names trust anchors; a list of before there were anchors has no such field."""
    return bool(json.loads(material.trust_list).get("anchors"))


def _anchors_of(material: TrustMaterial) -> tuple[str, ...]:
    listed = _require_readable(material.trust_list).anchors
    return tuple(encode_vkey(key.name, key.raw_key) for key in listed)


def _require_readable(raw_list: bytes) -> TrustList:
    try:
        return decode_trust_list(raw_list)
    except CertverifyError as error:
        raise UnreadableInput("信任清单无法读取。请核对文件，或重新起草。") from error


def known_anchor(line: str) -> str:
    """A trust anchor's verifier key line. Raises UnreadableInput for what is none."""
    try:
        decode_verifier_anchor(line)
        decode_verifier_key(line)
    except CertverifyError as error:
        raise UnreadableInput(
            "信任根公钥行应为 <名称>+<校验>+<公钥>，由 certsvc trust vkey 打印。"
        ) from error
    return line
