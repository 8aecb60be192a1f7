"""`certsvc credit` and `certsvc platform`: the credit archive for the province, and the messages to the platforms."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING

import click

from certsvc.domain.permission import Action
from certsvc.domain.platform_message import MessageState, Platform
from certsvc.entrypoints.cli.options import AS_JSON, opened_office
from certsvc.entrypoints.credit_answers import credit_object, message_object, standing_object

if TYPE_CHECKING:
    from types import FrameType

    from certsvc.bootstrap import Office
    from certsvc.stages.platform_delivery import DeliveryRound

EXIT_UNDELIVERED = 1
_ACTOR = click.option("--actor", required=True, metavar="NAME", help="省级人员的账号；查看会留痕。")
_PAUSE_SECONDS = 5.0
_MOST_LISTED = 1000


@click.group()
def credit() -> None:
    """职称评审诚信档案库：仅供省厅查看，从不公开。记录由撤销决定产生，三年后自动期满。"""


@credit.command("list")
@_ACTOR
@AS_JSON
def credit_list(actor: str, *, as_json: bool) -> None:
    """列出诚信档案记录（不含姓名），最近的在前。"""
    office = opened_office()
    by = office.permits.official(actor, Action.CREDIT_READ, "credit")
    found, today = office.credit.archive.listed(by, "cli"), office.clock.today()
    if as_json:
        answer = {"records": [credit_object(one, today) for one in found]}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in found:
        record = one.record
        click.echo(f"{record.id}\t{one.standing(today).label}\t{record.recorded_on}\t{record.until_on}")


@credit.command("show")
@click.argument("record")
@_ACTOR
@AS_JSON
def credit_show(record: str, actor: str, *, as_json: bool) -> None:
    """查看一条诚信档案记录：人员、决定、起止日期。"""
    office = opened_office()
    by = office.permits.official(actor, Action.CREDIT_READ, f"credit/{record[:32]}")
    history, holder = office.credit.archive.show(record, by, "cli")
    today = office.clock.today()
    if as_json:
        click.echo(json.dumps(credit_object(history, today, holder), ensure_ascii=False))
        return
    kept = history.record
    click.echo(
        f"{kept.id}\t{history.standing(today).label}\t{kept.recorded_on} 至 {kept.until_on}（当日可申报）"
    )
    click.echo(f"  人员：{holder.name}，{holder.id_kind} {holder.id_number}；证书 {holder.number}")
    click.echo(f"  决定：{holder.document_ref}（{holder.decided_on}）：{holder.ground}")


@credit.command("link")
@click.option(
    "--documents",
    type=click.File("rb"),
    required=True,
    metavar="FILE",
    help="两份证件（JSON：one、other，各含 id_kind、id_number）；- 为标准输入。",
)
@click.option("--document", required=True, metavar="NO", help="据以认定为同一人的文书文号。")
def credit_link(documents: IO[bytes], document: str) -> None:
    """登记两份证件属于同一人（如护照与居民身份证）：以一份证件受到的限制，对另一份同样有效。"""
    from certsvc.entrypoints.cli.person_file import read_pair

    pair = read_pair(documents)
    linked = opened_office().credit.archive.link(
        (pair.one.id_kind, pair.one.id_number), (pair.other.id_kind, pair.other.id_number), document
    )
    click.echo("已登记为同一人。" if linked else "此前已登记为同一人，未作改动。")


@click.group()
def platform() -> None:
    """向全国信用信息共享平台、全国职称评审信息查询平台报送（见 docs/formats/platform-messages.md）。"""


@platform.command("deliver")
@click.option("--once", is_flag=True, help="把现在到期的消息各送一次后结束；否则一直办理，直到收到 SIGTERM。")
@AS_JSON
@click.pass_context
def platform_deliver(context: click.Context, *, once: bool, as_json: bool) -> None:
    """送达等候的消息。未送达的按间隔重送；退出码（--once）：0 全部送达，1 有未送达的。"""
    office = opened_office()
    office.credit.archive.note_ends()
    if not once:
        _deliver_until_stopped(office)
        return
    done = office.credit.delivery.deliver()
    _tell_round(office, done, as_json=as_json)
    context.exit(EXIT_UNDELIVERED if done.failed or done.dead else 0)


@platform.command("list")
@click.option(
    "--platform", "wanted", type=click.Choice([one.value for one in Platform]), help="只列出一个平台的。"
)
@click.option(
    "--state",
    type=click.Choice([one.value for one in MessageState]),
    help="只列出这种状态的；默认列出待送达和无法送达的。",
)
@AS_JSON
def platform_list(wanted: str | None, state: str | None, *, as_json: bool) -> None:
    """各平台是否已接通、各状态的消息数，以及消息目录（不含内容）。"""
    delivery = opened_office().credit.delivery
    one_platform = None if wanted is None else Platform(wanted)
    states = [MessageState.WAITING, MessageState.DEAD] if state is None else [MessageState(state)]
    found = [one for each in states for one in delivery.listed(one_platform, each, _MOST_LISTED)]
    if as_json:
        answer = {
            "platforms": [standing_object(one) for one in delivery.standings()],
            "messages": [message_object(one) for one in found],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for standing in delivery.standings():
        connected = "已接通" if standing.connected else "未设置地址，消息等候"
        click.echo(
            f"{standing.platform.label}：{connected}；待送达 {standing.waiting}，已送达 {standing.delivered}，"
            f"无法送达 {standing.dead}"
        )
    for one in found:
        fault = one.last_fault or "-"
        click.echo(
            f"{one.id}\t{one.platform.value}\t{one.kind.value}\t{one.subject}\t{one.state.label}\t{one.attempts}\t{fault}"
        )


@platform.command("queue-all")
@AS_JSON
def platform_queue_all(*, as_json: bool) -> None:
    """把平台停用期间签发、尚未报送的有效职称排入报送队列，并补报停用期间的变更。可中断后再次运行，不会重复。"""
    progress = opened_office().credit.catching_up.run()
    looked = queued = 0
    for looked, queued in progress:  # the last values are told below
        click.echo(f"已核对 {looked} 本证书，排入 {queued} 条消息。", err=True)
    if as_json:
        click.echo(json.dumps({"certificates": looked, "queued": queued}))
    else:
        click.echo(f"共核对 {looked} 本证书，排入 {queued} 条消息。")


@platform.command("retry")
@click.argument("message", type=int)
@AS_JSON
def platform_retry(message: int, *, as_json: bool) -> None:
    """让一条无法送达的消息重新报送（同一人、同一证书的后续消息等它先送达）。"""
    revived = opened_office().credit.delivery.revive(message)
    if as_json:
        click.echo(json.dumps(message_object(revived), ensure_ascii=False))
    else:
        click.echo(f"消息 {revived.id} 将重新报送。")


def _deliver_until_stopped(office: Office) -> None:
    import signal
    from threading import Event

    stopping = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not stopping.is_set():
        office.credit.work(stopping.is_set)
        stopping.wait(_PAUSE_SECONDS)


def _tell_round(office: Office, done: DeliveryRound, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"delivered": done.delivered, "failed": done.failed, "dead": done.dead}))
        return
    click.echo(f"已送达 {done.delivered} 条，未送达 {done.failed} 条，无法送达 {done.dead} 条。")
    for standing in office.credit.delivery.standings():
        if not standing.connected and standing.waiting:
            click.echo(f"{standing.platform.label}未设置地址，{standing.waiting} 条消息等候。")
