"""Running the signer."""

from __future__ import annotations

from pathlib import Path

import uvicorn
from fastapi import FastAPI

from certsvc.adapters.remote_keys import is_loopback
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
    uvicorn.run(
        app,
        host=host,
        port=port,
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=certificate,
        ssl_keyfile=certificate_key,
    )
