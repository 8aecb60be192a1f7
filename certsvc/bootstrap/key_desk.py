"""What an office does about its keys: the trust material that names them, and rotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from certverify.note import VerifierKey, decode_verifier_key

from certsvc.adapters.api_key import api_public_key
from certsvc.adapters.document_certificates import require_begun
from certsvc.adapters.key_leftovers import left_over, put_away_left_over
from certsvc.adapters.key_names import planned_info
from certsvc.adapters.key_plan import RETIRED_SUFFIX, write_key_plan, write_missing_key_plan
from certsvc.adapters.key_ring import KeyRing
from certsvc.adapters.signing_keys import KeyInFile
from certsvc.adapters.trust_anchor import open_trust_anchor
from certsvc.adapters.trust_archive import FolderTrustArchive, last_public_note
from certsvc.adapters.whole_file import replace_file, sync_folder
from certsvc.bootstrap.coming_keys import ComingKey, ask_coming_key, make_coming_key, read_coming_key
from certsvc.bootstrap.signers import open_holder
from certsvc.domain.caller import OPERATOR
from certsvc.domain.key_plan import KeyKind, KeyPlan, KeyState, PlannedKey
from certsvc.domain.permission import Action
from certsvc.errors import ConfigurationError, ConflictError, UnknownReference
from certsvc.formats.note import encode_vkey
from certsvc.formats.trust_note import TrustMaterial
from certsvc.stages.trust_desk import TrustDesk, TrustDraft
from certsvc.stages.trust_files import TrustedParts, policy_vkeys

if TYPE_CHECKING:
    from certsvc.bootstrap.public_side import PublicSide

_MOST_DRAFTS = 100_000


def known_log_keys(keys: KeyRing) -> tuple[VerifierKey, ...]:
    """Every key that ever signed a checkpoint of this log, the one in force first."""
    return tuple(
        decode_verifier_key(encode_vkey(keys.log.origin, key.public_key))
        for key in keys.watch.plan.of(KeyKind.LOG)
        if key.state is not KeyState.ANNOUNCED
    )


class KeyDesk:
    """Keys and trust material of an office."""

    def __init__(self, office: PublicSide) -> None:
        self._office = office
        settings = office.settings
        self._folder = settings.keys_folder
        self._origin = settings.log_origin
        self._anchor = open_trust_anchor(self._folder, self._origin)
        self._desk = TrustDesk(
            FolderTrustArchive(self._folder),
            office.tree,
            office.clock,
            self._anchor,
            lambda: last_public_note(settings.public_folder),
        )

    @property
    def plan(self) -> KeyPlan:
        """The keys as they are now, whatever this process has in memory."""
        return self._office.keys.watch.plan

    @property
    def signs_here(self) -> bool:
        """Whether the trust anchor is at hand, so that every change is signed at once."""
        return self._anchor is not None

    @property
    def anchor_vkey(self) -> str | None:
        """The verifier key of the trust anchor at hand."""
        return None if self._anchor is None else self._anchor.vkey

    def files(self) -> Mapping[str, bytes]:
        """The trust material to show. Raises ConfigurationError, also when another key has taken over meanwhile."""
        self._office.keys.require_in_force()
        write_missing_key_plan(self._folder)
        return self._desk.files(self._parts())

    def signed(self) -> TrustMaterial | None:
        """The signed material in force; None when nothing was signed yet."""
        return self._desk.signed()

    def draft(self, anchors: Sequence[str] = ()) -> TrustDraft:
        """The next trust list, for signing elsewhere."""
        return self._desk.draft(self._parts(), anchors)

    def accept(self, material: TrustMaterial) -> None:
        """Take in what the trust anchors signed, and write down that it was."""
        write_missing_key_plan(self._folder)
        if self._desk.accept(material, self._parts()):
            self._note(Action.TRUST_ACCEPT, f"trust-list/{material.sequence}")

    def left_over(self) -> tuple[str, ...]:
        """Files in the folder of keys that a killed command left; `switch`, `retire_log` and `abandon` put them away."""
        return left_over(self._folder)

    def announce_held(
        self,
        kind: KeyKind,
        name: str,
        valid_from: date,
        *,
        stolen: bool = False,
        certificate: Path | None = None,
    ) -> PlannedKey:
        """As `announce`, for a new key that the holder of the keys has under a name of its own (`record-…`, `document-…`)."""
        holder = open_holder(self._office.settings)
        if holder is None:
            raise ConfigurationError("密钥以文件保管，没有签名设备。请用 --key 指定新密钥的文件。")
        return self._enter(kind, ask_coming_key(kind, holder, name, certificate), valid_from, stolen)

    def announce(
        self,
        kind: KeyKind,
        key_file: Path | None,
        valid_from: date,
        *,
        stolen: bool = False,
        certificate: Path | None = None,
    ) -> PlannedKey:
        """Take in a new key (no file: made here, in a test environment) and name it in the next trust list.

        `certificate`: of a document key, with its chain; the key may stand in the same file. `stolen`: the key in force may be
        known to others; the new one may begin today, and an announced one is abandoned. Raises ConflictError and
        ConfigurationError. The same again changes nothing.
        """
        settings = self._office.settings
        if settings.signer != "file":
            raise ConfigurationError(
                "密钥由签名设备或远程签名服务保管，不接受密钥文件。请在其中建立新密钥，再用 --name 写明名称。"
            )
        waiting = self.plan.coming(kind)
        staged = self._folder / f"{kind}-coming.pem"
        if key_file is None and certificate is None:
            if settings.environment != "test":
                raise ConfigurationError(
                    "生产环境不自动生成密钥。请用 --key 指定在安全环境中生成的密钥文件。"
                )
            if waiting is not None and not (stolen or staged.exists()):
                key_file = self._folder / waiting.file
            else:
                key_file = staged
                if not staged.exists():
                    make_coming_key(kind, staged, self._office.clock.now())
        coming = self._enter(kind, read_coming_key(kind, key_file, certificate), valid_from, stolen)
        staged.unlink(missing_ok=True)
        return coming

    def _enter(self, kind: KeyKind, given: ComingKey, valid_from: date, stolen: bool) -> PlannedKey:
        """Write a key into the plan, its private part (where it is ours) before it."""
        before, today = self.plan, self._office.clock.today()
        if given.certificates:
            require_begun(given.certificates[0], valid_from, self._office.clock.now())
        plan = before.announce(
            kind,
            given.file,
            given.public_key,
            valid_from,
            today=today,
            stolen=stolen,
            certificates=given.certificates,
        )
        waiting, coming = before.coming(kind), plan.coming(kind)
        if plan is not before:
            if given.content is not None:
                replace_file(self._folder / given.file, given.content)
            if waiting is not None:
                self._note(Action.KEY_ABANDON, f"{kind}-key/{waiting.file}")
            write_key_plan(self._folder, plan)
            self._note(Action.KEY_ANNOUNCE, f"{kind}-key/{given.file}")
            if waiting is not None:
                self._set_aside(waiting)
        if coming is None:
            raise ConflictError("新密钥没有登记成功。请重试。")
        return coming

    def abandon(self, kind: KeyKind) -> PlannedKey:
        """Take back the announcement of a key that is not in force yet; that key. Raises ConflictError when there is none."""
        coming = self.plan.coming(kind)
        plan = self.plan.abandon(kind)
        if coming is None:
            raise ConflictError("没有已预告而未启用的密钥，没有改动。")
        self._note(Action.KEY_ABANDON, f"{kind}-key/{coming.file}")
        write_key_plan(self._folder, plan)
        self._set_aside(coming)
        self._put_away()
        return coming

    def switch(self, kind: KeyKind) -> PlannedKey:
        """Put the announced key in force; killed at any point, the next call finishes.

        Raises ConflictError before its day, while certificates of an earlier day wait for their signature, and when
        what is published does not name the key yet. Processes that run must be started anew: theirs sign no more.
        """
        office, plan = self._office, self.plan
        coming = plan.coming(kind)
        if coming is not None or plan.in_force(kind).switched_on is None:
            switched = plan.switch(kind, office.clock.today())
            if coming is not None:
                self._require_announced(kind, coming)
                self._require_nothing_waiting(kind, coming)
                self._require_at_hand(coming)
            write_key_plan(self._folder, switched)
            self._note(Action.KEY_SWITCH, f"{kind}-key/{switched.in_force(kind).file}")
        self._put_away()
        return self.plan.in_force(kind)

    def retire_log(self, *, at_once: bool = False) -> None:
        """Let the old log key sign no more; killed at any point, the next call finishes. Raises ConflictError."""
        plan = self.plan
        retired = any(key.state is KeyState.RETIRED for key in plan.log)
        if plan.retiring(KeyKind.LOG) is not None or not retired:
            ended = plan.retire_log(self._office.clock.today(), at_once=at_once)
            write_key_plan(self._folder, ended)
            self._note(Action.KEY_RETIRE, f"log-key/{ended.in_force(KeyKind.LOG).file}")
        self._put_away()

    def retire_document(self, certificate: bytes, first_day: date) -> None:
        """Believe nothing that a document certificate (DER) signs for `first_day` and later; it may be the one in force, and
        signs no more from then on. Raises ConflictError for one that never signed, and a day outside its time of use.
        """
        before = self.plan
        ended = before.end_document(certificate, first_day, self._office.clock.today())
        if ended != before:
            write_key_plan(self._folder, ended)
            key = ended.find(KeyKind.DOCUMENT, certificate)
            self._note(Action.KEY_RETIRE, f"document-key/{'' if key is None else key.file}")
        self._put_away()

    def _put_away(self) -> None:
        """Private parts of retired keys leave their name: nothing loads them any more."""
        for kind in KeyKind:
            for key in self.plan.of(kind):
                if key.state is KeyState.RETIRED:
                    self._set_aside(key)
        put_away_left_over(self._folder)

    def _set_aside(self, key: PlannedKey) -> None:
        file, kept = self._folder / key.file, (one for kind in KeyKind for one in self.plan.of(kind))
        if any(one.file == key.file and one.state is not KeyState.RETIRED for one in kept):
            return  # a renewed certificate may be for the same key
        if file.exists():
            file.rename(file.with_name(file.name + RETIRED_SUFFIX))
            sync_folder(self._folder)

    def _require_announced(self, kind: KeyKind, coming: PlannedKey) -> None:
        from certverify.trust import decode_trust_list

        material = self._desk.signed()
        if material is None:
            return  # nobody signs the list of this office: it is published as it stands
        listed = decode_trust_list(material.trust_list)
        match kind:
            case KeyKind.RECORD:
                named = {key.public_key.public_bytes_raw() for key in listed.record_keys.values()}
            case KeyKind.LOG:
                named = {key.raw_key for key in listed.log_keys}
            case KeyKind.DOCUMENT:
                named = {key.certificate for key in listed.document_keys}
        if coming.public not in named:
            raise ConflictError(
                "已公开的信任清单还没有写明新密钥，现在切换会使新签发的内容无法核验。"
                "请先运行 certsvc trust draft，由信任根签署后运行 certsvc trust accept。"
            )

    def _require_at_hand(self, coming: PlannedKey) -> None:
        """Return when the private part of a key can be used. Raises ConfigurationError, UnavailableError."""
        holder = open_holder(self._office.settings)
        if holder is None:
            KeyInFile(
                self._folder / coming.file, planned_info(coming), f"{coming.file} 不是预告的密钥，没有切换。"
            )
            return
        try:
            found = holder.public_key(coming.name)
        except UnknownReference as error:
            raise ConfigurationError(str(error)) from error
        if found != planned_info(coming):
            raise ConfigurationError(f"签名设备中的密钥 {coming.name} 不是预告的那一把，没有切换。")

    def _require_nothing_waiting(self, kind: KeyKind, coming: PlannedKey) -> None:
        """What was dated before the new key's first day must still bear the old key's signature.

        Corrected versions keep the date of the first and may bear any later key's. Documents that wait are dated by the
        certificate that signs them.
        """
        if kind is not KeyKind.RECORD:
            return
        certificates = self._office.certificates
        waiting = (
            draft.content
            for filing in certificates.unfinished()
            for draft in certificates.drafts(filing, _MOST_DRAFTS)
        )
        if any(one.version == 1 and one.issued_on < coming.valid_from for one in waiting):
            raise ConflictError(
                "还有签发日期早于新密钥启用日的证书没有签完。请先运行 certsvc serve 或 certsvc sequencer 签完，再切换。"
            )

    def _note(self, action: Action, subject: str) -> None:
        self._office.permits.require(action, OPERATOR, subject)
        self._office.trail.note(OPERATOR, action, subject)

    def _parts(self) -> TrustedParts:
        office, plan = self._office, self.plan
        return TrustedParts(
            environment=office.settings.environment,
            qr_prefix=office.settings.qr_prefix,
            origin=self._origin,
            plan=plan,
            layouts=office.layout_heads,
            policy=office.witness_policy.published(policy_vkeys(self._origin, plan)),
            api_key=api_public_key(self._folder),
        )
