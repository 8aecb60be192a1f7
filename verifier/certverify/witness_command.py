"""`certverify witness`: cosign a log that only grows (docs/formats/witness.md)."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from certverify.errors import MonitorStateError, NoteError, TrustListError, WitnessStateError
from certverify.note import SignatureType, VerifierKey, decode_verifier_key
from certverify.options import write, write_json
from certverify.trust import decode_verifier_anchor

if TYPE_CHECKING:  # the server's libraries are loaded by this command alone
    from certverify.witness import Examine
    from certverify.witness_key import WitnessKey
    from certverify.witness_logs import LogKeys

EXIT_FORKED = 1
EXIT_UNUSABLE = 2
_ENDING = (
    "退出码 Exit codes: 0 正常结束 ended when asked; 1 --show 发现日志分叉 a log has forked; "
    "2 无法运行 cannot serve."
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments; `run(asked, clock)` among the defaults does the work and gives the exit code."""
    purpose = "运行见证方：为只增不改的日志共签。Run a witness: cosign a log that only grows."
    command = commands.add_parser("witness", help=purpose, description=purpose, epilog=_ENDING)
    command.add_argument(
        "--dir",
        metavar="DIR",
        type=Path,
        required=True,
        help="密钥和状态的目录，首次启动时建立。Folder of key and state, made at the first start.",
    )
    command.add_argument(
        "--name",
        metavar="NAME",
        help="见证方名称，首次启动必填，如 witness.example.gov.cn/w1。Key name, needed at the first start.",
    )
    command.add_argument(
        "--log",
        metavar="VKEY",
        type=_log_key,
        action="append",
        default=[],
        help="日志的公钥行，可多次给出。A log's verifier key; may be repeated.",
    )
    command.add_argument(
        "--trust",
        metavar="DIR",
        type=Path,
        help="从公开日志目录的信任清单取日志公钥。Take the log keys of a trust list.",
    )
    command.add_argument(
        "--audit",
        metavar="TREE|URL",
        help="公开日志的目录或网址：先逐条重放，再共签（须给出 --trust）。"
        "Public tree: replay it before cosigning; needs --trust.",
    )
    command.add_argument(
        "--anchor",
        metavar="VKEY",
        type=_anchor,
        help="另行核对过的信任根公钥行：信任清单须由其签署，审计随公开目录的签名链更新清单。"
        "The trust anchor: the list must be signed by it, and an audit follows the signed chain of the tree.",
    )
    command.add_argument(
        "--listen",
        metavar="HOST:PORT",
        type=_address,
        default=("127.0.0.1", 8100),
        help="监听地址，默认 127.0.0.1:8100。Where to listen.",
    )
    command.add_argument(
        "--url",
        metavar="URL",
        type=_url,
        help="策略行中的对外地址，默认由监听地址得出。Public address for the policy line.",
    )
    command.add_argument(
        "--show",
        action="store_true",
        help="显示公钥、状态和被拒绝的检查点后结束。Show key, state and refused checkpoints, and end.",
    )
    command.add_argument(
        "--json", action="store_true", help="与 --show 同用：仅输出一个 JSON 对象。With --show: JSON alone."
    )
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    """Show or serve; the exit code."""
    try:
        return _show(asked) if asked.show else _serve(asked, clock, _examiner(asked, clock))
    except ModuleNotFoundError as error:
        return _complain(
            f"请在本项目的目录中安装 in the folder of this project: pip install './verifier[witness]' ({error.name})"
        )
    except TrustListError as error:
        return _complain(
            f"见证方无法运行：信任清单无法使用 the witness cannot run by this trust list: {error}"
        )
    except (WitnessStateError, MonitorStateError) as error:
        return _complain(f"见证方无法运行 the witness cannot run: {error}")
    except OSError as error:
        return _complain(f"见证方无法运行 the witness cannot run: {error.strerror}")


def _show(asked: argparse.Namespace) -> int:
    from certverify.witness_report import render_report, report
    from certverify.witness_store import Ground, open_existing_store

    store = open_existing_store(asked.dir)
    try:
        told, refused = report(store), store.all_refused()
    finally:
        store.close()
    if asked.json:
        write_json(told)
    else:
        _say(render_report(told))
    return EXIT_FORKED if any(item.ground is Ground.FORK for item in refused) else 0


def _serve(asked: argparse.Namespace, clock: Callable[[], datetime], examine: Examine | None) -> int:
    from certverify.witness import Witness
    from certverify.witness_key import open_folder
    from certverify.witness_server import listen, serve

    known = log_keys(asked)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stderr)
    store, key = open_folder(asked.dir, asked.name)
    try:
        known()
        with listen(*asked.listen) as listening:
            host, port = listening.getsockname()[:2]
            local = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            _introduce(key, asked.url or local)
            serve(Witness(store, key, known, clock, examine), listening)
    finally:
        store.close()
    return 0


def _examiner(asked: argparse.Namespace, clock: Callable[[], datetime]) -> Examine | None:
    """What makes this witness an auditor (docs/monitoring.md). Raises WitnessStateError."""
    if asked.audit is None:
        return None
    from certverify.monitor_audit import Auditor
    from certverify.sources import open_source

    if asked.trust is None:
        raise WitnessStateError("审计须按信任清单进行 an audit judges by the trust list: --trust DIR")
    try:
        source = open_source(asked.audit)
    except ValueError as error:
        raise WitnessStateError(f"审计网址无效 no usable address to audit: {error}") from error
    return Auditor(source, asked.trust, asked.dir / "replay", clock, asked.anchor).examine


def _introduce(key: WitnessKey, url: str) -> None:
    from certverify.witness_protocol import policy_line

    _say("# 见证方公钥 verifier key of this witness")
    _say(key.line)
    _say("# 写入日志策略文件的一行 line for the policy of the log")
    _say(policy_line(key.verifier.name, key.line, url))


def log_keys(asked: argparse.Namespace) -> LogKeys:
    """The keys of the command line and of the trust list. Raises WitnessStateError without any."""
    from certverify.witness_logs import FollowedLogs, listed_logs

    if asked.trust is not None:
        return FollowedLogs(asked.log, asked.trust, asked.dir / "followed", asked.anchor)
    if not asked.log:
        raise WitnessStateError("没有指定日志 no log is known: --log VKEY 或 or --trust DIR")
    return listed_logs(asked.log)


def _log_key(line: str) -> VerifierKey:
    try:
        key = decode_verifier_key(line)
    except NoteError as error:
        raise argparse.ArgumentTypeError(f"不是公钥行 not a verifier key: {error}") from error
    if key.kind is not SignatureType.ED25519:
        raise argparse.ArgumentTypeError("日志公钥的类型应为 01 a log's verifier key has type 01")
    return key


def _anchor(line: str) -> VerifierKey:
    try:
        return decode_verifier_anchor(line)
    except NoteError as error:
        raise argparse.ArgumentTypeError("不是公钥行 must be <name>+<hash>+<key>") from error


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise argparse.ArgumentTypeError("应为主机:端口 must be HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")) or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError("应为网址 must be http(s)://…")
    return text.rstrip("/")


def _say(text: str) -> None:
    write(text.rstrip("\n") + "\n")


def _complain(text: str) -> int:
    sys.stderr.write(text + "\n")
    return EXIT_UNUSABLE
