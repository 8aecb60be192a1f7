"""Running the signer."""

from __future__ import annotations

from pathlib import Path

import uvicorn
from fastapi import FastAPI

from certsvc.adapters.remote_keys import is_loopback
from certsvc.entrypoints.signing.connections import MOST_CONNECTIONS, BoundedProtocol, HurriedLoop
from certsvc.errors import ConfigurationError

GRACE_SECONDS = 3


def serve_signer(
    app: FastAPI, host: str, port: int, certificate: Path | None = None, certificate_key: Path | None = None
) -> None:
    """Serve until SIGTERM or SIGINT. Raises ConfigurationError for an address that others reach without TLS."""
    if (certificate is None) != (certificate_key is None):
        raise ConfigurationError("请同时给出 --tls-certificate 与 --tls-key。")
    if certificate is None and not is_loopback(host):
        raise ConfigurationError(
            f"监听 {host} 须使用 TLS：请用 --tls-certificate 与 --tls-key 给出服务器证书；不用 TLS 只能监听 127.0.0.1。"
        )
    uvicorn.Server(signer_configuration(app, host, port, certificate, certificate_key)).run()


def signer_configuration(
    app: FastAPI, host: str, port: int, certificate: Path | None = None, certificate_key: Path | None = None
) -> uvicorn.Config:
    """How the signer is served: bounded in connections and in the time that each may take."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop=f"{HurriedLoop.__module__}:{HurriedLoop.__name__}",
        http=BoundedProtocol,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=certificate,
        ssl_keyfile=certificate_key,
    )
