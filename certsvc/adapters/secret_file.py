"""Secrets that stand in a file: a PIN, a bearer token."""

from __future__ import annotations

from pathlib import Path

from certsvc.errors import ConfigurationError

LEAST_TOKEN = 32
"""Fewest characters of a bearer token (docs/formats/remote-signer.md)."""
_LARGEST = 4096


def read_secret(path: Path, setting: str) -> str:
    """The one line of a file, without the end of line. Raises ConfigurationError when it is missing, empty, not one line of
    ASCII, or when everybody may read it.
    """
    try:
        readable_by_all = path.stat().st_mode & 0o007
        with path.open("rb") as file:
            raw_secret = file.read(_LARGEST + 1)
    except OSError as error:
        raise ConfigurationError(f"无法读取 {setting} 所指的文件 {path}。请核对路径和权限。") from error
    if readable_by_all:
        raise ConfigurationError(f"{setting} 所指的文件 {path} 其他用户也能读取。请改为 0600 或 0640 权限。")
    secret = raw_secret.removesuffix(b"\n").removesuffix(b"\r")
    if not secret or len(raw_secret) > _LARGEST or not all(0x20 < byte < 0x7F for byte in secret):
        raise ConfigurationError(f"{setting} 所指的文件 {path} 应为一行可打印的 ASCII 字符，没有空格。")
    return secret.decode("ascii")


def read_token(path: Path, setting: str) -> str:
    """The bearer token in a file. Raises ConfigurationError as `read_secret`, and for one that could be guessed."""
    token = read_secret(path, setting)
    if len(token) < LEAST_TOKEN:
        raise ConfigurationError(
            f"{setting} 所指的令牌至少 {LEAST_TOKEN} 个字符。请用 openssl rand -hex 32 生成，两端相同。"
        )
    return token
