"""What must hold before a trust anchor signs: nothing in the folder that was brought to it is believed unproven."""

from __future__ import annotations

from hashlib import sha256

from certverify.errors import NoteError, PolicyError, TrustListError
from certverify.policy import decode_policy
from certverify.trust import decode_tables, decode_trust, decode_trust_list, decode_verifier_anchor
from certverify.trust_note import decode_trust_note, is_signed_by_any

from certsvc.errors import ConflictError, UnreadableInput
from certsvc.formats.note import encode_vkey
from certsvc.formats.trust_note import TrustMaterial, anchor_name
from certsvc.stages.trust_desk import TrustDraft


def require_signable(draft: TrustDraft, anchor_vkey: str, *, first: bool, previous: str | None) -> None:
    """Return when this anchor may sign the draft.

    The material belongs together; the one before it is whole and signed, by this very key or else with the digest that the
    minutes (`previous`) name; the new one follows it; and one of the two lists names the anchor. Only a `first` list has
    none before it. Raises UnreadableInput, ConflictError.
    """
    before, material = draft.before, draft.material
    if (before is None) != first:
        raise ConflictError(
            "文件夹中没有上一份清单（before）。确为第一份签署的清单的，请加 --first；否则请重新起草。"
            if before is None
            else "文件夹中有上一份清单（before），不是第一份签署的清单，不能加 --first。"
        )
    try:
        listed = decode_trust_list(material.trust_list)
        decode_tables(material.tables)
        policy = decode_policy(material.policy)
    except (TrustListError, PolicyError) as error:
        raise UnreadableInput(f"待签文件无法读取，没有签署（{error}）。请重新起草。") from error
    if sha256(material.tables).digest() != listed.tables_sha256 or listed.log_keys[0].raw_key not in {
        key.raw_key for key in policy.logs
    }:
        raise UnreadableInput("待签文件不相符，没有签署。请重新起草。")
    allowed = set(_anchors(material.trust_list))
    if before is not None:
        _require_before(before, anchor_vkey, previous)
        old = decode_trust_list(before.trust_list)
        allowed |= set(_anchors(before.trust_list))
        if (
            listed.sequence != old.sequence + 1
            or listed.issued_at < old.issued_at
            or listed.log_keys[0].name != old.log_keys[0].name
        ):
            raise ConflictError(
                "新清单的序号、日期或账本名称不是接在上一份清单之后的，没有签署。请重新起草。"
            )
    if anchor_vkey not in allowed:
        raise ConflictError("这把密钥既不是现行的信任根，也不是新清单所列的信任根，没有签署。")


def note_digest(material: TrustMaterial) -> str:
    """SHA-256 of the whole signed note, as the minutes keep it."""
    return sha256(material.note or b"").hexdigest()


def require_origin(origin: str, anchor_vkey: str) -> None:
    """Return when a log may be named so, and readers take the anchor's line for that log's. Raises UnreadableInput."""
    try:
        named = decode_verifier_anchor(anchor_vkey).name
    except NoteError:
        named = None
    if named != anchor_name(origin) or not origin.isprintable() or not origin.strip("/") == origin != "":
        raise UnreadableInput(
            "账本的名称不能为空，不能含空白、加号，不能以斜线开头或结尾。请照抄 CERTSVC_LOG_ORIGIN 的值。"
        )


def _require_before(before: TrustMaterial, anchor_vkey: str, previous: str | None) -> None:
    if before.note is None:
        raise UnreadableInput("上一份清单（before）没有签名，没有签署。请重新起草。")
    try:
        decode_trust(before.trust_list, before.tables, before.policy, before.note)
        _, note = decode_trust_note(before.note)
        own = is_signed_by_any(note, [decode_verifier_anchor(anchor_vkey)])
    except TrustListError as error:
        raise UnreadableInput(
            f"上一份清单（before）不完整或不是信任根签署的，没有签署（{error}）。请查明来源，重新起草。"
        ) from error
    if not decode_trust_list(before.trust_list).anchors:
        raise UnreadableInput("上一份清单（before）没有信任根，没有签署。请重新起草。")
    if previous is None and not own:
        raise ConflictError(
            "上一份清单（before）不是由本密钥签署的，无从判断真伪，没有签署。"
            "请用 --previous 给出签署记录所载上一份 trust.note 的 SHA-256。"
        )
    if previous is not None and previous.strip().lower() != note_digest(before):
        raise ConflictError("上一份 trust.note 的 SHA-256 与签署记录所载的不同，没有签署。请查明来源。")


def _anchors(raw_list: bytes) -> tuple[str, ...]:
    return tuple(encode_vkey(key.name, key.raw_key) for key in decode_trust_list(raw_list).anchors)
