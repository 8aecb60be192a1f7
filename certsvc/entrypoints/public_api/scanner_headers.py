"""Headers of the pages that may use the camera, and of the one script that may compile WebAssembly."""

from __future__ import annotations

from certsvc.entrypoints.http.security_headers import SECURITY_HEADERS

_POLICY = SECURITY_HEADERS["Content-Security-Policy"]

PAGE_HEADERS = {
    "Permissions-Policy": SECURITY_HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)"),
    "Content-Security-Policy": f"{_POLICY}; worker-src 'self'; trusted-types certsvc-own-worker",
}
"""Of `/` and `/v`: the camera for themselves, workers of this origin, and one policy that may name a worker's script."""

SYMBOL_WORKER = "symbol_worker.js"
SYMBOL_WORKER_HEADERS = {
    "Content-Security-Policy": _POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"),
}
"""A worker lives under the policy of its own script: the pages themselves need no right to compile WebAssembly."""
