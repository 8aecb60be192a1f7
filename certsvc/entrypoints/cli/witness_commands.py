"""`certsvc ledger witnesses`: who keeps the log honest, and whether they can be reached."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from certsvc.entrypoints.cli.options import AS_JSON, opened_office

if TYPE_CHECKING:
    from certsvc.stages.witness_report import WitnessReport, WitnessState

_ANSWERS = {"cosigned": "可用", "seen-more": "所见账本多于已公开的", "seen-other": "所见账本与本账本不一致"}


@click.command("witnesses")
@AS_JSON
@click.pass_context
def ledger_witnesses(context: click.Context, *, as_json: bool) -> None:
    """显示见证策略和各见证方：地址、对现行检查点的共签时间、此刻能否应答。不改变账本。

    退出码：0 已公开的检查点和此刻的应答都满足策略，1 不满足，或有见证方提出异议。
    """
    office = opened_office()
    report = office.witness_report()
    click.echo(json.dumps(_object(report), ensure_ascii=False) if as_json else _text(report))
    if not report.sound:
        context.exit(1)


def _object(report: WitnessReport) -> dict[str, object]:
    return {
        "quorum": report.quorum,
        "size": report.size,
        "published_met": report.published_met,
        "answered_met": report.answered_met,
        "witnesses": [
            {
                "name": one.name,
                "key_name": one.key_name,
                "address": one.address,
                "cosigned_at": None
                if one.cosigned_at is None
                else one.cosigned_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "reachable": one.reachable,
                "answer": one.answer,
                "seen": one.seen,
            }
            for one in report.witnesses
        ],
    }


def _text(report: WitnessReport) -> str:
    if report.quorum is None:
        first = "见证策略：不要求见证（quorum none）。每份核验结论都会说明。"
    else:
        met = "已满足" if report.published_met else "未满足"
        first = f"见证策略：{report.quorum}。已公开的检查点（{report.size or 0} 条）{met}策略。"
    return "\n".join([first, *map(_line, report.witnesses)])


def _line(one: WitnessState) -> str:
    cosigned = "未共签" if one.cosigned_at is None else f"已共签，{one.cosigned_at:%Y-%m-%d %H:%M:%S} UTC"
    answer = "未询问" if one.answer is None else _ANSWERS.get(one.answer, f"无法使用：{one.answer}")
    seen = "" if one.seen is None else f"（{one.seen} 条）"
    return f"{one.name}  {one.address}  {cosigned}；{answer}{seen}"
