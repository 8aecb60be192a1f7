"""`certverify tlog-proof`: whether an entry stands in the log (C2SP tlog-proof, docs/formats/c2sp.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from certverify.checkpoint import SignedCheckpoint
from certverify.codes import Code
from certverify.errors import (
    CheckpointError,
    KeyNotInForceError,
    KeyUnknownError,
    ProofError,
    SignatureError,
    TlogProofError,
)
from certverify.options import add_material, left_open, left_open_words, named_trust, write, write_json
from certverify.presented import read_file
from certverify.tlog_proof import MAX_PROOF_BYTES, TlogProof, decode_tlog_proof
from certverify.trust import Trust

_MAX_ENTRY_BYTES = 0xFFFF
_TEXTS = {
    "trust-unreadable": "信任清单无法读取。The trust list cannot be read.",
    "trust-forged": "信任清单的签名不成立。The signature of the trust list is wrong.",
    "proof-unreadable": "不是 C2SP 入账证明文件。Not a tlog-proof.",
    "entry-missing": "没有要核对的条目：请用 --leaf 给出。No entry to check: name it by --leaf.",
    "entry-not-proven": "证明不成立：该条目不在检查点所指的日志中。The entry is not in the log of the checkpoint.",
    "checkpoint-unreadable": "检查点无法读取。The checkpoint cannot be read.",
    "checkpoint-forged": "检查点的签名不成立。A signature of the checkpoint is wrong.",
    "checkpoint-key-unknown": "检查点不是信任清单中的日志密钥签的。Not signed by a log key of the trust list.",
    "checkpoint-key-not-in-force": "签名的密钥在当时不可用。The key was not in force at that time.",
    "quorum-missing": "见证方共签不足。Too few witnesses have cosigned.",
}
_LOGGED = "条目已入账；是否仍然有效请核验证书本身。The entry is in the log; whether it still holds is another check."
_NOTHING_CHECKED = ("trust-unreadable", "trust-forged", "proof-unreadable", "entry-missing")
_FAILED = ("entry-not-proven", "checkpoint-forged")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is printed: a problem, or none; and what could be read."""

    problem: str | None = None
    proof: TlogProof | None = None
    signed: SignedCheckpoint | None = None

    @property
    def exit_code(self) -> int:
        if self.problem is None:
            return 0
        return 1 if self.problem in _FAILED else 2


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    purpose = "核对 C2SP 入账证明：条目是否在日志中。Check a tlog-proof: is the entry in the log?"
    ending = "退出码 Exit codes: 0 已入账 logged, 1 不成立 not so, 2 无法判定 cannot tell."
    command = commands.add_parser("tlog-proof", help=purpose, description=purpose, epilog=ending)
    command.add_argument("file", metavar="FILE", type=Path, help="入账证明文件。The tlog-proof.")
    command.add_argument(
        "--leaf",
        metavar="FILE",
        type=Path,
        help="条目的原始字节；默认取证明所附的数据。The bytes of the entry; by default the extra data of the proof.",
    )
    add_material(command)
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, _clock: Callable[[], datetime]) -> int:
    """Check one proof and print the answer; the exit code."""
    answer = _answer(asked)
    codes = () if answer.problem in _NOTHING_CHECKED else left_open(asked)
    if asked.json:
        write_json(_as_json(answer) | {"not_established": list(codes)})
    else:
        write("\n".join([*_as_text(answer), *left_open_words(codes), ""]))
    return answer.exit_code


def _answer(asked: argparse.Namespace) -> _Answer:
    trust = named_trust(asked)
    if isinstance(trust, Code):
        return _Answer("trust-forged" if trust is Code.TRUST_FORGED else "trust-unreadable")
    raw_proof = read_file(asked.file, MAX_PROOF_BYTES)
    try:
        proof = decode_tlog_proof(b"" if isinstance(raw_proof, Code) else raw_proof)
    except TlogProofError:
        return _Answer("proof-unreadable")
    raw_entry = proof.extra if asked.leaf is None else read_file(asked.leaf, _MAX_ENTRY_BYTES)
    if isinstance(raw_entry, Code) or (asked.leaf is None and not raw_entry):
        return _Answer("entry-missing", proof)
    return _judge(proof, raw_entry, trust)


def _judge(proof: TlogProof, raw_entry: bytes, trust: Trust) -> _Answer:
    problems: dict[type[Exception], str] = {
        ProofError: "entry-not-proven",
        CheckpointError: "checkpoint-unreadable",
        SignatureError: "checkpoint-forged",
        KeyNotInForceError: "checkpoint-key-not-in-force",
        KeyUnknownError: "checkpoint-key-unknown",
    }
    try:
        signed = proof.open(raw_entry, trust.trust_list.log_keys, trust.policy)
    except tuple(problems) as error:
        return _Answer(next(told for kind, told in problems.items() if isinstance(error, kind)), proof)
    return _Answer(None if signed.quorum_met else "quorum-missing", proof, signed)


def _as_json(answer: _Answer) -> dict[str, object]:
    proof, signed = answer.proof, answer.signed
    return {
        "format": "certverify-tlog-proof/1",
        "problem": answer.problem,
        "index": None if proof is None else proof.index,
        "origin": None if signed is None else signed.checkpoint.origin,
        "size": None if signed is None else signed.checkpoint.size,
        "cosigned_at": None if signed is None else _instant(signed.cosigned_at),
        "witnesses": None if signed is None else len(signed.witnesses),
    }


def _as_text(answer: _Answer) -> list[str]:
    lines = []
    if answer.proof is not None and answer.signed is not None:
        checkpoint = answer.signed.checkpoint
        lines += [
            f"日志 log:       {checkpoint.origin}",
            f"条目 entry:     {answer.proof.index} / {checkpoint.size}",
            f"共签 cosigned:  {_instant(answer.signed.cosigned_at) or '–'}, {len(answer.signed.witnesses)} 见证 witnesses",
        ]
    lines.append(_LOGGED if answer.problem is None else _TEXTS[answer.problem])
    return lines


def _instant(time: int | None) -> str | None:
    if time is None or time >= 1 << 35:  # beyond the year 3000: no time that could be written
        return None
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
