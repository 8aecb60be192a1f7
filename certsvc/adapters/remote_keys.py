"""ports.signing.KeyHolder over HTTP: a signer on another machine (docs/formats/remote-signer.md)."""

from __future__ import annotations

import ssl
from base64 import b64decode
from http import HTTPStatus
from ipaddress import ip_address
from json import loads
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from certsvc.adapters.bounded_asking import Answer, NoAnswerError, ask, trusted_by_the_machine
from certsvc.adapters.key_names import is_key_name
from certsvc.adapters.secret_file import read_token
from certsvc.errors import ConfigurationError, UnavailableError, UnknownReference

KEY_FORMAT: Final = "certsvc-signer-key/1"
LONGEST_MESSAGE: Final = 1 << 20
_LONGEST_ANSWER: Final = 4096
_LONGEST_SIGNATURE: Final = 72  # ECDSA P-256, DER
_TRIES: Final = 2
_BINARY: Final = "application/octet-stream"


class RemoteKeys:
    """The keys of a remote signer. Redirects are not followed, the proxy of the environment is not used.

    A question that fails on its way is asked once more within the same time, for signing twice does no harm. After
    `seconds` there is no answer, however slowly the signer may go on talking.
    """

    def __init__(self, url: str, token_file: Path, ca_file: Path | None, seconds: float) -> None:
        """`url`: without a slash at the end; https, or http to this machine. Raises ConfigurationError."""
        require_protected(url)
        self._url, self._token_file, self._seconds = url, token_file, seconds
        self._client = httpx.Client(
            timeout=seconds, trust_env=False, follow_redirects=False, verify=_trusted(ca_file)
        )

    def public_key(self, name: str) -> bytes:
        """See the port."""
        answer = self._ask("GET", name, "", None)
        try:
            fields = loads(answer)
            if (fields["format"], fields["name"]) != (KEY_FORMAT, name):
                raise ValueError("another key")
            return b64decode(fields["public_key"], validate=True)
        except (ValueError, KeyError, TypeError) as error:
            raise UnavailableError(_garbage()) from error

    def sign(self, name: str, message: bytes) -> bytes:
        """See the port. Raises ConfigurationError for a message that is too long to be signed."""
        if len(message) > LONGEST_MESSAGE:
            raise ConfigurationError("待签内容超过远程签名服务的上限（1 MiB），没有签名。")
        answer = self._ask("POST", name, "/sign", message)
        if not 0 < len(answer) <= _LONGEST_SIGNATURE:
            raise UnavailableError(_garbage())
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _ask(self, method: str, name: str, action: str, message: bytes | None) -> bytes:
        if not is_key_name(name):
            raise UnknownReference(f"没有名为 {name} 的签名密钥。")
        token = read_token(self._token_file, "CERTSVC_SIGNER_TOKEN_FILE")
        request = self._client.build_request(
            method,
            f"{self._url}/v1/keys/{name}{action}",
            content=message,
            headers={
                "Authorization": f"Bearer {token}",
                "Accept-Encoding": "identity",
                "Content-Type": _BINARY,
            },
        )
        try:
            answer = ask(self._client, request, seconds=self._seconds, longest=_LONGEST_ANSWER, tries=_TRIES)
        except NoAnswerError as error:
            raise UnavailableError(
                "远程签名服务没有按时答复或无法连接，已暂停签章。请检查签名服务和网络，恢复后自动继续。"
            ) from error
        return _understand(name, answer)


def require_protected(url: str) -> None:
    """Return for https, or http on loopback. Raises ConfigurationError: a token is not sent in the clear."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return
    raise ConfigurationError("CERTSVC_SIGNER_URL 应为 https 地址；只有本机（127.0.0.1）可以用 http。")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is None:
        return trusted_by_the_machine()
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"无法读取 CERTSVC_SIGNER_CA_FILE 所指的文件 {ca_file}。") from error


def _understand(name: str, answer: Answer) -> bytes:
    match answer.status:
        case HTTPStatus.OK if answer.media_type.partition(";")[0] in (_BINARY, "application/json"):
            return answer.raw_body
        case HTTPStatus.NOT_FOUND:
            raise UnknownReference(f"远程签名服务没有名为 {name} 的密钥。请核对密钥名称。")
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise ConfigurationError(
                "远程签名服务不接受本服务的令牌。请核对 CERTSVC_SIGNER_TOKEN_FILE 后重试。"
            )
        case _:
            raise UnavailableError(_garbage())


def _garbage() -> str:
    return "远程签名服务的答复不符合约定，已暂停签章。请检查签名服务。"
