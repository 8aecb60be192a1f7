"""`certverify receipt`: whether the log kept a promise that it signed (docs/formats/log-receipt.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from certverify.codes import Code
from certverify.errors import (
    KeyNotInForceError,
    KeyUnknownError,
    LeafError,
    LogReceiptError,
    SignatureError,
    TreeError,
)
from certverify.examination import CLOCK_TOLERANCE
from certverify.ledger import Freshness, LedgerView, open_ledger
from certverify.log_receipt import Kept, LogReceipt, Promise, decode_log_receipt, judge_promise
from certverify.options import add_material, left_open, left_open_words, named_trust, write, write_json
from certverify.presented import read_file
from certverify.trust import Trust
from certverify.whole_log import all_entries

_MAX_RECEIPT_BYTES = 1 << 18
_PROBLEMS = {
    "trust-unreadable": "信任清单无法读取。The trust list cannot be read.",
    "trust-forged": "信任清单没有信任根的有效签名，不能采信。The trust list bears no valid signature of the trust anchor.",
    "receipt-unreadable": "不是入账回执文件。Not a log receipt.",
    "receipt-key-unknown": "回执不是信任清单中的日志密钥签的。Not signed by a log key of the trust list.",
    "receipt-key-not-in-force": "提交之时，签署回执的日志密钥不在有效期内（已停用或尚未启用）。"
    "The log key of the receipt was not in force at the time of submission.",
    "receipt-forged": "回执的签名不成立。The signature of the receipt is wrong.",
    "tree-unusable": "公开日志不完整或自相矛盾，无法对照。The public tree is incomplete or contradicts itself.",
    "quorum-missing": "检查点缺少规定数量的见证签名，不能据以判断。"
    "The checkpoint lacks the cosignatures that the policy asks for.",
    "checkpoint-age-unknown": "检查点没有时间证明，不能据以判断。The checkpoint proves no time.",
    "checkpoint-from-future": "检查点的时间晚于本机时间，请校准本机时钟。The checkpoint is later than this clock.",
    "manifest-key-unknown": "事件所属批次清单的签名密钥不在信任清单内，请更新信任清单。"
    "The key of the manifest over an event is not in the trust list.",
}
_PROMISES = {
    Promise.KEPT: "全部事件已按时入账。All events are in the log, in time.",
    Promise.LATE: "全部事件已入账，但晚于承诺的时间。All events are in the log, but later than promised.",
    Promise.BROKEN: "已过承诺的时间，仍有事件没有入账：回执与检查点即为证据，请一并交给监督部门。"
    "An event is missing after the promised time: receipt and checkpoint are the evidence.",
    Promise.OPEN: "尚有事件没有入账，承诺的时间未到，或日志下载得太早。"
    "An event is not there yet; it is not due, or the downloaded log is too old.",
}
_EXITS = {Promise.KEPT: 0, Promise.LATE: 1, Promise.BROKEN: 1, Promise.OPEN: 2}
_NOTHING_CHECKED = ("trust-unreadable", "trust-forged", "receipt-unreadable")
_EXIT_FORGED, _EXIT_UNDETERMINED = 1, 2


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is printed: a problem, or the receipt with what became of it."""

    exit_code: int
    problem: str | None = None
    receipt: LogReceipt | None = None
    kept: Kept | None = None


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    purpose = "核对入账回执：日志是否兑现承诺。Check a log receipt: was the promise kept?"
    ending = (
        "退出码 Exit codes: 0 已按时入账 kept; 1 未兑现、逾期或伪造 broken, late or forged; "
        "2 无法判定 cannot tell."
    )
    command = commands.add_parser("receipt", help=purpose, description=purpose, epilog=ending)
    command.add_argument("file", metavar="FILE", type=Path, help="入账回执文件。The receipt.")
    add_material(command)
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    """Check one receipt against the whole public log; the exit code."""
    answer = _answer(asked, clock())
    codes = () if answer.problem in _NOTHING_CHECKED else left_open(asked)
    if asked.json:
        write_json(_as_json(answer) | {"not_established": list(codes)})
    else:
        write("\n".join([*_as_text(answer), *left_open_words(codes), ""]))
    return answer.exit_code


def _answer(asked: argparse.Namespace, now: datetime) -> _Answer:
    trust = named_trust(asked)
    if isinstance(trust, Code):
        return _Answer(_EXIT_UNDETERMINED, trust.value)
    raw_receipt = read_file(asked.file, _MAX_RECEIPT_BYTES)
    if isinstance(raw_receipt, Code):
        return _Answer(_EXIT_UNDETERMINED, "receipt-unreadable")
    try:
        receipt = decode_log_receipt(raw_receipt, trust.trust_list.log_keys)
    except LogReceiptError:
        return _Answer(_EXIT_UNDETERMINED, "receipt-unreadable")
    except KeyNotInForceError:
        return _Answer(_EXIT_UNDETERMINED, "receipt-key-not-in-force")
    except KeyUnknownError:
        return _Answer(_EXIT_UNDETERMINED, "receipt-key-unknown")
    except SignatureError:
        return _Answer(_EXIT_FORGED, "receipt-forged")
    return _judge(receipt, asked.trust, trust, now)


def _judge(receipt: LogReceipt, folder: Path, trust: Trust, now: datetime) -> _Answer:
    view = open_ledger(folder, trust)
    if not isinstance(view, LedgerView):
        return _Answer(_EXIT_UNDETERMINED, "tree-unusable", receipt)
    doubt = _doubt(view.freshness, now)
    if doubt is not None:
        return _Answer(_EXIT_UNDETERMINED, doubt.value, receipt)
    entries = all_entries(view.tree, view.checkpoint)
    try:
        kept = judge_promise(receipt, entries, view.freshness.as_of, trust.trust_list)
    except KeyUnknownError:
        return _Answer(_EXIT_UNDETERMINED, "manifest-key-unknown", receipt)
    except (TreeError, LeafError):
        return _Answer(_EXIT_UNDETERMINED, "tree-unusable", receipt)
    return _Answer(_EXITS[kept.promise], None, receipt, kept)


def _doubt(freshness: Freshness, now: datetime) -> Code | None:
    """Why a checkpoint says nothing about a promise, neither that it was kept nor that it was broken; or None."""
    if not freshness.quorum_met:
        return Code.QUORUM_MISSING
    if freshness.as_of is None:
        return Code.CHECKPOINT_AGE_UNKNOWN
    return Code.CHECKPOINT_FROM_FUTURE if freshness.as_of - now > CLOCK_TOLERANCE else None


def _as_json(answer: _Answer) -> dict[str, object]:
    receipt, kept = answer.receipt, answer.kept
    return {
        "format": "certverify-receipt/1",
        "problem": answer.problem,
        "promise": None if kept is None else kept.promise.value,
        "submitted_at": None if receipt is None else _text(receipt.submitted_at),
        "due_at": None if receipt is None else _text(receipt.due_at),
        "leaf_indices": None if kept is None else list(kept.indices),
    }


def _as_text(answer: _Answer) -> list[str]:
    lines = []
    if answer.receipt is not None:
        receipt = answer.receipt
        lines += [
            f"提交 submitted: {_text(receipt.submitted_at)}",
            f"承诺入账 due:   {_text(receipt.due_at)}",
            f"事件 events:    {len(receipt.commitments)}",
        ]
    if answer.kept is not None:
        there = sum(index is not None for index in answer.kept.indices)
        lines += [f"已入账 logged:  {there}", _PROMISES[answer.kept.promise]]
    if answer.problem is not None:
        lines.append(_PROBLEMS[answer.problem])
    return lines


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
