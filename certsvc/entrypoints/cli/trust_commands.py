"""`certsvc trust`: the signed trust list, and keys that take over from each other."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import click

from certsvc.domain.key_plan import KeyKind, KeyState, PlannedKey
from certsvc.entrypoints.cli.options import AS_JSON, opened_office, writing_to
from certsvc.errors import ConflictError, UnknownReference, UnreadableInput

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_KIND = click.Choice([kind.value for kind in KeyKind])
_KINDS = {KeyKind.RECORD: "记录密钥", KeyKind.LOG: "账本密钥", KeyKind.DOCUMENT: "证书文件密钥"}
_STATES = {
    KeyState.ANNOUNCED: "已预告",
    KeyState.IN_FORCE: "在用",
    KeyState.RETIRING: "并行签署",
    KeyState.RETIRED: "已停用",
}
_BEFORE = "before"


@click.group()
def trust() -> None:
    """信任清单与密钥更替。步骤见 keys/README.md。"""


@trust.command("show")
@AS_JSON
def trust_show(*, as_json: bool) -> None:
    """显示现行信任清单的序号、信任根，以及各把密钥的状态和期限。"""
    from certsvc.stages.trust_files import numbered

    with closing(opened_office()) as office:
        signed, signs_here, plan = office.key_desk.signed(), office.key_desk.signs_here, office.key_desk.plan
        left_over = office.key_desk.left_over()
    sequence, issued_at = (None, None) if signed is None else numbered(signed.trust_list)
    anchors = () if signed is None else _listed_anchors(signed.trust_list)
    shown = {
        "signed": signed is not None,
        "signs_here": signs_here,
        "sequence": sequence,
        "issued_at": None if issued_at is None else issued_at.isoformat().replace("+00:00", "Z"),
        "anchors": list(anchors),
        "keys": [
            {
                "kind": kind.value,
                "state": key.state.value,
                "file": key.file,
                "public_key": key.public_key.hex(),
                "valid_from": key.valid_from.isoformat(),
                "valid_to": None if key.valid_to is None else key.valid_to.isoformat(),
                **({"certificate_sha256": _digest(key)} if key.certificates else {}),
            }
            for kind in KeyKind
            for key in plan.of(kind)
        ],
        "left_over": list(left_over),
    }
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    if signed is None:
        click.echo("信任清单尚未由信任根签署：核验照常，但读者无法核对清单本身。签署步骤见 keys/README.md。")
    else:
        click.echo(f"信任清单第 {sequence} 号，{shown['issued_at']}。")
    for line in anchors:
        click.echo(f"信任根\t{line}")
    for kind in KeyKind:
        for key in plan.of(kind):
            certificate = f"\t证书的 SHA-256 {_digest(key)}" if key.certificates else ""
            click.echo(f"{_KINDS[kind]}\t{_STATES[key.state]}\t{_days(key)}\t{key.file}{certificate}")
    for name in left_over:
        click.echo(f"中断的命令遗留\t{name}（下次 trust switch、retire 或 abandon 时清理）")


@trust.command("vkey")
@click.option(
    "--key", "key_file", type=_FILE, required=True, metavar="FILE", help="信任根的私钥文件（PEM，Ed25519）。"
)
@click.option("--origin", required=True, metavar="NAME", help="账本的名称（CERTSVC_LOG_ORIGIN）。")
def trust_vkey(key_file: Path, origin: str) -> None:
    """打印信任根的公钥行，供起草清单和查验方核对。不需要服务的数据，可在离线机器上运行。"""
    from certsvc.adapters.trust_anchor import FileTrustAnchor
    from certsvc.stages.trust_signing import require_origin

    vkey = FileTrustAnchor(key_file, origin).vkey
    require_origin(origin, vkey)
    click.echo(vkey)


@trust.command("draft")
@click.option("--out", "folder", type=_FOLDER, required=True, metavar="DIR", help="写入待签文件的新文件夹。")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="VKEY",
    help="今后的信任根公钥行，可多次给出；不给则沿用现行的。",
)
def trust_draft(folder: Path, anchors: tuple[str, ...]) -> None:
    """起草下一份信任清单：把待签的文件和现行的清单写入一个文件夹，带到信任根所在的离线机器上签署。"""
    from certsvc.adapters.trust_archive import write_material
    from certsvc.stages.trust_changes import trust_changes
    from certsvc.stages.trust_desk import known_anchor

    with writing_to(folder):
        taken = folder.exists() and any(folder.iterdir())
    if taken:
        raise ConflictError(f"文件夹 {folder} 不是空的，没有写入。请换一个新文件夹。")
    with closing(opened_office()) as office:
        draft = office.key_desk.draft([known_anchor(line) for line in anchors])
    with writing_to(folder):
        write_material(folder, draft.material)
        if draft.before is not None:
            write_material(folder / _BEFORE, draft.before)
    for line in trust_changes(draft.before, draft.material):
        click.echo(line)
    if draft.before is None:
        click.echo("这是第一份签署的清单：签署时请加 --first。")
    click.echo(f"已写入 {folder}。请在离线机器上运行 certsvc trust sign，再在本机运行 certsvc trust accept。")


@trust.command("sign")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--key", "key_file", type=_FILE, required=True, metavar="FILE", help="信任根的私钥文件（PEM，Ed25519）。"
)
@click.option("--first", is_flag=True, help="这是第一份签署的清单，此前没有签署过。")
@click.option(
    "--previous",
    metavar="SHA256",
    help="签署记录所载上一份 trust.note 的 SHA-256；上一份不是由本密钥签署的，必须给出。",
)
@click.option("--yes", is_flag=True, help="不再询问（内容已另行核对）。")
def trust_sign(folder: Path, key_file: Path, *, first: bool, previous: str | None, yes: bool) -> None:
    """签署起草的信任清单：先写明上一份清单的摘要、新清单的全部内容和各项变化，确认后写入 trust.note。

    上一份清单（DIR/before）须有信任根的签名。不需要服务的数据，可在离线机器上运行。
    """
    from certverify.errors import TrustListError
    from certverify.trust import decode_trust_list

    from certsvc.adapters.trust_anchor import FileTrustAnchor
    from certsvc.adapters.trust_archive import read_material, write_material
    from certsvc.stages.trust_changes import trust_changes
    from certsvc.stages.trust_contents import trust_contents
    from certsvc.stages.trust_desk import TrustDraft, sign_material
    from certsvc.stages.trust_signing import note_digest, require_signable

    if first and previous is not None:
        raise click.UsageError("--first 与 --previous 只能给出一个。")
    try:
        raw_list = (folder / "trust-list.json").read_bytes()
        listed = decode_trust_list(raw_list)
        material = read_material(folder, listed.sequence)
        before = None
        if (folder / _BEFORE).exists():
            old_list = decode_trust_list((folder / _BEFORE / "trust-list.json").read_bytes())
            before = read_material(folder / _BEFORE, old_list.sequence)
        lines = (*trust_contents(material), *trust_changes(before, material))
    except (OSError, TrustListError) as error:
        raise UnreadableInput(f"文件夹 {folder} 中的待签文件不全或无法读取。请重新起草。") from error
    anchor = FileTrustAnchor(key_file, listed.log_keys[0].name)
    draft = TrustDraft(material, before)
    require_signable(draft, anchor.vkey, first=first, previous=previous)
    for line in lines:
        click.echo(line)
    click.echo(
        "这是第一份签署的清单，没有上一份。"
        if before is None
        else f"上一份 trust.note 的 SHA-256：{note_digest(before)}，请与签署记录核对。"
    )
    if not yes:
        click.confirm("以上各把密钥和各项变化是否逐条与签署记录核对无误，签署这份清单？", abort=True)
    signed = sign_material(draft, anchor)
    write_material(folder, signed)
    click.echo(
        f"本份 trust.note 的 SHA-256：{note_digest(signed)}。各信任根都签署以后的最后一个，请记入签署记录。"
    )
    click.echo(
        f"已签署第 {listed.sequence} 号信任清单。请把文件夹带回，在服务所在机器上运行 certsvc trust accept。"
    )


@trust.command("accept")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
def trust_accept(folder: Path) -> None:
    """接受签署好的信任清单：核对签名、与现行清单的衔接、是否写明在用密钥，然后公开。"""
    from certsvc.adapters.trust_archive import read_material
    from certsvc.stages.trust_files import numbered

    try:
        number = numbered((folder / "trust-list.json").read_bytes())[0]
        material = read_material(folder, number)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableInput(f"文件夹 {folder} 中的文件不全或无法读取。请重新起草并签署。") from error
    with closing(opened_office()) as office:
        office.key_desk.accept(material)
        office.publish()
    click.echo(f"已接受并公开第 {number} 号信任清单。")


@trust.command("rotate")
@click.argument("kind", type=_KIND)
@click.option(
    "--key",
    "key_file",
    type=_FILE,
    metavar="FILE",
    help="新密钥的私钥文件（PEM，未加密）：记录、账本密钥为 Ed25519，证书文件密钥为 P-256。",
)
@click.option(
    "--certificate",
    "certificate_file",
    type=_FILE,
    metavar="CHAIN.pem",
    help="证书文件密钥的新证书及其证书链：签名证书、签发机构证书、根证书；私钥也可以放在这个文件里。",
)
@click.option("--new", is_flag=True, help="由本机生成新密钥（仅测试环境）。")
@click.option(
    "--name", metavar="NAME", help="密钥由签名设备或远程签名服务保管的：新密钥在其中的名称，如 record-2027。"
)
@click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="新密钥的启用日期，如 2026-12-01；至少 8 天以后。",
)
@click.option(
    "--stolen",
    is_flag=True,
    help="在用密钥已泄露（或签名证书已经到期）：不等 8 天（默认当天启用），并取代已预告的新密钥。",
)
def trust_rotate(
    kind: str,
    key_file: Path | None,
    certificate_file: Path | None,
    name: str | None,
    valid_from: datetime | None,
    *,
    new: bool,
    stolen: bool,
) -> None:
    """预告一把新密钥：写入信任清单，旧密钥继续签署，到期再用 certsvc trust switch 切换。

    证书文件密钥（document）另须给出新证书；证书换发而密钥不变的，也这样办理。预告有误的，用 certsvc trust abandon
    取消后重新预告。
    """
    if certificate_file is not None and kind != KeyKind.DOCUMENT:
        raise click.UsageError("--certificate 只用于证书文件密钥（document）。")
    in_one_file = certificate_file is not None and key_file is None and name is None
    if [new, key_file is not None, name is not None, in_one_file].count(True) != 1:
        raise click.UsageError("请给出 --key FILE 或 --name NAME；测试环境也可以给出 --new，只选其一。")
    if valid_from is None and not stolen:
        raise click.UsageError("请用 --from DATE 写明新密钥的启用日期；在用密钥已泄露的，加 --stolen。")
    with closing(opened_office()) as office:
        day = office.clock.today() if valid_from is None else valid_from.date()
        desk = office.key_desk
        coming = (
            desk.announce(KeyKind(kind), key_file, day, stolen=stolen, certificate=certificate_file)
            if name is None
            else desk.announce_held(KeyKind(kind), name, day, stolen=stolen, certificate=certificate_file)
        )
    click.echo(f"已登记新的{_KINDS[KeyKind(kind)]} {coming.file}，{_days(coming)}。")
    _show_or_ask()


@trust.command("abandon")
@click.argument("kind", type=_KIND)
def trust_abandon(kind: str) -> None:
    """取消已预告而未启用的新密钥：不再写入信任清单，其私钥文件改名封存。"""
    with closing(opened_office()) as office:
        gone = office.key_desk.abandon(KeyKind(kind))
    click.echo(
        f"已取消预告的{_KINDS[KeyKind(kind)]} {gone.file}。请销毁 keys 目录中扩展名为 .retired 的文件。"
    )
    _show_or_ask()


@trust.command("switch")
@click.argument("kind", type=_KIND)
def trust_switch(kind: str) -> None:
    """切换到已预告的新密钥。

    记录密钥、证书文件密钥：旧密钥当天停用，此前签署的照常核验；账本密钥：新旧并行签署，满 8 天后用
    certsvc trust retire log 停用旧的。

    正在运行的服务进程随即以退出码 4 结束：它们手里的旧密钥不能再签署。systemd 会自动重新启动；其他方式请手工重新启动。
    """
    with closing(opened_office()) as office:
        first = office.key_desk.switch(KeyKind(kind))
    click.echo(
        f"{_KINDS[KeyKind(kind)]}现用 {first.file}。正在运行的服务进程随即结束（退出码 4）；没有自动重新启动的，请手工启动。"
    )
    _show_or_ask()


@trust.command("retire")
@click.argument("kind", type=click.Choice([KeyKind.LOG.value, KeyKind.DOCUMENT.value]))
@click.option("--at-once", is_flag=True, help="账本密钥已泄露，不等并行期满。")
@click.option(
    "--certificate-sha256",
    "digest",
    metavar="SHA256",
    help="已泄露的证书文件签名证书，见 certsvc trust show。",
)
@click.option(
    "--from",
    "first_day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="泄露之日：该证书在这一天及以后签署的文件不再被相信。",
)
def trust_retire(kind: str, *, at_once: bool, digest: str | None, first_day: datetime | None) -> None:
    """停用旧的账本密钥，或已泄露的证书文件密钥。

    账本密钥：旧密钥不再签署，私钥文件改名封存，请随后销毁。证书文件密钥：到期换证不用本命令，只在泄露时使用；从 --from
    之日起不再被相信，此前签署的照常核验。停用的是在用证书时，签发随即暂停，切换到新证书后继续。
    """
    needed = 2 if kind == KeyKind.DOCUMENT else 0
    if [digest, first_day].count(None) != 2 - needed or (needed and at_once):
        raise click.UsageError(
            "停用证书文件密钥须给出 --certificate-sha256 和 --from；停用账本密钥只可给出 --at-once。"
        )
    if digest is not None and first_day is not None:
        _retire_document(digest, first_day)
        return
    with closing(opened_office()) as office:
        office.key_desk.retire_log(at_once=at_once)
    click.echo(
        "旧的账本密钥已停用。正在运行的服务进程随即结束（退出码 4）；没有自动重新启动的，请手工启动。"
        "请销毁 keys 目录中扩展名为 .retired 的文件。"
    )
    _show_or_ask()


def _retire_document(digest: str, first_day: datetime) -> None:
    with closing(opened_office()) as office:
        desk = office.key_desk
        found = [key for key in desk.plan.document if _digest(key) == digest.lower()]
        if not found:
            raise UnknownReference("没有这张证书文件签名证书。请用 certsvc trust show 核对。")
        desk.retire_document(found[0].public, first_day.date())
    click.echo(f"证书 {digest.lower()} 自 {first_day.date().isoformat()} 起签署的文件不再被相信。")
    _show_or_ask()


def _show_or_ask() -> None:
    """Publish with a fresh checkpoint and the keys of now; where the list is signed elsewhere, say what is to be done."""
    with closing(opened_office()) as office:
        if office.key_desk.signed() is not None and not office.key_desk.signs_here:
            click.echo(
                "信任清单须由信任根签署后才会更新：请运行 certsvc trust draft，签署后运行 certsvc trust accept。"
            )
        office.republish()
    click.echo("公开账本已更新。")


def _digest(key: PlannedKey) -> str:
    """What tells a document certificate apart, as the trust list shows it before it is signed."""
    return sha256(key.public).hexdigest()


def _days(key: PlannedKey) -> str:
    return f"自 {key.valid_from.isoformat()} 起" + (
        "" if key.valid_to is None else f"至 {key.valid_to.isoformat()} 止"
    )


def _listed_anchors(raw_list: bytes) -> tuple[str, ...]:
    from certverify.trust import decode_trust_list

    from certsvc.formats.note import encode_vkey

    return tuple(encode_vkey(key.name, key.raw_key) for key in decode_trust_list(raw_list).anchors)
